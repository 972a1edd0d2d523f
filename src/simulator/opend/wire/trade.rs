//! Messages about orders, cash and holdings.

use prost::Message;

/// Environment, account and market.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct TrdHeader {
    #[prost(int32, required, tag = "1")]
    pub trd_env: i32,
    #[prost(uint64, required, tag = "2")]
    pub acc_id: u64,
    #[prost(int32, required, tag = "3")]
    pub trd_market: i32,
}

/// Against replays.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct PacketId {
    #[prost(uint64, required, tag = "1")]
    pub conn_id: u64,
    #[prost(uint32, required, tag = "2")]
    pub serial_no: u32,
}

/// An order that is wanted.
#[derive(Clone, PartialEq, Message)]
pub struct PlaceC2s {
    #[prost(message, optional, tag = "1")]
    pub packet_id: Option<PacketId>,
    #[prost(message, optional, tag = "2")]
    pub header: Option<TrdHeader>,
    #[prost(int32, required, tag = "3")]
    pub trd_side: i32,
    #[prost(int32, required, tag = "4")]
    pub order_type: i32,
    #[prost(string, required, tag = "5")]
    pub code: String,
    #[prost(double, required, tag = "6")]
    pub qty: f64,
    #[prost(double, optional, tag = "7")]
    pub price: Option<f64>,
    #[prost(int32, optional, tag = "10")]
    pub sec_market: Option<i32>,
    #[prost(string, optional, tag = "11")]
    pub remark: Option<String>,
    #[prost(int32, optional, tag = "12")]
    pub time_in_force: Option<i32>,
}

/// An order that is to be changed.
#[derive(Clone, PartialEq, Message)]
pub struct ModifyC2s {
    #[prost(message, optional, tag = "1")]
    pub packet_id: Option<PacketId>,
    #[prost(message, optional, tag = "2")]
    pub header: Option<TrdHeader>,
    #[prost(uint64, required, tag = "3")]
    pub order_id: u64,
    #[prost(int32, required, tag = "4")]
    pub op: i32,
    #[prost(bool, optional, tag = "5")]
    pub for_all: Option<bool>,
    #[prost(double, optional, tag = "8")]
    pub qty: Option<f64>,
    #[prost(double, optional, tag = "9")]
    pub price: Option<f64>,
    #[prost(string, optional, tag = "16")]
    pub order_id_ex: Option<String>,
}

/// The order that was placed or changed.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PlacedS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(uint64, required, tag = "2")]
    pub order_id: u64,
    #[prost(string, optional, tag = "3")]
    pub order_id_ex: Option<String>,
}

/// Which are meant.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Conditions {
    #[prost(string, repeated, tag = "1")]
    pub codes: Vec<String>,
    #[prost(uint64, repeated, packed = "false", tag = "2")]
    pub ids: Vec<u64>,
    #[prost(string, optional, tag = "3")]
    pub begin: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub end: Option<String>,
    #[prost(string, repeated, tag = "5")]
    pub names: Vec<String>,
}

/// Orders or executions are wanted. The place of `refresh` differs between the two, and is not read of executions.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ListC2s {
    #[prost(message, optional, tag = "1")]
    pub header: Option<TrdHeader>,
    #[prost(message, optional, tag = "2")]
    pub conditions: Option<Conditions>,
    #[prost(bool, optional, tag = "4")]
    pub refresh: Option<bool>,
}

/// Orders with these statuses alone.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StatusesC2s {
    #[prost(int32, repeated, packed = "false", tag = "3")]
    pub statuses: Vec<i32>,
}

/// Orders.
#[derive(Clone, PartialEq, Message)]
pub struct OrdersS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, repeated, tag = "2")]
    pub orders: Vec<OrderMsg>,
}

/// An order has changed.
#[derive(Clone, PartialEq, Message)]
pub struct OrderPush {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, required, tag = "2")]
    pub order: OrderMsg,
}

/// One order.
#[derive(Clone, PartialEq, Message)]
pub struct OrderMsg {
    #[prost(int32, required, tag = "1")]
    pub trd_side: i32,
    #[prost(int32, required, tag = "2")]
    pub order_type: i32,
    #[prost(int32, required, tag = "3")]
    pub status: i32,
    #[prost(uint64, required, tag = "4")]
    pub order_id: u64,
    #[prost(string, required, tag = "5")]
    pub order_id_ex: String,
    #[prost(string, required, tag = "6")]
    pub code: String,
    #[prost(string, required, tag = "7")]
    pub name: String,
    #[prost(double, required, tag = "8")]
    pub qty: f64,
    #[prost(double, optional, tag = "9")]
    pub price: Option<f64>,
    #[prost(string, required, tag = "10")]
    pub create_time: String,
    #[prost(string, required, tag = "11")]
    pub update_time: String,
    #[prost(double, optional, tag = "12")]
    pub fill_qty: Option<f64>,
    #[prost(double, optional, tag = "13")]
    pub fill_avg_price: Option<f64>,
    #[prost(string, optional, tag = "14")]
    pub last_err_msg: Option<String>,
    #[prost(int32, optional, tag = "15")]
    pub sec_market: Option<i32>,
    #[prost(double, optional, tag = "16")]
    pub create_timestamp: Option<f64>,
    #[prost(double, optional, tag = "17")]
    pub update_timestamp: Option<f64>,
    #[prost(string, optional, tag = "18")]
    pub remark: Option<String>,
    #[prost(int32, optional, tag = "19")]
    pub time_in_force: Option<i32>,
    #[prost(int32, optional, tag = "25")]
    pub currency: Option<i32>,
    #[prost(int32, optional, tag = "26")]
    pub trd_market: Option<i32>,
}

/// Executions.
#[derive(Clone, PartialEq, Message)]
pub struct FillsS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, repeated, tag = "2")]
    pub fills: Vec<FillMsg>,
}

/// An execution.
#[derive(Clone, PartialEq, Message)]
pub struct FillPush {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, required, tag = "2")]
    pub fill: FillMsg,
}

/// One execution.
#[derive(Clone, PartialEq, Message)]
pub struct FillMsg {
    #[prost(int32, required, tag = "1")]
    pub trd_side: i32,
    #[prost(uint64, required, tag = "2")]
    pub fill_id: u64,
    #[prost(string, required, tag = "3")]
    pub fill_id_ex: String,
    #[prost(uint64, optional, tag = "4")]
    pub order_id: Option<u64>,
    #[prost(string, optional, tag = "5")]
    pub order_id_ex: Option<String>,
    #[prost(string, required, tag = "6")]
    pub code: String,
    #[prost(string, required, tag = "7")]
    pub name: String,
    #[prost(double, required, tag = "8")]
    pub qty: f64,
    #[prost(double, required, tag = "9")]
    pub price: f64,
    #[prost(string, required, tag = "10")]
    pub create_time: String,
    #[prost(int32, optional, tag = "13")]
    pub sec_market: Option<i32>,
    #[prost(double, optional, tag = "14")]
    pub create_timestamp: Option<f64>,
    #[prost(int32, optional, tag = "16")]
    pub status: Option<i32>,
    #[prost(int32, optional, tag = "17")]
    pub trd_market: Option<i32>,
}

/// Cash or holdings are wanted.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct OfAccountC2s {
    #[prost(message, optional, tag = "1")]
    pub header: Option<TrdHeader>,
}

/// Whether cash is to be asked of the servers.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct RefreshFunds {
    #[prost(bool, optional, tag = "2")]
    pub refresh: Option<bool>,
}

/// Whether holdings are to be asked of the servers.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct RefreshPositions {
    #[prost(bool, optional, tag = "5")]
    pub refresh: Option<bool>,
}

/// Cash.
#[derive(Clone, PartialEq, Message)]
pub struct FundsS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, optional, tag = "2")]
    pub funds: Option<FundsMsg>,
}

/// What an account is worth.
#[derive(Clone, PartialEq, Message)]
pub struct FundsMsg {
    #[prost(double, required, tag = "1")]
    pub power: f64,
    #[prost(double, required, tag = "2")]
    pub total_assets: f64,
    #[prost(double, required, tag = "3")]
    pub cash: f64,
    #[prost(double, required, tag = "4")]
    pub market_val: f64,
    #[prost(double, required, tag = "5")]
    pub frozen_cash: f64,
    #[prost(double, required, tag = "6")]
    pub debt_cash: f64,
    #[prost(double, required, tag = "7")]
    pub avl_withdrawal_cash: f64,
    #[prost(int32, optional, tag = "8")]
    pub currency: Option<i32>,
}

/// Holdings.
#[derive(Clone, PartialEq, Message)]
pub struct PositionsS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, repeated, tag = "2")]
    pub positions: Vec<PositionMsg>,
}

/// Shares of one stock.
#[derive(Clone, PartialEq, Message)]
pub struct PositionMsg {
    #[prost(uint64, required, tag = "1")]
    pub position_id: u64,
    #[prost(int32, required, tag = "2")]
    pub position_side: i32,
    #[prost(string, required, tag = "3")]
    pub code: String,
    #[prost(string, required, tag = "4")]
    pub name: String,
    #[prost(double, required, tag = "5")]
    pub qty: f64,
    #[prost(double, required, tag = "6")]
    pub can_sell_qty: f64,
    #[prost(double, required, tag = "7")]
    pub price: f64,
    #[prost(double, required, tag = "9")]
    pub val: f64,
    #[prost(double, required, tag = "10")]
    pub pl_val: f64,
    #[prost(int32, optional, tag = "12")]
    pub sec_market: Option<i32>,
    #[prost(int32, optional, tag = "30")]
    pub currency: Option<i32>,
    #[prost(int32, optional, tag = "31")]
    pub trd_market: Option<i32>,
}

/// Fees of orders are wanted.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct FeesC2s {
    #[prost(message, optional, tag = "1")]
    pub header: Option<TrdHeader>,
    #[prost(string, repeated, tag = "2")]
    pub names: Vec<String>,
}

/// Fees.
#[derive(Clone, PartialEq, Message)]
pub struct FeesS2c {
    #[prost(message, required, tag = "1")]
    pub header: TrdHeader,
    #[prost(message, repeated, tag = "2")]
    pub fees: Vec<FeeMsg>,
}

/// The fee of one order.
#[derive(Clone, PartialEq, Message)]
pub struct FeeMsg {
    #[prost(string, required, tag = "1")]
    pub order_id_ex: String,
    #[prost(double, optional, tag = "2")]
    pub amount: Option<f64>,
}
