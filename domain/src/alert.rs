//! Alerts: what an operator must look at, raised once and kept until it is resolved.

pub mod rules;

use serde::{Deserialize, Serialize};

use crate::id::AlertId;
use crate::time::Timestamp;

/// What is wrong. Each kind has a page in the runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A robot crashed repeatedly and is not restarted any more.
    RobotQuarantined,
    /// A user has too little power for a settlement.
    PowerShort,
    /// Too many closed profitable positions are unsettled.
    UnsettledCount,
    /// Too much power is unsettled.
    UnsettledPower,
    /// The oldest unsettled position is too old.
    UnsettledAge,
    /// A job failed several times in a row.
    JobFailing,
    /// An invariant of the ledger does not hold.
    LedgerInvariant,
    /// An order's outcome is unknown for longer than the venue's grace.
    OrderInDoubt,
    /// A venue report contradicts what is on record.
    ReconcileMismatch,
    /// A venue account cannot be polled.
    SyncFailing,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::RobotQuarantined,
        Self::PowerShort,
        Self::UnsettledCount,
        Self::UnsettledPower,
        Self::UnsettledAge,
        Self::JobFailing,
        Self::LedgerInvariant,
        Self::OrderInDoubt,
        Self::ReconcileMismatch,
        Self::SyncFailing,
    ];

    /// Name in the database, the API and the runbook.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RobotQuarantined => "robot_quarantined",
            Self::PowerShort => "power_short",
            Self::UnsettledCount => "unsettled_count",
            Self::UnsettledPower => "unsettled_power",
            Self::UnsettledAge => "unsettled_age",
            Self::JobFailing => "job_failing",
            Self::LedgerInvariant => "ledger_invariant",
            Self::OrderInDoubt => "order_in_doubt",
            Self::ReconcileMismatch => "reconcile_mismatch",
            Self::SyncFailing => "sync_failing",
        }
    }

    /// Whether it says what one process saw and will see again as long as it lasts. Nobody is left to end it when that
    /// process has ended; the others are judged anew from what is on record.
    pub const fn is_sighting(self) -> bool {
        match self {
            Self::OrderInDoubt | Self::ReconcileMismatch | Self::SyncFailing => true,
            Self::RobotQuarantined
            | Self::PowerShort
            | Self::UnsettledCount
            | Self::UnsettledPower
            | Self::UnsettledAge
            | Self::JobFailing
            | Self::LedgerInvariant => false,
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An alert. At most one of a kind and subject is unresolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Identity.
    pub id: AlertId,
    /// What is wrong.
    pub kind: AlertKind,
    /// With what, such as `robot:7`.
    pub subject: String,
    /// What was seen.
    pub message: String,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
}
