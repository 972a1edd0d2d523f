//! What touches the world: venues, stock venues, chains, stores, keys, targets of alerts, disks, programs and hosts of jobs.

pub mod chain;
pub mod disk;
pub mod http;
pub mod keyring;
pub mod notify;
pub mod stocks;
pub mod store;
pub mod venue;
pub mod work;
