//! The daily report: what was done and settled in a period, and as what a posting counts in it.

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::ledger::{AccountKind, EntryKind};

/// What the rows of a report are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Everything, in one row.
    Day,
    /// One row per user.
    User,
    /// One row per robot, and one for what no robot did.
    Robot,
}

impl By {
    /// Every grouping.
    pub const ALL: [Self; 3] = [Self::Day, Self::User, Self::Robot];

    /// Name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::User => "user",
            Self::Robot => "robot",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

/// What a posting counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Power that a close was charged with.
    Charged,
    /// Power that a close was due and that was recorded as a debt, less what a correction took from it.
    Owed,
    /// Debts repaid.
    Repaid,
    /// Debts forgiven.
    Waived,
    /// Power given back from what had been charged.
    Refunded,
}

impl Figure {
    /// Every figure.
    pub const ALL: [Self; 5] = [Self::Charged, Self::Owed, Self::Repaid, Self::Waived, Self::Refunded];

    /// As what a posting counts: by what its entry is about, what its account is for, and whether it adds (`gain`) or
    /// takes away. Each posting counts as one figure at most.
    pub const fn of(entry: EntryKind, account: AccountKind, gain: bool) -> Option<Self> {
        match account {
            AccountKind::PlatformRevenue => match (entry, gain) {
                // A debt that is repaid becomes revenue, too; it counts where the debt falls.
                (EntryKind::DebtCollect, true) => None,
                // Fees on what triggers trade are money, not power.
                (EntryKind::Trade, _) => None,
                // So is what leaving a pool early costs.
                (EntryKind::PoolPenalty, _) => None,
                (_, true) => Some(Self::Charged),
                (_, false) => Some(Self::Refunded),
            },
            AccountKind::UserDebt => match entry {
                EntryKind::PowerSettle | EntryKind::PowerCorrect => Some(Self::Owed),
                EntryKind::DebtCollect => Some(Self::Repaid),
                EntryKind::DebtWaive => Some(Self::Waived),
                EntryKind::Recharge
                | EntryKind::Withdraw
                | EntryKind::PowerHold
                | EntryKind::HoldRelease
                | EntryKind::Adjust
                | EntryKind::Transfer
                | EntryKind::Refund
                | EntryKind::Import
                | EntryKind::Contract
                | EntryKind::Trade
                | EntryKind::Mint
                | EntryKind::Payout
                | EntryKind::Treasury
                | EntryKind::PoolIn
                | EntryKind::PoolOut
                | EntryKind::PoolYield
                | EntryKind::PoolPenalty
                | EntryKind::PoolFund
                | EntryKind::Commission => None,
            },
            AccountKind::UserPower
            | AccountKind::UserGiftPower
            | AccountKind::UserWallet
            | AccountKind::UserHold
            | AccountKind::Issuance
            | AccountKind::DebtClearing
            | AccountKind::Adjustment
            | AccountKind::ImportEquity
            | AccountKind::ChainEscrow
            | AccountKind::ChainCustody
            | AccountKind::ShareSupply
            | AccountKind::VenueClearing
            | AccountKind::RefundReserve
            | AccountKind::PoolPrincipal
            | AccountKind::PoolFunding => None,
        }
    }

    /// Whether it counts what is taken away rather than what is added.
    pub const fn is_negated(self) -> bool {
        match self {
            Self::Charged | Self::Owed => false,
            Self::Repaid | Self::Waived | Self::Refunded => true,
        }
    }
}

/// What was done and settled in a period, by all or by one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// The user or robot; none in the row of everything, and in that of what no robot did.
    pub group: Option<i64>,
    /// Orders on record, by the time at which they were written down.
    pub orders: u64,
    /// Positions closed, by the venue's time of the close.
    pub closes: u64,
    /// Σ of their profit, losses included.
    pub profit: Amount,
    /// Power charged, by booking time; so are the four that follow.
    pub charged: Amount,
    /// Power recorded as owed.
    pub owed: Amount,
    /// Debts repaid.
    pub repaid: Amount,
    /// Debts forgiven.
    pub waived: Amount,
    /// Power given back.
    pub refunded: Amount,
    /// Debts that were open when the period ended.
    pub open_debts: u64,
    /// Σ of those, as they were then.
    pub open_debt: Amount,
}

impl Activity {
    /// Nothing done yet by a group.
    pub fn of(group: Option<i64>) -> Self {
        Self {
            group,
            ..Self::default()
        }
    }

    /// The sum of one figure.
    pub const fn figure(&mut self, figure: Figure) -> &mut Amount {
        match figure {
            Figure::Charged => &mut self.charged,
            Figure::Owed => &mut self.owed,
            Figure::Repaid => &mut self.repaid,
            Figure::Waived => &mut self.waived,
            Figure::Refunded => &mut self.refunded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repaid_debt_counts_once_though_it_also_becomes_revenue() {
        let counted = |account, gain| Figure::of(EntryKind::DebtCollect, account, gain);
        assert_eq!(counted(AccountKind::PlatformRevenue, true), None);
        assert_eq!(counted(AccountKind::UserDebt, false), Some(Figure::Repaid));
        assert_eq!(counted(AccountKind::DebtClearing, true), None);
        assert_eq!(counted(AccountKind::UserPower, false), None);
    }

    #[test]
    fn correction_raises_or_lowers_what_is_owed_and_a_waiver_ends_it() {
        for gain in [true, false] {
            let counted = |entry| Figure::of(entry, AccountKind::UserDebt, gain);
            assert_eq!(counted(EntryKind::PowerCorrect), Some(Figure::Owed));
            assert_eq!(counted(EntryKind::DebtWaive), Some(Figure::Waived));
        }
    }

    #[test]
    fn power_that_leaves_the_revenue_is_refunded_whatever_the_entry() {
        for entry in EntryKind::ALL {
            let counted = Figure::of(entry, AccountKind::PlatformRevenue, false);
            // What triggers trade is money, and so is what leaving a pool early costs.
            let is_power = ![EntryKind::Trade, EntryKind::PoolPenalty].contains(&entry);
            assert_eq!(counted, is_power.then_some(Figure::Refunded), "{entry:?}");
        }
    }

    #[test]
    fn every_grouping_is_read_by_its_name() {
        for by in By::ALL {
            assert_eq!(By::parse(by.as_str()), Some(by));
        }
        assert_eq!(By::parse("Week"), None);
    }
}
