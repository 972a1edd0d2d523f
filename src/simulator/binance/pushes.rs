//! What the user stream tells of an account: orders, conditional orders, balances, positions, leverage.

use domain::fixed::Amount;
use domain::paper::{PaperAccount, PaperFill, PaperIncomeKind, PaperOrder, PaperPosition};
use domain::time::Timestamp;
use domain::user::PositionMode;
use serde_json::{Value, json};

use super::info::ASSET;
use super::order::{algo_word, client_word, lasting_word, position_word, price_word, side_word, status, type_word};
use crate::simulator::exchange::{AccountNews, Exchange, Step, StepKind};

/// An event with its name.
pub(super) type Event = (&'static str, Value);

/// What one commit is told as.
pub(super) fn of_account(exchange: &Exchange, news: &AccountNews, now: Timestamp) -> Vec<Event> {
    let mode = news.account.mode;
    let mut events = Vec::new();
    for step in &news.steps {
        if step.order.is_conditional() {
            events.push(("ALGO_UPDATE", of_algo(exchange, step, mode, now)));
            continue;
        }
        events.push(("ORDER_TRADE_UPDATE", of_order(step, mode, now)));
        if let StepKind::Filled(fill) = &step.kind {
            events.push(("TRADE_LITE", of_trade(fill, &step.order, now)));
        }
    }
    let filled = news.steps.iter().any(|step| matches!(step.kind, StepKind::Filled(_)));
    for income in &news.incomes {
        let reason = match income.kind {
            PaperIncomeKind::Funding => "FUNDING_FEE",
            PaperIncomeKind::Insurance => "INSURANCE_CLEAR",
        };
        events.push(("ACCOUNT_UPDATE", of_balance(exchange, news, reason, income.amount, now)));
    }
    if filled {
        events.push(("ACCOUNT_UPDATE", of_balance(exchange, news, "ORDER", Amount::ZERO, now)));
    } else if news.incomes.is_empty() && !news.positions.is_empty() {
        events.push((
            "ACCOUNT_UPDATE",
            of_balance(exchange, news, "MARGIN_TRANSFER", Amount::ZERO, now),
        ));
    }
    events
}

/// Word that a market's leverage was set.
pub(super) fn of_leverage(symbol: &str, leverage: u32, now: Timestamp) -> Event {
    let event = json!({
        "e": "ACCOUNT_CONFIG_UPDATE",
        "E": now.0,
        "T": now.0,
        "ac": { "s": symbol, "l": leverage },
    });
    ("ACCOUNT_CONFIG_UPDATE", event)
}

/// Word that the stream has ended.
pub(super) fn of_expiry(listen_key: &str, now: Timestamp) -> Event {
    let event = json!({ "e": "listenKeyExpired", "E": now.0, "listenKey": listen_key });
    ("listenKeyExpired", event)
}

/// What happened, and the fill when it was one.
fn execution(step: &Step) -> (&'static str, Option<&PaperFill>) {
    match &step.kind {
        StepKind::New => ("NEW", None),
        StepKind::Amended => ("AMENDMENT", None),
        StepKind::Filled(fill) => ("TRADE", Some(fill)),
        StepKind::Cancelled => ("CANCELED", None),
        StepKind::Expired | StepKind::Fired => ("EXPIRED", None),
    }
}

fn of_order(step: &Step, mode: PositionMode, now: Timestamp) -> Value {
    let order = &step.order;
    let (execution, fill) = execution(step);
    let kind = if order.client_id.is_some() {
        type_word(order)
    } else {
        "LIQUIDATION"
    };
    let at = fill.map_or(order.updated_at, |fill| fill.at);
    let mut told = json!({
        "s": order.symbol.as_str(),
        "c": client_word(order),
        "S": side_word(order.action),
        "o": kind,
        "f": lasting_word(order),
        "q": order.quantity.to_string(),
        "p": price_word(order.limit),
        "ap": price_word(order.average_price().ok()),
        "sp": "0",
        "x": execution,
        "X": status(order),
        "i": order.number,
        "l": fill.map_or_else(|| "0".to_owned(), |fill| fill.quantity.to_string()),
        "z": order.filled.to_string(),
        "L": price_word(fill.map(|fill| fill.price)),
        "T": at.0,
        "t": fill.map_or(0, |fill| fill.number),
        "b": "0",
        "a": "0",
        "m": fill.is_some_and(|fill| fill.maker),
        "R": order.reduce_only,
        "wt": "CONTRACT_PRICE",
        "ot": kind,
        "ps": position_word(fill.map_or(order.position_side, |fill| fill.side), mode),
        "cp": order.rules.whole,
        "pP": false,
        "si": 0,
        "ss": 0,
        "rp": fill.map_or(Amount::ZERO, |fill| fill.realised).to_string(),
        "V": "EXPIRE_MAKER",
        "pm": "NONE",
        "gtd": 0,
        "er": "0",
    });
    if let (Some(fields), Some(fill)) = (told.as_object_mut(), fill) {
        fields.insert("N".to_owned(), json!(ASSET));
        fields.insert("n".to_owned(), json!(fill.fee.to_string()));
    }
    json!({ "e": "ORDER_TRADE_UPDATE", "E": now.0, "T": at.0, "o": told })
}

fn of_trade(fill: &PaperFill, order: &PaperOrder, now: Timestamp) -> Value {
    json!({
        "e": "TRADE_LITE",
        "E": now.0,
        "T": fill.at.0,
        "s": fill.symbol.as_str(),
        "q": order.quantity.to_string(),
        "p": price_word(order.limit),
        "m": fill.maker,
        "c": client_word(order),
        "S": side_word(fill.action),
        "L": fill.price.to_string(),
        "l": fill.quantity.to_string(),
        "t": fill.number,
        "i": fill.order,
    })
}

fn of_algo(exchange: &Exchange, step: &Step, mode: PositionMode, now: Timestamp) -> Value {
    let order = &step.order;
    let actual = order.fired.as_ref().and_then(|fired| fired.order);
    let found = exchange.placed_by(order);
    let filled = found
        .as_ref()
        .map_or_else(|| "0".to_owned(), |order| order.filled.to_string());
    let reason = order.fired.as_ref().and_then(|fired| fired.refused.clone());
    json!({
        "e": "ALGO_UPDATE",
        "T": order.updated_at.0,
        "E": now.0,
        "o": {
            "caid": client_word(order),
            "aid": order.number,
            "at": "CONDITIONAL",
            "o": algo_word(order),
            "s": order.symbol.as_str(),
            "S": side_word(order.action),
            "ps": position_word(order.position_side, mode),
            "f": lasting_word(order),
            "q": order.quantity.to_string(),
            "X": super::algo::status(order),
            "ai": actual.map_or_else(String::new, |number| number.to_string()),
            "ap": price_word(found.as_ref().and_then(|order| order.average_price().ok())),
            "aq": filled,
            "act": found.as_ref().map_or("0", type_word),
            "tp": price_word(order.rules.trigger.map(|trigger| trigger.price)),
            "p": price_word(order.limit),
            "V": "EXPIRE_MAKER",
            "wt": "CONTRACT_PRICE",
            "pm": "NONE",
            "cp": order.rules.whole,
            "pP": false,
            "R": order.reduce_only,
            "tt": order.fired.as_ref().map_or(0, |fired| fired.at.0),
            "gtd": 0,
            "rm": reason.unwrap_or_default(),
        },
    })
}

fn of_balance(exchange: &Exchange, news: &AccountNews, reason: &str, paid: Amount, now: Timestamp) -> Value {
    let account = &news.account;
    let isolated = Amount::sum(account.positions.iter().map(|held| held.margin));
    let cross = isolated.and_then(|isolated| account.balance.minus(isolated));
    let positions: Value = news
        .positions
        .iter()
        .map(|held| of_position(exchange, account, held))
        .collect();
    json!({
        "e": "ACCOUNT_UPDATE",
        "E": now.0,
        "T": exchange.market_now().0,
        "a": {
            "m": reason,
            "B": [{
                "a": ASSET,
                "wb": account.balance.to_string(),
                "cw": cross.unwrap_or(account.balance).to_string(),
                "bc": paid.to_string(),
            }],
            "P": positions,
        },
    })
}

fn of_position(exchange: &Exchange, account: &PaperAccount, held: &PaperPosition) -> Value {
    let entry = held.entry_price().ok().filter(|_| held.quantity.is_positive());
    let last = exchange.last(&held.symbol).map(|trade| trade.tick.price);
    let gain = last.and_then(|last| held.unrealised(last).ok()).unwrap_or(Amount::ZERO);
    let sign = match held.side {
        domain::market::Side::Short if held.quantity.is_positive() => "-",
        _ => "",
    };
    json!({
        "s": held.symbol.as_str(),
        "pa": format!("{sign}{}", held.quantity),
        "ep": price_word(entry),
        "bep": price_word(entry),
        "cr": "0",
        "up": gain.to_string(),
        "mt": held.margin_mode.as_str(),
        "iw": held.margin.to_string(),
        "ps": position_word(held.side, account.mode),
    })
}
