//! What Bybit's answers mean, code by code.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/error>.

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Already, Clock, Denied, Duplicate, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::wire::Answer;

/// Every code that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new("429", Unknown, "the trading service is under high load"),
    Code::new("5004", Unknown, "the server timed out"),
    Code::new("10000", Unknown, "the server timed out"),
    Code::new("10001", Refused, "a parameter is wrong"),
    Code::new("10002", Clock, "timestamp outside the window"),
    Code::new("10003", Denied, "key is not valid"),
    Code::new("10004", Denied, "signature is not valid"),
    Code::new("10005", Denied, "key lacks the right"),
    Code::new("10006", Limited, "too many requests"),
    Code::new("10007", Denied, "user is not authenticated"),
    Code::new("10008", Denied, "user is banned"),
    Code::new("10009", Denied, "address is banned"),
    Code::new("10010", Denied, "address is not bound to the key"),
    Code::new("10014", Duplicate, "the same request once more"),
    Code::new("10016", Unknown, "internal error"),
    Code::new("10017", Refused, "route not found"),
    Code::new("10018", Limited, "too many requests from this address"),
    Code::new("10020", Refused, "only for unified accounts"),
    Code::new("10024", Denied, "compliance rules"),
    Code::new("10027", Denied, "trading is banned"),
    Code::new("10028", Refused, "only for unified accounts"),
    Code::new("10029", Refused, "symbol is not allowed"),
    Code::new("33004", Denied, "key has expired"),
    Code::new("100028", Refused, "not for unified accounts"),
    Code::new("110001", Absent, "order does not exist"),
    Code::new("110003", Refused, "price is out of its range"),
    Code::new("110004", Refused, "wallet balance is not enough"),
    Code::new("110005", Refused, "position is in a state that forbids it"),
    Code::new("110006", Refused, "position margin is not covered"),
    Code::new("110007", Refused, "available balance is not enough"),
    Code::new("110008", Refused, "order has been finished or cancelled"),
    Code::new("110009", Refused, "too many conditional orders"),
    Code::new("110010", Refused, "order has been cancelled"),
    Code::new("110011", Refused, "would be liquidated at once"),
    Code::new("110012", Refused, "available balance is not enough"),
    Code::new("110013", Refused, "leverage is above the risk limit"),
    Code::new("110014", Refused, "available balance is not enough for margin"),
    Code::new("110015", Refused, "position is in cross margin"),
    Code::new("110016", Refused, "quantity is above the risk limit"),
    Code::new("110017", Refused, "order may only reduce, and does not"),
    Code::new("110018", Denied, "user is not valid"),
    Code::new("110019", Refused, "order id is not valid"),
    Code::new("110020", Refused, "too many active orders"),
    Code::new("110021", Refused, "open interest is exceeded"),
    Code::new("110022", Refused, "quantity is limited"),
    Code::new("110023", Refused, "market allows reducing only"),
    Code::new(
        "110024",
        Refused,
        "position mode cannot change while a position is open",
    ),
    Code::new("110025", Already, "position mode is what it was"),
    Code::new("110026", Already, "margin mode is what it was"),
    Code::new("110027", Already, "margin is what it was"),
    Code::new("110028", Refused, "position mode cannot change while orders are open"),
    Code::new("110029", Refused, "hedge mode is not available for this market"),
    Code::new("110030", Duplicate, "order id is on record"),
    Code::new("110031", Refused, "risk limit does not exist"),
    Code::new("110032", Refused, "order is not legal"),
    Code::new("110033", Refused, "margin cannot be set without a position"),
    Code::new("110034", Refused, "there is no net position"),
    Code::new("110036", Refused, "leverage cannot change in cross margin"),
    Code::new("110037", Refused, "market is not in the user's settings"),
    Code::new("110038", Refused, "leverage cannot change with portfolio margin"),
    Code::new("110039", Refused, "maintenance margin is too high"),
    Code::new("110040", Refused, "order would be liquidated at once"),
    Code::new("110041", Refused, "with positions or orders liquidation is not skipped"),
    Code::new("110042", Refused, "market is before delivery and allows reducing only"),
    Code::new("110043", Already, "leverage is what it was"),
    Code::new("110044", Refused, "available margin is not enough"),
    Code::new("110045", Refused, "wallet balance is not enough"),
    Code::new("110046", Refused, "would be liquidated at once"),
    Code::new("110047", Refused, "margin is not enough for the risk limit"),
    Code::new("110048", Refused, "position is above the risk limit"),
    Code::new("110049", Refused, "tick is no number"),
    Code::new("110050", Refused, "coin is not valid"),
    Code::new("110051", Refused, "balance does not cover the lowest price"),
    Code::new("110052", Refused, "balance does not cover the price"),
    Code::new("110053", Refused, "balance does not cover the price range"),
    Code::new("110057", Refused, "kind of order takes no stops of this form"),
    Code::new("110058", Refused, "position is too small for stops"),
    Code::new("110059", Refused, "stops of a partly filled order cannot change"),
    Code::new("110060", Refused, "stops of a whole position cannot change so"),
    Code::new("110061", Refused, "too many stops of parts of a position"),
    Code::new("110062", Refused, "no market maker's profile"),
    Code::new("110063", Refused, "settlement is in progress"),
    Code::new("110064", Refused, "changed quantity is not above what is filled"),
    Code::new("110065", Denied, "market maker protection is not enabled"),
    Code::new("110066", Refused, "no trading now"),
    Code::new("110067", Refused, "not for unified accounts"),
    Code::new("110068", Refused, "leveraged trading is not allowed"),
    Code::new("110069", Denied, "borrowers may not trade"),
    Code::new("110070", Refused, "market cannot be traded"),
    Code::new("110071", Refused, "account is being upgraded"),
    Code::new("110072", Duplicate, "client order id is on record"),
    Code::new("110073", Refused, "margin mode could not be set"),
    Code::new("110074", Refused, "market is not live"),
    Code::new("110076", Refused, "only for isolated margin"),
    Code::new("110077", Refused, "not with portfolio margin"),
    Code::new("110078", Refused, "margin is more than can be taken away"),
    Code::new("110079", Unknown, "order is being worked on"),
    Code::new("110080", Refused, "account is being liquidated"),
    Code::new("110085", Refused, "risk limit of the market has changed"),
    Code::new("110086", Refused, "leverage is above the risk limit"),
    Code::new("110087", Refused, "leverage is above the limit of the loan"),
    Code::new("110088", Denied, "only for unified accounts"),
    Code::new("110089", Refused, "risk limit is above the maximum"),
    Code::new("110090", Refused, "position would be above the limit of the leverage"),
    Code::new("110092", Refused, "trigger price is not above the price"),
    Code::new("110093", Refused, "trigger price is not below the price"),
    Code::new("110094", Refused, "notional is below the minimum"),
    Code::new(
        "110095",
        Refused,
        "orders cannot be made, changed or cancelled during the auction",
    ),
    Code::new(
        "110096",
        Refused,
        "market before its listing allows no portfolio margin",
    ),
    Code::new("110097", Denied, "market before its listing wants a unified account"),
    Code::new("110098", Refused, "limit orders only during the auction"),
    Code::new("110099", Refused, "no stops during the auction"),
    Code::new("110100", Refused, "market before its listing is not in demo trading"),
    Code::new("110103", Refused, "post-only orders only at this stage"),
    Code::new("110118", Refused, "no price for a market order"),
    Code::new("110120", Refused, "price is below the limit"),
    Code::new("110121", Refused, "price is above the limit"),
    Code::new("130000", Refused, "side is not valid"),
    Code::new("170346", Refused, "settlement asset is no collateral"),
    Code::new("3100197", Denied, "account is being upgraded"),
    Code::new("3200403", Refused, "isolated margin allows no such order"),
    Code::new("3400045", Refused, "margin mode could not be set"),
    Code::new("3400139", Refused, "positions and orders are above the risk limit"),
    Code::new("3400214", Unknown, "server error"),
];

/// Where realised profit is told, by which field, and what it has in it.
pub const PROFITS: &[(&str, &str, ProfitBasis)] = &[
    ("GET /v5/execution/list", "execPnl", ProfitBasis::Gross),
    ("GET /v5/account/transaction-log", "cashFlow", ProfitBasis::Gross),
    ("GET /v5/position/closed-pnl", "closedPnl", ProfitBasis::AfterFees),
    ("push execution", "execPnl", ProfitBasis::Gross),
];

/// What an answer means for the call that it answers.
pub fn verdict(reply: &Reply<'_>, call: Call) -> Verdict {
    let Ok(answer) = read::<Answer<'_>>("answer", reply.body) else {
        return if reply.is_success() {
            Verdict::unknown("an answer that is not the venue's")
        } else {
            reply.by_status(call)
        };
    };
    if answer.ret_code == 0 {
        return if reply.is_success() {
            Verdict::Done
        } else {
            reply.by_status(call)
        };
    }
    let code = answer.ret_code.to_string();
    let class = Code::class_of(CODES, &code);
    let reason = answer.ret_msg;
    Verdict::of(class, call, Refusal { code, reason }, reply.retry_after)
}
