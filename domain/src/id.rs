//! Identities: each thing's id is a type of its own, allocated by the store from one counter per kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids!(
    /// A platform user, the owner of wallets and robots.
    UserId,
    /// A user's account (API key) at a venue.
    VenueAccountId,
    /// A trading robot.
    RobotId,
    /// A position.
    PositionId,
    /// One instruction to a venue.
    OrderId,
    /// An account of the ledger.
    LedgerAccountId,
    /// A debt of power.
    DebtId,
    /// An alert.
    AlertId,
    /// A message about an alert to one target.
    DeliveryId,
    /// An access token.
    TokenId,
    /// A line of the audit trail.
    AuditId,
    /// An order to close all.
    CloseAllId,
    /// A subscription to a contract's logs.
    SubscriptionId,
    /// A trigger.
    TriggerId,
    /// An order for a trigger.
    StockOrderId,
    /// A payout.
    PayoutId,
    /// A product of the pools.
    ProductId,
    /// A holding of a product.
    HoldingId,
    /// A run of a job.
    JobRunId,
);

/// The counters that the store hands ids out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdKind {
    /// For [`UserId`].
    User,
    /// For [`VenueAccountId`].
    VenueAccount,
    /// For [`RobotId`].
    Robot,
    /// For [`PositionId`].
    Position,
    /// For [`OrderId`], and for [`TriggerId`]: users know both as orders, so no two share a number.
    Order,
    /// For [`LedgerAccountId`].
    LedgerAccount,
    /// For [`DebtId`].
    Debt,
    /// For [`AlertId`].
    Alert,
    /// For [`DeliveryId`].
    Delivery,
    /// For [`TokenId`].
    Token,
    /// For [`AuditId`].
    Audit,
    /// For [`CloseAllId`].
    CloseAll,
    /// For [`SubscriptionId`].
    Subscription,
    /// For [`StockOrderId`].
    StockOrder,
    /// For [`PayoutId`].
    Payout,
    /// For [`ProductId`].
    Product,
    /// For [`HoldingId`].
    Holding,
    /// For [`JobRunId`].
    JobRun,
}

impl IdKind {
    /// Every counter.
    pub const ALL: [Self; 18] = [
        Self::User,
        Self::VenueAccount,
        Self::Robot,
        Self::Position,
        Self::Order,
        Self::LedgerAccount,
        Self::Debt,
        Self::Alert,
        Self::Delivery,
        Self::Token,
        Self::Audit,
        Self::CloseAll,
        Self::Subscription,
        Self::StockOrder,
        Self::Payout,
        Self::Product,
        Self::Holding,
        Self::JobRun,
    ];

    /// The counter's name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::VenueAccount => "venue_account",
            Self::Robot => "robot",
            Self::Position => "position",
            Self::Order => "order",
            Self::LedgerAccount => "ledger_account",
            Self::Debt => "debt",
            Self::Alert => "alert",
            Self::Delivery => "delivery",
            Self::Token => "token",
            Self::Audit => "audit",
            Self::CloseAll => "close_all",
            Self::Subscription => "subscription",
            Self::StockOrder => "stock_order",
            Self::Payout => "payout",
            Self::Product => "product",
            Self::Holding => "holding",
            Self::JobRun => "job_run",
        }
    }
}
