//! Messages about stocks and their prices.

use prost::Message;

/// A stock.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Security {
    /// 1 Hong Kong, 11 America.
    #[prost(int32, required, tag = "1")]
    pub market: i32,
    /// Its code there.
    #[prost(string, required, tag = "2")]
    pub code: String,
}

/// Asks for the prices of stocks.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AskSnapshot {
    /// Which.
    #[prost(message, repeated, tag = "1")]
    pub stocks: Vec<Security>,
}

/// Asks for what does not change about stocks.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AskStatic {
    /// Which.
    #[prost(message, repeated, tag = "3")]
    pub stocks: Vec<Security>,
}

/// What does not change about stocks.
#[derive(Clone, PartialEq, Message)]
pub struct Statics {
    /// One for each that is known.
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<Static>,
}

/// What does not change about one stock.
#[derive(Clone, PartialEq, Message)]
pub struct Static {
    /// What all kinds have.
    #[prost(message, required, tag = "1")]
    pub basic: StaticBasic,
}

/// What all kinds of securities have.
#[derive(Clone, PartialEq, Message)]
pub struct StaticBasic {
    /// Which.
    #[prost(message, required, tag = "1")]
    pub stock: Security,
    /// Shares of a lot.
    #[prost(int32, required, tag = "3")]
    pub lot: i32,
    /// Whether it is no longer listed.
    #[prost(bool, optional, tag = "7")]
    pub delisted: Option<bool>,
}

/// Prices now.
#[derive(Clone, PartialEq, Message)]
pub struct Snapshots {
    /// One for each stock that is known.
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<Snapshot>,
}

/// Prices of one stock.
#[derive(Clone, PartialEq, Message)]
pub struct Snapshot {
    /// What all kinds have.
    #[prost(message, required, tag = "1")]
    pub basic: SnapshotBasic,
}

/// Prices that all kinds of securities have.
#[derive(Clone, PartialEq, Message)]
pub struct SnapshotBasic {
    /// Which.
    #[prost(message, required, tag = "1")]
    pub stock: Security,
    /// Whether it is suspended.
    #[prost(bool, required, tag = "3")]
    pub suspended: bool,
    /// Shares of a lot.
    #[prost(int32, required, tag = "5")]
    pub lot: i32,
    /// Step of prices.
    #[prost(double, required, tag = "6")]
    pub tick: f64,
    /// The last price.
    #[prost(double, required, tag = "12")]
    pub last: f64,
    /// When it was so, in seconds since 1970.
    #[prost(double, optional, tag = "17")]
    pub updated: Option<f64>,
    /// The lowest price that somebody asks.
    #[prost(double, optional, tag = "18")]
    pub ask: Option<f64>,
    /// The highest price that somebody bids.
    #[prost(double, optional, tag = "19")]
    pub bid: Option<f64>,
    /// Status of the stock: 1 is normal, 9 suspended, 18 and 19 a circuit breaker.
    #[prost(int32, optional, tag = "39")]
    pub status: Option<i32>,
}
