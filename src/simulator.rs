//! Venues for others to trade on: the paper venue, served in the dialects of real ones, with faults on demand.
//!
//! `exchange` is the half that knows no dialect: accounts with their API keys, the acts and records of the paper venue, and
//! news of both. `server` takes requests and sockets, lets `faults` happen to them, and hands them to a [`Dialect`]: one
//! folder for each. `opend` is apart: a stand-in for a stock venue, over the protocol of that.

pub mod binance;
pub mod bitget;
mod books;
pub mod bybit;
mod calls;
mod checksum;
mod control;
pub mod dialect;
pub mod exchange;
pub mod faults;
pub mod fields;
pub mod gate;
mod logins;
pub mod okx;
pub mod opend;
mod passage;
pub mod server;
pub mod signed;
mod sockets;
mod stillborn;
mod tally;
pub mod windows;

pub use dialect::Dialect;
