//! What Binance's answers mean, code by code.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code>, and for HTTP statuses
//! the page «General Info» beside it.

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Already, Clock, Denied, Duplicate, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::wire::Fault;

/// Every code that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new(
        "-1000",
        Unknown,
        "an unknown error; sent with HTTP 503 when the answer came too late",
    ),
    Code::new("-1001", Unknown, "internal error"),
    Code::new("-1002", Denied, "not authorised"),
    Code::new("-1003", Limited, "too many requests, or banned"),
    Code::new("-1005", Denied, "address is not on the white list"),
    Code::new("-1006", Unknown, "unexpected answer inside; execution unknown"),
    Code::new("-1007", Unknown, "no answer in time inside; execution unknown"),
    Code::new(
        "-1008",
        Limited,
        "throttled by system-level protection; orders that reduce are exempt",
    ),
    Code::new("-1011", Denied, "address may not use this route"),
    Code::new("-1013", Refused, "order breaks a filter"),
    Code::new("-1014", Refused, "unsupported combination of an order"),
    Code::new("-1015", Limited, "too many orders"),
    Code::new("-1020", Refused, "operation is not supported"),
    Code::new("-1021", Clock, "timestamp outside the window"),
    Code::new("-1022", Denied, "signature is not valid"),
    Code::new("-1023", Refused, "start time after end time"),
    Code::new("-1100", Refused, "illegal characters in a parameter"),
    Code::new("-1101", Refused, "too many parameters"),
    Code::new("-1102", Refused, "parameter missing or malformed"),
    Code::new("-1103", Refused, "parameter is not known"),
    Code::new("-1104", Refused, "not all parameters were read"),
    Code::new("-1105", Refused, "parameter is empty"),
    Code::new("-1106", Refused, "parameter is not required"),
    Code::new("-1108", Refused, "asset is not known"),
    Code::new("-1109", Denied, "account is not valid"),
    Code::new("-1110", Refused, "kind of market is not known"),
    Code::new("-1111", Refused, "more decimal places than the market has"),
    Code::new("-1112", Refused, "no orders in the book"),
    Code::new("-1114", Refused, "time in force is not required"),
    Code::new("-1115", Refused, "time in force is not known"),
    Code::new("-1116", Refused, "type of order is not known"),
    Code::new("-1117", Refused, "side is not known"),
    Code::new("-1118", Refused, "client order id is empty"),
    Code::new("-1119", Refused, "client order id of the original is empty"),
    Code::new("-1120", Refused, "interval is not known"),
    Code::new("-1121", Refused, "symbol is not known"),
    Code::new("-1125", Refused, "listen key does not exist"),
    Code::new("-1127", Refused, "interval of a query is too long"),
    Code::new("-1128", Refused, "optional parameters do not go together"),
    Code::new("-1130", Refused, "parameter is not valid"),
    Code::new(
        "-2010",
        Unknown,
        "new order rejected; the words say why, and a repeated id is among the reasons",
    ),
    Code::new("-2011", Refused, "cancel rejected: the order is not open"),
    Code::new("-2013", Absent, "order does not exist"),
    Code::new("-2014", Denied, "key has a bad format"),
    Code::new("-2015", Denied, "key, address or rights are not valid"),
    Code::new("-2016", Refused, "no trading window"),
    Code::new("-2017", Denied, "keys are locked on this account"),
    Code::new("-2018", Refused, "balance is not enough"),
    Code::new("-2019", Refused, "margin is not enough"),
    Code::new("-2020", Refused, "unable to fill"),
    Code::new("-2021", Refused, "order would trigger at once"),
    Code::new(
        "-2022",
        Refused,
        "order may only reduce, and there is nothing to reduce",
    ),
    Code::new("-2023", Refused, "account is being liquidated"),
    Code::new("-2024", Refused, "position is not enough"),
    Code::new("-2025", Refused, "too many open orders"),
    Code::new("-2026", Refused, "type of order cannot be reduce-only"),
    Code::new("-2027", Refused, "position is above what the leverage allows"),
    Code::new("-2028", Refused, "leverage is too low for the margin"),
    Code::new("-4000", Refused, "order status is not valid"),
    Code::new("-4001", Refused, "price is not above zero"),
    Code::new("-4002", Refused, "price is above the maximum"),
    Code::new("-4003", Refused, "quantity is not above zero"),
    Code::new("-4004", Refused, "quantity is below the minimum"),
    Code::new("-4005", Refused, "quantity is above the maximum"),
    Code::new("-4013", Refused, "price is below the minimum"),
    Code::new("-4014", Refused, "price is no multiple of the tick"),
    Code::new("-4015", Refused, "client order id is too long"),
    Code::new("-4016", Refused, "price is above the limit around the mark price"),
    Code::new("-4023", Refused, "quantity is no multiple of the lot"),
    Code::new("-4024", Refused, "price is below the limit around the mark price"),
    Code::new("-4028", Refused, "leverage is not valid"),
    Code::new("-4045", Refused, "too many conditional orders"),
    Code::new("-4046", Already, "margin type need not change"),
    Code::new("-4047", Refused, "margin type cannot change while orders are open"),
    Code::new("-4048", Refused, "margin type cannot change while a position is open"),
    Code::new("-4050", Refused, "cross balance is not enough"),
    Code::new("-4051", Refused, "isolated balance is not enough"),
    Code::new("-4059", Already, "position mode need not change"),
    Code::new("-4060", Refused, "position side is not valid"),
    Code::new("-4061", Refused, "position side does not match the position mode"),
    Code::new("-4062", Refused, "reduce-only is not allowed so"),
    Code::new("-4067", Refused, "position mode cannot change while orders are open"),
    Code::new("-4068", Refused, "position mode cannot change while a position is open"),
    Code::new("-4087", Denied, "key may only reduce"),
    Code::new("-4088", Denied, "key may not place orders"),
    Code::new("-4109", Denied, "account is not active"),
    Code::new("-4115", Duplicate, "client id is on record"),
    Code::new("-4116", Duplicate, "client order id is on record"),
    Code::new("-4118", Refused, "reduce-only order fails the margin check"),
    Code::new("-4131", Refused, "best price is too far from the mark price"),
    Code::new("-4140", Refused, "market does not open positions now"),
    Code::new("-4141", Refused, "market is closed"),
    Code::new(
        "-4161",
        Refused,
        "leverage cannot be lowered while an isolated position is open",
    ),
    Code::new("-4164", Refused, "notional is below the minimum"),
    Code::new("-4183", Refused, "price is above the limit of the market"),
    Code::new("-4184", Refused, "price is below the limit of the market"),
    Code::new("-4192", Refused, "trade is forbidden during the cooling-off period"),
    Code::new(
        "-4202",
        Refused,
        "leverage above 20 is not allowed for this account yet",
    ),
    Code::new(
        "-4400",
        Denied,
        "trading rules of the venue were broken: only reducing is allowed",
    ),
    Code::new("-4411", Denied, "agreement for this market is not signed"),
    Code::new("-5021", Refused, "fill-or-kill order could not be filled"),
    Code::new("-5022", Refused, "post-only order would have taken"),
];

/// Where realised profit is told, by which field, and what it has in it.
pub const PROFITS: &[(&str, &str, ProfitBasis)] = &[
    ("GET /fapi/v1/userTrades", "realizedPnl", ProfitBasis::Gross),
    ("GET /fapi/v1/income", "REALIZED_PNL", ProfitBasis::Gross),
    ("push ORDER_TRADE_UPDATE", "rp", ProfitBasis::Gross),
];

/// What an answer means for the call that it answers.
pub fn verdict(reply: &Reply<'_>, call: Call) -> Verdict {
    let fault = read::<Fault>("answer", reply.body).ok();
    match fault {
        Some(fault) if fault.code < 0 => {
            let code = fault.code.to_string();
            let class = Code::class_of(CODES, &code);
            let reason = fault.msg;
            Verdict::of(class, call, Refusal { code, reason }, reply.retry_after)
        }
        Some(_) | None if reply.is_success() => Verdict::Done,
        Some(_) | None => reply.by_status(call),
    }
}
