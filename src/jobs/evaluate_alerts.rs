//! Looking at what is unsettled, and raising or resolving the alerts on it.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::rules::{Backlog, BacklogLimits, judge, oldest_age};

use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::jobs::JobError;
use crate::ports::store::Store;

/// Name of the job.
pub const NAME: &str = "evaluate_alerts";
/// What these alerts are about.
const SUBJECT: &str = "settlement";

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
        let told = match verdict.raised {
            Some(message) => {
                raised += 1;
                raises
                    .try_send(Raise { kind, subject, message })
                    .map_err(|error| error.to_string())
            }
            None => resolves
                .try_send(Resolve { kind, subject })
                .map_err(|error| error.to_string()),
        };
        told.map_err(|error| JobError::Mail(format!("could not tell {}: {error}", kind.as_str())))?;
    }
    Ok(raised)
}

fn show(backlog: &Backlog, oldest: Duration) {
    let count = u32::try_from(backlog.count).unwrap_or(u32::MAX);
    metrics::gauge!("bursar_unsettled_positions").set(count);
    metrics::gauge!("bursar_unsettled_oldest_age_seconds").set(oldest);
}
