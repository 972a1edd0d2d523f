//! Bursar: an actor-based trading daemon with one exact ledger.

pub mod actors;
pub mod adapters;
pub mod clock;
pub mod crash;
pub mod event;
pub mod ports;
