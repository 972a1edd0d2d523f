//! How bad it is: what decides who is told.

use serde::{Deserialize, Serialize};

use super::AlertKind;

/// How bad it is, from the least to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody should know.
    Info,
    /// Somebody should look today.
    Warning,
    /// Somebody should look now.
    Critical,
}

impl Severity {
    /// Every severity, from the least to the worst.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    /// Name in settings, messages and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

impl AlertKind {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::LedgerInvariant
            | Self::OrderInDoubt
            | Self::RobotQuarantined
            | Self::DiskFull
            | Self::CloseAllLate
            | Self::ChainReorg
            | Self::ChainOrphans
            | Self::ChainQuarantined
            | Self::TriggerInDoubt
            | Self::TriggerFillCancelled
            | Self::PayoutHalted
            | Self::PayoutStuck
            | Self::PayoutNoGas
            | Self::PayoutReserve
            | Self::PayoutForeignNonce
            | Self::SolvencyDifference
            | Self::PoolUnreconciled => Severity::Critical,
            Self::UnsettledCount
            | Self::UnsettledPower
            | Self::UnsettledAge
            | Self::JobFailing
            | Self::ReconcileMismatch
            | Self::SyncFailing
            | Self::DebtRatio
            | Self::DeliveryFailing
            | Self::DiskLow
            | Self::ChainLag
            | Self::ChainMalformed
            | Self::ChainUnreachable
            | Self::TriggerStuck
            | Self::StocksUnreachable
            | Self::PayoutLimited
            | Self::PoolFunding => Severity::Warning,
            Self::PowerShort | Self::ManualCloser | Self::ProfitSpike => Severity::Info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered_and_read_from_their_names() {
        assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Critical);
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.as_str()), Some(severity));
        }
    }
}
