//! Messages about orders, cash and holdings.

use prost::Message;

/// Whose account, in which environment and market.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Header {
    /// 0 paper, 1 real.
    #[prost(int32, required, tag = "1")]
    pub environment: i32,
    /// The account.
    #[prost(uint64, required, tag = "2")]
    pub account: u64,
    /// 1 Hong Kong, 2 America.
    #[prost(int32, required, tag = "3")]
    pub market: i32,
}

/// What makes a writing request one of its own.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct PacketId {
    /// The connection.
    #[prost(uint64, required, tag = "1")]
    pub connection: u64,
    /// The serial of the frame.
    #[prost(uint32, required, tag = "2")]
    pub serial: u32,
}

/// Places an order.
#[derive(Clone, PartialEq, Message)]
pub struct PlaceOrder {
    /// This request.
    #[prost(message, required, tag = "1")]
    pub packet: PacketId,
    /// Where.
    #[prost(message, required, tag = "2")]
    pub header: Header,
    /// 1 buy, 2 sell.
    #[prost(int32, required, tag = "3")]
    pub side: i32,
    /// 1 is a limit order.
    #[prost(int32, required, tag = "4")]
    pub kind: i32,
    /// The stock, without its market.
    #[prost(string, required, tag = "5")]
    pub code: String,
    /// Shares.
    #[prost(double, required, tag = "6")]
    pub quantity: f64,
    /// Limit.
    #[prost(double, optional, tag = "7")]
    pub price: Option<f64>,
    /// Market of the stock: 1 Hong Kong, 2 America.
    #[prost(int32, optional, tag = "10")]
    pub stock_market: Option<i32>,
    /// Our mark.
    #[prost(string, optional, tag = "11")]
    pub remark: Option<String>,
    /// 0 is good for the day.
    #[prost(int32, optional, tag = "12")]
    pub in_force: Option<i32>,
    /// Whether it may be executed before and after the session.
    #[prost(bool, optional, tag = "13")]
    pub outside_hours: Option<bool>,
}

/// An order that was placed, or whose cancellation was asked for.
#[derive(Clone, PartialEq, Message)]
pub struct Placed {
    /// Its number.
    #[prost(uint64, optional, tag = "2")]
    pub id: Option<u64>,
    /// Its name at the venue's servers.
    #[prost(string, optional, tag = "3")]
    pub name: Option<String>,
}

/// Changes an order; here only cancels it.
#[derive(Clone, PartialEq, Message)]
pub struct ModifyOrder {
    /// This request.
    #[prost(message, required, tag = "1")]
    pub packet: PacketId,
    /// Where.
    #[prost(message, required, tag = "2")]
    pub header: Header,
    /// Its number; 0 where it has only a name.
    #[prost(uint64, required, tag = "3")]
    pub order: u64,
    /// 2 cancels.
    #[prost(int32, required, tag = "4")]
    pub act: i32,
    /// Its name.
    #[prost(string, optional, tag = "16")]
    pub name: Option<String>,
}

/// Which orders are meant.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Filter {
    /// Not earlier, `YYYY-MM-DD HH:MM:SS`.
    #[prost(string, optional, tag = "3")]
    pub begin: Option<String>,
    /// Not later.
    #[prost(string, optional, tag = "4")]
    pub end: Option<String>,
}

/// Asks for orders: of today, or with another number for those of earlier days, where the filter is required.
#[derive(Clone, PartialEq, Message)]
pub struct AskOrders {
    /// Where.
    #[prost(message, required, tag = "1")]
    pub header: Header,
    /// Which.
    #[prost(message, optional, tag = "2")]
    pub filter: Option<Filter>,
    /// Whether OpenD is to ask the venue's servers before it answers; not known of earlier days.
    #[prost(bool, optional, tag = "4")]
    pub refresh: Option<bool>,
}

/// Orders.
#[derive(Clone, PartialEq, Message)]
pub struct Orders {
    /// In no order that is promised.
    #[prost(message, repeated, tag = "2")]
    pub list: Vec<Order>,
}

/// One order.
#[derive(Clone, PartialEq, Message)]
pub struct Order {
    /// 1 buy, 2 sell, 3 sell short, 4 buy back.
    #[prost(int32, required, tag = "1")]
    pub side: i32,
    /// Where it stands.
    #[prost(int32, required, tag = "3", default = "-1")]
    pub status: i32,
    /// Its number.
    #[prost(uint64, required, tag = "4")]
    pub id: u64,
    /// Its name at the venue's servers.
    #[prost(string, required, tag = "5")]
    pub name: String,
    /// The stock, without its market.
    #[prost(string, required, tag = "6")]
    pub code: String,
    /// Shares asked for.
    #[prost(double, required, tag = "8")]
    pub quantity: f64,
    /// Shares executed.
    #[prost(double, optional, tag = "12")]
    pub filled: Option<f64>,
    /// At what price, on average.
    #[prost(double, optional, tag = "13")]
    pub average: Option<f64>,
    /// What went wrong last.
    #[prost(string, optional, tag = "14")]
    pub error: Option<String>,
    /// Market of the stock.
    #[prost(int32, optional, tag = "15")]
    pub stock_market: Option<i32>,
    /// When it was made, in seconds since 1970.
    #[prost(double, optional, tag = "16")]
    pub created: Option<f64>,
    /// When it last changed.
    #[prost(double, optional, tag = "17")]
    pub updated: Option<f64>,
    /// Our mark.
    #[prost(string, optional, tag = "18")]
    pub remark: Option<String>,
}

/// Asks for the fees of orders.
#[derive(Clone, PartialEq, Message)]
pub struct AskFees {
    /// Where.
    #[prost(message, required, tag = "1")]
    pub header: Header,
    /// Names of the orders.
    #[prost(string, repeated, tag = "2")]
    pub names: Vec<String>,
}

/// Fees of orders.
#[derive(Clone, PartialEq, Message)]
pub struct Fees {
    /// One for each order that is known.
    #[prost(message, repeated, tag = "2")]
    pub list: Vec<Fee>,
}

/// Fees of one order.
#[derive(Clone, PartialEq, Message)]
pub struct Fee {
    /// Name of the order.
    #[prost(string, required, tag = "1")]
    pub name: String,
    /// All of them together.
    #[prost(double, optional, tag = "2")]
    pub amount: Option<f64>,
}

/// Asks for cash.
#[derive(Clone, PartialEq, Message)]
pub struct AskFunds {
    /// Where.
    #[prost(message, required, tag = "1")]
    pub header: Header,
    /// Whether OpenD is to ask the venue's servers.
    #[prost(bool, optional, tag = "2")]
    pub refresh: Option<bool>,
    /// In which currency: 1 of Hong Kong, 2 of America.
    #[prost(int32, optional, tag = "3")]
    pub currency: Option<i32>,
}

/// The answer about cash.
#[derive(Clone, PartialEq, Message)]
pub struct FundsTold {
    /// Cash.
    #[prost(message, optional, tag = "2")]
    pub funds: Option<Funds>,
}

/// Cash, and by currency where the account holds several.
#[derive(Clone, PartialEq, Message)]
pub struct Funds {
    /// All of it, in the currency that was asked for.
    #[prost(double, required, tag = "3")]
    pub cash: f64,
    /// By currency.
    #[prost(message, repeated, tag = "15")]
    pub by_currency: Vec<Cash>,
}

/// Cash in one currency.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Cash {
    /// Which currency.
    #[prost(int32, optional, tag = "1")]
    pub currency: Option<i32>,
    /// How much.
    #[prost(double, optional, tag = "2")]
    pub cash: Option<f64>,
}

/// Asks for holdings.
#[derive(Clone, PartialEq, Message)]
pub struct AskPositions {
    /// Where.
    #[prost(message, required, tag = "1")]
    pub header: Header,
    /// Whether OpenD is to ask the venue's servers.
    #[prost(bool, optional, tag = "5")]
    pub refresh: Option<bool>,
}

/// Holdings.
#[derive(Clone, PartialEq, Message)]
pub struct Positions {
    /// One for each stock and side.
    #[prost(message, repeated, tag = "2")]
    pub list: Vec<Position>,
}

/// Shares of one stock that are held.
#[derive(Clone, PartialEq, Message)]
pub struct Position {
    /// 0 long, 1 short.
    #[prost(int32, required, tag = "2")]
    pub side: i32,
    /// The stock, without its market.
    #[prost(string, required, tag = "3")]
    pub code: String,
    /// Shares.
    #[prost(double, required, tag = "5")]
    pub quantity: f64,
    /// Market of the stock.
    #[prost(int32, optional, tag = "12")]
    pub stock_market: Option<i32>,
}
