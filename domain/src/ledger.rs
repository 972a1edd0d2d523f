//! The ledger: accounts, balanced entries, debts, holds, and the answers to a request to post.

pub mod account;
mod book;
pub mod chain;
mod collect;
mod correct;
pub mod debt;
mod decide;
pub mod entry;
mod escrow;
mod facts;
pub mod hold;
mod operate;
mod pen;
mod request;
mod reserve;
mod settle;
mod takeover;
mod transfer;
pub mod verify;
pub mod write;

pub use account::{Account, AccountKey, AccountKind, Asset};
pub use collect::collected_at_most;
pub use debt::{Debt, DebtState};
pub use decide::{Answer, Decision, Happened, decide};
pub use entry::{Digest, Entry, EntryKey, EntryKind, EntrySeq, Head, Posting};
pub use escrow::{EscrowEntry, EscrowPosting, GuardedRow};
pub use facts::{Facts, FreshIds, PositionFact};
pub use hold::{Hold, HoldState};
pub use pen::LedgerPen;
pub use request::{
    Purse, Release, Request, Reservation, Reversal, Rules, Transfer, UserTransfer, Waiver, clearing, debt_of,
    settling_accounts,
};
pub use takeover::{ImportFact, ImportRequest};
pub use write::{BalanceMove, ChangedDebt, LedgerWrite, PostAnswer, Refused, SettledPosition};
