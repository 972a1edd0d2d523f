//! OpenD's protocol as a server speaks it: frames and messages, with every field that a client requires.
//!
//! Sources: <https://openapi.futunn.com/futu-api-doc/en/ftapi/protocol.html> and the message definitions of the vendor's package
//! `futu-api`.

pub mod frame;
pub mod number;
pub mod quote;
pub mod session;
pub mod trade;

use prost::Message;

/// The messages that are answered, by number and by the vendor's name, at which faults are aimed.
const NAMES: [(u32, &str); 24] = [
    (1001, "InitConnect"),
    (1002, "GetGlobalState"),
    (1004, "KeepAlive"),
    (2001, "Trd_GetAccList"),
    (2005, "Trd_UnlockTrade"),
    (2008, "Trd_SubAccPush"),
    (2101, "Trd_GetFunds"),
    (2102, "Trd_GetPositionList"),
    (2201, "Trd_GetOrderList"),
    (2202, "Trd_PlaceOrder"),
    (2205, "Trd_ModifyOrder"),
    (2208, "Trd_UpdateOrder"),
    (2211, "Trd_GetOrderFillList"),
    (2218, "Trd_UpdateOrderFill"),
    (2221, "Trd_GetHistoryOrderList"),
    (2222, "Trd_GetHistoryOrderFillList"),
    (2225, "Trd_GetOrderFee"),
    (3001, "Qot_Sub"),
    (3004, "Qot_GetBasicQot"),
    (3005, "Qot_UpdateBasicQot"),
    (3202, "Qot_GetStaticInfo"),
    (3203, "Qot_GetSecuritySnapshot"),
    (3223, "Qot_GetMarketState"),
    (1005, "GetUserInfo"),
];

/// Number of the first message.
pub const INIT_CONNECT: u32 = 1001;
/// Number of a placed order.
pub const PLACE_ORDER: u32 = 2202;
/// Number of a changed order.
pub const MODIFY_ORDER: u32 = 2205;
/// Number of a push about an order.
pub const UPDATE_ORDER: u32 = 2208;
/// Number of a push about an execution.
pub const UPDATE_FILL: u32 = 2218;
/// Number of a push about a price.
pub const UPDATE_QUOTE: u32 = 3005;

/// The vendor's name of a message.
pub fn name(number: u32) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}

/// A question in its wrapping.
#[derive(Clone, PartialEq, Eq, Message)]
struct Asked {
    #[prost(bytes = "vec", required, tag = "1")]
    c2s: Vec<u8>,
}

/// An answer in its wrapping.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Told {
    /// 0 for done.
    #[prost(int32, required, tag = "1")]
    pub ret_type: i32,
    /// In words.
    #[prost(string, optional, tag = "2")]
    pub ret_msg: Option<String>,
    /// A code for the record.
    #[prost(int32, optional, tag = "3")]
    pub err_code: Option<i32>,
    /// What is told.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub s2c: Option<Vec<u8>>,
}

impl Told {
    /// It is done, and this is told.
    pub fn done(told: &impl Message) -> Self {
        Self {
            ret_type: 0,
            ret_msg: Some(String::new()),
            err_code: Some(0),
            s2c: Some(told.encode_to_vec()),
        }
    }

    /// It is not done.
    pub fn no(ret_type: i32, words: &str) -> Self {
        Self {
            ret_type,
            ret_msg: Some(words.to_owned()),
            err_code: Some(0),
            s2c: None,
        }
    }
}

/// The question out of its wrapping; `None` when it is none.
pub fn question<T: Message + Default>(body: &[u8]) -> Option<T> {
    let asked = Asked::decode(body).ok()?;
    T::decode(asked.c2s.as_slice()).ok()
}
