//! Bitget v2 mix, USDT perpetual futures: what it sends, what that means, and how requests are signed.
//!
//! Source: <https://www.bitget.com/api-doc/contract/intro>. It counts coins. Its realised profit is gross; fees are negative
//! when paid, and funding is a line of the bills. In hedge mode `side` is the side of the position, also of an order
//! that closes: `buy` with `close` closes a long; of a pushed execution it is the side of the trade. The answer to a
//! placed order says only that it was taken.

mod archive;
pub mod ask;
mod codes;
pub mod limits;
pub mod parse;
pub mod protect;
mod questions;
pub mod sign;
mod speech;
pub mod wire;

use domain::market::Symbol;

pub use self::codes::{CODES, PROFITS, verdict};
pub use self::speech::{Bitget, MANNERS};
use super::dialect::Alphabet;

/// `clientOid`: at most 40 characters; letters, digits, hyphens and underscores are safe.
pub const CLIENT_ID: Alphabet = Alphabet {
    prefix: "",
    longest: 40,
    marks: "-_",
};

/// Some endpoints answer in small letters.
fn symbol(name: &str) -> Symbol {
    Symbol::new(&name.to_ascii_uppercase())
}
