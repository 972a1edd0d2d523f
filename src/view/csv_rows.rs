//! Rows of a list as CSV (RFC 4180), by the names of their fields.

use serde::Serialize;
use serde_json::{Value, json};

/// A header and one line per row, of these fields.
///
/// # Errors
/// When a field cannot be written.
pub fn csv_rows<T: Serialize>(rows: &[T], columns: &[&str]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns)?;
    for row in rows {
        let row = json!(row);
        let cells = columns.iter().map(|name| match row.get(*name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        out.write_record(cells)?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}
