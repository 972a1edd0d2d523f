//! What a paper venue is opened with.

use std::path::PathBuf;
use std::time::Duration;

use domain::fixed::{Amount, Price, Ratio};
use domain::paper::PaperMarket;

/// Options of a paper venue.
#[derive(Debug, Clone)]
pub struct PaperOptions {
    /// The listed markets.
    pub markets: Vec<MarketOptions>,
    /// What a new account starts with, in the settlement asset.
    pub starting_balance: Amount,
    /// How many times as fast as tokio's timers the given clock runs; at least one.
    pub speed: u32,
}

/// One market and where its prices come from.
#[derive(Debug, Clone)]
pub struct MarketOptions {
    /// Filters, fees, funding.
    pub terms: PaperMarket,
    /// Source of prices.
    pub feed: Feed,
}

/// A source of prices.
#[derive(Debug, Clone)]
pub enum Feed {
    /// [`PaperVenue::tick`](super::PaperVenue::tick) and nothing else.
    ByHand,
    /// Made from a seed: the same options give the same prices.
    Generator(GeneratorOptions),
    /// A recording: CSV of trades or of bars, or a capture of Binance's WebSocket, each also gzipped.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether it starts again at its end.
        repeat: bool,
    },
}

/// Options of the generator.
#[derive(Debug, Clone, Copy)]
pub struct GeneratorOptions {
    /// Seed; mixed with the market's name, so that markets differ.
    pub seed: u64,
    /// Time between two prices; at least one millisecond.
    pub interval: Duration,
    /// First price.
    pub start_price: Price,
    /// Typical move from one price to the next, as a share of the price.
    pub volatility: Ratio,
}
