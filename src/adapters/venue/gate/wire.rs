//! What Gate sends over HTTP, as it sends it; its sockets send the same rows. Fields that nothing here reads are left out.

pub mod push;

use domain::fixed::{Amount, Price};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::dialect::{Blank, Exact, Millis, Near, Seconds, Text};

/// An error.
#[derive(Debug, Deserialize)]
pub struct Fault {
    /// Its name.
    pub label: String,
    /// In words.
    #[serde(default)]
    pub message: Option<String>,
    /// In words, in older endpoints.
    #[serde(default)]
    pub detail: Option<String>,
}

/// `GET /api/v4/spot/time`, which is the clock of all markets.
#[derive(Debug, Deserialize)]
pub struct ServerTime {
    /// Now, by the venue's clock.
    pub server_time: Millis,
}

/// `GET /api/v4/futures/usdt/contracts`.
#[derive(Debug, Deserialize)]
pub struct Market {
    /// Its name: base and settlement asset.
    pub name: String,
    /// `direct` or `inverse`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Coins in a contract.
    pub quanto_multiplier: Exact<Decimal>,
    /// The tick.
    pub order_price_round: Exact<Price>,
    /// The smallest order, in contracts.
    pub order_size_min: Exact<Decimal>,
    /// The largest order, in contracts.
    #[serde(default)]
    pub order_size_max: Blank<Exact<Decimal>>,
    /// Whether parts of contracts are traded.
    #[serde(default)]
    pub enable_decimal: bool,
    /// The highest leverage.
    pub leverage_max: Near<u32>,
    /// Whether it is being delisted.
    #[serde(default)]
    pub in_delisting: bool,
}

/// `GET /api/v4/futures/usdt/tickers`.
#[derive(Debug, Deserialize)]
pub struct Ticker {
    /// Market.
    pub contract: String,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
}

/// The best prices of a market, in `GET /api/v4/futures/usdt/tickers`.
#[derive(Debug, Deserialize)]
pub struct BestPrices {
    /// Last price.
    pub last: Near<Price>,
    /// Highest bid.
    pub highest_bid: Near<Price>,
    /// Lowest ask.
    pub lowest_ask: Near<Price>,
}

/// A key of the account: `GET /api/v4/account/main_keys`.
#[derive(Debug, Deserialize)]
pub struct MainKey {
    /// Its beginning; the rest is veiled.
    pub key: String,
    /// What it may do.
    #[serde(default)]
    pub perms: Vec<Permission>,
    /// Addresses that it is bound to; empty for any.
    #[serde(default)]
    pub ip_whitelist: Option<Vec<String>>,
}

/// A part of the venue that a key may use.
#[derive(Debug, Deserialize)]
pub struct Permission {
    /// `futures`, `wallet`, `spot` and others.
    pub name: String,
    /// Whether it may only look.
    #[serde(default)]
    pub read_only: bool,
}

/// A trade of the market.
#[derive(Debug, Deserialize)]
pub struct PublicTrade {
    /// Market.
    pub contract: String,
    /// Contracts; below zero where the taker sold.
    pub size: Exact<Decimal>,
    /// Price.
    pub price: Exact<Price>,
    /// When.
    pub create_time: Seconds,
    /// When, more exactly: in milliseconds where it is pushed, in seconds where it is asked for.
    #[serde(default)]
    pub create_time_ms: Option<Text>,
}

/// `GET /api/v4/futures/usdt/candlesticks`.
#[derive(Debug, Deserialize)]
pub struct Candle {
    /// Start.
    pub t: Seconds,
    /// Volume, in contracts.
    #[serde(default)]
    pub v: Blank<Exact<Decimal>>,
    /// First price.
    pub o: Near<Price>,
    /// Highest price.
    pub h: Near<Price>,
    /// Lowest price.
    pub l: Near<Price>,
    /// Last price.
    pub c: Near<Price>,
    /// Interval and market, where it is pushed.
    #[serde(default)]
    pub n: String,
    /// Whether it is over, where it is pushed.
    #[serde(default)]
    pub w: bool,
}

/// An order, as placing, cancelling, asking and pushing tell it.
#[derive(Debug, Deserialize)]
pub struct Order {
    /// The venue's id.
    pub id: Text,
    /// Market.
    pub contract: String,
    /// Asked, in contracts; below zero sells.
    pub size: Exact<Decimal>,
    /// Not filled yet.
    pub left: Exact<Decimal>,
    /// `open` or `finished`.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub finish_as: Option<String>,
    /// The client's id behind `t-`, or who made it.
    #[serde(default)]
    pub text: String,
    /// When it was made.
    pub create_time: Seconds,
    /// When it last changed.
    #[serde(default)]
    pub update_time: Blank<Seconds>,
    /// When it ended.
    #[serde(default)]
    pub finish_time: Blank<Seconds>,
}

/// Whether an order rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It rests.
    Open,
    /// It has ended.
    Finished,
}

/// An execution, asked for and pushed.
#[derive(Debug, Deserialize)]
pub struct UserTrade {
    /// Unique per market.
    #[serde(default)]
    pub id: Option<Text>,
    /// The same, where a range of time is asked for.
    #[serde(default)]
    pub trade_id: Option<Text>,
    /// When.
    pub create_time: Seconds,
    /// When, in milliseconds, where it is pushed.
    #[serde(default)]
    pub create_time_ms: Blank<Millis>,
    /// Market.
    pub contract: String,
    /// The order.
    pub order_id: Text,
    /// Contracts; below zero sold.
    pub size: Exact<Decimal>,
    /// How much of a position it met; what is beyond its own size stays open.
    #[serde(default)]
    pub close_size: Blank<Exact<Decimal>>,
    /// Price.
    pub price: Exact<Price>,
    /// The text of the order.
    #[serde(default)]
    pub text: String,
    /// Paid when positive, in the settlement asset. Fees paid in points are not counted: points are no money.
    pub fee: Near<Amount>,
}

/// `GET /api/v4/futures/usdt/account_book`.
#[derive(Debug, Deserialize)]
pub struct BookLine {
    /// When, in seconds.
    pub time: Seconds,
    /// Received when positive.
    pub change: Near<Amount>,
    /// All that was there after it.
    pub balance: Text,
    /// `dnw` in and out, `pnl` profit, `fee`, `refr` rebate, `fund` funding and others.
    #[serde(rename = "type")]
    pub kind: String,
    /// Market, where it concerns one.
    #[serde(default)]
    pub contract: Option<String>,
    /// The execution.
    #[serde(default)]
    pub trade_id: Option<Text>,
}

/// `GET /api/v4/futures/usdt/accounts`, and the answer to setting the position mode.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// Whose it is.
    #[serde(default)]
    pub user: Text,
    /// The asset.
    pub currency: String,
    /// All of it, without what open positions have not realised.
    pub total: Near<Amount>,
    /// Free for new positions.
    pub available: Near<Amount>,
    /// Whether it is in hedge mode.
    pub in_dual_mode: bool,
}

/// A position, asked for and pushed, and the answer to setting its leverage.
#[derive(Debug, Deserialize)]
pub struct Position {
    /// Market.
    pub contract: String,
    /// Contracts; below zero for a short, in both modes.
    pub size: Exact<Decimal>,
    /// Zero with cross margin.
    #[serde(default)]
    pub leverage: Blank<Near<u32>>,
    /// Leverage with cross margin.
    #[serde(default)]
    pub cross_leverage_limit: Blank<Near<u32>>,
    /// Average entry price.
    #[serde(default)]
    pub entry_price: Blank<Near<Price>>,
    /// What it is valued at.
    #[serde(default)]
    pub mark_price: Blank<Near<Price>>,
    /// Where it is liquidated.
    #[serde(default)]
    pub liq_price: Blank<Near<Price>>,
    /// Which position.
    pub mode: Mode,
}

/// Which position of a market; `single` is the only one in one-way mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The net position.
    Single,
    /// The long.
    DualLong,
    /// The short.
    DualShort,
}

/// `GET /api/v4/futures/usdt/position_close`: pnl = pnl_pnl + pnl_fund + pnl_fee.
#[derive(Debug, Deserialize)]
pub struct PositionClose {
    /// When.
    pub time: Seconds,
    /// Net of fees and funding.
    pub pnl: Near<Amount>,
    /// Received when positive.
    #[serde(default)]
    pub pnl_fund: Blank<Near<Amount>>,
    /// Negative when paid.
    #[serde(default)]
    pub pnl_fee: Blank<Near<Amount>>,
    /// `long` or `short`.
    pub side: Side,
    /// Market.
    pub contract: String,
    /// All that was closed, in contracts.
    #[serde(default)]
    pub accum_size: Blank<Exact<Decimal>>,
    /// The largest size that it had, in contracts.
    #[serde(default)]
    pub max_size: Blank<Exact<Decimal>>,
}

/// The side of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// A long.
    Long,
    /// A short.
    Short,
}
