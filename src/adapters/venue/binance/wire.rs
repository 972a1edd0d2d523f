//! What Binance sends over HTTP, as it sends it. Fields that nothing here reads are left out.

pub mod push;

use domain::fixed::{Amount, Price, Quantity};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::dialect::{Blank, Exact, Millis, Near, Text};

/// An error, and the answer of endpoints that only do.
#[derive(Debug, Deserialize)]
pub struct Fault {
    /// Negative for errors, 200 for done.
    pub code: i64,
    /// In words.
    #[serde(default)]
    pub msg: String,
}

/// Buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Side {
    /// Buys.
    Buy,
    /// Sells.
    Sell,
}

/// Which position of a market; `BOTH` is the only one in one-way mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PositionSide {
    /// The net position.
    Both,
    /// The long.
    Long,
    /// The short.
    Short,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Resting.
    New,
    /// Resting, partly filled.
    PartiallyFilled,
    /// Filled whole.
    Filled,
    /// Cancelled.
    Canceled,
    /// Not accepted.
    Rejected,
    /// Ended by its time in force or the venue's rules.
    Expired,
    /// Ended to prevent a trade with oneself.
    ExpiredInMatch,
}

/// `GET /fapi/v1/time`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerTime {
    /// Now, by the venue's clock.
    pub server_time: Millis,
}

/// `GET /fapi/v1/exchangeInfo`.
#[derive(Debug, Deserialize)]
pub struct Exchange<'a> {
    /// Markets, row by row.
    #[serde(borrow)]
    pub symbols: Vec<&'a RawValue>,
}

/// A market.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Market {
    /// Its name.
    pub symbol: String,
    /// `PERPETUAL`, or a kind that Bursar does not trade.
    #[serde(default)]
    pub contract_type: String,
    /// `TRADING` when orders are accepted.
    pub status: String,
    /// What is traded.
    pub base_asset: String,
    /// What margin and profit are counted in.
    pub margin_asset: String,
    /// Filters, by type.
    pub filters: Vec<Filter>,
}

/// A filter of a market; which fields it has depends on its type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// `PRICE_FILTER`, `LOT_SIZE`, `MARKET_LOT_SIZE`, `MIN_NOTIONAL` and others.
    pub filter_type: String,
    /// Of prices.
    #[serde(default)]
    pub tick_size: Blank<Exact<Price>>,
    /// Of quantities.
    #[serde(default)]
    pub step_size: Blank<Exact<Quantity>>,
    /// Smallest quantity.
    #[serde(default)]
    pub min_qty: Blank<Exact<Quantity>>,
    /// Largest quantity.
    #[serde(default)]
    pub max_qty: Blank<Exact<Quantity>>,
    /// Smallest notional.
    #[serde(default)]
    pub notional: Blank<Exact<Amount>>,
}

/// `GET /fapi/v1/leverageBracket`.
#[derive(Debug, Deserialize)]
pub struct Brackets {
    /// Market.
    pub symbol: String,
    /// From small notionals to large ones.
    pub brackets: Vec<Bracket>,
}

/// A leverage bracket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bracket {
    /// The highest leverage in it.
    pub initial_leverage: Exact<u32>,
}

/// `GET /fapi/v1/premiumIndex`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PremiumIndex {
    /// Market.
    pub symbol: String,
    /// What positions are valued at.
    pub mark_price: Near<Price>,
    /// When.
    pub time: Millis,
}

/// `GET /fapi/v2/ticker/price`.
#[derive(Debug, Deserialize)]
pub struct Ticker {
    /// Market.
    pub symbol: String,
    /// Last price.
    pub price: Exact<Price>,
    /// When.
    pub time: Millis,
}

/// The best prices of a market: `GET /fapi/v1/ticker/bookTicker`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookTicker {
    /// Highest bid.
    pub bid_price: Exact<Price>,
    /// Lowest ask.
    pub ask_price: Exact<Price>,
}

/// An order, as placing, cancelling, asking and listing answer it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Market.
    pub symbol: String,
    /// The venue's id.
    pub order_id: Text,
    /// The client's id, or the venue's own mark.
    pub client_order_id: String,
    /// Buy or sell.
    pub side: Side,
    /// State.
    pub status: Status,
    /// Asked.
    pub orig_qty: Exact<Quantity>,
    /// Filled.
    pub executed_qty: Exact<Quantity>,
    /// When it last changed.
    pub update_time: Millis,
}

/// `GET /fapi/v1/userTrades`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserTrade {
    /// Unique per market.
    pub id: Text,
    /// The order.
    pub order_id: Text,
    /// Market.
    pub symbol: String,
    /// Buy or sell.
    pub side: Side,
    /// Which position.
    pub position_side: PositionSide,
    /// How much.
    pub qty: Exact<Quantity>,
    /// At which price.
    pub price: Exact<Price>,
    /// Positive when paid.
    pub commission: Near<Amount>,
    /// In which asset: BNB where fees are paid with it.
    pub commission_asset: String,
    /// Gross.
    pub realized_pnl: Near<Amount>,
    /// When.
    pub time: Millis,
}

/// `GET /fapi/v1/income`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Income {
    /// Market; empty where it concerns none.
    #[serde(default)]
    pub symbol: String,
    /// `FUNDING_FEE`, `COMMISSION`, `REALIZED_PNL`, `TRANSFER` and others.
    pub income_type: String,
    /// Received when positive.
    pub income: Near<Amount>,
    /// In which asset.
    pub asset: String,
    /// When.
    pub time: Millis,
    /// Unique for a type of income.
    pub tran_id: Text,
    /// The execution; empty where there is none.
    #[serde(default)]
    pub trade_id: Text,
}

/// `GET /fapi/v3/balance`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetBalance {
    /// The asset.
    pub asset: String,
    /// All of it.
    pub balance: Near<Amount>,
    /// Free for new positions.
    pub available_balance: Near<Amount>,
}

/// `GET /fapi/v3/account`, and the second version of it.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// Balances.
    pub assets: Vec<AccountAsset>,
}

/// An asset of an account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountAsset {
    /// The asset.
    pub asset: String,
    /// All of it.
    pub wallet_balance: Near<Amount>,
    /// Free for new positions.
    pub available_balance: Near<Amount>,
}

/// `GET /fapi/v3/positionRisk`; the second version tells the leverage too.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionRisk {
    /// Market.
    pub symbol: String,
    /// Which position.
    pub position_side: PositionSide,
    /// Size; below zero for a net short, and for a short in hedge mode.
    pub position_amt: Exact<Decimal>,
    /// Average entry price.
    pub entry_price: Near<Price>,
    /// What it is valued at.
    pub mark_price: Near<Price>,
    /// Zero or below where there is none.
    #[serde(default)]
    pub liquidation_price: Blank<Near<Price>>,
    /// In the second version.
    #[serde(default)]
    pub leverage: Blank<Exact<u32>>,
    /// `isolated` or `cross`, in the second version.
    #[serde(default)]
    pub margin_type: Option<String>,
}

/// `GET /fapi/v1/symbolConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolConfig {
    /// Market.
    pub symbol: String,
    /// `CROSSED` or `ISOLATED`.
    pub margin_type: String,
    /// Leverage.
    pub leverage: Exact<u32>,
}

/// `POST /fapi/v1/leverage`.
#[derive(Debug, Deserialize)]
pub struct Leverage {
    /// Market.
    pub symbol: String,
    /// Leverage that stands now.
    pub leverage: Exact<u32>,
}

/// `GET /fapi/v1/accountConfig` and `GET /fapi/v1/positionSide/dual`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountMode {
    /// Whether it is in hedge mode.
    pub dual_side_position: bool,
}

/// `POST /fapi/v1/listenKey`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenKey {
    /// The key of the private stream, which is a secret.
    pub listen_key: SecretString,
}

/// `GET /sapi/v1/account/apiRestrictions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// Whether only certain addresses may use the key.
    pub ip_restrict: bool,
    /// Whether it may withdraw.
    pub enable_withdrawals: bool,
    /// Whether it may trade futures.
    pub enable_futures: bool,
}
