//! Venues, one folder each.
//!
//! `paper` is built in. Of the others each folder holds what is its own, of the same shape everywhere; `dialect` says what they have in
//! common where nothing awaits, and `remote` is what all of them are reached by.

pub mod binance;
pub mod bitget;
pub mod bybit;
mod connect;
pub mod dialect;
pub mod gate;
pub mod okx;
pub mod paper;
pub mod remote;

pub use self::connect::{ConnectError, Connection, connect};
