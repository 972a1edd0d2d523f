//! Bybit's bytes in our words.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use self::account::{available, balances, bookings, closed_profits, holdings, leverage, margin_mode, rights};
pub use self::market::{bars, listings, marks, quote, server_time, tick};
pub use self::orders::{executions, lookup, orders, placed};
pub use self::stream::pushes;
use super::super::dialect::{Page, ParseError, read};
use super::wire::{Answer, List};

/// The result of an answer that says done; paths of errors begin below `result`.
fn result<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<T, ParseError> {
    let answer: Answer<'a> = read(what, body)?;
    if answer.ret_code != 0 {
        let rule = format!("is {}: {}", answer.ret_code, answer.ret_msg);
        return Err(ParseError::new(what, "retCode", rule));
    }
    let result = answer
        .result
        .ok_or_else(|| ParseError::new(what, "result", "is missing"))?;
    read(what, result.get().as_bytes())
}

/// A list and the cursor behind it.
fn page<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<Page<T>, ParseError> {
    let list: List<T> = result(what, body)?;
    Ok(Page {
        rows: list.list,
        next: list.next_page_cursor.and_then(|cursor| behind(&cursor)),
    })
}

/// What asks for the next page. The venue tells it escaped for a query, and a query escapes it: it is kept plain. What is not
/// escaped by the rules is kept as it is.
fn behind(cursor: &str) -> Option<String> {
    let plain = plain(cursor).and_then(|bytes| String::from_utf8(bytes).ok());
    Some(plain.unwrap_or_else(|| cursor.to_owned())).filter(|cursor| !cursor.is_empty())
}

fn plain(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            plain.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        plain.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(plain)
}
