//! Taking over another platform: its tables are read, the plan is written to the store and posted to the ledger.

mod check;
pub mod compare;
pub mod files;
pub mod intake;
pub mod run;
pub mod told;
