//! What travels between us and OpenD: frames, their encryption, and the messages in them. Floats stand here alone, because the
//! protocol has them; everybody else gets decimals.
//!
//! Sources: <https://openapi.futunn.com/futu-api-doc/en/ftapi/protocol.html>, and the message definitions in the vendor's package
//! `futu-api` 10.11.7108.

pub mod cipher;
pub mod frame;
pub mod number;
pub mod quote;
pub mod session;
pub mod trade;

use prost::Message;

/// Numbers of the messages that are used.
pub mod protocol {
    /// Begins a connection.
    pub const INIT_CONNECT: u32 = 1001;
    /// The state of markets and logins.
    pub const GET_GLOBAL_STATE: u32 = 1002;
    /// Something happened in OpenD (a push).
    pub const NOTIFY: u32 = 1003;
    /// Shows that the connection lives.
    pub const KEEP_ALIVE: u32 = 1004;
    /// The accounts.
    pub const GET_ACC_LIST: u32 = 2001;
    /// Unlocks trading with real money.
    pub const UNLOCK_TRADE: u32 = 2005;
    /// Asks for pushes about accounts.
    pub const SUB_ACC_PUSH: u32 = 2008;
    /// Cash.
    pub const GET_FUNDS: u32 = 2101;
    /// Holdings.
    pub const GET_POSITION_LIST: u32 = 2102;
    /// Orders of today.
    pub const GET_ORDER_LIST: u32 = 2201;
    /// Places an order.
    pub const PLACE_ORDER: u32 = 2202;
    /// Cancels an order.
    pub const MODIFY_ORDER: u32 = 2205;
    /// An order has changed (a push).
    pub const UPDATE_ORDER: u32 = 2208;
    /// An order was executed (a push).
    pub const UPDATE_ORDER_FILL: u32 = 2218;
    /// Orders of earlier days.
    pub const GET_HISTORY_ORDER_LIST: u32 = 2221;
    /// Fees of orders.
    pub const GET_ORDER_FEE: u32 = 2225;
    /// What does not change about a stock.
    pub const GET_STATIC: u32 = 3202;
    /// Prices now.
    pub const GET_SNAPSHOT: u32 = 3203;

    /// Whether OpenD sends this without being asked.
    pub const fn is_push(number: u32) -> bool {
        matches!(number, NOTIFY | UPDATE_ORDER | UPDATE_ORDER_FILL)
    }
}

/// What every request is wrapped in.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Envelope {
    /// The question, a message of its own.
    #[prost(bytes = "vec", required, tag = "1")]
    pub question: Vec<u8>,
}

/// What every answer and every push is wrapped in.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Reply {
    /// 0 is success; negative is not. One that is missing says that nothing is known.
    #[prost(int32, required, tag = "1", default = "-400")]
    pub result: i32,
    /// In words.
    #[prost(string, optional, tag = "2")]
    pub words: Option<String>,
    /// A code for the record, where there is one.
    #[prost(int32, optional, tag = "3")]
    pub code: Option<i32>,
    /// The answer, a message of its own.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub answer: Option<Vec<u8>>,
}

/// A question as it is sent.
pub fn wrapped(question: &impl Message) -> Vec<u8> {
    let question = question.encode_to_vec();
    Envelope { question }.encode_to_vec()
}
