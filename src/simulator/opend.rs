//! A stand-in for Futu's OpenD: a small stock market of its own, spoken to over OpenD's protocol, with faults on demand.
//!
//! `wire` has frames and messages, `world` the market with its accounts and orders, which know no protocol; `answers` is between the
//! two; `talk` is one connection, `control` the HTTP side where faults, prices and sessions are set. It is read from the vendor's
//! documents and package, apart from the adapter that it tests.

mod answers;
mod cipher;
mod control;
mod faults;
mod limits;
mod server;
mod shown;
mod talk;
mod wire;
mod world;

pub use cipher::{Cipher, RsaError, RsaPair};
pub use faults::{Script, ScriptError, What};
pub use server::{Bound, OpendOptions, bind};
pub use world::Carried;
