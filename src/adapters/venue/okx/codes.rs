//! What OKX's answers mean, code by code.
//!
//! Source: <https://www.okx.com/docs-v5/en/#error-code>.

use std::time::Duration;

use domain::outcome::Refusal;

use super::super::dialect::Class::{Absent, Clock, Denied, Duplicate, Limited, Refused, Unknown};
use super::super::dialect::{Call, Code, ProfitBasis, Reply, Verdict, read};
use super::protect;
use super::wire::{Answer, Item};

/// Every code that is known. What is not here is unknown.
pub const CODES: &[Code] = &[
    Code::new("50000", Refused, "body is empty"),
    Code::new("50001", Unknown, "service is unavailable for now"),
    Code::new("50002", Refused, "body is no JSON"),
    Code::new("50004", Unknown, "endpoint timed out; execution unknown"),
    Code::new("50005", Unknown, "interface is offline"),
    Code::new("50006", Refused, "content type is wrong"),
    Code::new("50007", Denied, "account is blocked"),
    Code::new("50008", Denied, "user does not exist"),
    Code::new("50009", Refused, "account is being liquidated"),
    Code::new("50010", Denied, "user is empty"),
    Code::new("50011", Limited, "too many requests"),
    Code::new("50012", Denied, "account is not in a state to trade"),
    Code::new("50013", Unknown, "system is busy"),
    Code::new("50014", Refused, "parameter is empty"),
    Code::new("50015", Refused, "one of two parameters is needed"),
    Code::new("50016", Refused, "parameters do not match"),
    Code::new("50024", Refused, "parameters exclude each other"),
    Code::new("50025", Refused, "too many items"),
    Code::new("50026", Unknown, "system error"),
    Code::new("50027", Denied, "account is restricted from trading"),
    Code::new("50030", Denied, "no right to this endpoint"),
    Code::new("50035", Denied, "endpoint wants a key that is bound to an address"),
    Code::new("50061", Limited, "too many orders of the account"),
    Code::new("50100", Denied, "interface is frozen"),
    Code::new("50101", Denied, "key is for another environment"),
    Code::new("50102", Clock, "timestamp is too old"),
    Code::new("50103", Denied, "key is missing"),
    Code::new("50104", Denied, "passphrase is missing"),
    Code::new("50105", Denied, "passphrase is wrong"),
    Code::new("50106", Denied, "signature is missing"),
    Code::new("50107", Denied, "timestamp is missing"),
    Code::new("50110", Denied, "address is not on the white list"),
    Code::new("50111", Denied, "key is not valid"),
    Code::new("50112", Clock, "timestamp is not valid"),
    Code::new("50113", Denied, "signature is not valid"),
    Code::new("50114", Denied, "authorisation is not valid"),
    Code::new("50115", Refused, "method is not valid"),
    Code::new("50119", Denied, "key does not exist"),
    Code::new("50120", Denied, "key lacks the right"),
    Code::new("50121", Denied, "address lacks the right"),
    Code::new("51000", Refused, "parameter is wrong"),
    Code::new("51001", Refused, "market does not exist"),
    Code::new("51002", Refused, "market does not match its index"),
    Code::new("51003", Refused, "an order id is needed"),
    Code::new("51004", Refused, "amount is above the tier"),
    Code::new("51005", Refused, "amount is above the limit"),
    Code::new("51006", Refused, "price is out of its range"),
    Code::new("51007", Refused, "amount is below one lot"),
    Code::new("51008", Refused, "balance is not enough"),
    Code::new("51009", Denied, "placing is blocked by the venue"),
    Code::new("51010", Refused, "account mode does not allow it"),
    Code::new("51012", Refused, "token does not exist"),
    Code::new("51015", Refused, "market does not match its kind"),
    Code::new("51016", Duplicate, "client order id is on record"),
    Code::new("51020", Refused, "amount is below the minimum"),
    Code::new("51021", Refused, "market is not listed yet"),
    Code::new("51022", Refused, "market is suspended"),
    Code::new("51023", Refused, "position does not exist"),
    Code::new("51024", Denied, "account is blocked"),
    Code::new("51025", Refused, "too many orders"),
    Code::new("51026", Refused, "market does not match its kind"),
    Code::new("51027", Refused, "market has expired"),
    Code::new("51028", Refused, "market is being delivered"),
    Code::new("51029", Refused, "market is being settled"),
    Code::new("51030", Refused, "funding is being settled"),
    Code::new("51031", Refused, "price is out of its range"),
    Code::new("51101", Refused, "more contracts than may be pending"),
    Code::new("51102", Refused, "more orders than may be pending"),
    Code::new("51103", Refused, "more orders of the market than may be pending"),
    Code::new("51108", Refused, "position is too large to close at once"),
    Code::new("51109", Refused, "no offers in the book"),
    Code::new("51110", Refused, "limit orders only after the auction begins"),
    Code::new("51111", Refused, "too many orders at once"),
    Code::new("51112", Refused, "more than can be closed"),
    Code::new("51115", Refused, "pending closing orders must be cancelled before"),
    Code::new("51116", Refused, "price is above the limit"),
    Code::new("51119", Refused, "balance is not enough"),
    Code::new("51120", Refused, "amount is below the minimum"),
    Code::new("51121", Refused, "amount is no multiple of the lot"),
    Code::new("51122", Refused, "price is below the minimum"),
    Code::new("51127", Refused, "available balance is zero"),
    Code::new("51131", Refused, "balance is not enough"),
    Code::new("51136", Refused, "price is above the limit around the last"),
    Code::new("51137", Refused, "price is above the limit of buy orders"),
    Code::new("51138", Refused, "price is below the limit of sell orders"),
    Code::new("51149", Unknown, "order timed out; its state is to be asked"),
    Code::new("51155", Denied, "compliance rules"),
    Code::new("51169", Refused, "nothing to reduce on this side"),
    Code::new("51170", Refused, "reduce-only order would grow the position"),
    Code::new("51202", Refused, "market order is too large"),
    Code::new("51400", Absent, "order to cancel does not exist"),
    Code::new("51401", Refused, "order is cancelled already"),
    Code::new("51402", Refused, "order is filled already"),
    Code::new("51405", Refused, "no pending orders"),
    Code::new("51410", Refused, "order is being cancelled already"),
    Code::new("51603", Absent, "order does not exist"),
    Code::new("59000", Refused, "setting needs closed positions and no orders"),
    Code::new("59100", Refused, "leverage is too high for the positions"),
    Code::new("59101", Refused, "leverage cannot change with pending orders"),
    Code::new("59102", Refused, "leverage is above the maximum"),
    Code::new("59103", Refused, "leverage is too low for the margin"),
    Code::new("59107", Refused, "leverage cannot change with pending orders"),
    Code::new("59108", Refused, "leverage is too low for the balance"),
    Code::new("59109", Refused, "balance is not enough after the change"),
];

/// Where realised profit is told, by which field, and what it has in it.
pub const PROFITS: &[(&str, &str, ProfitBasis)] = &[
    ("GET /api/v5/trade/fills", "fillPnl", ProfitBasis::Gross),
    ("GET /api/v5/account/bills", "pnl", ProfitBasis::Gross),
    ("GET /api/v5/account/positions-history", "realizedPnl", ProfitBasis::Net),
    ("push orders", "fillPnl", ProfitBasis::Gross),
];

/// Requests are counted in windows of two seconds; no answer says how long to wait.
const WINDOW: Duration = Duration::from_secs(2);

/// What an answer means for the call that it answers.
pub fn verdict(reply: &Reply<'_>, call: Call) -> Verdict {
    let Ok(answer) = read::<Answer<'_>>("answer", reply.body) else {
        return if reply.is_success() {
            Verdict::unknown("an answer that is not the venue's")
        } else {
            reply.by_status(call)
        };
    };
    let items: Vec<Item> = answer
        .data
        .and_then(|data| read("answer", data.get().as_bytes()).ok())
        .unwrap_or_default();
    let is_bad = |item: &&Item| !item.s_code.0.is_empty() && item.s_code.0 != "0";
    let refusal = match (answer.code.0.as_str(), items.iter().find(is_bad)) {
        ("0", None) if reply.is_success() => return Verdict::Done,
        ("0", None) => return reply.by_status(call),
        // `1` and `2` say only that the items say more.
        ("0" | "1" | "2", Some(item)) => Refusal {
            code: item.s_code.0.clone(),
            reason: item.s_msg.clone(),
        },
        _ => Refusal {
            code: answer.code.0.clone(),
            reason: answer.msg,
        },
    };
    let class = Code::class_of(CODES.iter().chain(protect::CODES), &refusal.code);
    Verdict::of(class, call, refusal, reply.retry_after.or(Some(WINDOW)))
}
