//! Power for a position that is about to open: reserved before its intent is written, given back when it does not open.

use std::time::Duration;

use domain::fixed::{Amount, NumberError, Ratio};
use domain::id::PositionId;
use domain::ledger::{PostAnswer, Release, Request, Reservation};
use domain::position::power_to_reserve;
use domain::risk::OpenDraft;
use domain::robot::Robot;
use domain::settlement::rate_at;

use super::deps::RobotDeps;
use crate::actors::mail::{MailError, Post};
use crate::actors::spawn::poke;
use crate::event;
use crate::ports::store::StoreError;

/// Whether power is reserved before a position opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldMode {
    /// Without it nothing is opened.
    Required,
    /// Where it cannot be had, the position opens without it.
    BestEffort,
    /// It is not.
    Off,
}

/// How power is reserved.
#[derive(Debug, Clone, Copy)]
pub struct HoldRules {
    /// Whether it is.
    pub mode: HoldMode,
    /// Expected profit as a share of the margin, where the strategy's exits name none.
    pub expected_profit: Ratio,
    /// Power rate where no row names one.
    pub default_rate: Ratio,
    /// A hold may be given back after this, unless its position lives.
    pub expires_after: Duration,
    /// Longest wait for the ledger's answer.
    pub deadline: Duration,
}

/// Why power was not reserved.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotReserved {
    /// The ledger said no.
    #[error("{0}")]
    Refused(String),
    /// The ledger could not be asked, or did not answer; it may still reserve it.
    #[error(transparent)]
    Ledger(#[from] MailError),
    /// The user's rate could not be read.
    #[error("power rates could not be read")]
    Store(#[from] StoreError),
    /// The estimate left its range.
    #[error("power to reserve cannot be estimated: {0}")]
    Number(#[from] NumberError),
}

/// Reserves power for the position. Nothing is reserved where the rules say so, or where nothing is expected.
pub(super) async fn reserve(
    deps: &RobotDeps,
    robot: &Robot,
    draft: &OpenDraft,
    position: PositionId,
) -> Result<(), NotReserved> {
    let reserved = match deps.rules.hold.mode {
        HoldMode::Off => return Ok(()),
        HoldMode::Required | HoldMode::BestEffort => ask(deps, robot, draft, position).await,
    };
    match (reserved, deps.rules.hold.mode) {
        (Err(why), HoldMode::BestEffort) => {
            tracing::info!(event = event::HOLD_MISSING, robot.id = %robot.id, position.id = %position, %why,
                "position {position} opens without reserved power: {why}");
            Ok(())
        }
        (reserved, _) => reserved,
    }
}

async fn ask(deps: &RobotDeps, robot: &Robot, draft: &OpenDraft, position: PositionId) -> Result<(), NotReserved> {
    let amount = estimate(deps, robot, draft).await?;
    if amount.is_zero() {
        return Ok(());
    }
    let rules = &deps.rules.hold;
    let request = Request::Hold(Reservation {
        position,
        user: robot.user,
        amount,
        expires_at: deps.clock.now().after(rules.expires_after),
    });
    let asked = tokio::time::timeout(rules.deadline, deps.ledger.send(Post { request }));
    let receipt = match asked.await {
        Ok(Ok(answer)) => answer?,
        Ok(Err(_)) | Err(_) => return Err(MailError::Silent("the ledger").into()),
    };
    match receipt.answer {
        PostAnswer::Created { .. } | PostAnswer::Exists { .. } | PostAnswer::NothingDue => Ok(()),
        PostAnswer::Rejected { reason } | PostAnswer::AlreadyFailed { reason } => Err(NotReserved::Refused(reason)),
        PostAnswer::ExistsDifferent { field } => Err(NotReserved::Refused(format!(
            "position {position} has a hold that differs in {field}"
        ))),
    }
}

/// The margin, times what the strategy waits for, times the rate as it is now.
async fn estimate(deps: &RobotDeps, robot: &Robot, draft: &OpenDraft) -> Result<Amount, NotReserved> {
    let rules = &deps.rules.hold;
    let rates = deps.store.power_rates(&[robot.user]).await?;
    let rate = rate_at(&rates, robot.user, deps.clock.now(), rules.default_rate);
    let arm = draft.exits.arm;
    let expected = if arm > Ratio::ZERO { arm } else { rules.expected_profit };
    Ok(power_to_reserve(draft.notional()?, draft.leverage, expected, rate)?)
}

/// Asks the ledger to give back what it may have reserved for a position that did not open. If it cannot be told, the
/// job that looks for such holds finds it.
pub(super) fn give_back(deps: &RobotDeps, position: PositionId) {
    if deps.rules.hold.mode != HoldMode::Off {
        let request = Request::Release(Release {
            position,
            expired: false,
        });
        poke(&deps.ledger, Post { request });
    }
}
