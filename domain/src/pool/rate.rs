//! What a product pays a day, each rate from a day on.

use serde::Serialize;

use crate::fixed::Ratio;
use crate::id::ProductId;
use crate::pool::day::PoolDay;
use crate::time::Timestamp;

/// A daily rate from a day on, until a rate of a later day; of two of one day the later number counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateRow {
    /// Whose.
    pub product: ProductId,
    /// Its place among the product's, from 1.
    pub number: u32,
    /// The first day that it is for.
    pub from_day: PoolDay,
    /// What one unit earns a day, 0 to 1.
    pub rate: Ratio,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: String,
}

/// The rates of one product (S4-08).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates(Vec<RateRow>);

impl Rates {
    /// From all rows of a product, in whatever order.
    pub fn new(mut rows: Vec<RateRow>) -> Self {
        rows.sort_by_key(|row| (row.from_day, row.number));
        Self(rows)
    }

    /// The rate of a day; zero before the first.
    pub fn on(&self, day: PoolDay) -> Ratio {
        self.row(day).map_or(Ratio::ZERO, |row| row.rate)
    }

    /// The row that counts on a day.
    pub fn row(&self, day: PoolDay) -> Option<&RateRow> {
        let later = self.0.partition_point(|row| row.from_day <= day);
        later.checked_sub(1).and_then(|place| self.0.get(place))
    }

    /// The number that the next row gets.
    pub fn next_number(&self) -> u32 {
        self.0.iter().map(|row| row.number).max().unwrap_or(0).saturating_add(1)
    }

    /// All rows, by day and number.
    pub fn rows(&self) -> &[RateRow] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, from_day: &str, rate: &str) -> RateRow {
        RateRow {
            product: ProductId(1),
            number,
            from_day: PoolDay::parse(from_day).unwrap(),
            rate: rate.parse().unwrap(),
            at: Timestamp(0),
            by: "op".to_owned(),
        }
    }

    #[test]
    fn s4_08_each_day_has_the_rate_that_counts_on_it() {
        let rates = Rates::new(vec![
            row(2, "2026-03-05", "0.0002"),
            row(1, "2026-03-01", "0.0001"),
            row(3, "2026-03-03", "0.0003"),
            row(4, "2026-03-05", "0.0004"),
        ]);
        let on = |day| rates.on(PoolDay::parse(day).unwrap()).to_string();
        assert_eq!(on("2026-02-28"), "0");
        assert_eq!(on("2026-03-01"), "0.0001");
        assert_eq!(on("2026-03-03"), "0.0003");
        assert_eq!(on("2026-03-04"), "0.0003");
        assert_eq!(on("2026-03-05"), "0.0004");
        assert_eq!(on("2027-01-01"), "0.0004");
        assert_eq!(rates.next_number(), 5);
    }
}
