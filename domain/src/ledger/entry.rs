//! Entries: balanced, append-only, each under a key that names its fact, chained by digest.

mod pool;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chain::LogKey;
use crate::fixed::Amount;
use crate::id::{DebtId, LedgerAccountId, PayoutId, PositionId, TriggerId};
use crate::time::Timestamp;

/// Place of an entry in the ledger: 1, 2, 3 … without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntrySeq(pub i64);

impl fmt::Display for EntrySeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A key that names the fact an entry records; unique in the ledger, at most 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryKey(String);

impl EntryKey {
    /// Longest key.
    pub const LENGTH: usize = 120;

    /// The settlement of a position.
    pub fn settlement_of(position: PositionId) -> Self {
        Self(format!("settle:{position}"))
    }

    /// The `number`th correction of a position's settlement, from 1.
    pub fn correction_of(position: PositionId, number: u32) -> Self {
        Self(format!("settle:{position}:{number}"))
    }

    /// The hold for a position.
    pub fn hold_for(position: PositionId) -> Self {
        Self(format!("hold:{position}"))
    }

    /// The release of the hold for a position.
    pub fn release_of(position: PositionId) -> Self {
        Self(format!("release:{position}"))
    }

    /// The waiver of a debt.
    pub fn waiver_of(debt: DebtId) -> Self {
        Self(format!("waive:{debt}"))
    }

    /// What a log at a vault says was given.
    pub fn log(log: &LogKey) -> Self {
        Self(format!("log:{log}"))
    }

    /// The taking back of what a log said, because it is on the chain no more.
    pub fn unlog(log: &LogKey) -> Self {
        Self(format!("unlog:{log}"))
    }

    /// What a trigger's order bought or sold.
    pub fn trade_of(trigger: TriggerId) -> Self {
        Self(format!("trade:{trigger}"))
    }

    /// What a payout paid.
    pub fn payout(payout: PayoutId) -> Self {
        Self(format!("payout:{payout}"))
    }

    /// Money that an operator moves between a vault, its reserve and the stock venue, by its own reference: 1 to 100 visible ASCII
    /// characters.
    pub fn treasury(reference: &str) -> Option<Self> {
        Self::referenced("treasury", reference)
    }

    /// The taking back of an entry, at most once.
    pub fn reversal_of(entry: EntrySeq) -> Self {
        Self(format!("reverse:{entry}"))
    }

    /// An operator's correction of a balance, by its own reference: 1 to 100 visible ASCII characters.
    pub fn adjustment(reference: &str) -> Option<Self> {
        Self::referenced("adjust", reference)
    }

    /// A transfer between users, by its own reference: 1 to 100 visible ASCII characters.
    pub fn transfer(reference: &str) -> Option<Self> {
        Self::referenced("transfer", reference)
    }

    /// The collection of a debt.
    pub fn collection_of(debt: DebtId) -> Self {
        Self(format!("collect:{debt}"))
    }

    /// A recharge, by the payer's own reference: 1 to 100 visible ASCII characters.
    pub fn recharge(reference: &str) -> Option<Self> {
        Self::referenced("recharge", reference)
    }

    /// A withdrawal, by the asker's own reference: 1 to 100 visible ASCII characters.
    pub fn withdrawal(reference: &str) -> Option<Self> {
        Self::referenced("withdraw", reference)
    }

    /// What is taken over from another platform: its name, what is taken over, and its id there, together at most 100
    /// visible ASCII characters.
    pub fn import(source: &str, fact: &str, legacy_id: &str) -> Option<Self> {
        Self::referenced("import", &format!("{source}:{fact}:{legacy_id}"))
    }

    fn referenced(fact: &str, reference: &str) -> Option<Self> {
        let fits = (1..=100).contains(&reference.len()) && reference.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(format!("{fact}:{reference}")))
    }

    /// As stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Assets brought in.
    Recharge,
    /// Assets taken out.
    Withdraw,
    /// Power charged for a profitable close, or recorded as owed.
    PowerSettle,
    /// A charge, a debt or a refund after the venue revised the profit of a settled close.
    PowerCorrect,
    /// A debt repaid.
    DebtCollect,
    /// A debt forgiven.
    DebtWaive,
    /// Power reserved for a position.
    PowerHold,
    /// Reserved power given back.
    HoldRelease,
    /// A balance corrected by an operator.
    Adjust,
    /// Assets passed from one user to another.
    Transfer,
    /// Another entry taken back.
    Refund,
    /// Taken over from another platform.
    Import,
    /// What a log at a vault says was given.
    Contract,
    /// What a trigger's order bought or sold.
    Trade,
    /// Shares minted by a payout.
    Mint,
    /// Money paid by a payout.
    Payout,
    /// Money moved between a vault, its reserve and the stock venue by an operator.
    Treasury,
    /// Money put into a product.
    PoolIn,
    /// Money taken out of a product.
    PoolOut,
    /// Yield of a holding.
    PoolYield,
    /// What an early redemption costs.
    PoolPenalty,
    /// What a product's yield is paid from, brought in or taken back.
    PoolFund,
    /// A referrer's part of a yield.
    Commission,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
        Self::Recharge,
        Self::Withdraw,
        Self::PowerSettle,
        Self::PowerCorrect,
        Self::DebtCollect,
        Self::DebtWaive,
        Self::PowerHold,
        Self::HoldRelease,
        Self::Adjust,
        Self::Transfer,
        Self::Refund,
        Self::Import,
        Self::Contract,
        Self::Trade,
        Self::Mint,
        Self::Payout,
        Self::Treasury,
        Self::PoolIn,
        Self::PoolOut,
        Self::PoolYield,
        Self::PoolPenalty,
        Self::PoolFund,
        Self::Commission,
    ];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recharge => "recharge",
            Self::Withdraw => "withdraw",
            Self::PowerSettle => "power_settle",
            Self::PowerCorrect => "power_correct",
            Self::DebtCollect => "debt_collect",
            Self::DebtWaive => "debt_waive",
            Self::PowerHold => "power_hold",
            Self::HoldRelease => "hold_release",
            Self::Adjust => "adjust",
            Self::Transfer => "transfer",
            Self::Refund => "refund",
            Self::Import => "import",
            Self::Contract => "contract",
            Self::Trade => "trade",
            Self::Mint => "mint",
            Self::Payout => "payout",
            Self::Treasury => "treasury",
            Self::PoolIn => "pool_in",
            Self::PoolOut => "pool_out",
            Self::PoolYield => "pool_yield",
            Self::PoolPenalty => "pool_penalty",
            Self::PoolFund => "pool_fund",
            Self::Commission => "commission",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether an operator may take such an entry back: those that nothing else in the store is derived from.
    pub const fn is_reversible(self) -> bool {
        match self {
            Self::Recharge | Self::Withdraw | Self::Adjust | Self::Transfer | Self::Import | Self::Treasury => true,
            Self::PowerSettle
            | Self::PowerCorrect
            | Self::DebtCollect
            | Self::DebtWaive
            | Self::PowerHold
            | Self::HoldRelease
            | Self::Refund
            | Self::Contract
            | Self::Trade
            | Self::Mint
            | Self::Payout
            | Self::PoolIn
            | Self::PoolOut
            | Self::PoolYield
            | Self::PoolPenalty
            | Self::PoolFund
            | Self::Commission => false,
        }
    }
}

/// A SHA-256 digest; written as lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// From 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One line of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Account.
    pub account: LedgerAccountId,
    /// What is added to it; negative takes away.
    pub amount: Amount,
    /// Balance before.
    pub before: Amount,
    /// Balance after.
    pub after: Amount,
}

/// A balanced entry (LED-1): per asset its postings sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Place in the ledger.
    pub seq: EntrySeq,
    /// The fact it records.
    pub key: EntryKey,
    /// What it is about.
    pub kind: EntryKind,
    /// When it was booked; never earlier than the entry before.
    pub at: Timestamp,
    /// What it refers to, such as `position:12`.
    pub reference: String,
    /// Words for people; never a secret.
    pub remark: String,
    /// Who asked for it, when a person did.
    pub by: Option<String>,
    /// Its lines.
    pub postings: Vec<Posting>,
    /// Digest of the entry before; all zero for the first.
    pub previous: Digest,
    /// Digest of this entry, over its content and `previous` (LED-4).
    pub digest: Digest,
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The last entry; zero when the ledger is empty.
    pub seq: EntrySeq,
    /// Its digest.
    pub digest: Digest,
    /// When it was booked.
    pub at: Timestamp,
}

impl Head {
    /// The head of an empty ledger.
    pub const EMPTY: Self = Self {
        seq: EntrySeq(0),
        digest: Digest([0; 32]),
        at: Timestamp(0),
    };
}
