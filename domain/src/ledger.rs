//! The ledger: accounts, balanced entries, debts, and the answers to a request to post.

pub mod account;
pub mod debt;
pub mod entry;
pub mod write;

pub use account::{Account, AccountKey, AccountKind, Asset};
pub use debt::{Debt, DebtState};
pub use entry::{Digest, Entry, EntryKey, EntryKind, EntrySeq, Head, Posting};
pub use write::{BalanceMove, LedgerWrite, PostAnswer, Refused, SettledPosition};
