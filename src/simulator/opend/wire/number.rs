//! The protocol's floats, to and from decimals, by their text.

use rust_decimal::Decimal;

/// A float for the wire.
pub fn float(number: Decimal) -> f64 {
    number.to_string().parse().unwrap_or_default()
}

/// What a client's float says; `None` when it is no number.
pub fn read(number: f64) -> Option<Decimal> {
    format!("{number}").parse().ok()
}

/// Milliseconds as seconds.
pub fn seconds(milliseconds: i64) -> f64 {
    float(Decimal::new(milliseconds, 3))
}
