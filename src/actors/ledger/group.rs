//! Writing one group: tried until it is committed or its senders' time is up, and never answered wrongly.

use std::time::Duration;

use domain::ledger::{Decision, Request};
use tracing::{error, warn};

use super::desk::Desk;
use super::queue::Waiting;
use super::told;
use crate::actors::mail::MailError;
use crate::event;
use crate::ports::store::StoreError;

/// After so many conflicts in a row a group is written one by one, so that a poisoned request hurts no neighbour.
const CONFLICTS: u32 = 3;
/// Longest wait for the store's answer to a pulse.
const PULSE_LIMIT: Duration = Duration::from_secs(2);

/// Writes a group, and answers every sender after the commit.
pub(super) async fn write(desk: &mut Desk, group: Vec<Waiting>) {
    answer_pulses(desk).await;
    for waiting in together(desk, group).await {
        for poisoned in together(desk, vec![waiting]).await {
            poisoned.answer(Err(failed("its rows cannot be understood, or contradict each other")));
        }
    }
}

/// Asks the store for a sign of life, and passes it on.
async fn answer_pulses(desk: &Desk) {
    let pulses = desk.pulses.take();
    if pulses.is_empty() {
        return;
    }
    let answer = match tokio::time::timeout(PULSE_LIMIT, desk.store.ping()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(MailError::Failed(error.to_string())),
        Err(_) => Err(MailError::Failed("the store did not answer".to_owned())),
    };
    for pulse in pulses {
        // A sender that stopped waiting has nothing to be told.
        drop(pulse.send(answer.clone()));
    }
}

/// Writes the group in one commit. Returns those that must be tried apart; none when all have their answer.
async fn together(desk: &mut Desk, mut group: Vec<Waiting>) -> Vec<Waiting> {
    let mut wait = desk.options.retry_first;
    for attempt in 1_u32.. {
        group = without_overdue(group);
        if group.is_empty() {
            break;
        }
        let requests: Vec<Request> = group.iter().map(|waiting| waiting.request.clone()).collect();
        let error = match tokio::time::timeout(desk.attempt_limit(), desk.write(&requests)).await {
            Ok(Ok(decision)) => {
                receipts(desk, group, decision);
                return Vec::new();
            }
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        desk.forget();
        log_failure(error.as_ref(), attempt, group.len());
        if must_be_apart(error.as_ref(), attempt, group.len()) {
            return group;
        }
        tokio::time::sleep(wait).await;
        answer_pulses(desk).await;
        wait = wait.saturating_mul(2).min(desk.options.retry_max);
    }
    Vec::new()
}

fn receipts(desk: &Desk, group: Vec<Waiting>, decision: Decision) {
    told::tell(desk, &decision);
    let waits = metrics::histogram!("bursar_ledger_receipt_seconds");
    for (waiting, answer) in group.into_iter().zip(decision.answers) {
        waiting.answer_counted(Ok(answer), &waits);
    }
}

/// Whether one of the group seems to spoil it. A row that cannot be understood does not heal by waiting.
fn must_be_apart(error: Option<&StoreError>, attempt: u32, size: usize) -> bool {
    match error {
        Some(StoreError::Corrupt { .. }) => true,
        Some(StoreError::Conflict { .. }) => attempt >= CONFLICTS && size > 1,
        Some(StoreError::Unavailable(_) | StoreError::Ambiguous(_)) | None => false,
    }
}

fn without_overdue(group: Vec<Waiting>) -> Vec<Waiting> {
    let (overdue, left): (Vec<_>, Vec<_>) = group.into_iter().partition(Waiting::is_overdue);
    for waiting in overdue {
        waiting.answer(Err(failed(
            "the store did not take it in time; ask again under the same key",
        )));
    }
    left
}

fn failed(why: &str) -> MailError {
    MailError::Failed(format!("the ledger could not post it: {why}"))
}

fn log_failure(error: Option<&StoreError>, attempt: u32, size: usize) {
    metrics::counter!("bursar_ledger_failed_commits_total").increment(1);
    match error {
        Some(corrupt @ StoreError::Corrupt { .. }) => error!(
            event = event::LEDGER_COMMIT_FAILED,
            attempt, size, error = %corrupt, "a group of the ledger holds a row that cannot be understood"
        ),
        Some(error) => warn!(
            event = event::LEDGER_COMMIT_FAILED,
            attempt, size, error = %error, cause = ?std::error::Error::source(error),
            "a group of the ledger is not committed and is decided again"
        ),
        None => warn!(
            event = event::LEDGER_COMMIT_FAILED,
            attempt, size, "the store did not answer the ledger in time; the group is decided again"
        ),
    }
}
