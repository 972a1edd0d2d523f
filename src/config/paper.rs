//! Section `paper`: the paper venue.

mod faults;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{choice, decimal, duration, whole};
use super::wrong::WrongKeys;

pub use faults::PaperFaults;

/// The paper venue.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PaperSettings {
    /// Where its prices come from.
    #[serde(deserialize_with = "choice::deserialize")]
    pub feed: PaperFeed,
    /// The recording, for [`PaperFeed::File`].
    pub file: PathBuf,
    /// Seed of the generator.
    #[serde(deserialize_with = "whole::deserialize")]
    pub seed: u64,
    /// Time between two prices of the generator.
    #[serde(with = "duration")]
    pub tick_interval: Duration,
    /// How many times as fast as life the market and the daemon's clock run.
    #[serde(deserialize_with = "whole::deserialize")]
    pub speed: u32,
    /// Time between two fundings.
    #[serde(with = "duration")]
    pub funding_interval: Duration,
    /// What longs pay shorts each time, as a share of the notional; may be negative.
    #[serde(with = "decimal")]
    pub funding_rate: Decimal,
    /// What a new account starts with, in the quote coin.
    #[serde(with = "decimal")]
    pub starting_balance: Decimal,
    /// How often it misbehaves.
    pub faults: PaperFaults,
    /// What is traded.
    pub instruments: Vec<InstrumentSettings>,
}

/// Where the paper venue's prices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperFeed {
    /// A seeded generator.
    Generator,
    /// Recorded trades or bars.
    File,
}

/// One perpetual contract of the paper venue.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentSettings {
    /// Its name, such as `BTCUSDT`.
    pub symbol: String,
    /// Step of prices.
    #[serde(with = "decimal")]
    pub tick: Decimal,
    /// Step of quantities.
    #[serde(with = "decimal")]
    pub lot: Decimal,
    /// Least quantity of an order.
    #[serde(with = "decimal")]
    pub min_quantity: Decimal,
    /// Least quantity × price of an order.
    #[serde(with = "decimal")]
    pub min_notional: Decimal,
    /// Highest leverage.
    #[serde(deserialize_with = "whole::deserialize")]
    pub max_leverage: u32,
    /// Fee of resting orders, as a share of the notional.
    #[serde(with = "decimal")]
    pub maker_fee: Decimal,
    /// Fee of taking orders, as a share of the notional.
    #[serde(with = "decimal")]
    pub taker_fee: Decimal,
    /// Distance of a market order's fill from the price, in hundredths of a percent.
    #[serde(with = "decimal")]
    pub slippage_bps: Decimal,
    /// Margin below this share of the notional is liquidated.
    #[serde(with = "decimal")]
    pub maintenance_rate: Decimal,
    /// First price of the generator.
    #[serde(with = "decimal")]
    pub start_price: Decimal,
    /// Typical move per price of the generator, in hundredths of a percent.
    #[serde(with = "decimal")]
    pub volatility_bps: Decimal,
}

impl PaperSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let named = self.feed != PaperFeed::File || !self.file.as_os_str().is_empty();
        wrong.unless(
            named,
            "paper.file",
            self.file.display(),
            "must name a recording, as paper.feed is \"file\"",
        );
        wrong.between("paper.speed", self.speed, 1, 100_000);
        self.faults.check(wrong);
        let (low, high) = (Decimal::NEGATIVE_ONE, Decimal::ONE);
        wrong.between("paper.funding_rate", self.funding_rate, low, high);
        wrong.positive("paper.starting_balance", self.starting_balance);
        let some = !self.instruments.is_empty();
        wrong.unless(some, "paper.instruments", "[]", "must list at least one instrument");
        let mut seen = BTreeSet::new();
        for (index, instrument) in self.instruments.iter().enumerate() {
            let key = format!("paper.instruments[{index}]");
            let new = seen.insert(&instrument.symbol);
            wrong.unless(new, &format!("{key}.symbol"), &instrument.symbol, "must be listed once");
            instrument.check(&key, wrong);
        }
    }
}

impl InstrumentSettings {
    fn check(&self, key: &str, wrong: &mut WrongKeys) {
        let plain = !self.symbol.is_empty()
            && self.symbol.len() <= 32
            && self
                .symbol
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        wrong.unless(
            plain,
            &format!("{key}.symbol"),
            &self.symbol,
            "must be 1 to 32 of A-Z and 0-9",
        );
        for (name, value) in [("lot", self.lot), ("min_quantity", self.min_quantity)] {
            wrong.positive(&format!("{key}.{name}"), value);
        }
        for (name, value) in [("tick", self.tick), ("start_price", self.start_price)] {
            wrong.price(&format!("{key}.{name}"), value);
        }
        wrong.money(&format!("{key}.min_notional"), self.min_notional);
        for (name, value) in [
            ("maker_fee", self.maker_fee),
            ("taker_fee", self.taker_fee),
            ("maintenance_rate", self.maintenance_rate),
        ] {
            wrong.share(&format!("{key}.{name}"), value);
        }
        for (name, value) in [
            ("slippage_bps", self.slippage_bps),
            ("volatility_bps", self.volatility_bps),
        ] {
            wrong.between(&format!("{key}.{name}"), value, Decimal::ZERO, Decimal::from(10_000));
        }
        wrong.between(&format!("{key}.max_leverage"), self.max_leverage, 1, 1_000);
    }
}
