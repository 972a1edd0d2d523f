//! What Bitget pushes over its sockets, as it pushes it.

use domain::fixed::{Amount, Price, Quantity};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::super::dialect::{Blank, Exact, Millis, Near, Text};
use super::{HoldSide, PosMode, Side, Status};

/// Any message but `pong`: of a channel, or the answer to a request.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    /// `login`, `subscribe`, `error` and others.
    #[serde(default)]
    pub event: Option<String>,
    /// Zero for done.
    #[serde(default)]
    pub code: Option<Text>,
    /// In words.
    #[serde(default)]
    pub msg: Option<String>,
    /// The channel.
    #[serde(default)]
    pub arg: Option<Channel>,
    /// What it tells.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

/// A channel.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// Its name; `topic` in unified accounts.
    #[serde(alias = "topic")]
    pub channel: String,
    /// Its market, where it has one.
    #[serde(default)]
    pub inst_id: Option<String>,
}

/// A trade of `trade`.
#[derive(Debug, Deserialize)]
pub struct PublicTrade {
    /// When.
    pub ts: Millis,
    /// Price.
    pub price: Exact<Price>,
    /// Quantity.
    pub size: Exact<Quantity>,
}

/// A ticker.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticker {
    /// Market.
    pub inst_id: String,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
    /// When.
    pub ts: Millis,
}

/// An order that moved, and the execution that moved it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderMove {
    /// Market.
    pub inst_id: String,
    /// The venue's id.
    pub order_id: Text,
    /// The client's id.
    #[serde(default)]
    pub client_oid: Option<String>,
    /// Buy or sell, or in hedge mode long or short.
    pub side: Side,
    /// Which position.
    pub pos_side: HoldSide,
    /// `open`, `close`, or by force.
    #[serde(default)]
    pub trade_side: String,
    /// The position mode that it was made in.
    pub pos_mode: PosMode,
    /// State.
    pub status: Status,
    /// Asked.
    pub size: Exact<Quantity>,
    /// Filled so far.
    #[serde(default)]
    pub acc_base_volume: Blank<Exact<Quantity>>,
    /// When it last changed.
    pub u_time: Millis,
    /// Id of the last execution.
    #[serde(default)]
    pub trade_id: Text,
    /// Filled by it.
    #[serde(default)]
    pub base_volume: Blank<Exact<Quantity>>,
    /// Its price.
    #[serde(default)]
    pub fill_price: Blank<Exact<Price>>,
    /// Its fee, negative when paid.
    #[serde(default)]
    pub fill_fee: Blank<Near<Amount>>,
    /// In which coin.
    #[serde(default)]
    pub fill_fee_coin: Option<String>,
    /// Profit, gross.
    #[serde(default)]
    pub pnl: Blank<Near<Amount>>,
    /// When it was.
    #[serde(default)]
    pub fill_time: Blank<Millis>,
}
