//! Order books as OKX tells them: levels, what changed between two books, and the checksum of one.
//!
//! Source: <https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel>.

use std::collections::BTreeMap;

use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::contract;
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
    json!({
        "asks": levels(market, &shift(&before.asks, &after.asks)),
        "bids": levels(market, &shift(&before.bids, &after.bids)),
        "ts": after.at.0.to_string(),
        "checksum": checksum(market, after),
        "prevSeqId": before.number,
        "seqId": after.number,
    })
}

fn shift(before: &[Level], after: &[Level]) -> Vec<Level> {
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (before.iter().copied().collect(), after.iter().copied().collect());
    let gone = before.iter().filter(|(price, _)| !new.contains_key(price));
    let gone = gone.map(|(price, _)| (*price, Quantity::ZERO));
    let fresh = after
        .iter()
        .filter(|(price, coins)| old.get(price) != Some(coins))
        .copied();
    gone.chain(fresh).collect()
}

/// CRC-32 over the best 25 levels of both sides, bid and ask in turns, as a signed number.
fn checksum(market: &PaperMarket, ladder: &Ladder) -> i32 {
    let mut parts = Vec::new();
    for place in 0..25 {
        let both = [ladder.bids.get(place), ladder.asks.get(place)];
        for (price, coins) in both.into_iter().flatten() {
            parts.push(format!("{price}:{}", contract::count(market, *coins)));
        }
    }
    i32::from_ne_bytes(crc32(parts.join(":").as_bytes()).to_ne_bytes())
}

/// CRC-32 of IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let all = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let carried = if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
            (crc >> 1) ^ carried
        })
    });
    !all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn book_with_its_changes_is_the_next_book() {
        let level = |price: i64, coins: i64| (Price::whole(price).unwrap(), Quantity::whole(coins).unwrap());
        let (before, after) = ([level(10, 1), level(11, 2)], [level(11, 3), level(12, 4)]);
        assert_eq!(shift(&before, &after), [level(10, 0), level(11, 3), level(12, 4)]);
    }
}
