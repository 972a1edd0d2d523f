//! The invariants by name; tests, simulation and `bursar ledger verify` speak of them with these words.

use std::fmt;

/// A rule that holds after every commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// LED-0: one posting batch at a time.
    OneBatchAtATime,
    /// LED-1: entries balance per asset.
    EntriesBalance,
    /// LED-2: no user balance below zero.
    NoNegativeBalance,
    /// LED-3: balance = sum of postings.
    BalanceIsSum,
    /// LED-4: the digest chain over entries is unbroken.
    ChainUnbroken,
    /// LED-5: power is reserved once per position, and resolved once.
    HeldOnce,
    /// SET-1: a closed position is charged at most once.
    ChargedOnce,
    /// SET-2: every profitable closed position ends charged, owed or waived, however old.
    EverySettled,
    /// ORD-1: only table moves.
    TableMoves,
    /// ORD-2: filled ≤ quantity.
    FilledWithinQuantity,
    /// ORD-3: one venue order per intent.
    OneVenueOrder,
    /// SWI-1: what was told to close all opens nothing until that is lifted.
    NothingOpens,
    /// SWI-2: what was told to close all gets flat, each position once.
    GetsFlat,
    /// POS-1: the venue's net is the sum of the robots' positions and the external one.
    NetExplained,
    /// POS-2: what positions realised, and what they carry, is what the venue realised.
    RealisedExplained,
    /// POS-3: the shares of a fill or a payment sum to it.
    SharesSum,
    /// POO-1: a holding accrues each day once, and each of its payments is made once.
    AccruedOnce,
    /// POO-2: what a product has sold is what its holdings count, and never above its quota.
    SoldWithinQuota,
    /// POO-3: a holding is paid what it earned and no more, and its principal is what the ledger holds for it.
    PaidIsEarned,
    /// CHN-1: a log acts once, whatever tells of it and however often.
    LogActsOnce,
    /// CHN-2: the cursor never passes a confirmed log that is not on record.
    CursorBehindLogs,
    /// CHN-3: nothing acts before its block is as deep as is asked for.
    DeepEnough,
    /// TRG-1: a trigger ends settled or returned, never both, and what it gave is what it gets and what was used.
    TriggerEndsOnce,
    /// PAY-1: one nonce, one payout; one payout, one effect on the chain and in the ledger.
    PaidOnce,
    /// SUP-1: one live actor per wanted child.
    OneActorPerChild,
}

impl Invariant {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneBatchAtATime => "LED-0",
            Self::EntriesBalance => "LED-1",
            Self::NoNegativeBalance => "LED-2",
            Self::BalanceIsSum => "LED-3",
            Self::ChainUnbroken => "LED-4",
            Self::HeldOnce => "LED-5",
            Self::ChargedOnce => "SET-1",
            Self::EverySettled => "SET-2",
            Self::TableMoves => "ORD-1",
            Self::FilledWithinQuantity => "ORD-2",
            Self::OneVenueOrder => "ORD-3",
            Self::NothingOpens => "SWI-1",
            Self::GetsFlat => "SWI-2",
            Self::NetExplained => "POS-1",
            Self::RealisedExplained => "POS-2",
            Self::SharesSum => "POS-3",
            Self::AccruedOnce => "POO-1",
            Self::SoldWithinQuota => "POO-2",
            Self::PaidIsEarned => "POO-3",
            Self::LogActsOnce => "CHN-1",
            Self::CursorBehindLogs => "CHN-2",
            Self::DeepEnough => "CHN-3",
            Self::TriggerEndsOnce => "TRG-1",
            Self::PaidOnce => "PAY-1",
            Self::OneActorPerChild => "SUP-1",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An invariant that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub invariant: Invariant,
    /// Where and how: names the first bad row.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}
