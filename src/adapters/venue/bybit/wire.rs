//! What Bybit sends over HTTP, as it sends it. Fields that nothing here reads are left out.

pub mod push;

use domain::fixed::{Amount, Price, Quantity};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::dialect::{Blank, Exact, Millis, Near, Row, Text};

/// Every answer; the HTTP status is 200 for most errors too.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<'a> {
    /// Zero for done.
    pub ret_code: i64,
    /// In words.
    #[serde(default)]
    pub ret_msg: String,
    /// What was asked for.
    #[serde(borrow, default)]
    pub result: Option<&'a RawValue>,
    /// When it answered.
    #[serde(default)]
    pub time: Blank<Millis>,
}

/// A result that is a list, perhaps with more pages.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// The rows.
    pub list: Vec<T>,
    /// What asks for the next page; empty when there is none.
    #[serde(default)]
    pub next_page_cursor: Option<String>,
}

/// Buy or sell; a position that holds nothing has no side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Side {
    /// Buys, or is long.
    Buy,
    /// Sells, or is short.
    Sell,
    /// Neither.
    #[serde(rename = "", alias = "None")]
    Neither,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Status {
    /// Resting.
    New,
    /// Resting, partly filled.
    PartiallyFilled,
    /// A conditional order that waits.
    Untriggered,
    /// A conditional order on its way to the book.
    Triggered,
    /// Not accepted.
    Rejected,
    /// Filled whole.
    Filled,
    /// Cancelled; may be partly filled.
    Cancelled,
    /// Cancelled, partly filled.
    PartiallyFilledCanceled,
    /// Cancelled before it triggered.
    Deactivated,
}

/// A market.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Market {
    /// Its name.
    pub symbol: String,
    /// `LinearPerpetual`, or a kind that Bursar does not trade.
    pub contract_type: String,
    /// `Trading` when orders are accepted.
    pub status: String,
    /// What is traded.
    pub base_coin: String,
    /// What margin and profit are counted in.
    pub settle_coin: String,
    /// Leverage.
    pub leverage_filter: LeverageFilter,
    /// Prices.
    pub price_filter: PriceFilter,
    /// Quantities.
    pub lot_size_filter: LotSizeFilter,
}

/// Leverage of a market.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeverageFilter {
    /// The highest.
    pub max_leverage: Near<u32>,
}

/// Prices of a market.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceFilter {
    /// The tick.
    pub tick_size: Exact<Price>,
}

/// Quantities of a market.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LotSizeFilter {
    /// The lot.
    pub qty_step: Exact<Quantity>,
    /// The smallest.
    pub min_order_qty: Exact<Quantity>,
    /// The largest of a market order.
    #[serde(default)]
    pub max_mkt_order_qty: Blank<Exact<Quantity>>,
    /// The smallest notional.
    #[serde(default)]
    pub min_notional_value: Blank<Exact<Amount>>,
}

/// `GET /v5/market/tickers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticker {
    /// Market.
    pub symbol: String,
    /// Last price.
    pub last_price: Near<Price>,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
}

/// The best prices in `GET /v5/market/tickers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BestPrices {
    /// Last price.
    pub last_price: Near<Price>,
    /// Highest bid.
    pub bid1_price: Near<Price>,
    /// Lowest ask.
    pub ask1_price: Near<Price>,
}

/// `GET /v5/market/kline`: rows, newest first.
pub type Klines = List<Row>;

/// `POST /v5/order/create` and `/v5/order/cancel`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The venue's id.
    pub order_id: Text,
}

/// An order, asked for and pushed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Only where it is pushed: `linear` or another kind of market.
    #[serde(default)]
    pub category: Option<String>,
    /// Market.
    pub symbol: String,
    /// The venue's id.
    pub order_id: Text,
    /// The client's id, or empty.
    #[serde(default)]
    pub order_link_id: String,
    /// Buy or sell.
    pub side: Side,
    /// State.
    pub order_status: Status,
    /// Asked.
    pub qty: Exact<Quantity>,
    /// Filled.
    pub cum_exec_qty: Exact<Quantity>,
    /// When it last changed.
    pub updated_time: Millis,
}

/// An execution, asked for and pushed; funding is among them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Only where it is pushed: `linear` or another kind of market.
    #[serde(default)]
    pub category: Option<String>,
    /// Market.
    pub symbol: String,
    /// Unique.
    pub exec_id: Text,
    /// The order.
    pub order_id: Text,
    /// The client's id of the order, or empty.
    #[serde(default)]
    pub order_link_id: String,
    /// Buy or sell.
    pub side: Side,
    /// `Trade`, `AdlTrade`, `BustTrade`, `Settle`, `Delivery`, `Funding` and others.
    pub exec_type: String,
    /// Who made the order: `CreateByLiq` and others.
    #[serde(default)]
    pub create_type: Option<String>,
    /// How much.
    pub exec_qty: Exact<Quantity>,
    /// At which price.
    pub exec_price: Exact<Price>,
    /// Positive when paid.
    pub exec_fee: Near<Amount>,
    /// In which asset; empty for the settlement asset.
    #[serde(default)]
    pub fee_currency: Option<String>,
    /// How much of it shrank a position.
    #[serde(default)]
    pub closed_size: Blank<Exact<Quantity>>,
    /// Profit of what it closed, gross.
    #[serde(default)]
    pub exec_pnl: Blank<Near<Amount>>,
    /// When.
    pub exec_time: Millis,
}

/// A position, asked for and pushed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Only where it is pushed: `linear` or another kind of market.
    #[serde(default)]
    pub category: Option<String>,
    /// Zero in one-way mode, 1 for the long and 2 for the short in hedge mode.
    pub position_idx: Exact<u32>,
    /// Market.
    pub symbol: String,
    /// Long or short, or neither when it holds nothing.
    pub side: Side,
    /// Size.
    pub size: Exact<Quantity>,
    /// Average entry price, where it is asked for.
    #[serde(default)]
    pub avg_price: Blank<Near<Price>>,
    /// Average entry price, where it is pushed.
    #[serde(default)]
    pub entry_price: Blank<Near<Price>>,
    /// What it is valued at.
    #[serde(default)]
    pub mark_price: Blank<Near<Price>>,
    /// Empty with portfolio margin.
    #[serde(default)]
    pub leverage: Blank<Near<u32>>,
    /// Where it is liquidated.
    #[serde(default)]
    pub liq_price: Blank<Near<Price>>,
}

/// A wallet, asked for and pushed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wallet {
    /// Free for new positions, of all coins, in US dollars; empty with isolated margin.
    #[serde(default)]
    pub total_available_balance: Blank<Near<Amount>>,
    /// The coins.
    pub coin: Vec<Coin>,
}

/// A coin of a wallet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coin {
    /// The asset.
    pub coin: String,
    /// All of it.
    pub wallet_balance: Near<Amount>,
    /// What positions hold of it.
    #[serde(rename = "totalPositionIM", default)]
    pub position_margin: Blank<Near<Amount>>,
    /// What resting orders hold of it.
    #[serde(rename = "totalOrderIM", default)]
    pub order_margin: Blank<Near<Amount>>,
}

/// `GET /v5/account/info`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sharing {
    /// `ISOLATED_MARGIN`, `REGULAR_MARGIN` (cross) or `PORTFOLIO_MARGIN`.
    pub margin_mode: String,
}

/// `GET /v5/user/query-api`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// 1 where it may only read.
    pub read_only: Exact<u32>,
    /// What it may do.
    pub permissions: Permissions,
    /// Addresses that it is bound to; `*` for any.
    #[serde(default)]
    pub ips: Vec<String>,
}

/// What a key may do, by group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Permissions {
    /// `Order`, `Position`.
    #[serde(default)]
    pub contract_trade: Vec<String>,
    /// `AccountTransfer`, `SubMemberTransfer`, `Withdraw`.
    #[serde(default)]
    pub wallet: Vec<String>,
}

/// A line of the transaction log: change = cash flow + funding − fee.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Unique for a kind and a trade.
    pub id: Text,
    /// Market; empty where it concerns none.
    #[serde(default)]
    pub symbol: String,
    /// `TRADE`, `SETTLEMENT` (funding), `TRANSFER_IN` and others.
    #[serde(rename = "type")]
    pub kind: String,
    /// Received when positive.
    #[serde(default)]
    pub funding: Blank<Near<Amount>>,
    /// Paid when positive.
    #[serde(default)]
    pub fee: Blank<Near<Amount>>,
    /// Profit of what was closed, gross.
    #[serde(default)]
    pub cash_flow: Blank<Near<Amount>>,
    /// All of it together.
    pub change: Near<Amount>,
    /// The asset.
    pub currency: String,
    /// The execution.
    #[serde(default)]
    pub trade_id: Text,
    /// When.
    pub transaction_time: Millis,
}

/// `GET /v5/position/closed-pnl`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedPnl {
    /// Market.
    pub symbol: String,
    /// The side of the closing order: `Sell` closed a long.
    pub side: Side,
    /// How much.
    pub closed_size: Exact<Decimal>,
    /// After the fees of opening and closing, before funding.
    pub closed_pnl: Near<Amount>,
    /// When.
    pub updated_time: Millis,
}
