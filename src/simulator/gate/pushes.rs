//! What private channels tell of an account: orders, trades, the balance, positions, and what ended them.

use domain::fixed::Price;
use domain::paper::{PaperFill, PaperPosition};
use domain::user::PositionMode;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::account::{leverage_words, mode_word};
use super::book::{self, Line};
use super::contract::{ASSET, Contract, name_of};
use super::execution::{Execution, executions};
use super::history;
use super::info::RISK_LIMIT;
use super::market::number;
use super::order::{self, price_word};
use super::trigger;
use crate::simulator::exchange::{AccountNews, Exchange, Round, Rounds, Step, StepKind, booked};

/// Something that is told on a channel.
pub(super) struct Row {
    pub channel: &'static str,
    /// Market that it concerns, by Gate's name.
    pub contract: String,
    pub value: Value,
}

/// The private channels.
pub(super) const CHANNELS: [&str; 9] = [
    "futures.orders",
    "futures.usertrades",
    "futures.balances",
    "futures.positions",
    "futures.position_closes",
    "futures.liquidates",
    "futures.auto_deleverages",
    "futures.reduce_risk_limits",
    "futures.autoorders",
];

/// What one commit is told as.
pub(super) fn of_account(exchange: &Exchange, news: &AccountNews, decimal: bool) -> Vec<Row> {
    let trades = executions(fills(news));
    let mut rows: Vec<Row> = news
        .steps
        .iter()
        .flat_map(|step| of_step(exchange, step, &trades, decimal))
        .collect();
    let events = book::events(&booked(fills(news), news.incomes.iter()));
    let lines = book::lines(&events, news.account.balance);
    rows.extend(lines.iter().map(|line| of_line(line, news.account.id.0)));
    for held in &news.positions {
        let turned = held.quantity.is_zero() && news.account.mode == PositionMode::OneWay;
        let is_held = news.account.positions.iter().any(|own| own.symbol == held.symbol);
        if !(turned && is_held) {
            rows.extend(of_position(exchange, news, held, decimal));
        }
    }
    if news.positions.iter().any(|held| held.quantity.is_zero()) {
        rows.extend(of_closed(exchange, news, decimal));
    }
    rows
}

/// The fills of one commit.
fn fills(news: &AccountNews) -> impl Iterator<Item = &PaperFill> {
    news.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Filled(fill) => Some(fill),
        _ => None,
    })
}

/// An order, and the trade that changed it. Of a trade that turned a position both halves are one.
fn of_step(exchange: &Exchange, step: &Step, trades: &[Execution], decimal: bool) -> Vec<Row> {
    let contract = name_of(&step.order.symbol);
    let row = |channel: &'static str, value: Option<Value>| {
        let contract = contract.clone();
        value.map(|value| Row {
            channel,
            contract,
            value,
        })
    };
    if step.order.is_conditional() {
        let mut told = trigger::told(exchange, &step.order, decimal);
        if let Some(fields) = told.as_mut().and_then(Value::as_object_mut) {
            fields.insert("name".to_owned(), json!("price_autoorders"));
        }
        return row("futures.autoorders", told).into_iter().collect();
    }
    let StepKind::Filled(fill) = &step.kind else {
        return row("futures.orders", of_order(exchange, step, decimal))
            .into_iter()
            .collect();
    };
    let last = |trade: &&Execution| trade.second.as_ref().unwrap_or(&trade.first).number == fill.number;
    let Some(trade) = trades.iter().find(last) else {
        return Vec::new();
    };
    let rows = [
        row("futures.orders", of_order(exchange, step, decimal)),
        row("futures.usertrades", of_trade(exchange, trade, decimal)),
    ];
    rows.into_iter().flatten().collect()
}

fn price_number(price: Option<Price>) -> Value {
    number(&price_word(price))
}

fn of_order(exchange: &Exchange, step: &Step, decimal: bool) -> Option<Value> {
    let order = &step.order;
    let mut told = order::told(exchange, order, decimal)?;
    let fields = told.as_object_mut()?;
    let word = match step.kind {
        StepKind::New => "_new",
        _ => "_update",
    };
    let market = exchange.market(order.symbol.as_str())?;
    for (name, value) in [
        ("user", json!(order.account.0.to_string())),
        ("create_time", json!(order.placed_at.0 / 1_000)),
        ("create_time_ms", json!(order.placed_at.0)),
        // It is the time of the last change while the order rests.
        ("finish_time", json!(order.updated_at.0 / 1_000)),
        ("finish_time_ms", json!(order.updated_at.0)),
        ("price", price_number(order.limit)),
        ("fill_price", price_number(order.average_price().ok())),
        ("mkfr", number(&market.maker_fee.to_string())),
        ("tkfr", number(&market.taker_fee.to_string())),
        ("refr", json!(0)),
        ("finish_as", json!(order::ended_word(order).unwrap_or(word))),
    ] {
        fields.insert(name.to_owned(), value);
    }
    fields.remove("update_time");
    Some(told)
}

fn of_trade(exchange: &Exchange, trade: &Execution, decimal: bool) -> Option<Value> {
    let first = &trade.first;
    let contract = Contract::of_symbol(exchange, &first.symbol)?;
    let mut told = history::execution(&contract, trade, decimal);
    let fields = told.as_object_mut()?;
    for (name, value) in [
        ("id", json!(first.number.to_string())),
        ("create_time", json!(first.at.0 / 1_000)),
        ("create_time_ms", json!(first.at.0)),
        ("fee", number(&trade.fee.to_string())),
        ("point_fee", json!(0)),
    ] {
        fields.insert(name.to_owned(), value);
    }
    Some(told)
}

fn of_line(line: &Line, user: i64) -> Row {
    let value = json!({
        "balance": number(&line.balance.to_string()),
        "change": number(&line.change.to_string()),
        "text": line.text,
        "time": line.at.0 / 1_000,
        "time_ms": line.at.0,
        "type": line.kind,
        "user": user.to_string(),
        "currency": ASSET.to_ascii_lowercase(),
    });
    Row {
        channel: "futures.balances",
        contract: name_of(&line.symbol),
        value,
    }
}

fn of_position(exchange: &Exchange, news: &AccountNews, held: &PaperPosition, decimal: bool) -> Option<Row> {
    let contract = Contract::of_symbol(exchange, &held.symbol)?;
    let (market, account) = (contract.market, &news.account);
    let (leverage, limit) = leverage_words(held.margin_mode, held.leverage);
    let entry = held.entry_price().ok().filter(|_| held.quantity.is_positive());
    let last = exchange.last(&held.symbol).map(|trade| trade.tick);
    let at = last.map_or_else(|| exchange.market_now(), |tick| tick.at.max(held.opened_at));
    let value = json!({
        "contract": contract.name(),
        "cross_leverage_limit": number(&limit),
        "entry_price": price_number(entry),
        "history_pnl": 0,
        "history_point": 0,
        "last_close_pnl": 0,
        "leverage": number(&leverage),
        "leverage_max": market.instrument.max_leverage,
        "liq_price": 0,
        "maintenance_rate": number(&market.maintenance.to_string()),
        "margin": number(&held.margin.to_string()),
        "mark_price": price_number(last.map(|tick| tick.price)),
        "mode": mode_word(account.mode, held.side),
        "realised_pnl": 0,
        "realised_point": 0,
        "risk_limit": RISK_LIMIT,
        "size": contract.signed(held.quantity, held.side.opening(), decimal),
        "time": at.0 / 1_000,
        "time_ms": at.0,
        "update_id": account.last_fill,
        "user": account.id.0.to_string(),
    });
    Some(Row {
        channel: "futures.positions",
        contract: contract.name(),
        value,
    })
}

/// The rounds that ended with this commit.
fn of_closed(exchange: &Exchange, news: &AccountNews, decimal: bool) -> Vec<Row> {
    let rounds = exchange.history(news.account.id, |history| {
        Rounds::of(&book::past(history, &news.account))
    });
    let numbers: Vec<i64> = fills(news).map(|fill| fill.number).collect();
    let own = rounds.over.iter().filter(|round| numbers.contains(&round.last.number));
    own.flat_map(|round| of_round(exchange, round, decimal)).collect()
}

fn of_round(exchange: &Exchange, round: &Round, decimal: bool) -> Vec<Row> {
    let Some(contract) = Contract::of_symbol(exchange, &round.symbol) else {
        return Vec::new();
    };
    let fill = &round.last;
    let user = fill.account.0.to_string();
    let row = |channel: &'static str, value: Value| Row {
        channel,
        contract: contract.name(),
        value,
    };
    let mut rows = Vec::new();
    if fill.cause == FillCause::Liquidation {
        let size = contract.signed(fill.quantity, fill.action, decimal);
        let price = price_number(Some(fill.price));
        let told = json!({
            "contract": contract.name(),
            "entry_price": price_number(Some(round.entry())),
            "fill_price": price,
            "left": super::contract::told(rust_decimal::Decimal::ZERO, decimal),
            "leverage": 0,
            "liq_price": price,
            "margin": 0,
            "mark_price": price,
            "order_id": fill.order,
            "order_price": price,
            "order_size": size,
            "size": size,
            "time": fill.at.0 / 1_000,
            "time_ms": fill.at.0,
            "user": user,
        });
        rows.push(row("futures.liquidates", told));
    }
    let told = json!({
        "contract": contract.name(),
        "pnl": number(&round.net().to_string()),
        "side": round.side.as_str(),
        "text": order::text_of(fill.client_id.as_ref()),
        "time": fill.at.0 / 1_000,
        "time_ms": fill.at.0,
        "user": user,
    });
    rows.push(row("futures.position_closes", told));
    rows
}
