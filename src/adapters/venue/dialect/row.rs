//! Rows that venues send as arrays without names, such as bars.

use domain::fixed::{Price, Quantity};
use domain::market::Bar;
use domain::time::Timestamp;

use super::number::{Number, exact, near};
use super::read::ParseError;
use super::text::Text;

/// An array of texts and numbers; what it holds beyond the columns that are read does not matter.
pub type Row = Vec<Text>;

/// Where the parts of a bar stand in a row.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Start, in milliseconds.
    pub time: usize,
    /// First, highest, lowest and last price.
    pub prices: [usize; 4],
    /// Traded quantity, in coins.
    pub volume: usize,
}

/// A row as a bar.
///
/// # Errors
/// When a column is missing, or no number.
pub fn bar(what: &'static str, index: usize, row: &Row, columns: Columns) -> Result<Bar, ParseError> {
    let cell = |column: usize| {
        let field = format!("[{index}][{column}]");
        let text = row.get(column).map(|text| text.0.as_str());
        let text = text.ok_or_else(|| ParseError::new(what, &field, "is missing"));
        text.map(|text| (field, text))
    };
    let price = |column: usize| -> Result<Price, ParseError> { parsed(what, cell(column)?, near) };
    let [open, high, low, close] = columns.prices;
    Ok(Bar {
        opened_at: Timestamp(parsed(what, cell(columns.time)?, exact)?),
        open: price(open)?,
        high: price(high)?,
        low: price(low)?,
        close: price(close)?,
        volume: parsed::<Quantity>(what, cell(columns.volume)?, near)?,
    })
}

fn parsed<T: Number>(
    what: &'static str,
    (field, text): (String, &str),
    parse: fn(&str) -> Result<T, domain::fixed::NumberError>,
) -> Result<T, ParseError> {
    parse(text).map_err(|error| ParseError::new(what, field, error))
}
