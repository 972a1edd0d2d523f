//! What actors may ask of the world; adapters answer.

pub mod chain;
pub mod disk;
pub mod keyring;
pub mod market;
pub mod notify;
pub mod stocks;
pub mod store;
pub mod venue;
pub mod work;
