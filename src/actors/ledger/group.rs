//! Writing groups: decided, committed, answered. What fails is tried until it is committed or its senders' time is up,
//! and never answered wrongly.

use std::time::Duration;

use domain::ledger::{Decision, Request};
use tracing::{error, warn};

use super::desk::Desk;
use super::press::Press;
use super::queue::Waiting;
use super::told;
use crate::actors::mail::MailError;
use crate::event;
use crate::ports::store::StoreError;

/// After so many conflicts in a row a group is written one by one, so that a poisoned request hurts no neighbour.
const CONFLICTS: u32 = 3;
/// Longest wait for the store's answer to a pulse.
const PULSE_LIMIT: Duration = Duration::from_secs(2);

/// Requests that are answered together.
pub(super) type Group = Vec<Waiting>;

/// A group on its way, with what was decided on it.
pub(super) struct Decided {
    pub group: Group,
    decision: Decision,
}

/// Decides a group; gives it back when that failed.
pub(super) async fn decide(desk: &mut Desk, group: Group) -> Result<Decided, Group> {
    answer_pulses(desk).await;
    let group = without_overdue(group);
    match try_to_decide(desk, &group).await {
        Ok(decision) => Ok(Decided { group, decision }),
        Err(error) => {
            log_failure(error.as_ref(), 1, group.len());
            Err(group)
        }
    }
}

/// Commits what was decided and answers every sender; gives the group back when that failed.
pub(super) async fn commit(press: &mut Press, mut decided: Decided) -> Result<(), Group> {
    match try_to_commit(press, &mut decided.decision).await {
        Ok(()) => {
            receipts(press, decided);
            Ok(())
        }
        Err(error) => {
            log_failure(error.as_ref(), 1, decided.group.len());
            Err(decided.group)
        }
    }
}

/// Writes groups that failed once, one after another.
pub(super) async fn write_again(desk: &mut Desk, press: &mut Press, groups: Vec<Group>) {
    desk.forget();
    tokio::time::sleep(desk.options.retry_first).await;
    for group in groups {
        answer_pulses(desk).await;
        for waiting in together(desk, press, group).await {
            for poisoned in together(desk, press, vec![waiting]).await {
                poisoned.answer(Err(failed("its rows cannot be understood, or contradict each other")));
            }
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
async fn together(desk: &mut Desk, press: &mut Press, mut group: Group) -> Group {
    let mut wait = desk.options.retry_first;
    // The first attempt is what failed before.
    for attempt in 2_u32.. {
        group = without_overdue(group);
        if group.is_empty() {
            break;
        }
        let error = match attempt_both(desk, press, &group).await {
            Ok(decision) => {
                receipts(press, Decided { group, decision });
                return Vec::new();
            }
            Err(error) => error,
        };
        desk.forget();
        log_failure(error.as_ref(), attempt, group.len());
        if must_be_apart(error.as_ref(), attempt, &group) {
            return group;
        }
        tokio::time::sleep(wait).await;
        answer_pulses(desk).await;
        wait = wait.saturating_mul(2).min(desk.options.retry_max);
    }
    Vec::new()
}

/// `Err(None)` means that time ran out.
async fn attempt_both(desk: &mut Desk, press: &mut Press, group: &[Waiting]) -> Result<Decision, Option<StoreError>> {
    let mut decision = try_to_decide(desk, group).await?;
    try_to_commit(press, &mut decision).await?;
    desk.trust();
    Ok(decision)
}

async fn try_to_decide(desk: &mut Desk, group: &[Waiting]) -> Result<Decision, Option<StoreError>> {
    let requests: Vec<Request> = group.iter().map(|waiting| waiting.request.clone()).collect();
    let limit = desk.options.attempt_limit();
    match tokio::time::timeout(limit, desk.decide(&requests)).await {
        Ok(decision) => decision.map_err(Some),
        Err(_) => Err(None),
    }
}

async fn try_to_commit(press: &mut Press, decision: &mut Decision) -> Result<(), Option<StoreError>> {
    let write = std::mem::take(&mut decision.write);
    let limit = press.options.attempt_limit();
    match tokio::time::timeout(limit, press.commit(write)).await {
        Ok(committed) => committed.map_err(Some),
        Err(_) => Err(None),
    }
}

fn receipts(press: &Press, decided: Decided) {
    if decided.group.is_empty() {
        return;
    }
    told::tell(press, &decided.decision);
    let waits = metrics::histogram!("bursar_ledger_receipt_seconds");
    for (waiting, answer) in decided.group.into_iter().zip(decided.decision.answers) {
        waiting.answer_counted(Ok(answer), &waits);
    }
}

/// Whether one of the group seems to spoil it. A row that cannot be understood does not heal by waiting; rows that others
/// want written beside entries are decided on by them, and not anew.
fn must_be_apart(error: Option<&StoreError>, attempt: u32, group: &[Waiting]) -> bool {
    let with_rows = || {
        group
            .iter()
            .any(|waiting| matches!(waiting.request, Request::Escrow(_)))
    };
    match error {
        Some(StoreError::Corrupt { .. }) => true,
        Some(StoreError::Conflict { .. }) => attempt >= CONFLICTS && (group.len() > 1 || with_rows()),
        Some(StoreError::Unavailable(_) | StoreError::Ambiguous(_)) | None => false,
    }
}

fn without_overdue(group: Group) -> Group {
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
