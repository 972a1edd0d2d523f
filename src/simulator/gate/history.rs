//! Endpoints of the past: orders, trades and closed positions, newest first.

use domain::market::Action;
use domain::paper::{PaperFill, PaperOrder};
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::book;
use super::contract::{self, Contract, name_of};
use super::execution::{Execution, executions};
use super::market::{seconds, seconds_word};
use super::order;
use super::params;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Round, Rounds};

/// `GET /futures/usdt/orders`: those that are open, or those that have ended.
pub(super) async fn orders(call: &Call<'_>) -> Told {
    let is_open = match call.params.need("status")? {
        "open" => true,
        "finished" => false,
        _ => return Err(Problem::value("status")),
    };
    let last: i64 = call.params.read_as("last_id")?.unwrap_or(i64::MAX);
    let now = call.exchange.market_now();
    listed(call, |order| {
        order.is_live() == is_open && order.number < last && order::is_told(order, false, now)
    })
}

/// `GET /futures/usdt/orders_timerange`: all that were made in a span of time.
pub(super) async fn orders_by_time(call: &Call<'_>) -> Told {
    let (from, to) = call.params.span()?;
    listed(call, |order| (from..=to).contains(&order.placed_at.0))
}

fn listed(call: &Call<'_>, fits: impl Fn(&PaperOrder) -> bool) -> Told {
    let contracts = params::contracts(&call.params, call.exchange)?;
    let (offset, limit) = call.params.page(100)?;
    let found: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history
            .orders()
            .rev()
            .filter(|order| !order.is_conditional() && fits(order));
        let here = own.filter(|order| contracts.iter().any(|contract| *contract.symbol() == order.symbol));
        here.cloned().collect()
    });
    call.params.page.get_or_init(|| page(offset, limit, found.len()));
    let decimal = call.decimal();
    let told = found.iter().skip(offset).take(limit);
    Ok(told
        .filter_map(|found| order::told(call.exchange, found, decimal))
        .collect())
}

/// Which part of a list is told, and how long the list is.
fn page(offset: usize, limit: usize, total: usize) -> Vec<(&'static str, String)> {
    vec![
        ("x-pagination-limit", limit.to_string()),
        ("x-pagination-offset", offset.to_string()),
        ("x-pagination-total", total.to_string()),
    ]
}

/// `GET /futures/usdt/my_trades`.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    let last: i64 = call.params.read_as("last_id")?.unwrap_or(i64::MAX);
    let order: Option<i64> = call.params.read_as("order")?;
    let fits = |trade: &Execution| trade.first.number < last && order.is_none_or(|order| trade.first.order == order);
    traded(call, fits, "id")
}

/// `GET /futures/usdt/my_trades_timerange`.
pub(super) async fn trades_by_time(call: &Call<'_>) -> Told {
    let (from, to) = call.params.span()?;
    let role = call.params.get("role");
    let fits = |trade: &Execution| {
        (from..=to).contains(&trade.first.at.0) && role.is_none_or(|role| role == role_word(&trade.first))
    };
    traded(call, fits, "trade_id")
}

fn traded(call: &Call<'_>, fits: impl Fn(&Execution) -> bool, id: &str) -> Told {
    let contracts = params::contracts(&call.params, call.exchange)?;
    let (offset, limit) = call.params.page(1_000)?;
    let trades = call.exchange.history(call.id()?, |history| executions(history.fills()));
    let own = trades.iter().rev().filter(|trade| fits(trade));
    let here = own.filter_map(|trade| {
        let of = contracts
            .iter()
            .find(|contract| *contract.symbol() == trade.first.symbol)?;
        Some((trade, of))
    });
    let told = here.skip(offset).take(limit).map(|(trade, contract)| {
        let mut told = execution(contract, trade, call.decimal());
        if let Some(fields) = told.as_object_mut() {
            let number = trade.first.number;
            let number = if id == "id" {
                json!(number)
            } else {
                json!(number.to_string())
            };
            fields.insert(id.to_owned(), number);
            fields.insert("create_time".to_owned(), seconds(trade.first.at));
            fields.insert("fee".to_owned(), json!(trade.fee.to_string()));
            fields.insert("point_fee".to_owned(), json!("0"));
        }
        told
    });
    Ok(told.collect())
}

/// `maker` or `taker`.
pub(super) const fn role_word(fill: &PaperFill) -> &'static str {
    if fill.maker { "maker" } else { "taker" }
}

/// What a trade is told as, asked for or pushed, without its number, time and fee.
pub(super) fn execution(contract: &Contract<'_>, trade: &Execution, decimal: bool) -> Value {
    let first = &trade.first;
    json!({
        "contract": name_of(&first.symbol),
        "order_id": first.order.to_string(),
        "size": contract.signed(trade.quantity, first.action, decimal),
        "close_size": contract.signed(trade.closed, first.action, decimal),
        "price": first.price.to_string(),
        "text": order::text_of(first.client_id.as_ref()),
        "role": role_word(first),
    })
}

/// `GET /futures/usdt/position_close`.
pub(super) async fn closed(call: &Call<'_>) -> Told {
    let contracts = params::contracts(&call.params, call.exchange)?;
    let (offset, limit) = call.params.page(1_000)?;
    let (from, to) = call.params.span()?;
    let side = call.params.get("side");
    let account = call.exchange.account(call.id()?).await?;
    let rounds = call
        .exchange
        .history(account.id, |history| Rounds::of(&book::past(history, &account)));
    let own = rounds.over.iter().rev().filter_map(|round| {
        let contract = contracts.iter().find(|contract| *contract.symbol() == round.symbol)?;
        let at = round.last.at;
        let fits = (from..=to).contains(&at.0) && side.is_none_or(|side| side == round.side.as_str());
        fits.then(|| told(contract, round, at))
    });
    Ok(own.skip(offset).take(limit).collect())
}

fn told(contract: &Contract<'_>, round: &Round, at: Timestamp) -> Value {
    let (entry, exit) = (round.entry().to_string(), round.exit().to_string());
    let is_long = round.side.opening() == Action::Buy;
    let (long, short) = if is_long { (entry, exit) } else { (exit, entry) };
    let text = order::text_of(round.last.client_id.as_ref());
    let size = |quantity| contract::told(contract.count(quantity), true);
    json!({
        "time": super::market::number(&seconds_word(at)),
        "contract": name_of(&round.symbol),
        "side": round.side.as_str(),
        "pnl": round.net().to_string(),
        "pnl_pnl": round.profit.to_string(),
        "pnl_fund": round.funding.to_string(),
        "pnl_fee": round.paid().negated().to_string(),
        "text": text,
        "max_size": size(round.largest),
        "accum_size": size(round.opened.0),
        "first_open_time": round.began.0 / 1_000,
        "long_price": long,
        "short_price": short,
    })
}
