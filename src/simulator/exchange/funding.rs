//! When funding was paid on a market, and when it comes next; its rate is the same each time.

use domain::paper::PaperMarket;
use domain::time::Timestamp;

/// When the next funding comes after `now`; zero for a market without, as venues tell it.
pub fn next_funding(market: &PaperMarket, now: Timestamp) -> Timestamp {
    let last = market.last_funding(now);
    last.map_or(Timestamp(0), |last| Timestamp(last.0.saturating_add(interval(market))))
}

/// The times of funding until `end`, newest first; they never end, but for a market without funding, which has none.
pub fn fundings(market: &PaperMarket, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let interval = interval(market);
    std::iter::successors(market.last_funding(end), move |at| {
        at.0.checked_sub(interval).map(Timestamp)
    })
}

/// Milliseconds between two fundings.
fn interval(market: &PaperMarket) -> i64 {
    i64::try_from(market.funding_interval.as_millis()).unwrap_or(i64::MAX)
}
