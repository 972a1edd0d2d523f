//! What Gate's answers mean, label by label.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#error-handling>.

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Already, Clock, Denied, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::protect;
use super::wire::Fault;

/// Every label that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new("ACCOUNT_LOCKED", Denied, "account is locked"),
    Code::new("BAD_REQUEST", Refused, "request is malformed"),
    Code::new(
        "CONTRACT_IN_DELISTING",
        Refused,
        "market is being delisted and allows reducing only",
    ),
    Code::new("CONTRACT_NOT_FOUND", Refused, "market does not exist"),
    Code::new("CONTRACT_NO_COUNTER", Refused, "no orders in the book"),
    Code::new("FORBIDDEN", Denied, "key lacks the right"),
    Code::new(
        "INCREASE_POSITION",
        Refused,
        "reduce-only order would grow the position",
    ),
    Code::new("INITIAL_MARGIN_TOO_LOW", Refused, "initial margin is too low"),
    Code::new("INSUFFICIENT_AVAILABLE", Refused, "balance is not enough"),
    Code::new("INTERNAL", Unknown, "internal error"),
    Code::new("INVALID_ARGUMENT", Refused, "argument is wrong"),
    Code::new("INVALID_CONTENT_TYPE", Refused, "content type is wrong"),
    Code::new("INVALID_CREDENTIALS", Denied, "credentials are not valid"),
    Code::new("INVALID_KEY", Denied, "key is not valid"),
    Code::new("INVALID_PARAM_VALUE", Refused, "parameter is wrong"),
    Code::new("INVALID_PROTOCOL", Refused, "parameter is wrong"),
    Code::new("INVALID_REQUEST_BODY", Refused, "body is wrong"),
    Code::new("INVALID_SIGNATURE", Denied, "signature is not valid"),
    Code::new("IP_FORBIDDEN", Denied, "address is not on the white list"),
    Code::new("LEVERAGE_TOO_HIGH", Refused, "leverage is too high"),
    Code::new("LEVERAGE_TOO_LOW", Refused, "leverage is too low"),
    Code::new("LIQUIDATE_IMMEDIATELY", Refused, "would be liquidated at once"),
    Code::new("METHOD_NOT_ALLOWED", Refused, "method is not allowed"),
    Code::new("MISSING_REQUIRED_HEADER", Denied, "header of the signature is missing"),
    Code::new("MISSING_REQUIRED_PARAM", Refused, "parameter is missing"),
    Code::new("NOT_ACCEPTABLE", Refused, "format of the answer is not offered"),
    Code::new("NOT_FOUND", Refused, "path does not exist"),
    Code::new("NO_CHANGE", Already, "it is what it was"),
    Code::new("ORDER_FINISHED", Refused, "order has ended"),
    Code::new("ORDER_FOK", Refused, "fill-or-kill order could not be filled"),
    Code::new("ORDER_NOT_FOUND", Absent, "order does not exist, or ended a while ago"),
    Code::new("ORDER_NOT_OWNED", Refused, "order is another's"),
    Code::new("ORDER_PENDING", Refused, "orders are pending"),
    Code::new("ORDER_POC_IMMEDIATE", Refused, "post-only order would have taken"),
    Code::new("POSITION_CROSS_MARGIN", Refused, "position is in cross margin"),
    Code::new("POSITION_DUAL_MODE", Refused, "account is in hedge mode"),
    Code::new("POSITION_EMPTY", Refused, "position holds nothing"),
    Code::new("POSITION_HOLDING", Refused, "position is open"),
    Code::new("POSITION_IN_CLOSE", Refused, "position is being closed"),
    Code::new("POSITION_IN_LIQUIDATION", Refused, "position is being liquidated"),
    Code::new("POSITION_NOT_FOUND", Refused, "position does not exist"),
    Code::new("PRICE_OVER_BANKRUPT", Refused, "price is beyond the bankruptcy price"),
    Code::new(
        "PRICE_OVER_LIQUIDATION",
        Refused,
        "price is beyond the liquidation price",
    ),
    Code::new("PRICE_TOO_DEVIATED", Refused, "price is too far from the mark price"),
    Code::new("READ_ONLY", Denied, "key may only read"),
    Code::new("REDUCE_ONLY", Refused, "order may only reduce, and does not"),
    Code::new("REQUEST_EXPIRED", Clock, "timestamp is too old"),
    Code::new("RISK_LIMIT_EXCEEDED", Refused, "position is above the risk limit"),
    Code::new("SERVER_ERROR", Unknown, "server error"),
    Code::new("SIZE_TOO_LARGE", Refused, "order is too large"),
    Code::new("SIZE_TOO_SMALL", Refused, "order is too small"),
    Code::new("TOO_BUSY", Unknown, "system is busy"),
    Code::new("TOO_FAST", Limited, "too many requests"),
    Code::new("TOO_MANY_ORDERS", Refused, "too many orders"),
    Code::new("TOO_MANY_REQUESTS", Limited, "too many requests"),
    Code::new("USER_NOT_FOUND", Denied, "user has no futures account"),
];

/// Where realised profit is told, by which field, and what it has in it.
pub const PROFITS: &[(&str, &str, ProfitBasis)] = &[
    ("GET /futures/usdt/my_trades", "", ProfitBasis::Untold),
    ("GET /futures/usdt/account_book", "change of pnl", ProfitBasis::Gross),
    ("GET /futures/usdt/position_close", "pnl", ProfitBasis::Net),
    ("push futures.usertrades", "", ProfitBasis::Untold),
];

/// What an answer means for the call that it answers.
pub fn verdict(reply: &Reply<'_>, call: Call) -> Verdict {
    match read::<Fault>("answer", reply.body) {
        Ok(fault) => {
            let class = Code::class_of(CODES.iter().chain(protect::CODES), &fault.label);
            let refusal = Refusal {
                reason: fault.message.or(fault.detail).unwrap_or_default(),
                code: fault.label,
            };
            Verdict::of(class, call, refusal, reply.retry_after)
        }
        Err(_) if reply.is_success() => Verdict::Done,
        Err(_) => reply.by_status(call),
    }
}
