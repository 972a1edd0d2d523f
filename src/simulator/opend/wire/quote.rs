//! Messages about stocks and their prices.

use prost::Message;

/// A stock.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Message)]
pub struct Security {
    #[prost(int32, required, tag = "1")]
    pub market: i32,
    #[prost(string, required, tag = "2")]
    pub code: String,
}

/// Stocks that are asked about.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StocksC2s {
    #[prost(message, repeated, tag = "1")]
    pub stocks: Vec<Security>,
}

/// Stocks whose fixed facts are asked for; all of a market when none is named.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StaticC2s {
    #[prost(int32, optional, tag = "1")]
    pub market: Option<i32>,
    #[prost(message, repeated, tag = "3")]
    pub stocks: Vec<Security>,
}

/// Stocks whose prices are to be pushed, or no longer.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SubC2s {
    #[prost(message, repeated, tag = "1")]
    pub stocks: Vec<Security>,
    #[prost(int32, repeated, packed = "false", tag = "2")]
    pub kinds: Vec<i32>,
    #[prost(bool, required, tag = "3")]
    pub subscribe: bool,
    #[prost(bool, optional, tag = "4")]
    pub push: Option<bool>,
    #[prost(bool, optional, tag = "7")]
    pub unsubscribe_all: Option<bool>,
}

/// Fixed facts.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StaticS2c {
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<StaticMsg>,
}

/// Fixed facts of one stock.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StaticMsg {
    #[prost(message, required, tag = "1")]
    pub basic: StaticBasic,
}

/// Fixed facts that all kinds have.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StaticBasic {
    #[prost(message, required, tag = "1")]
    pub security: Security,
    #[prost(int64, required, tag = "2")]
    pub id: i64,
    #[prost(int32, required, tag = "3")]
    pub lot_size: i32,
    #[prost(int32, required, tag = "4")]
    pub sec_type: i32,
    #[prost(string, required, tag = "5")]
    pub name: String,
    #[prost(string, required, tag = "6")]
    pub list_time: String,
    #[prost(bool, optional, tag = "7")]
    pub delisting: Option<bool>,
}

/// Prices.
#[derive(Clone, PartialEq, Message)]
pub struct SnapshotS2c {
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<SnapshotMsg>,
}

/// Prices of one stock.
#[derive(Clone, PartialEq, Message)]
pub struct SnapshotMsg {
    #[prost(message, required, tag = "1")]
    pub basic: SnapshotBasic,
}

/// Prices that all kinds have.
#[derive(Clone, PartialEq, Message)]
pub struct SnapshotBasic {
    #[prost(message, required, tag = "1")]
    pub security: Security,
    #[prost(int32, required, tag = "2")]
    pub sec_type: i32,
    #[prost(bool, required, tag = "3")]
    pub is_suspend: bool,
    #[prost(string, required, tag = "4")]
    pub list_time: String,
    #[prost(int32, required, tag = "5")]
    pub lot_size: i32,
    #[prost(double, required, tag = "6")]
    pub price_spread: f64,
    #[prost(string, required, tag = "7")]
    pub update_time: String,
    #[prost(double, required, tag = "8")]
    pub high: f64,
    #[prost(double, required, tag = "9")]
    pub open: f64,
    #[prost(double, required, tag = "10")]
    pub low: f64,
    #[prost(double, required, tag = "11")]
    pub last_close: f64,
    #[prost(double, required, tag = "12")]
    pub last: f64,
    #[prost(int64, required, tag = "13")]
    pub volume: i64,
    #[prost(double, required, tag = "14")]
    pub turnover: f64,
    #[prost(double, required, tag = "15")]
    pub turnover_rate: f64,
    #[prost(double, optional, tag = "17")]
    pub update_timestamp: Option<f64>,
    #[prost(double, optional, tag = "18")]
    pub ask: Option<f64>,
    #[prost(double, optional, tag = "19")]
    pub bid: Option<f64>,
    #[prost(string, optional, tag = "41")]
    pub name: Option<String>,
    #[prost(int32, optional, tag = "39")]
    pub sec_status: Option<i32>,
}

/// Whether stocks are traded.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct MarketS2c {
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<MarketMsg>,
}

/// Whether one stock is traded.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct MarketMsg {
    #[prost(message, required, tag = "1")]
    pub security: Security,
    #[prost(string, required, tag = "2")]
    pub name: String,
    #[prost(int32, required, tag = "3")]
    pub state: i32,
}

/// Quotes.
#[derive(Clone, PartialEq, Message)]
pub struct BasicS2c {
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<BasicMsg>,
}

/// The quote of one stock.
#[derive(Clone, PartialEq, Message)]
pub struct BasicMsg {
    #[prost(message, required, tag = "1")]
    pub security: Security,
    #[prost(bool, required, tag = "2")]
    pub is_suspended: bool,
    #[prost(string, required, tag = "3")]
    pub list_time: String,
    #[prost(double, required, tag = "4")]
    pub price_spread: f64,
    #[prost(string, required, tag = "5")]
    pub update_time: String,
    #[prost(double, required, tag = "6")]
    pub high: f64,
    #[prost(double, required, tag = "7")]
    pub open: f64,
    #[prost(double, required, tag = "8")]
    pub low: f64,
    #[prost(double, required, tag = "9")]
    pub last: f64,
    #[prost(double, required, tag = "10")]
    pub last_close: f64,
    #[prost(int64, required, tag = "11")]
    pub volume: i64,
    #[prost(double, required, tag = "12")]
    pub turnover: f64,
    #[prost(double, required, tag = "13")]
    pub turnover_rate: f64,
    #[prost(double, required, tag = "14")]
    pub amplitude: f64,
    #[prost(double, optional, tag = "18")]
    pub update_timestamp: Option<f64>,
    #[prost(string, optional, tag = "24")]
    pub name: Option<String>,
}
