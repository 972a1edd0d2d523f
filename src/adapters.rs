//! What touches the world: venues, stock venues, chains, stores, keys, targets of alerts and disks.

pub mod chain;
pub mod disk;
pub mod http;
pub mod keyring;
pub mod notify;
pub mod stocks;
pub mod store;
pub mod venue;
