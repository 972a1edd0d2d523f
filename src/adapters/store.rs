//! Stores: SQL by URL, and an in-memory one for simulation.

pub mod backup;
mod candidate;
mod catalog;
mod connect;
mod doubt;
mod failure;
mod lease;
mod legacy;
pub mod memory;
pub mod nodelay;
pub mod schema;
pub mod sql;
mod subject;

pub use candidate::Candidate;
pub use connect::{ConnectError, StoreOptions, sqlite_file};
pub use lease::{Holder, NotTheWriter, host_name};
pub use legacy::{LegacyDatabase, LegacyError};
pub use memory::{CommitFault, MemoryStore};
pub use sql::SqlStore;
