//! Venues, one folder each.
//!
//! `paper` is whole. Of the others there are the pure halves, which their adapters are built on, and of `binance` the way
//! over HTTP: `remote` is what all such ways share, `dialect` says
//! what they have in common.

pub mod binance;
pub mod bitget;
pub mod bybit;
pub mod dialect;
pub mod gate;
pub mod okx;
pub mod paper;
pub mod remote;
