//! Gate API v4, USDT perpetual futures: what it sends, what that means, and how requests are signed.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/>. It counts contracts, signed: below zero sells. Its executions
//! tell what they closed, and no profit: that is a line of the account book, gross. A custom id names an order only
//! while it rests and a short while after, and may be used again.

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

use domain::venue::FillCause;

pub use self::codes::{CODES, PROFITS, verdict};
pub use self::speech::{Gate, MANNERS};
use super::dialect::{Alphabet, Owner};

/// `text`: `t-`, then at most 28 letters, digits, underscores, hyphens and dots.
pub const CLIENT_ID: Alphabet = Alphabet {
    prefix: "t-",
    longest: 28,
    marks: "_-.",
};

/// Asks for sizes with their decimals, in text: whoever does not say this is told whole contracts, cut.
const DECIMALS: (&str, &str) = ("X-Gate-Size-Decimal", "1");

/// How the texts of orders begin by which the venue takes a position away. The first of them is of classic accounts of old, `liq-` and
/// `hedge-liq-` of those of now, and the last three of unified accounts.
const FORCED: [&str; 7] = [
    "liquidation",
    "liq-",
    "hedge-liq-",
    "insurance",
    "pm_liquidate",
    "comb_margin_liquidate",
    "scm_liquidate",
];

/// Whose order it is, by its text: what no client gave says who made it.
fn owner(text: &str) -> Owner {
    let cause = if FORCED.iter().any(|start| text.starts_with(start)) {
        FillCause::Liquidation
    } else if text.starts_with("auto_deleverag") {
        FillCause::Venue
    } else {
        FillCause::Order
    };
    Owner {
        client_id: CLIENT_ID.read(text),
        cause,
    }
}
