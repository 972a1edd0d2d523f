//! Bitget's bytes in our words.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use self::account::{
    balance, balances, bookings, closed_profits, holdings, leverage, position_mode, rights, terms,
};
pub use self::market::{bars, listings, marks, quote, server_time, tick};
pub use self::orders::{closing, lookup, order, orders, placed, trades};
pub use self::stream::pushes;
use super::super::dialect::{Page, ParseError, Text, read};
use super::wire::{Answer, List};

/// What an answer that says done holds; paths of errors begin below `data`.
pub(super) fn data<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<T, ParseError> {
    let answer: Answer<'a> = read(what, body)?;
    if answer.code.0 != "00000" {
        let rule = format!("is {}: {}", answer.code.0, answer.msg.unwrap_or_default());
        return Err(ParseError::new(what, "code", rule));
    }
    let data = answer.data.ok_or_else(|| ParseError::new(what, "data", "is missing"))?;
    read(what, data.get().as_bytes())
}

/// A list and the cursor behind it.
fn page<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<Page<T>, ParseError> {
    let list: List<T> = data(what, body)?;
    Ok(Page {
        rows: list.list.unwrap_or_default(),
        next: list.end_id.and_then(Text::told),
    })
}
