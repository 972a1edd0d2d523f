//! Alerts: what an operator must look at, raised once, acknowledged by somebody, and kept until it is resolved.

pub mod delivery;
pub mod flood;
pub mod notice;
pub mod route;
pub mod rules;
mod severity;

use serde::{Deserialize, Serialize};

use crate::id::AlertId;
use crate::time::Timestamp;

pub use severity::Severity;

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
    /// A user closes nearly everything by hand.
    ManualCloser,
    /// A close brought far more than is usual for its robot or user.
    ProfitSpike,
    /// Too large a share of the power that came due is owed instead of charged.
    DebtRatio,
    /// A target of alerts does not take them.
    DeliveryFailing,
    /// Little room is left on a disk that the daemon writes to.
    DiskLow,
    /// The disk under the database was full, and nothing could be written.
    DiskFull,
    /// An order to close all has not become flat in time.
    CloseAllLate,
    /// A chain brings no new blocks, or its logs are read too far behind them.
    ChainLag,
    /// A chain left blocks that were acted on, or is another one: its subscription is halted.
    ChainReorg,
    /// After a reorg, logs that had acted are gone or say something else.
    ChainOrphans,
    /// Logs of a vault are not understood, or cannot be counted.
    ChainMalformed,
    /// The logs of a vault cannot be read.
    ChainUnreachable,
    /// The reader of a vault's logs crashed repeatedly and is not restarted any more.
    ChainQuarantined,
    /// Triggers are not over long after their patience was.
    TriggerStuck,
    /// It is not known what became of a trigger's order, for longer than the venue's grace.
    TriggerInDoubt,
    /// The exchange took an execution of a trigger's order back.
    TriggerFillCancelled,
    /// A stock venue does not answer.
    StocksUnreachable,
    /// A payout halted: nothing is done about it until somebody says so.
    PayoutHalted,
    /// A payout waits to be in a block, and the caps on fees leave no room for more.
    PayoutStuck,
    /// The account that pays has too little of the chain's own coin.
    PayoutNoGas,
    /// Payouts wait because of a limit.
    PayoutLimited,
    /// A vault holds too little for what is to be paid from it and its floor.
    PayoutReserve,
    /// Somebody else used a nonce of the account that pays.
    PayoutForeignNonce,
    /// What the ledger says is in a vault, given out or at the stock venue is not what is there.
    SolvencyDifference,
    /// What a product's yield is paid from does not suffice: its distribution waits.
    PoolFunding,
    /// A product's day does not agree: postings, accruals and totals differ.
    PoolUnreconciled,
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [Self; 36] = [
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
        Self::ManualCloser,
        Self::ProfitSpike,
        Self::DebtRatio,
        Self::DeliveryFailing,
        Self::DiskLow,
        Self::DiskFull,
        Self::CloseAllLate,
        Self::ChainLag,
        Self::ChainReorg,
        Self::ChainOrphans,
        Self::ChainMalformed,
        Self::ChainUnreachable,
        Self::ChainQuarantined,
        Self::TriggerStuck,
        Self::TriggerInDoubt,
        Self::TriggerFillCancelled,
        Self::StocksUnreachable,
        Self::PayoutHalted,
        Self::PayoutStuck,
        Self::PayoutNoGas,
        Self::PayoutLimited,
        Self::PayoutReserve,
        Self::PayoutForeignNonce,
        Self::SolvencyDifference,
        Self::PoolFunding,
        Self::PoolUnreconciled,
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
            Self::ManualCloser => "manual_closer",
            Self::ProfitSpike => "profit_spike",
            Self::DebtRatio => "debt_ratio",
            Self::DeliveryFailing => "delivery_failing",
            Self::DiskLow => "disk_low",
            Self::DiskFull => "disk_full",
            Self::CloseAllLate => "close_all_late",
            Self::ChainLag => "chain_lag",
            Self::ChainReorg => "chain_reorg",
            Self::ChainOrphans => "chain_orphans",
            Self::ChainMalformed => "chain_malformed",
            Self::ChainUnreachable => "chain_unreachable",
            Self::ChainQuarantined => "chain_quarantined",
            Self::TriggerStuck => "trigger_stuck",
            Self::TriggerInDoubt => "trigger_in_doubt",
            Self::TriggerFillCancelled => "trigger_fill_cancelled",
            Self::StocksUnreachable => "stocks_unreachable",
            Self::PayoutHalted => "payout_halted",
            Self::PayoutStuck => "payout_stuck",
            Self::PayoutNoGas => "payout_no_gas",
            Self::PayoutLimited => "payout_limited",
            Self::PayoutReserve => "payout_reserve",
            Self::PayoutForeignNonce => "payout_foreign_nonce",
            Self::SolvencyDifference => "solvency_difference",
            Self::PoolFunding => "pool_funding",
            Self::PoolUnreconciled => "pool_unreconciled",
        }
    }

    /// Whether it says what one process saw and will see again as long as it lasts. Nobody is left to end it when that
    /// process has ended; the others are judged anew from what is on record.
    pub const fn is_sighting(self) -> bool {
        match self {
            Self::OrderInDoubt
            | Self::ReconcileMismatch
            | Self::SyncFailing
            | Self::DiskLow
            | Self::DiskFull
            | Self::ChainLag
            | Self::ChainMalformed
            | Self::ChainUnreachable
            | Self::ChainQuarantined
            | Self::TriggerStuck
            | Self::TriggerInDoubt
            | Self::TriggerFillCancelled
            | Self::StocksUnreachable => true,
            Self::RobotQuarantined
            | Self::PowerShort
            | Self::UnsettledCount
            | Self::UnsettledPower
            | Self::UnsettledAge
            | Self::JobFailing
            | Self::LedgerInvariant
            | Self::ManualCloser
            | Self::ProfitSpike
            | Self::DebtRatio
            | Self::DeliveryFailing
            | Self::CloseAllLate
            | Self::ChainReorg
            | Self::ChainOrphans
            | Self::PayoutHalted
            | Self::PayoutStuck
            | Self::PayoutNoGas
            | Self::PayoutLimited
            | Self::PayoutReserve
            | Self::PayoutForeignNonce
            | Self::SolvencyDifference
            | Self::PoolFunding
            | Self::PoolUnreconciled => false,
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody has said yet that they look after it.
    Raised,
    /// Somebody looks after it; it is still open.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl AlertState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Raised, Self::Acknowledged, Self::Resolved];

    /// Name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Who looks after an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Name of the token, or `cli`.
    pub by: String,
    /// Their own words.
    pub note: String,
    /// When they said so.
    pub at: Timestamp,
}

/// Why an alert cannot be acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgeError {
    /// It is over.
    #[error("alert {alert} is over since {at}")]
    Over {
        /// Which.
        alert: AlertId,
        /// Since when.
        at: Timestamp,
    },
    /// Somebody else looks after it.
    #[error("alert {alert} was acknowledged by {by} at {at}")]
    Taken {
        /// Which.
        alert: AlertId,
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
    },
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
    /// Who looks after it, once somebody does.
    pub acknowledged: Option<Acknowledgement>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
}

impl Alert {
    /// Where it stands.
    pub const fn state(&self) -> AlertState {
        match (&self.resolved_at, &self.acknowledged) {
            (Some(_), _) => AlertState::Resolved,
            (None, Some(_)) => AlertState::Acknowledged,
            (None, None) => AlertState::Raised,
        }
    }

    /// The same alert, looked after by somebody. Saying the same again changes nothing.
    ///
    /// # Errors
    /// When it is over, or somebody has acknowledged it already with other words.
    pub fn acknowledge(&self, by: &str, note: &str, now: Timestamp) -> Result<Self, AcknowledgeError> {
        if let Some(at) = self.resolved_at {
            return Err(AcknowledgeError::Over { alert: self.id, at });
        }
        if let Some(taken) = &self.acknowledged {
            if taken.by == by && taken.note == note {
                return Ok(self.clone());
            }
            return Err(AcknowledgeError::Taken {
                alert: self.id,
                by: taken.by.clone(),
                at: taken.at,
            });
        }
        let acknowledged = Some(Acknowledgement {
            by: by.to_owned(),
            note: note.to_owned(),
            at: now.max(self.raised_at),
        });
        Ok(Self {
            acknowledged,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests;
