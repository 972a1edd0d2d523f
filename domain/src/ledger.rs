//! The ledger: accounts, balanced entries, debts, and the answers to a request to post.

pub mod account;
mod book;
pub mod chain;
pub mod debt;
mod decide;
pub mod entry;
mod pen;
mod request;
mod settle;
mod transfer;
pub mod verify;
pub mod write;

pub use account::{Account, AccountKey, AccountKind, Asset};
pub use book::{Facts, FreshIds};
pub use debt::{Debt, DebtState};
pub use decide::{Answer, Decision, Happened, decide};
pub use entry::{Digest, Entry, EntryKey, EntryKind, EntrySeq, Head, Posting};
pub use pen::LedgerPen;
pub use request::{Purse, Request, Rules, Transfer, settling_accounts};
pub use write::{BalanceMove, LedgerWrite, PostAnswer, Refused, SettledPosition};
