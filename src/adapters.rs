//! What touches the world: venues and stores.

pub mod store;
pub mod venue;
