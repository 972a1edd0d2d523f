//! Bybit v5, linear perpetuals: what it sends, what that means, and how requests are signed.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/intro>. It counts coins. Its execution tells what it closed and its
//! gross profit; fees are positive when paid, and funding is a line of the transaction log. The answer to a placed
//! order says only that it was taken.

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

pub use self::codes::{CODES, PROFITS, verdict};
pub use self::speech::{Bybit, MANNERS};
use super::dialect::Alphabet;

/// `orderLinkId`: at most 36 characters, letters, digits, dashes and underscores; unique for ever.
pub const CLIENT_ID: Alphabet = Alphabet {
    prefix: "",
    longest: 36,
    marks: "-_",
};

/// The settlement asset of a linear market, by its name: `BTCPERP` and what has a date settle in USDC, the rest in USDT.
fn settle_of(symbol: &str) -> &'static str {
    let is_dollar_coin = symbol.ends_with("PERP") || (symbol.contains('-') && !symbol.contains("USDT"));
    if is_dollar_coin { "USDC" } else { "USDT" }
}
