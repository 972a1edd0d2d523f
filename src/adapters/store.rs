//! Stores: SQL by URL, and an in-memory one for simulation.

mod connect;
mod failure;
pub mod memory;
pub mod schema;
pub mod sql;
mod subject;

pub use connect::StoreOptions;
pub use memory::{CommitFault, MemoryStore};
pub use sql::SqlStore;
