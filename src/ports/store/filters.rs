//! Which rows to list.

use domain::alert::AlertState;
use domain::chain::{Address, ChainId};
use domain::id::{LedgerAccountId, PositionId, ProductId, RobotId, SubscriptionId, UserId, VenueAccountId};
use domain::job::{JobName, RunState};
use domain::ledger::EntrySeq;
use domain::pause::PauseScope;
use domain::pool::PoolDay;
use domain::time::Timestamp;
use domain::trigger::TriggerKind;
use domain::venue::VenueName;

/// Which positions to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PositionFilter {
    /// Only of this user.
    pub user: Option<UserId>,
    /// Only of this robot.
    pub robot: Option<RobotId>,
    /// Only of this venue account.
    pub account: Option<VenueAccountId>,
    /// Only at this venue.
    pub venue: Option<VenueName>,
    /// Only those that are not final (`true`) or only final ones (`false`).
    pub live: Option<bool>,
    /// Only closed ones that were open at some time from the one to the other of these.
    pub open_during: Option<(Timestamp, Timestamp)>,
    /// Only closed ones whose settlement is pending or that a correction is due on.
    pub unsettled: bool,
}

impl PositionFilter {
    /// Those that a scope covers.
    pub fn within(scope: PauseScope) -> Self {
        let all = Self::default();
        match scope {
            PauseScope::Global => all,
            PauseScope::Venue(venue) => Self {
                venue: Some(venue),
                ..all
            },
            PauseScope::User(user) => Self {
                user: Some(user),
                ..all
            },
            PauseScope::Robot(robot) => Self {
                robot: Some(robot),
                ..all
            },
            // No position is a subscription's: no robot has this id.
            PauseScope::Subscription(_) => Self {
                robot: Some(RobotId(0)),
                ..all
            },
        }
    }
}

/// Which orders to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only of this user.
    pub user: Option<UserId>,
    /// Only of this robot.
    pub robot: Option<RobotId>,
    /// Only of this venue account.
    pub account: Option<VenueAccountId>,
    /// Only of this position.
    pub position: Option<PositionId>,
    /// Only those that are not final (`true`) or only final ones (`false`).
    pub live: Option<bool>,
    /// Only those created at this time or later.
    pub since: Option<Timestamp>,
}

/// Which triggers to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TriggerFilter {
    /// Only of this subscription.
    pub subscription: Option<SubscriptionId>,
    /// Only of this user of a chain.
    pub user: Option<Address>,
    /// Only deposits, or only redemptions.
    pub kind: Option<TriggerKind>,
    /// Only those that are not final (`true`) or only final ones (`false`).
    pub live: Option<bool>,
    /// Only in this state, by its name.
    pub state: Option<&'static str>,
}

/// Which payouts to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayoutFilter {
    /// Only of this subscription.
    pub subscription: Option<SubscriptionId>,
    /// Only on this chain.
    pub chain: Option<ChainId>,
    /// Only those that are not final (`true`) or only final ones (`false`).
    pub live: Option<bool>,
    /// Only in this state, by its name.
    pub state: Option<&'static str>,
}

/// Which entries to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only with a posting on this account.
    pub account: Option<LedgerAccountId>,
    /// Only below this place in the ledger.
    pub before: Option<EntrySeq>,
}

/// Which holds to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldFilter {
    /// Only of this user.
    pub user: Option<UserId>,
    /// Only those in state `Held`.
    pub held: bool,
}

/// Which alerts to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AlertFilter {
    /// All.
    #[default]
    All,
    /// Those that are not over, acknowledged or not.
    Open,
    /// Those in one state.
    In(AlertState),
}

/// Which holdings of the pools to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HoldingFilter {
    /// Only of this product.
    pub product: Option<ProductId>,
    /// Only of this user.
    pub user: Option<UserId>,
    /// Only those with principal (`true`), or only those that have ended (`false`).
    pub held: Option<bool>,
    /// Only those with principal, or that are owed something still.
    pub live: bool,
    /// Only those that have not accrued this day and earn on it.
    pub behind: Option<PoolDay>,
    /// Only those whose last day is this one or an earlier one.
    pub mature: Option<PoolDay>,
    /// Only those that have accrued this day.
    pub accrued: Option<PoolDay>,
    /// Only those that are owed something.
    pub owed: bool,
}

/// Which runs of jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobRunFilter {
    /// Only of this job, whether it is still there or not.
    pub job: Option<JobName>,
    /// Only in this state.
    pub state: Option<RunState>,
}
