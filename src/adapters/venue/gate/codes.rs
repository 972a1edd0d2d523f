//! What Gate's answers mean, label by label.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#error-handling>.

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Already, Clock, Denied, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::wire::Fault;

/// Every label that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new("ACCOUNT_EXCEPTION", Unknown, "something is wrong with the account"),
    Code::new("ACCOUNT_LOCKED", Denied, "account is locked"),
    Code::new("AMEND_WITH_STOP", Refused, "order has stops and cannot be changed"),
    Code::new("AUTHENTICATION_FAILED", Denied, "key or signature is not valid"),
    Code::new(
        "AUTO_TRIGGER_PRICE_GREATE_LAST",
        Refused,
        "trigger price is not above the last price",
    ),
    Code::new(
        "AUTO_TRIGGER_PRICE_LESS_LAST",
        Refused,
        "trigger price is not below the last price",
    ),
    Code::new("BAD_REQUEST", Refused, "request is malformed"),
    Code::new("BALANCE_NOT_ENOUGH", Refused, "balance is not enough"),
    Code::new("CLIENT_ID_NOT_FOUND", Absent, "no order has this client order id"),
    Code::new(
        "CONTRACT_IN_DELISTING",
        Refused,
        "market is being delisted and allows reducing only",
    ),
    Code::new("CONTRACT_NOT_FOUND", Refused, "market does not exist"),
    Code::new("CONTRACT_NO_COUNTER", Refused, "no orders in the book"),
    Code::new("FORBIDDEN", Denied, "key lacks the right"),
    Code::new("FUTURES_BALANCE_NOT_ENOUGH", Refused, "balance is not enough"),
    Code::new(
        "INCREASE_POSITION",
        Refused,
        "reduce-only order would grow the position",
    ),
    Code::new("INITIAL_MARGIN_TOO_LOW", Refused, "initial margin is too low"),
    Code::new("INSUFFICIENT_AVAILABLE", Refused, "balance is not enough"),
    Code::new("INTERNAL", Unknown, "internal error"),
    Code::new(
        "INTERNAL_SERVER_ERROR",
        Unknown,
        "server error; known from clients, not from the documents",
    ),
    Code::new("INVALID_ARGUMENT", Refused, "argument is wrong"),
    Code::new("INVALID_CONTENT_TYPE", Refused, "content type is wrong"),
    Code::new("INVALID_CREDENTIALS", Denied, "credentials are not valid"),
    Code::new("INVALID_CURRENCY", Refused, "asset is wrong"),
    Code::new("INVALID_KEY", Denied, "key is not valid"),
    Code::new("INVALID_PARAM_VALUE", Refused, "parameter is wrong"),
    Code::new(
        "INVALID_PRECISION",
        Refused,
        "price or size has too many decimal places",
    ),
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
    Code::new("ORDER_CANCELLED", Refused, "order is cancelled already"),
    Code::new("ORDER_CLOSED", Refused, "order has ended already"),
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
    Code::new("PRICE_THRESHOLD_EXCEEDED", Refused, "price is beyond its threshold"),
    Code::new("PRICE_TOO_DEVIATED", Refused, "price is too far from the mark price"),
    Code::new("QUANTITY_NOT_ENOUGH", Refused, "quantity is not enough"),
    Code::new("READ_ONLY", Denied, "key may only read"),
    Code::new(
        "REDUCE_EXCEEDED",
        Refused,
        "in hedge mode the order would reduce more than is held",
    ),
    Code::new("REDUCE_ONLY", Refused, "order may only reduce, and does not"),
    Code::new("REMOVE_TOO_MUCH", Refused, "margin is more than can be taken away"),
    Code::new("REQUEST_EXPIRED", Clock, "timestamp is too old"),
    Code::new("RISK_LIMIT_EXCEEDED", Refused, "position is above the risk limit"),
    Code::new(
        "RISK_LIMIT_NOT_MULTIPLE",
        Refused,
        "risk limit is no multiple of its step",
    ),
    Code::new("RISK_LIMIT_TOO_HIGH", Refused, "risk limit is above the maximum"),
    Code::new("RISK_LIMIT_TOO_LOW", Refused, "risk limit is below what is held"),
    Code::new("RISK_LIMIT_TOO_lOW", Refused, "the same, as the documents spell it"),
    Code::new("SERVER_ERROR", Unknown, "server error"),
    Code::new(
        "SERVER_TIMEOUT",
        Unknown,
        "the server timed out; known from clients, not from the documents",
    ),
    Code::new("SIZE_TOO_LARGE", Refused, "order is too large"),
    Code::new("SIZE_TOO_SMALL", Refused, "order is too small"),
    Code::new("SUB_ACCOUNT_LOCKED", Denied, "sub-account is locked"),
    Code::new("SUB_ACCOUNT_NOT_FOUND", Denied, "sub-account does not exist"),
    Code::new("TOO_BUSY", Unknown, "system is busy"),
    Code::new("TOO_FAST", Limited, "too many requests"),
    Code::new("TOO_MANY_ORDERS", Refused, "too many orders"),
    Code::new("TOO_MANY_REQUESTS", Limited, "too many requests"),
    Code::new("TRADE_RESTRICTED", Refused, "trading is restricted now"),
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
            let class = Code::class_of(CODES, &fault.label);
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
