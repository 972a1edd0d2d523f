//! What Bitget's answers mean, code by code.
//!
//! Source: <https://www.bitget.com/api-doc/contract/error-code/restapi>.

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Clock, Denied, Duplicate, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::protect;
use super::wire::Answer;

/// Every code that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new("429", Limited, "too many requests"),
    Code::new("22001", Absent, "no order to cancel"),
    Code::new("22002", Refused, "no position to close"),
    Code::new("40001", Denied, "key is missing"),
    Code::new("40002", Denied, "signature is missing"),
    Code::new("40003", Denied, "timestamp is missing"),
    Code::new("40005", Clock, "timestamp is not valid"),
    Code::new("40006", Denied, "key is not valid"),
    Code::new("40007", Refused, "content type is wrong"),
    Code::new("40008", Clock, "timestamp is too old"),
    Code::new("40009", Denied, "signature is not valid"),
    Code::new("40010", Unknown, "request timed out"),
    Code::new("40011", Denied, "passphrase is missing"),
    Code::new("40012", Denied, "key or passphrase is wrong"),
    Code::new("40013", Denied, "account is not in a state to trade"),
    Code::new("40014", Denied, "key lacks the right"),
    Code::new("40015", Unknown, "system is abnormal"),
    Code::new("40017", Refused, "parameter is wrong"),
    Code::new("40018", Denied, "address is not allowed"),
    Code::new("40019", Refused, "parameter is empty"),
    Code::new("40020", Refused, "parameter is wrong"),
    Code::new("40022", Denied, "account is restricted"),
    Code::new("40024", Denied, "account is frozen"),
    Code::new("40026", Denied, "user is disabled"),
    Code::new("40034", Refused, "parameter or market does not exist"),
    Code::new("40036", Denied, "passphrase is wrong"),
    Code::new("40037", Denied, "key does not exist"),
    Code::new("40038", Denied, "address is not on the white list"),
    Code::new("40109", Absent, "order does not exist"),
    Code::new("40200", Unknown, "server is being upgraded"),
    Code::new("40301", Denied, "right is missing"),
    Code::new("40305", Refused, "client order id is not allowed"),
    Code::new("40404", Refused, "path does not exist"),
    Code::new("40409", Refused, "format is wrong"),
    Code::new("40710", Denied, "account is not in a state to trade"),
    Code::new("40712", Refused, "margin is not enough"),
    Code::new("40724", Refused, "parameter is empty"),
    Code::new("40725", Unknown, "the service inside returned an error"),
    Code::new("40754", Refused, "balance is not enough"),
    Code::new("40755", Refused, "position is not enough"),
    Code::new("40757", Refused, "position is not enough"),
    Code::new("40758", Refused, "position that is not locked is not enough"),
    Code::new("40760", Denied, "account is not in a state to trade"),
    Code::new("40761", Refused, "too many open orders"),
    Code::new("40762", Refused, "order is larger than may be opened"),
    Code::new("40768", Absent, "order does not exist"),
    Code::new("40774", Refused, "order does not match the position mode"),
    Code::new("40786", Duplicate, "client order id is on record"),
    Code::new("40797", Refused, "leverage is above the maximum"),
    Code::new("40800", Refused, "margin is not enough"),
    Code::new("40920", Refused, "position mode cannot change with positions or orders"),
    Code::new("43001", Absent, "order does not exist"),
    Code::new("43004", Absent, "no order to cancel"),
    Code::new("43006", Refused, "quantity is below the minimum"),
    Code::new("43011", Refused, "parameter is wrong"),
    Code::new("43012", Refused, "balance is not enough"),
    Code::new("43118", Duplicate, "client order id is on record"),
    Code::new("45001", Unknown, "unknown error"),
    Code::new("45110", Refused, "notional is below the minimum"),
    Code::new("45115", Refused, "price is no multiple of the tick"),
];

/// Where realised profit is told, by which field, and what it has in it.
pub const PROFITS: &[(&str, &str, ProfitBasis)] = &[
    ("GET /api/v2/mix/order/fills", "profit", ProfitBasis::Gross),
    ("GET /api/v2/mix/account/bill", "amount", ProfitBasis::Gross),
    (
        "GET /api/v2/mix/position/history-position",
        "netProfit",
        ProfitBasis::Net,
    ),
    ("push orders", "pnl", ProfitBasis::Gross),
    ("push fill", "profit", ProfitBasis::Gross),
];

/// What an answer means for the call that it answers.
pub fn verdict(reply: &Reply<'_>, call: Call) -> Verdict {
    match read::<Answer<'_>>("answer", reply.body) {
        Ok(answer) if answer.code.0 == "00000" => {
            if reply.is_success() {
                Verdict::Done
            } else {
                reply.by_status(call)
            }
        }
        Ok(answer) => {
            let refusal = Refusal {
                code: answer.code.0,
                reason: answer.msg.unwrap_or_default(),
            };
            let class = Code::class_of(CODES.iter().chain(protect::CODES), &refusal.code);
            Verdict::of(class, call, refusal, reply.retry_after)
        }
        Err(_) if reply.is_success() => Verdict::unknown("an answer that is not the venue's"),
        Err(_) => reply.by_status(call),
    }
}
