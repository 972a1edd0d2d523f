//! What private topics tell of an account: orders, executions, positions, the wallet.

use std::collections::BTreeSet;

use domain::fixed::Amount;
use domain::market::Symbol;
use domain::paper::{PaperIncomeKind, PaperPosition};
use domain::user::PositionMode;
use serde_json::{Value, json};

use super::entry::{self, Entry};
use super::executions::{fill_told, funding_told, size_at};
use super::positions::{self, Slot};
use super::{account, words};
use crate::simulator::exchange::{AccountNews, Exchange, History, Step, StepKind};
use crate::simulator::stillborn::{Stillborn, Stillborns};

/// A topic, and a row of it.
pub(super) type Event = (&'static str, Value);

/// What one commit is told as.
pub(super) fn of_account(exchange: &Exchange, stillborns: &Stillborns, news: &AccountNews) -> Vec<Event> {
    let stillborns = stillborns.of(news.account.id);
    let filled: BTreeSet<i64> = news.steps.iter().filter_map(filled).collect();
    let mut events = exchange.history(news.account.id, |history| {
        let mut events = Vec::new();
        for step in &news.steps {
            // What is filled at once is not told as new before.
            let silent = step.kind == StepKind::New && filled.contains(&step.order.number);
            if !silent {
                events.extend(of_step(exchange, history, &stillborns, news, step));
            }
        }
        for income in news
            .incomes
            .iter()
            .filter(|income| income.kind == PaperIncomeKind::Funding)
        {
            let size = size_at(history, &income.symbol, income.side, income.at);
            let market = exchange.market(income.symbol.as_str());
            events.push(("execution", funding_told(income, size, market)));
        }
        for held in changed(news) {
            events.extend(of_position(exchange, history, news, held).map(|told| ("position", told)));
        }
        events
    });
    if !filled.is_empty() || !news.incomes.is_empty() || !news.positions.is_empty() {
        events.push(("wallet", account::pushed(exchange, &news.account)));
    }
    events
}

fn filled(step: &Step) -> Option<i64> {
    matches!(step.kind, StepKind::Filled(_)).then_some(step.order.number)
}

fn of_step(
    exchange: &Exchange,
    history: &History,
    stillborns: &[Stillborn],
    news: &AccountNews,
    step: &Step,
) -> Vec<Event> {
    let order = &step.order;
    // What a price set off is told by the order that it placed, under the same id.
    if step.kind == StepKind::Fired && order.fired.as_ref().is_some_and(|fired| fired.order.is_some()) {
        return Vec::new();
    }
    let mut entry = Entry::of(history, order);
    entry.reason = entry::numbered(history, stillborns, order.number).and_then(|one| one.reason);
    let mut events = Vec::with_capacity(2);
    let mut fee = entry.fee(history);
    if let StepKind::Filled(fill) = &step.kind {
        let market = exchange.market(order.symbol.as_str());
        let rest = order.rest().unwrap_or_default();
        events.push(("execution", fill_told(fill, Some(&entry), rest, market)));
        // What was filled after this step is in the records already.
        let later = history.fills().rev().take_while(|later| later.number > fill.number);
        let later = later.filter(|later| later.order == order.number).map(|later| later.fee);
        fee = fee.minus(Amount::sum(later).unwrap_or_default()).unwrap_or(fee);
    }
    let mut told = words::order(&entry, news.account.mode, fee);
    told["category"] = json!("linear");
    events.push(("order", told));
    events
}

/// The positions that changed. In one-way mode one that was turned is told as what it is now.
fn changed(news: &AccountNews) -> Vec<&PaperPosition> {
    let turned = |held: &PaperPosition| {
        let other = |symbol: &Symbol| news.account.positions.iter().any(|own| own.symbol == *symbol);
        news.account.mode == PositionMode::OneWay && held.quantity.is_zero() && other(&held.symbol)
    };
    news.positions.iter().filter(|held| !turned(held)).collect()
}

fn of_position(exchange: &Exchange, history: &History, news: &AccountNews, held: &PaperPosition) -> Option<Value> {
    let market = exchange.market(held.symbol.as_str())?;
    let slot = Slot {
        market,
        side: held.side,
        held: Some(held).filter(|held| held.quantity.is_positive()),
        mark: exchange.last(&held.symbol).map(|trade| trade.tick.price),
        liquidation: None,
    };
    Some(positions::told(&slot, &news.account, history))
}

/// The few fields of the fast topic.
pub(super) fn fast(execution: &Value) -> Value {
    let names = [
        "category",
        "symbol",
        "execId",
        "execPrice",
        "execQty",
        "orderId",
        "orderLinkId",
        "side",
        "isMaker",
        "execTime",
        "seq",
    ];
    let fields = names.map(|name| (name.to_owned(), execution[name].clone()));
    Value::Object(serde_json::Map::from_iter(fields))
}
