//! What Gate pushes over its sockets beside the rows of its endpoints.

use domain::fixed::{Amount, Price};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::super::dialect::{Blank, Millis, Near, Text};

/// Any message.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    /// The channel, such as `futures.orders`.
    #[serde(default)]
    pub channel: String,
    /// `subscribe`, `update` and others.
    #[serde(default)]
    pub event: Option<String>,
    /// When.
    #[serde(default)]
    pub time_ms: Blank<Millis>,
    /// What it tells, or what became of a request.
    #[serde(borrow, default)]
    pub result: Option<&'a RawValue>,
    /// Why a request was refused.
    #[serde(default)]
    pub error: Option<Refused>,
}

/// Why a request was refused.
#[derive(Debug, Deserialize)]
pub struct Refused {
    /// Its number.
    #[serde(default)]
    pub code: Text,
    /// In words.
    #[serde(default)]
    pub message: String,
}

/// A balance that changed.
#[derive(Debug, Deserialize)]
pub struct BalanceMove {
    /// All that is there now.
    pub balance: Near<Amount>,
    /// The asset, in small letters.
    pub currency: String,
}

/// A ticker; all its numbers are of the last moment.
#[derive(Debug, Deserialize)]
pub struct TickerMove {
    /// Market.
    pub contract: String,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
}
