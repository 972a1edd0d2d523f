//! What Bitget sends over HTTP, as it sends it. Fields that nothing here reads are left out.

pub mod push;

use domain::fixed::{Amount, Price, Quantity};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::dialect::{Blank, Exact, Millis, Near, Text};

/// Every answer.
#[derive(Debug, Deserialize)]
pub struct Answer<'a> {
    /// `00000` for done.
    pub code: Text,
    /// In words.
    #[serde(default)]
    pub msg: Option<String>,
    /// What was asked for.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

/// Buy or sell, or in hedge mode long or short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Buys, or concerns the long.
    Buy,
    /// Sells, or concerns the short.
    Sell,
}

/// Which position of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoldSide {
    /// The long.
    Long,
    /// The short.
    Short,
    /// The net position, of an order in one-way mode.
    #[serde(alias = "")]
    Net,
}

/// The position mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PosMode {
    /// One net position per market.
    OneWayMode,
    /// A long and a short per market.
    HedgeMode,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Resting.
    #[serde(alias = "init", alias = "new")]
    Live,
    /// Resting, partly filled.
    PartiallyFilled,
    /// Filled whole.
    Filled,
    /// Cancelled; may be partly filled.
    #[serde(alias = "cancelled")]
    Canceled,
}

/// `GET /api/v2/public/time`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerTime {
    /// Now, by the venue's clock.
    pub server_time: Millis,
}

/// `GET /api/v2/mix/market/contracts`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Market {
    /// Its name.
    pub symbol: String,
    /// What is traded.
    pub base_coin: String,
    /// What margin and profit may be counted in; the first of them is.
    pub support_margin_coins: Vec<String>,
    /// The smallest order.
    pub min_trade_num: Exact<Quantity>,
    /// The tick, in units of the last decimal place.
    pub price_end_step: Exact<u32>,
    /// Decimal places of a price.
    pub price_place: Exact<u32>,
    /// The lot.
    pub size_multiplier: Exact<Quantity>,
    /// `perpetual` or `delivery`.
    pub symbol_type: String,
    /// The smallest notional.
    #[serde(rename = "minTradeUSDT", default)]
    pub min_trade: Blank<Exact<Amount>>,
    /// The largest market order.
    #[serde(default)]
    pub max_market_order_qty: Blank<Exact<Quantity>>,
    /// `normal` when orders are accepted.
    pub symbol_status: String,
    /// The highest leverage.
    pub max_lever: Near<u32>,
}

/// `GET /api/v2/mix/market/symbol-price`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolPrice {
    /// Market.
    pub symbol: String,
    /// Last price.
    pub price: Near<Price>,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
    /// When.
    pub ts: Millis,
}

/// `GET /api/v2/mix/market/ticker`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BestPrices {
    /// Last price.
    pub last_pr: Near<Price>,
    /// Highest bid.
    pub bid_pr: Near<Price>,
    /// Lowest ask.
    pub ask_pr: Near<Price>,
    /// When.
    pub ts: Millis,
}

/// Margin mode and leverages of a market, in `GET /api/v2/mix/account/account`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarketTerms {
    /// `isolated` or `crossed`.
    pub margin_mode: String,
    /// With cross margin.
    pub crossed_margin_leverage: Near<u32>,
    /// Of an isolated long.
    pub isolated_long_lever: Near<u32>,
    /// Of an isolated short.
    pub isolated_short_lever: Near<u32>,
}

/// `GET /api/v2/spot/account/info`.
#[derive(Debug, Deserialize)]
pub struct ApiKey {
    /// Addresses that it is bound to; empty for any.
    #[serde(default)]
    pub ips: Option<String>,
    /// What it may do, in short names: `coow` writes contract orders, `wwow` takes assets out.
    pub authorities: Vec<String>,
}

/// `POST /api/v2/mix/order/place-order` and `cancel-order`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The venue's id.
    pub order_id: Text,
}

/// A list behind a cursor; one without rows may be null.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// Orders, executions, bills or closed positions.
    #[serde(alias = "entrustedList", alias = "fillList", alias = "bills")]
    pub list: Option<Vec<T>>,
    /// The last id, which asks for the next page.
    #[serde(default)]
    pub end_id: Option<Text>,
}

/// An order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Market.
    pub symbol: String,
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
    /// State, in lists.
    #[serde(default)]
    pub status: Option<Status>,
    /// State, where one order is asked for.
    #[serde(default)]
    pub state: Option<Status>,
    /// Asked.
    pub size: Exact<Quantity>,
    /// Filled.
    pub base_volume: Exact<Quantity>,
    /// When it last changed.
    pub u_time: Millis,
}

/// An execution, asked for and pushed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fill {
    /// Unique.
    pub trade_id: Text,
    /// Market.
    pub symbol: String,
    /// The order.
    pub order_id: Text,
    /// The client's id of the order, where it is pushed.
    #[serde(default)]
    pub client_oid: Option<String>,
    /// Buy or sell; where it is asked for, perhaps long or short in hedge mode.
    pub side: Side,
    /// `open`, `close`, or by force.
    pub trade_side: String,
    /// The position mode that it was made in.
    pub pos_mode: PosMode,
    /// How much.
    pub base_volume: Exact<Quantity>,
    /// At which price.
    pub price: Exact<Price>,
    /// Gross.
    pub profit: Near<Amount>,
    /// Fees, by coin.
    pub fee_detail: Vec<FeeDetail>,
    /// When.
    pub c_time: Millis,
}

/// A fee in one coin.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeeDetail {
    /// The coin.
    pub fee_coin: String,
    /// Negative when paid.
    pub total_fee: Near<Amount>,
}

/// `GET /api/v2/mix/account/account` and `accounts`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The asset.
    pub margin_coin: String,
    /// All of it, with what open positions have not realised.
    pub account_equity: Near<Amount>,
    /// What open positions have not realised; blank without positions.
    #[serde(rename = "unrealizedPL", default)]
    pub unrealised: Blank<Near<Amount>>,
    /// Free for new positions in cross margin.
    #[serde(default)]
    pub crossed_max_available: Blank<Near<Amount>>,
}

/// The position mode, as accounts and the answer to setting it tell it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountMode {
    /// One-way or hedge.
    pub pos_mode: PosMode,
}

/// A position, asked for and pushed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Market; `instId` where it is pushed.
    #[serde(alias = "instId")]
    pub symbol: String,
    /// Its side, in one-way mode too.
    pub hold_side: HoldSide,
    /// Size.
    pub total: Exact<Quantity>,
    /// Average entry price.
    pub open_price_avg: Near<Price>,
    /// What it is valued at.
    #[serde(default)]
    pub mark_price: Blank<Near<Price>>,
    /// Where it is liquidated.
    #[serde(default)]
    pub liquidation_price: Blank<Near<Price>>,
    /// Leverage.
    #[serde(default)]
    pub leverage: Blank<Near<u32>>,
    /// `isolated` or `crossed`.
    pub margin_mode: String,
    /// One-way or hedge.
    pub pos_mode: PosMode,
}

/// `GET /api/v2/mix/account/bill`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Unique.
    pub bill_id: Text,
    /// Market; empty where it concerns none.
    #[serde(default)]
    pub symbol: Option<String>,
    /// Profit, funding or transfer; received when positive.
    pub amount: Near<Amount>,
    /// Negative when paid.
    #[serde(default)]
    pub fee: Blank<Near<Amount>>,
    /// What it is about: `open_long`, `contract_settle_fee` (funding) and others.
    pub business_type: String,
    /// The asset.
    pub coin: String,
    /// When.
    pub c_time: Millis,
}

/// `GET /api/v2/mix/position/history-position`: net = pnl + funding + fees.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedPosition {
    /// Market.
    pub symbol: String,
    /// Its side.
    pub hold_side: HoldSide,
    /// How much was closed.
    pub close_total_pos: Exact<Decimal>,
    /// Net of fees and funding.
    pub net_profit: Near<Amount>,
    /// Received when positive.
    pub total_funding: Near<Amount>,
    /// Negative when paid.
    pub open_fee: Near<Amount>,
    /// Negative when paid.
    pub close_fee: Near<Amount>,
    /// When.
    #[serde(alias = "uTime")]
    pub utime: Millis,
}

/// The answer to setting the leverage.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leverage {
    /// Market.
    pub symbol: String,
    /// Of the long with isolated margin.
    #[serde(default)]
    pub long_leverage: Blank<Near<u32>>,
    /// Of the short with isolated margin.
    #[serde(default)]
    pub short_leverage: Blank<Near<u32>>,
    /// Of both with cross margin.
    #[serde(default)]
    pub cross_margin_leverage: Blank<Near<u32>>,
    /// `isolated` or `crossed`.
    pub margin_mode: String,
}
