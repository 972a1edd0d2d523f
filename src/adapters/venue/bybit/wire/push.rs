//! What Bybit pushes over its sockets, as it pushes it.

use domain::fixed::{Price, Quantity};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::super::dialect::{Blank, Exact, Millis, Near};
use super::Side;

/// Any message: of a topic, or the answer to a request.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    /// The topic, such as `publicTrade.BTCUSDT`.
    #[serde(default)]
    pub topic: Option<String>,
    /// What it tells: a list, and one object for tickers.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    /// When, of public topics.
    #[serde(default)]
    pub ts: Blank<Millis>,
    /// What is answered: `auth`, `subscribe`, `ping`, `pong`.
    #[serde(default)]
    pub op: Option<String>,
    /// Whether it was accepted.
    #[serde(default)]
    pub success: Option<bool>,
    /// In words.
    #[serde(default)]
    pub ret_msg: Option<String>,
    /// Which request.
    #[serde(default)]
    pub req_id: Option<String>,
}

/// A trade of `publicTrade`.
#[derive(Debug, Deserialize)]
pub struct PublicTrade {
    /// When.
    #[serde(rename = "T")]
    pub at: Millis,
    /// Market.
    pub s: String,
    /// The taker's side.
    #[serde(rename = "S")]
    pub side: Side,
    /// Quantity.
    pub v: Exact<Quantity>,
    /// Price.
    pub p: Exact<Price>,
}

/// A bar of `kline`.
#[derive(Debug, Deserialize)]
pub struct Kline {
    /// Start.
    pub start: Millis,
    /// First price.
    pub open: Near<Price>,
    /// Highest price.
    pub high: Near<Price>,
    /// Lowest price.
    pub low: Near<Price>,
    /// Last price.
    pub close: Near<Price>,
    /// Volume.
    pub volume: Near<Quantity>,
    /// Whether it is over.
    pub confirm: bool,
}

/// What changed of `tickers`; the first message has all.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TickerMove {
    /// Market.
    pub symbol: String,
    /// What positions are valued at, when it changed.
    #[serde(default)]
    pub mark_price: Blank<Near<Price>>,
}
