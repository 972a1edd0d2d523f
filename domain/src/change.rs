//! Change sets: all that one decision writes, in one transaction or not at all.

use crate::access::{Audit, Token};
use crate::alert::Alert;
use crate::alert::delivery::Delivery;
use crate::chain::{Anchor, BlockNumber, MovedLog, StoredLog, Subscription};
use crate::close_all::CloseAll;
use crate::credential::{Resealed, SealedKey};
use crate::id::{OrderId, PositionId, SubscriptionId, VenueAccountId};
use crate::import::Declared;
use crate::job::JobChange;
use crate::ledger::LedgerWrite;
use crate::order::Order;
use crate::pause::{Pause, PauseScope};
use crate::payout::{Attempt, Payout};
use crate::pool::PoolChange;
use crate::position::Position;
use crate::robot::Robot;
use crate::trigger::{StockOrder, Trigger, TriggerMove};
use crate::user::{PowerRate, User, VenueAccount};
use crate::venue::{Cursor, FillReport, IncomeReport};

/// A fill with the order and position it was attributed to. Unique per (account, venue fill id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Account it happened on.
    pub account: VenueAccountId,
    /// Our order, when it is ours.
    pub order: Option<OrderId>,
    /// The position that it changed.
    pub position: Option<PositionId>,
    /// What the venue reported, as far as it is this position's: side and direction are what it did to the position, which on
    /// a net may be another thing than what it did at the venue.
    pub report: FillReport,
}

/// A funding payment with the position it was attributed to. Unique per (account, venue income id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Income {
    /// Account it happened on.
    pub account: VenueAccountId,
    /// The position that it was for.
    pub position: Option<PositionId>,
    /// What the venue reported.
    pub report: IncomeReport,
}

/// One change. `Add` refuses a row that exists; `Update` refuses a row whose stored version differs from the
/// given one, and stores version + 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new user.
    AddUser(User),
    /// A new venue account.
    AddVenueAccount(VenueAccount),
    /// An account's key is set (insert or replace).
    SetKey(Box<SealedKey>),
    /// The data key of an account's key is under another master key; refused when the key was set or removed since.
    ResealKey(Resealed),
    /// An account's key is removed; refused when it was set or removed since.
    RemoveKey(Box<SealedKey>),
    /// A new power rate.
    AddPowerRate(PowerRate),
    /// A new robot.
    AddRobot(Box<Robot>),
    /// A changed robot.
    UpdateRobot(Box<Robot>),
    /// A new position.
    AddPosition(Box<Position>),
    /// A changed position.
    UpdatePosition(Box<Position>),
    /// A new order.
    AddOrder(Box<Order>),
    /// A changed order.
    UpdateOrder(Box<Order>),
    /// A new fill.
    AddFill(Box<Fill>),
    /// A new funding payment.
    AddIncome(Box<Income>),
    /// History of an account was read up to `to`; refused when `from` is not the stored cursor.
    MoveCursor {
        /// Account.
        account: VenueAccountId,
        /// Cursor that was read.
        from: Cursor,
        /// Cursor from now on.
        to: Cursor,
    },
    /// A scope is paused or resumed (insert or replace).
    SetPause(Pause),
    /// Writes nothing; refused when one of these scopes is paused. Whoever opens says so in the commit of the intent: what
    /// was read before may not hold any more.
    NotPaused(Vec<PauseScope>),
    /// A new order to close all; refused when one of its scope stands.
    AddCloseAll(CloseAll),
    /// A changed order to close all.
    UpdateCloseAll(CloseAll),
    /// A new alert; refused when one of its kind and subject is unresolved.
    RaiseAlert(Alert),
    /// Somebody looks after the alert with this id; refused when it is over or somebody did before.
    AcknowledgeAlert(Alert),
    /// The unresolved alert with this id is over.
    ResolveAlert(Alert),
    /// A message about an alert that is to be delivered; refused when the target has one on the same event.
    AddDelivery(Delivery),
    /// A changed delivery.
    UpdateDelivery(Delivery),
    /// A new token.
    AddToken(Token),
    /// A token is revoked.
    RevokeToken(Token),
    /// A new line of the audit trail.
    AddAudit(Audit),
    /// Rows of another platform that are taken over; refused when one of them was before.
    AddImported(Vec<Declared>),
    /// A new subscription; refused when one of its name or of its chain and contract exists.
    AddSubscription(Box<Subscription>),
    /// A changed subscription.
    UpdateSubscription(Box<Subscription>),
    /// Blocks that a subscription read (insert or replace); those below `keep_from` are forgotten.
    AddAnchors {
        /// Blocks.
        anchors: Vec<Anchor>,
        /// Whose older ones are forgotten.
        subscription: SubscriptionId,
        /// The oldest that is kept.
        keep_from: BlockNumber,
        /// The newest that is kept: those above were of a branch that is no more.
        keep_to: BlockNumber,
    },
    /// New logs; refused when one of them is on record.
    AddLogs(Vec<StoredLog>),
    /// Logs that a reorg moved, or took off the chain; refused when one of them is not on record.
    MoveLogs(Vec<MovedLog>),
    /// New triggers; refused when one of their logs has one.
    AddTriggers(Vec<Trigger>),
    /// A changed trigger.
    UpdateTrigger(Box<Trigger>),
    /// Lines of triggers' histories; refused when one of them exists.
    AddTriggerMoves(Vec<TriggerMove>),
    /// A new order for a trigger; refused when its mark is on record.
    AddStockOrder(Box<StockOrder>),
    /// A changed order for a trigger.
    UpdateStockOrder(Box<StockOrder>),
    /// New payouts; refused when a trigger has one of the kind, or the contract's name of one is taken.
    AddPayouts(Vec<Payout>),
    /// A changed payout.
    UpdatePayout(Box<Payout>),
    /// A signed transaction, before anybody has it; refused when the payer has one with this nonce and number, or of this hash.
    AddAttempt(Box<Attempt>),
    /// Something of the pools.
    Pool(PoolChange),
    /// Something of the jobs.
    Job(JobChange),
    /// A group of the ledger's decisions. Only the ledger makes these.
    Ledger(Box<LedgerWrite>),
}

/// All that one decision writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// In the order in which they are written.
    pub changes: Vec<Change>,
}

impl ChangeSet {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One change.
    pub fn of(change: Change) -> Self {
        Self { changes: vec![change] }
    }

    /// Adds a change.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
