//! Looking at what is unsettled, and raising or resolving the alerts on it.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::rules::{Backlog, BacklogLimits, judge, oldest_age};

use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::jobs::{JobError, tell};
use crate::ports::store::Store;

/// Name of the job.
pub const NAME: &str = "evaluate_alerts";
/// What these alerts are about.
const SUBJECT: &str = "settlement";

/// Names the figures, with their units.
pub fn describe() {
    use metrics::{Unit, describe_gauge};
    describe_gauge!(
        "bursar_unsettled_positions",
        "Closed profitable positions that await settlement"
    );
    describe_gauge!(
        "bursar_unsettled_oldest_age_seconds",
        Unit::Seconds,
        "Time since the oldest of them closed"
    );
}

/// Judges the backlog once; answers how many alerts it found reason for.
pub async fn evaluate_alerts(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: BacklogLimits,
    raises: Recipient<Raise>,
    resolves: Recipient<Resolve>,
) -> Result<usize, JobError> {
    let unsettled = store.unsettled().await?;
    let backlog = Backlog {
        count: unsettled.count,
        profit: unsettled.profit,
        oldest: unsettled.oldest,
    };
    let now = clock.now();
    show(&backlog, oldest_age(&backlog, now));
    let mut raised = 0;
    for verdict in judge(&backlog, &limits, now) {
        let (kind, subject) = (verdict.kind, SUBJECT.to_owned());
        match verdict.raised {
            Some(message) => {
                raised += 1;
                tell(&raises, kind, Raise { kind, subject, message })?;
            }
            None => tell(&resolves, kind, Resolve { kind, subject })?,
        }
    }
    Ok(raised)
}

fn show(backlog: &Backlog, oldest: Duration) {
    let count = u32::try_from(backlog.count).unwrap_or(u32::MAX);
    metrics::gauge!("bursar_unsettled_positions").set(count);
    metrics::gauge!("bursar_unsettled_oldest_age_seconds").set(oldest);
}
