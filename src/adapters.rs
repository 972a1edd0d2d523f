//! What touches the world: venues and stores.

pub mod notify;
pub mod store;
pub mod venue;
