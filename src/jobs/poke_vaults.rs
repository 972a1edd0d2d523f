//! Lets the actors of vaults look at once at what they look at by themselves from time to time.

use std::time::Duration;

use actix::Recipient;
use domain::id::SubscriptionId;

use crate::actors::chain_subscription::ChainSights;
use crate::actors::job_scheduler::Job;
use crate::actors::mail::Look;
use crate::jobs::{JobError, JobReport};

/// Name of the job that lets triggers be read and worked on.
pub const TRIGGERS: &str = "sync_triggers";
/// Name of the job that lets gaps be scanned for.
pub const GAPS: &str = "scan_gaps";
/// Longest run: they are only asked.
const LIMIT: Duration = Duration::from_secs(10);

/// Every trigger that is not over is looked at again.
pub fn triggers(look: Recipient<Look>, every: Duration) -> Job {
    Job::new(TRIGGERS, every, LIMIT, move || {
        let asked = poke(&look).map(|()| JobReport::Said("triggers are read again".to_owned(), false));
        async move { asked }
    })
}

/// Every subscription reads once more the blocks below its cursor.
pub fn gaps(look: Recipient<Look>, sights: ChainSights, wanted: Vec<SubscriptionId>, every: Duration) -> Job {
    Job::new(GAPS, every, LIMIT, move || {
        for subscription in &wanted {
            sights.ask_for_scan(*subscription);
        }
        let words = format!("{} subscriptions scan for gaps", wanted.len());
        let asked = poke(&look).map(|()| JobReport::Said(words, false));
        async move { asked }
    })
}

fn poke(look: &Recipient<Look>) -> Result<(), JobError> {
    look.try_send(Look)
        .map_err(|error| JobError::Mail(format!("could not ask: {error}")))
}
