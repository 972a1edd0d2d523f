//! Rows of one shape, kept column by column, and how they are handed to each database.

use std::fmt::Write;
use std::vec::IntoIter;

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

/// Arrays of PostgreSQL hold no NULL on their way through the driver: this number, which no column may hold, stands for it.
pub const NO_NUMBER: i64 = i64::MIN;
/// Before every text that is there, so that an empty one means that there is none.
pub const HAS_TEXT: char = '=';

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    MaybeNumber,
    Text,
    MaybeText,
    Bytes,
    MaybeBytes,
}

#[derive(Debug)]
enum Cells {
    Number(IntoIter<i64>),
    MaybeNumber(IntoIter<Option<i64>>),
    Text(IntoIter<String>),
    MaybeText(IntoIter<Option<String>>),
    Bytes(IntoIter<Vec<u8>>),
    MaybeBytes(IntoIter<Option<Vec<u8>>>),
}

/// Rows of one shape. Every column has as many cells as there are rows.
#[derive(Debug, Default)]
pub struct Bulk {
    columns: Vec<(&'static str, Cells)>,
}

impl Bulk {
    /// Without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column of whole numbers.
    pub fn number(self, name: &'static str, cells: impl Iterator<Item = i64>) -> Self {
        self.column(name, Cells::Number(cells.collect::<Vec<_>>().into_iter()))
    }

    /// Adds a column of whole numbers that may be absent.
    pub fn maybe_number(self, name: &'static str, cells: impl Iterator<Item = Option<i64>>) -> Self {
        self.column(name, Cells::MaybeNumber(cells.collect::<Vec<_>>().into_iter()))
    }

    /// Adds a column of texts.
    pub fn text(self, name: &'static str, cells: impl Iterator<Item = String>) -> Self {
        self.column(name, Cells::Text(cells.collect::<Vec<_>>().into_iter()))
    }

    /// Adds a column of texts that may be absent.
    pub fn maybe_text(self, name: &'static str, cells: impl Iterator<Item = Option<String>>) -> Self {
        self.column(name, Cells::MaybeText(cells.collect::<Vec<_>>().into_iter()))
    }

    /// Adds a column of bytes.
    pub fn bytes(self, name: &'static str, cells: impl Iterator<Item = Vec<u8>>) -> Self {
        self.column(name, Cells::Bytes(cells.collect::<Vec<_>>().into_iter()))
    }

    /// Adds a column of bytes that may be absent; those that are there are at least one.
    pub fn maybe_bytes(self, name: &'static str, cells: impl Iterator<Item = Option<Vec<u8>>>) -> Self {
        self.column(name, Cells::MaybeBytes(cells.collect::<Vec<_>>().into_iter()))
    }

    fn column(mut self, name: &'static str, cells: Cells) -> Self {
        debug_assert!(
            self.columns.is_empty() || self.len() == cells.len(),
            "{name} has another length"
        );
        self.columns.push((name, cells));
        self
    }

    /// Rows that were not taken.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| cells.len())
    }

    /// Names and kinds.
    pub fn columns(&self) -> Vec<(&'static str, Kind)> {
        self.columns.iter().map(|(name, cells)| (*name, cells.kind())).collect()
    }

    /// The next rows, value by value.
    pub fn take_rows(&mut self, count: usize) -> Vec<Value> {
        let mut values = Vec::with_capacity(count * self.columns.len());
        for _ in 0..count {
            values.extend(self.columns.iter_mut().map(|(_, cells)| cells.next()));
        }
        values
    }

    /// The next rows, each column an array.
    pub fn take_arrays(&mut self, count: usize) -> Vec<Value> {
        self.columns.iter_mut().map(|(_, cells)| cells.array(count)).collect()
    }

    /// The next rows as a JSON array of arrays.
    pub fn take_json(&mut self, count: usize) -> String {
        let mut json = String::with_capacity(count * self.columns.len() * 12);
        for row in 0..count {
            json.push_str(if row == 0 { "[[" } else { "],[" });
            for (place, (_, cells)) in self.columns.iter_mut().enumerate() {
                if place > 0 {
                    json.push(',');
                }
                cells.write_json(&mut json);
            }
        }
        json.push_str("]]");
        json
    }
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Number(cells) => cells.len(),
            Self::MaybeNumber(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
            Self::MaybeText(cells) => cells.len(),
            Self::Bytes(cells) => cells.len(),
            Self::MaybeBytes(cells) => cells.len(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::MaybeNumber(_) => Kind::MaybeNumber,
            Self::Text(_) => Kind::Text,
            Self::MaybeText(_) => Kind::MaybeText,
            Self::Bytes(_) => Kind::Bytes,
            Self::MaybeBytes(_) => Kind::MaybeBytes,
        }
    }

    fn next(&mut self) -> Value {
        match self {
            Self::Number(cells) => Value::BigInt(cells.next()),
            Self::MaybeNumber(cells) => Value::BigInt(cells.next().flatten()),
            Self::Text(cells) => Value::String(cells.next()),
            Self::MaybeText(cells) => Value::String(cells.next().flatten()),
            Self::Bytes(cells) => Value::Bytes(cells.next()),
            Self::MaybeBytes(cells) => Value::Bytes(cells.next().flatten()),
        }
    }

    fn array(&mut self, count: usize) -> Value {
        let (kind, values): (ArrayType, Vec<Value>) = match self {
            Self::Number(cells) => (ArrayType::BigInt, cells.take(count).map(Value::from).collect()),
            Self::MaybeNumber(cells) => {
                let numbers = cells.take(count).map(|cell| cell.unwrap_or(NO_NUMBER));
                (ArrayType::BigInt, numbers.map(Value::from).collect())
            }
            Self::Text(cells) => (ArrayType::String, cells.take(count).map(Value::from).collect()),
            Self::MaybeText(cells) => {
                let texts = cells
                    .take(count)
                    .map(|cell| cell.map_or_else(String::new, |text| format!("{HAS_TEXT}{text}")));
                (ArrayType::String, texts.map(Value::from).collect())
            }
            Self::Bytes(cells) => (ArrayType::Bytes, cells.take(count).map(Value::from).collect()),
            Self::MaybeBytes(cells) => {
                let bytes = cells.take(count).map(Option::unwrap_or_default);
                (ArrayType::Bytes, bytes.map(Value::from).collect())
            }
        };
        Value::Array(kind, Some(Box::new(values)))
    }

    fn write_json(&mut self, json: &mut String) {
        let number = |json: &mut String, number: Option<i64>| match number {
            // Writing to a String does not fail.
            Some(number) => write!(json, "{number}").unwrap_or_default(),
            None => json.push_str("null"),
        };
        let text = |json: &mut String, text: Option<String>| match text {
            Some(text) => json.push_str(&serde_json::Value::String(text).to_string()),
            None => json.push_str("null"),
        };
        match self {
            Self::Number(cells) => number(json, cells.next()),
            Self::MaybeNumber(cells) => number(json, cells.next().flatten()),
            Self::Text(cells) => text(json, cells.next()),
            Self::MaybeText(cells) => text(json, cells.next().flatten()),
            Self::Bytes(cells) => text(json, cells.next().map(in_hex)),
            Self::MaybeBytes(cells) => text(json, cells.next().flatten().map(in_hex)),
        }
    }
}

fn in_hex(bytes: Vec<u8>) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
