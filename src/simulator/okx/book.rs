//! Order books as OKX tells them: levels, what changed between two books, and the checksum of one.
//!
//! Source: <https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel>.

use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::contract;
use crate::simulator::checksum::{LEVELS, signed_crc32};
use crate::simulator::exchange::Ladder;

type Level = (Price, Quantity);

/// Levels: price, contracts, a number that is always zero, and how many orders.
pub(super) fn levels(market: &PaperMarket, levels: &[Level]) -> Value {
    let told = levels
        .iter()
        .map(|(price, coins)| json!([price.to_string(), contract::count(market, *coins), "0", "1"]));
    told.collect()
}

/// A whole book.
pub(super) fn whole(market: &PaperMarket, ladder: &Ladder) -> Value {
    json!({
        "asks": levels(market, &ladder.asks),
        "bids": levels(market, &ladder.bids),
        "ts": ladder.at.0.to_string(),
        "checksum": checksum(market, ladder),
        "prevSeqId": -1,
        "seqId": ladder.number,
    })
}

/// What changed from one book to the next; a level that is gone has a size of zero.
pub(super) fn changed(market: &PaperMarket, before: &Ladder, after: &Ladder) -> Value {
    let changed = after.since(before);
    json!({
        "asks": levels(market, &changed.asks),
        "bids": levels(market, &changed.bids),
        "ts": after.at.0.to_string(),
        "checksum": checksum(market, after),
        "prevSeqId": before.number,
        "seqId": after.number,
    })
}

/// CRC-32 over the best 25 levels of both sides, bid and ask in turns, as a signed number.
fn checksum(market: &PaperMarket, ladder: &Ladder) -> i32 {
    let mut parts = Vec::new();
    for place in 0..LEVELS {
        let both = [ladder.bids.get(place), ladder.asks.get(place)];
        for (price, coins) in both.into_iter().flatten() {
            parts.push(format!("{price}:{}", contract::count(market, *coins)));
        }
    }
    signed_crc32(&parts.join(":"))
}
