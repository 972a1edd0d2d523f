//! docs/venues.md repeats each venue's tables, line by line.

use bursar::adapters::venue::dialect::{Code, ProfitBasis};
use bursar::adapters::venue::{binance, bitget, bybit, gate, okx};

type Profits = &'static [(&'static str, &'static str, ProfitBasis)];

const VENUES: [(&str, &[Code], Profits); 5] = [
    ("binance", binance::CODES, binance::PROFITS),
    ("bitget", bitget::CODES, bitget::PROFITS),
    ("bybit", bybit::CODES, bybit::PROFITS),
    ("gate", gate::CODES, gate::PROFITS),
    ("okx", okx::CODES, okx::PROFITS),
];

/// The rows of the table behind a heading, without its head.
fn rows<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let section = text
        .split("\n#")
        .find(|section| section.trim_start_matches('#').trim_start().starts_with(heading));
    let lines = section.unwrap_or_default().lines().filter(|line| line.starts_with('|'));
    lines.skip(2).collect()
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}

#[test]
fn every_table_in_the_docs_is_the_one_in_the_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/venues.md");
    let text = std::fs::read_to_string(path).unwrap();
    for (venue, codes, profits) in VENUES {
        let expected = codes
            .iter()
            .map(|line| format!("| `{}` | {} | {} |", line.code, line.class.as_str(), line.words));
        assert_eq!(
            rows(&text, &format!("Codes of {venue}")),
            expected.collect::<Vec<_>>(),
            "{venue}"
        );
        let row = |(place, field, basis): &(&str, &str, ProfitBasis)| {
            format!("| `{place}` | {} | {} |", quoted(field), basis.as_str())
        };
        let expected = profits.iter().map(row);
        assert_eq!(
            rows(&text, &format!("Profits of {venue}")),
            expected.collect::<Vec<_>>(),
            "{venue}"
        );
    }
}
