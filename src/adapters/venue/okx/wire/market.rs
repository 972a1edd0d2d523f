//! What OKX sends about markets, as it sends it.

use domain::fixed::Price;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::super::dialect::{Blank, Exact, Millis, Near};

/// `GET /api/v5/public/time`.
#[derive(Debug, Deserialize)]
pub struct ServerTime {
    /// Now, by the venue's clock.
    pub ts: Millis,
}

/// `GET /api/v5/public/instruments`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Market {
    /// Its name.
    pub inst_id: String,
    /// `SWAP`, or a kind that Bursar does not trade.
    pub inst_type: String,
    /// `linear` or `inverse`.
    #[serde(default)]
    pub ct_type: String,
    /// Size of a contract.
    #[serde(default)]
    pub ct_val: Blank<Exact<Decimal>>,
    /// Times this.
    #[serde(default)]
    pub ct_mult: Blank<Exact<Decimal>>,
    /// In this asset.
    #[serde(default)]
    pub ct_val_ccy: String,
    /// What margin and profit are counted in.
    #[serde(default)]
    pub settle_ccy: String,
    /// The tick.
    #[serde(default)]
    pub tick_sz: Blank<Exact<Price>>,
    /// The lot, in contracts.
    #[serde(default)]
    pub lot_sz: Blank<Exact<Decimal>>,
    /// The smallest order, in contracts.
    #[serde(default)]
    pub min_sz: Blank<Exact<Decimal>>,
    /// The largest market order, in contracts.
    #[serde(default)]
    pub max_mkt_sz: Blank<Exact<Decimal>>,
    /// The highest leverage.
    #[serde(default)]
    pub lever: Blank<Near<u32>>,
    /// `live` when orders are accepted.
    pub state: String,
}

/// `GET /api/v5/market/ticker`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticker {
    /// Market.
    pub inst_id: String,
    /// Last price.
    pub last: Near<Price>,
    /// When.
    pub ts: Millis,
}

/// The best prices in `GET /api/v5/market/ticker`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BestPrices {
    /// Last price.
    pub last: Near<Price>,
    /// Highest bid.
    pub bid_px: Near<Price>,
    /// Lowest ask.
    pub ask_px: Near<Price>,
    /// When.
    pub ts: Millis,
}

/// `GET /api/v5/public/mark-price`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkPrice {
    /// Market.
    pub inst_id: String,
    /// What positions are valued at.
    pub mark_px: Near<Price>,
    /// When.
    pub ts: Millis,
}
