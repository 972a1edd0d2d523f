//! OKX v5, linear perpetual swaps: what it sends, what that means, and how requests are signed.
//!
//! Source: <https://www.okx.com/docs-v5/en/>. It counts contracts, of which each market has its own size in coins. Its
//! realised profit is gross; fees are negative when paid, and funding is a line of the bills. The answer to a placed
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
pub use self::speech::{MANNERS, Okx};
use super::dialect::Alphabet;

/// `clOrdId`: at most 32 letters and digits; case matters.
pub const CLIENT_ID: Alphabet = Alphabet {
    prefix: "",
    longest: 32,
    marks: "",
};
