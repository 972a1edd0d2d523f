//! How a day is told: the lengths that candles have, and by how much a price changed.

use domain::fixed::{Price, Ratio};

use crate::simulator::exchange::{Interval, change};

/// Lengths of candles. Months are not served, and days begin at midnight UTC with and without `utc`.
const LENGTHS: [&str; 17] = [
    "1m", "3m", "5m", "15m", "30m", "1H", "4H", "6H", "12H", "1D", "3D", "1W", "6Hutc", "12Hutc", "1Dutc", "3Dutc",
    "1Wutc",
];

/// The length of a candle by Bitget's name of it.
pub(super) fn interval(text: &str) -> Option<Interval> {
    let name = LENGTHS.contains(&text).then_some(text)?;
    Interval::parse(&name.trim_end_matches("utc").to_ascii_lowercase())
}

/// By which share a price changed, with five places.
pub(super) fn changed(from: Price, to: Price) -> String {
    let share = change(from, to, 1);
    let share = Ratio::from_units(Ratio::ONE_UNITS / 100_000).and_then(|step| share.floor_to(step));
    share.unwrap_or_default().to_string()
}
