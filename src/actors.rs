//! The actors: postmen that take mail, gather facts, ask the domain, commit and tell others.

pub mod alert;
pub mod chain_keeper;
pub mod chain_subscription;
pub mod job_scheduler;
pub mod ledger;
pub mod mail;
pub mod payout;
pub mod relay;
pub mod robot;
pub mod sights;
pub mod spawn;
pub mod stoppers;
pub mod supervisor;
pub mod sync_scheduler;
pub mod trigger;
