//! An order book as a socket tells it: whole at first, then by what changes, with a checksum over the best levels.
//!
//! Source: <https://www.bitget.com/api-doc/contract/websocket/public/Order-Book-Channel>.

use domain::fixed::{Price, Quantity};
use serde_json::{Value, json};

use crate::simulator::checksum::{LEVELS, signed_crc32};
use crate::simulator::exchange::Ladder;

/// Levels of each side that a book holds when all of it is told.
pub(super) const DEPTH: usize = 200;

type Levels = Vec<(Price, Quantity)>;

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Book(Option<Ladder>);

impl Book {
    /// The book, and whether it is whole: the first time all of it, then what changed.
    pub fn next(&mut self, ladder: Ladder) -> (bool, Value) {
        let told = match &self.0 {
            None => (true, whole(&ladder)),
            Some(before) => {
                let changed = ladder.since(before);
                (false, entry(&ladder, rows(&changed.asks), rows(&changed.bids)))
            }
        };
        self.0 = Some(ladder);
        told
    }
}

/// All of a book.
pub(super) fn whole(ladder: &Ladder) -> Value {
    entry(ladder, rows(&ladder.asks), rows(&ladder.bids))
}

fn entry(ladder: &Ladder, asks: Value, bids: Value) -> Value {
    json!({
        "asks": asks,
        "bids": bids,
        "checksum": checksum(ladder),
        "seq": ladder.number,
        "ts": ladder.at.0.to_string(),
    })
}

fn rows(levels: &Levels) -> Value {
    let rows = levels
        .iter()
        .map(|(price, quantity)| json!([price.to_string(), quantity.to_string()]));
    rows.collect()
}

/// CRC-32 over bid and ask in turn, as texts between colons, read as a number with a sign.
fn checksum(ladder: &Ladder) -> i32 {
    let mut parts = Vec::new();
    for place in 0..LEVELS {
        for side in [&ladder.bids, &ladder.asks] {
            if let Some((price, quantity)) = side.get(place) {
                parts.extend([price.to_string(), quantity.to_string()]);
            }
        }
    }
    signed_crc32(&parts.join(":"))
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;

    use super::*;

    fn levels(texts: &[(&str, &str)]) -> Levels {
        let level = |(price, quantity): &(&str, &str)| (price.parse().unwrap(), quantity.parse().unwrap());
        texts.iter().map(level).collect()
    }

    #[test]
    fn what_is_gone_is_told_with_nothing() {
        let mut book = Book::default();
        let ladder = |bids: &[(&str, &str)]| Ladder {
            number: 1,
            bids: levels(bids),
            asks: levels(&[("102", "1")]),
            at: Timestamp(7),
        };
        let (is_whole, told) = book.next(ladder(&[("100", "1"), ("99", "2")]));
        assert!(is_whole);
        assert_eq!(told["bids"], json!([["100", "1"], ["99", "2"]]));
        let (is_whole, told) = book.next(ladder(&[("101", "3"), ("100", "1")]));
        assert!(!is_whole);
        assert_eq!(told["bids"], json!([["101", "3"], ["99", "0"]]));
        assert_eq!(told["asks"], json!([]));
        assert_eq!(told["checksum"], json!(signed_crc32("101:3:102:1:100:1")));
    }
}
