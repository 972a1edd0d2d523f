//! OKX's bytes in our words. What counts contracts needs to know how many coins they are.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use self::account::{balances, bills, bookings, closed_profits, holdings, leverages, position_mode, rights};
pub use self::market::{bars, listings, marks, quote, server_time, tick};
pub use self::orders::{fills, lookup, orders, placed, trades};
pub use self::stream::pushes;
use super::super::dialect::{ParseError, read};
use super::wire::Answer;

/// The list of an answer that says done; paths of errors begin below `data`.
fn data<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<Vec<T>, ParseError> {
    let answer: Answer<'a> = read(what, body)?;
    if answer.code.0 != "0" {
        let rule = format!("is {}: {}", answer.code.0, answer.msg);
        return Err(ParseError::new(what, "code", rule));
    }
    let data = answer.data.ok_or_else(|| ParseError::new(what, "data", "is missing"))?;
    read(what, data.get().as_bytes())
}

/// The only item of such a list.
pub(super) fn one<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<T, ParseError> {
    let first = data(what, body)?.into_iter().next();
    first.ok_or_else(|| ParseError::new(what, "data", "is empty"))
}
