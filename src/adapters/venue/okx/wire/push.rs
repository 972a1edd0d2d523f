//! What OKX pushes over its sockets, as it pushes it.

use domain::fixed::{Amount, Price};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::super::dialect::{Exact, Millis, Near, Text};

/// Any message but `pong`: of a channel, or the answer to a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame<'a> {
    /// `login`, `subscribe`, `error`, `notice` and others.
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
    /// Its name.
    pub channel: String,
    /// Its market, where it has one.
    #[serde(default)]
    pub inst_id: Option<String>,
}

/// A trade of `trades`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicTrade {
    /// Market.
    pub inst_id: String,
    /// Price.
    pub px: Exact<Price>,
    /// Quantity, in contracts.
    pub sz: Exact<Decimal>,
    /// When.
    pub ts: Millis,
}

/// What changed of `balance_and_position`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BalanceAndPosition {
    /// Balances.
    #[serde(default)]
    pub bal_data: Vec<BalanceMove>,
    /// Positions.
    #[serde(default)]
    pub pos_data: Vec<super::Position>,
}

/// A balance that changed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BalanceMove {
    /// The asset.
    pub ccy: String,
    /// All of it.
    pub cash_bal: Near<Amount>,
}
