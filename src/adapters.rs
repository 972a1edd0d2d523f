//! What touches the world: venues, stores, targets of alerts and disks.

pub mod disk;
pub mod notify;
pub mod store;
pub mod venue;
