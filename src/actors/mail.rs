//! The mail that actors exchange: commands are imperative, events are past, pokes are empty.

use actix::Message;
use domain::fixed::Amount;
use domain::id::{PayoutId, PositionId, RobotId, SubscriptionId, UserId, VenueAccountId};
pub use domain::ledger::Purse;
use domain::ledger::Request;
use domain::ledger::{Answer, PostAnswer};
use domain::position::CloseReason;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use serde::Serialize;

/// An actor is not there, or did not answer in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Too much is waiting; try again later.
    #[error("{0} has too much waiting")]
    Busy(&'static str),
    /// It is gone or did not answer within its deadline.
    #[error("{0} did not answer")]
    Silent(&'static str),
    /// It could not do it.
    #[error("{0}")]
    Failed(String),
}

/// Look again: something may have changed. To a robot: prices or its rows. To the supervisor: the wanted children.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Look;

/// To a robot: its rows changed; read them again.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct RowsChanged;

/// Time passed. Sent from outside, because timers starve behind a busy mailbox.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Tick;

/// How are you?
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "ActorHealth")]
pub struct HowAreYou;

/// What an actor says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActorHealth {
    /// Such as `ledger` or `robot:7`.
    pub name: String,
    /// One word.
    pub state: String,
    /// When it last took mail.
    pub last_mail: Option<Timestamp>,
    /// How often it was restarted.
    pub restarts: u32,
    /// What waits in front of it, in milliseconds of age of the oldest; zero when nothing waits.
    pub lag_ms: u64,
}

/// To the supervisor, or to the keeper of subscriptions: all children.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Vec<ActorHealth>")]
pub struct ListChildren;

/// To the supervisor, from a child's end.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Exited {
    /// Which child.
    pub robot: RobotId,
    /// Which life of it.
    pub generation: u64,
    /// Whether it was a panic.
    pub panicked: bool,
}

/// To the keeper of subscriptions, from a subscription's end.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Left {
    /// Which subscription.
    pub subscription: SubscriptionId,
    /// Which life of it.
    pub generation: u64,
    /// Whether it was a panic.
    pub panicked: bool,
}

/// To the keeper of subscriptions, or to one: go on after a halt or a quarantine. Answers what a person has to look at. To one that is
/// not halted it says that a person has seen to its orphaned logs.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<String, MailError>")]
pub struct ResumeSubscription {
    /// Which.
    pub subscription: SubscriptionId,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// To the supervisor, or to the keeper of subscriptions: stop everything and answer when all have stopped.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Drain;

/// To the supervisor: pass a close on to the robot that holds the position. To that robot: close it.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<(), MailError>")]
pub struct ClosePosition {
    /// The robot.
    pub robot: RobotId,
    /// Why.
    pub reason: CloseReason,
}

/// To the scheduler: sync this account now (a poke that names where to look).
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct SyncNow {
    /// Account.
    pub account: VenueAccountId,
}

/// To the scheduler: sync this account now and answer when a poll that began after this mail is committed.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<(), MailError>")]
pub struct SyncAndWait {
    /// Account.
    pub account: VenueAccountId,
}

/// To the ledger: settle a closed position.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<SettleReceipt, MailError>")]
pub struct Settle {
    /// Position.
    pub position: PositionId,
}

/// The ledger's answer to [`Settle`], after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettleReceipt {
    /// What became of the request.
    #[serde(flatten)]
    pub answer: PostAnswer,
    /// Settlement of the position now.
    pub settlement: Settlement,
}

/// To the ledger: bring assets in for a user, and collect debts from it, oldest first.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<RechargeReceipt, MailError>")]
pub struct Recharge {
    /// The payer's own reference: the same reference is the same recharge.
    pub reference: String,
    /// For whom.
    pub user: UserId,
    /// Where to.
    pub purse: Purse,
    /// How much, positive.
    pub amount: Amount,
    /// Who asked.
    pub by: String,
    /// Words for people.
    pub remark: String,
}

/// The ledger's answer to [`Recharge`], after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RechargeReceipt {
    /// What became of the request.
    #[serde(flatten)]
    pub answer: PostAnswer,
    /// Positions whose debts were collected by it.
    pub collected: Vec<PositionId>,
}

/// To the ledger: take assets out for a user. A reference that was refused for lack of funds stays refused.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<PostAnswer, MailError>")]
pub struct Withdraw {
    /// The asker's own reference: the same reference is the same withdrawal.
    pub reference: String,
    /// For whom.
    pub user: UserId,
    /// Where from.
    pub purse: Purse,
    /// How much, positive.
    pub amount: Amount,
    /// Who asked.
    pub by: String,
    /// Words for people.
    pub remark: String,
}

/// To the ledger: whatever it can be asked to post.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<PostReceipt, MailError>")]
pub struct Post {
    /// What, with the key that names the fact.
    pub request: Request,
}

/// The ledger's answer to [`Post`], after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostReceipt {
    /// What became of the request.
    #[serde(flatten)]
    pub answer: PostAnswer,
    /// Settlement of the position now, when it settles a known one.
    pub settlement: Option<Settlement>,
    /// Positions whose debts were collected by it, oldest first.
    pub collected: Vec<PositionId>,
}

impl From<Answer> for PostReceipt {
    fn from(answer: Answer) -> Self {
        Self {
            answer: answer.post,
            settlement: answer.settlement,
            collected: answer.collected,
        }
    }
}

/// To the ledger: whatever it can be asked to post, in this order.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Vec<Result<PostReceipt, MailError>>")]
pub struct PostAll {
    /// What; answers come in the same order.
    pub requests: Vec<Request>,
}

/// To the ledger: show a sign of life; answers after a round trip through the writer and the store. An error
/// means that the ledger lives but the store does not answer it.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<(), MailError>")]
pub struct Pulse;

/// To the ledger, the scheduler, a robot: finish what is in flight, take nothing new, then stop.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Stop;

/// To the alert actor: something is wrong. Raising what is already open changes nothing.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Raise {
    /// What.
    pub kind: domain::alert::AlertKind,
    /// With what, such as `robot:7`.
    pub subject: String,
    /// What was seen.
    pub message: String,
}

/// To the alert actor: it is over. Resolving what is not open changes nothing.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Resolve {
    /// What.
    pub kind: domain::alert::AlertKind,
    /// With what.
    pub subject: String,
}

/// To the job scheduler: run this job now, and answer what a run that began after this mail said.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<String, MailError>")]
pub struct RunJob {
    /// Its name, such as `sweep_unsettled`.
    pub name: String,
    /// Who asks, where that is to be on record with the run.
    pub by: Option<String>,
    /// Whether who asks puts the run on record.
    pub on_record: bool,
}

impl RunJob {
    /// A run that somebody asks for, and waits for.
    pub fn asked(name: &str, by: &str) -> Self {
        Self {
            name: name.to_owned(),
            by: Some(by.to_owned()),
            on_record: false,
        }
    }
}

/// To the job scheduler: begin a run of this job. Answers at once with the run, whose row tells what becomes of it.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<domain::id::JobRunId, MailError>")]
pub struct StartJob {
    /// Its name.
    pub name: String,
    /// Who asks.
    pub by: String,
}

/// To the job scheduler: jobs on record changed.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct JobsChanged {
    /// The one that was removed.
    pub gone: Option<String>,
}

/// Who does something to a payout by hand, and why: what the audit trail says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The token's name, or the local user as `cli:NAME`; at most 100 characters.
    pub by: String,
    /// Their own words; at most 200 characters.
    pub reason: String,
    /// The peer's address, or `cli uid=0 host=NAME`, where that is known.
    pub from: Option<String>,
}

/// To the actor of payouts: try a halted payout again, or let a waiting one pass over the limits. Answers what follows.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<String, MailError>")]
pub struct RetryPayout {
    /// Which.
    pub id: PayoutId,
    /// Whether limits do not hold for it.
    pub over_limits: bool,
    /// Who asks.
    pub hand: ByHand,
}

/// To the actor of payouts: hold a payout back that nothing is signed for.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<String, MailError>")]
pub struct HoldPayout {
    /// Which.
    pub id: PayoutId,
    /// Who asks.
    pub hand: ByHand,
}

/// To the actor of payouts: sign a payout that waits anew at its nonce, with higher fees within the caps, and send it now.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<String, MailError>")]
pub struct ReplacePayout {
    /// Which.
    pub id: PayoutId,
    /// Who asks.
    pub hand: ByHand,
}
