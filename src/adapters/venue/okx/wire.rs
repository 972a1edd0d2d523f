//! What OKX sends over HTTP, as it sends it. Fields that nothing here reads are left out.

pub mod market;
pub mod push;

use domain::fixed::{Amount, Price};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::dialect::{Blank, Exact, Millis, Near, Text};

/// Every answer.
#[derive(Debug, Deserialize)]
pub struct Answer<'a> {
    /// `0` for done; `1` and `2` where the items say what failed.
    pub code: Text,
    /// In words.
    #[serde(default)]
    pub msg: String,
    /// What was asked for: a list.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

/// What became of one item of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// `0` for done; missing where items cannot fail by themselves.
    #[serde(default)]
    pub s_code: Text,
    /// In words.
    #[serde(default)]
    pub s_msg: String,
}

/// Buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Buys.
    Buy,
    /// Sells.
    Sell,
}

/// Which position of a market; `net` is the only one in one-way mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PositionSide {
    /// The net position.
    #[serde(alias = "")]
    Net,
    /// The long.
    Long,
    /// The short.
    Short,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Resting.
    Live,
    /// Resting, partly filled.
    PartiallyFilled,
    /// Filled whole.
    Filled,
    /// Cancelled; may be partly filled.
    Canceled,
    /// Cancelled by the protection of market makers.
    MmpCanceled,
}

/// `POST /api/v5/trade/order` and `cancel-order`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The venue's id.
    pub ord_id: Text,
    /// When.
    #[serde(default)]
    pub ts: Blank<Millis>,
}

/// An order, asked for and pushed; the push tells the execution that moved it, too.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Market.
    pub inst_id: String,
    /// The venue's id.
    pub ord_id: Text,
    /// The client's id, or empty.
    #[serde(default)]
    pub cl_ord_id: String,
    /// Buy or sell.
    pub side: Side,
    /// Which position.
    pub pos_side: PositionSide,
    /// State.
    pub state: State,
    /// Asked, in contracts.
    pub sz: Exact<Decimal>,
    /// Filled, in contracts.
    pub acc_fill_sz: Exact<Decimal>,
    /// `normal`, `adl`, `full_liquidation`, `partial_liquidation`, `delivery` and others.
    #[serde(default)]
    pub category: String,
    /// When it last changed.
    pub u_time: Millis,
    /// Id of the last execution, or empty.
    #[serde(default)]
    pub trade_id: Text,
    /// Filled by it, in contracts.
    #[serde(default)]
    pub fill_sz: Blank<Exact<Decimal>>,
    /// Its price.
    #[serde(default)]
    pub fill_px: Blank<Exact<Price>>,
    /// Its fee, negative when paid; only pushed.
    #[serde(default)]
    pub fill_fee: Blank<Near<Amount>>,
    /// In which asset; only pushed.
    #[serde(default)]
    pub fill_fee_ccy: String,
    /// Its profit, gross; only pushed.
    #[serde(default)]
    pub fill_pnl: Blank<Near<Amount>>,
    /// When it was.
    #[serde(default)]
    pub fill_time: Blank<Millis>,
}

/// `GET /api/v5/trade/fills` and `fills-history`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fill {
    /// The venue's number of the line, by which pages are asked for.
    #[serde(default)]
    pub bill_id: Text,
    /// Market.
    pub inst_id: String,
    /// Unique per market.
    pub trade_id: Text,
    /// The order.
    pub ord_id: Text,
    /// The client's id of the order, or empty.
    #[serde(default)]
    pub cl_ord_id: String,
    /// Buy or sell.
    pub side: Side,
    /// Which position.
    pub pos_side: PositionSide,
    /// How much, in contracts.
    pub fill_sz: Exact<Decimal>,
    /// At which price.
    pub fill_px: Exact<Price>,
    /// Negative when paid.
    pub fee: Near<Amount>,
    /// In which asset.
    pub fee_ccy: String,
    /// Gross.
    #[serde(default)]
    pub fill_pnl: Blank<Near<Amount>>,
    /// What it was: `1` buy, `104` liquidation of a long, and others.
    #[serde(default)]
    pub sub_type: Text,
    /// When it was.
    #[serde(default)]
    pub fill_time: Blank<Millis>,
    /// When the venue told it.
    pub ts: Millis,
}

/// `GET /api/v5/account/bills` and `bills-archive`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Unique on the account.
    pub bill_id: Text,
    /// Market; empty where it concerns none.
    #[serde(default)]
    pub inst_id: String,
    /// `1` transfer, `2` trade, `8` funding and others.
    #[serde(rename = "type")]
    pub kind: Text,
    /// What it was more exactly.
    #[serde(default)]
    pub sub_type: Text,
    /// The asset.
    pub ccy: String,
    /// What the balance changed by; nothing where an isolated position paid.
    pub bal_chg: Near<Amount>,
    /// Profit of an execution, gross, or the funding.
    #[serde(default)]
    pub pnl: Blank<Near<Amount>>,
    /// Negative when paid.
    #[serde(default)]
    pub fee: Blank<Near<Amount>>,
    /// The execution, or empty.
    #[serde(default)]
    pub trade_id: Text,
    /// When.
    pub ts: Millis,
}

/// `GET /api/v5/account/balance`, and what is pushed of it.
#[derive(Debug, Deserialize)]
pub struct Balances {
    /// By asset.
    pub details: Vec<Detail>,
}

/// The balance of an asset.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// The asset.
    pub ccy: String,
    /// All of it, without what open positions have not realised.
    pub cash_bal: Near<Amount>,
    /// Free for new positions.
    #[serde(default)]
    pub avail_eq: Blank<Near<Amount>>,
    /// Equity of isolated positions: their margin, with what they have not realised.
    #[serde(default)]
    pub iso_eq: Blank<Near<Amount>>,
    /// What isolated positions have not realised.
    #[serde(default)]
    pub iso_upl: Blank<Near<Amount>>,
}

/// `GET /api/v5/account/positions`, and what is pushed of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Market.
    pub inst_id: String,
    /// Which position.
    pub pos_side: PositionSide,
    /// Size, in contracts; below zero for a net short.
    #[serde(default)]
    pub pos: Blank<Exact<Decimal>>,
    /// Average entry price.
    #[serde(default)]
    pub avg_px: Blank<Near<Price>>,
    /// What it is valued at.
    #[serde(default)]
    pub mark_px: Blank<Near<Price>>,
    /// Where it is liquidated.
    #[serde(default)]
    pub liq_px: Blank<Near<Price>>,
    /// Leverage.
    #[serde(default)]
    pub lever: Blank<Near<u32>>,
    /// `cross` or `isolated`.
    pub mgn_mode: String,
}

/// `GET /api/v5/account/positions-history`: realised = pnl + fee + funding + penalty.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedPosition {
    /// Market.
    pub inst_id: String,
    /// `long` or `short`.
    pub direction: PositionSide,
    /// How much was closed, in contracts.
    pub close_total_pos: Exact<Decimal>,
    /// Net of fees and funding.
    pub realized_pnl: Near<Amount>,
    /// Negative when paid.
    pub fee: Near<Amount>,
    /// Received when positive.
    pub funding_fee: Near<Amount>,
    /// When.
    pub u_time: Millis,
}

/// `GET /api/v5/account/leverage-info`, and the answer to setting it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leverage {
    /// Market.
    pub inst_id: String,
    /// `cross` or `isolated`.
    pub mgn_mode: String,
    /// Leverage.
    pub lever: Near<u32>,
}

/// `GET /api/v5/account/config`, and the answer to setting the position mode.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountMode {
    /// `net_mode` or `long_short_mode`.
    pub pos_mode: PositionMode,
}

/// What a key may do, in `GET /api/v5/account/config`.
#[derive(Debug, Deserialize)]
pub struct KeyConfig {
    /// `read_only`, `trade` and `withdraw`, with commas between them.
    pub perm: String,
    /// Addresses that it is bound to; empty for any.
    #[serde(default)]
    pub ip: String,
}

/// The position mode of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionMode {
    /// One-way.
    NetMode,
    /// Hedge.
    LongShortMode,
}
