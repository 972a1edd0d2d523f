//! What Binance pushes over its sockets, as it pushes it.

use domain::fixed::{Amount, Price, Quantity};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::super::dialect::{Exact, Millis, Near, Text};
use super::{Fault, PositionSide, Side, Status};

/// Any message: an event by itself, or in an envelope that names its stream, or the answer to a request.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    /// The kind of an event by itself.
    #[serde(default)]
    pub e: Option<String>,
    /// The stream of an event in an envelope.
    #[serde(default)]
    pub stream: Option<String>,
    /// The event in an envelope.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    /// What a request is answered with when it was refused.
    #[serde(default)]
    pub error: Option<Fault>,
    /// Which request is answered.
    #[serde(default)]
    pub id: Option<Text>,
}

/// `aggTrade`.
#[derive(Debug, Deserialize)]
pub struct AggTrade {
    /// Market.
    pub s: String,
    /// Price.
    pub p: Exact<Price>,
    /// Quantity.
    pub q: Exact<Quantity>,
    /// When.
    #[serde(rename = "T")]
    pub at: Millis,
}

/// `markPriceUpdate`.
#[derive(Debug, Deserialize)]
pub struct MarkPrice {
    /// Market.
    pub s: String,
    /// Mark price.
    pub p: Near<Price>,
    /// When.
    #[serde(rename = "E")]
    pub at: Millis,
}

/// `kline`.
#[derive(Debug, Deserialize)]
pub struct Kline {
    /// Market.
    pub s: String,
    /// The bar.
    pub k: KlineBar,
}

/// The bar of a `kline`.
#[derive(Debug, Deserialize)]
pub struct KlineBar {
    /// Start.
    pub t: Millis,
    /// First price.
    pub o: Exact<Price>,
    /// Highest price.
    pub h: Exact<Price>,
    /// Lowest price.
    pub l: Exact<Price>,
    /// Last price.
    pub c: Exact<Price>,
    /// Volume.
    pub v: Near<Quantity>,
    /// Whether it is over.
    pub x: bool,
}

/// `ORDER_TRADE_UPDATE`.
#[derive(Debug, Deserialize)]
pub struct OrderUpdate {
    /// When.
    #[serde(rename = "T")]
    pub at: Millis,
    /// The order, and its execution when there is one.
    pub o: OrderMove,
}

/// An order in `ORDER_TRADE_UPDATE`.
#[derive(Debug, Deserialize)]
pub struct OrderMove {
    /// Market.
    pub s: String,
    /// The client's id, or the venue's own mark.
    pub c: String,
    /// Buy or sell.
    #[serde(rename = "S")]
    pub side: Side,
    /// Asked.
    pub q: Exact<Quantity>,
    /// What happened: `NEW`, `TRADE`, `CALCULATED` (by liquidation), `CANCELED`, `EXPIRED`, `AMENDMENT`.
    pub x: String,
    /// State now.
    #[serde(rename = "X")]
    pub status: Status,
    /// The venue's id.
    pub i: Text,
    /// Filled by this execution.
    pub l: Exact<Quantity>,
    /// Filled so far.
    pub z: Exact<Quantity>,
    /// Price of this execution.
    #[serde(rename = "L")]
    pub last_price: Exact<Price>,
    /// Asset of the fee; missing where there is none.
    #[serde(rename = "N", default)]
    pub fee_asset: Option<String>,
    /// Fee, positive when paid; missing where there is none.
    #[serde(default)]
    pub n: Option<Near<Amount>>,
    /// When.
    #[serde(rename = "T")]
    pub at: Millis,
    /// Id of this execution; zero where there is none.
    pub t: Text,
    /// Which position.
    pub ps: PositionSide,
    /// Profit of this execution, gross.
    pub rp: Near<Amount>,
}

/// `ACCOUNT_UPDATE`.
#[derive(Debug, Deserialize)]
pub struct AccountUpdate {
    /// What changed.
    pub a: AccountMove,
}

/// What changed on an account.
#[derive(Debug, Deserialize)]
pub struct AccountMove {
    /// Why: `ORDER`, `FUNDING_FEE`, `DEPOSIT` and others.
    pub m: String,
    /// Balances that changed.
    #[serde(rename = "B", default)]
    pub balances: Vec<BalanceMove>,
    /// Positions that changed.
    #[serde(rename = "P", default)]
    pub positions: Vec<PositionMove>,
}

/// A balance that changed.
#[derive(Debug, Deserialize)]
pub struct BalanceMove {
    /// The asset.
    pub a: String,
    /// All of it.
    pub wb: Near<Amount>,
}

/// A position that changed.
#[derive(Debug, Deserialize)]
pub struct PositionMove {
    /// Market.
    pub s: String,
    /// Size, below zero for a short.
    pub pa: Exact<Decimal>,
    /// Average entry price.
    pub ep: Near<Price>,
    /// `isolated` or `cross`.
    #[serde(default)]
    pub mt: Option<String>,
    /// Which position.
    pub ps: PositionSide,
}
