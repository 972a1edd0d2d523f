//! What the channels of an account tell: orders, executions, positions, balance.

use domain::fixed::{Amount, Rounding};
use domain::paper::{PaperAccount, PaperFill, PaperOrder, PaperPosition};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::channels::Channel;
use super::closed;
use super::history::{done, fee, scope, turnover};
use super::order::{
    self, force_word, is_forced, margin_word, mode_word, only_reduces, pos_side, side_word, status, trade_side,
    type_word,
};
use super::params::COIN;
use super::plan_words;
use crate::simulator::exchange::{AccountNews, Exchange, Step, StepKind};

/// What a channel tells when it is subscribed to: how things stand, where that is what it tells.
pub(super) fn first(exchange: &Exchange, account: &PaperAccount, channel: Channel) -> Option<Value> {
    match channel {
        Channel::Positions => Some(positions(exchange, account)),
        Channel::Account => Some(balance(exchange, account)),
        Channel::Equity => Some(equity(exchange, account)),
        _ => None,
    }
}

/// What a channel tells of one commit: the data of each message.
pub(super) fn then(exchange: &Exchange, news: &AccountNews, channel: Channel) -> Vec<Value> {
    let account = &news.account;
    let plain = news.steps.iter().filter(|step| !step.order.is_conditional());
    let is_moved = !news.positions.is_empty() || !news.incomes.is_empty();
    match channel {
        Channel::Orders => plain.filter_map(|step| of_step(exchange, step, account.mode)).collect(),
        Channel::Plans => {
            let waiting = news.steps.iter().filter(|step| step.order.is_conditional());
            let told = waiting.map(|step| json!([plan_words::pushed(exchange, &step.order, account.mode)]));
            told.collect()
        }
        Channel::Fills => plain.filter_map(|step| of_fill(step, account.mode)).collect(),
        Channel::Positions if is_moved => vec![positions(exchange, account)],
        Channel::Closed => ended(exchange, news),
        Channel::Account if is_moved || !news.steps.is_empty() => vec![balance(exchange, account)],
        Channel::Equity if is_moved || !news.steps.is_empty() => vec![equity(exchange, account)],
        _ => Vec::new(),
    }
}

/// An order that moved, and the execution that moved it. That it has been changed is told as a cancel and a new one.
fn of_step(exchange: &Exchange, step: &Step, mode: PositionMode) -> Option<Value> {
    let fill = match &step.kind {
        StepKind::Filled(fill) => Some(fill),
        StepKind::New | StepKind::Amended | StepKind::Cancelled | StepKind::Expired => None,
        StepKind::Fired => return None,
    };
    let mut told = order_of(exchange, &step.order, mode);
    if let (Some(fields), Some(fill)) = (told.as_object_mut(), fill) {
        for (name, value) in [
            ("baseVolume", json!(fill.quantity.to_string())),
            ("fillPrice", json!(fill.price.to_string())),
            ("fillTime", json!(fill.at.0.to_string())),
            ("fillFee", json!(fill.fee.negated().to_string())),
            ("fillFeeCoin", json!(COIN)),
            ("fillNotionalUsd", json!(turnover(fill))),
            ("pnl", json!(fill.realised.to_string())),
            ("tradeId", json!(fill.number.to_string())),
            ("tradeScope", json!(if fill.maker { "M" } else { "T" })),
            ("uTime", json!(fill.at.0.to_string())),
            (
                "feeDetail",
                json!([{ "feeCoin": COIN, "fee": fill.fee.negated().to_string() }]),
            ),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    Some(json!([told]))
}

fn order_of(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    let market = exchange.market(order.symbol.as_str());
    let price = order.limit.unwrap_or_default();
    let notional = price.notional(order.quantity, Rounding::HalfUp).unwrap_or(Amount::ZERO);
    let average = order::average(order, market);
    json!({
        "instId": order.symbol.as_str(),
        "orderId": order.number.to_string(),
        "clientOid": order::client_word(order),
        "size": order.quantity.to_string(),
        "price": price.to_string(),
        "notionalUsd": notional.max(order.spent).to_string(),
        "orderType": type_word(order),
        "force": force_word(order),
        "side": side_word(order.action, order.position_side, mode),
        "posSide": pos_side(order.position_side, mode),
        "posMode": mode_word(mode),
        "tradeSide": trade_side(order.action, order.position_side, is_forced(order), mode),
        "marginMode": margin_word(order.margin_mode),
        "marginCoin": COIN,
        "reduceOnly": if only_reduces(order, mode) { "yes" } else { "no" },
        "accBaseVolume": order.filled.to_string(),
        "priceAvg": if average.is_empty() { "0" } else { &average },
        "status": status(order),
        "cancelReason": if status(order) == "canceled" { "normal_cancel" } else { "" },
        "leverage": order.leverage.to_string(),
        "feeDetail": [],
        "enterPointSource": if is_forced(order) { "SYS" } else { "API" },
        "cTime": order.placed_at.0.to_string(),
        "uTime": order.updated_at.0.to_string(),
    })
}

/// An execution; its `side` is the trade's own, in both position modes.
fn of_fill(step: &Step, mode: PositionMode) -> Option<Value> {
    let StepKind::Filled(fill) = &step.kind else {
        return None;
    };
    Some(json!([fill_of(fill, &step.order, mode)]))
}

fn fill_of(fill: &PaperFill, order: &PaperOrder, mode: PositionMode) -> Value {
    json!({
        "orderId": fill.order.to_string(),
        "clientOid": order::client_word(order),
        "tradeId": fill.number.to_string(),
        "symbol": fill.symbol.as_str(),
        "side": fill.action.as_str(),
        "orderType": type_word(order),
        "posMode": mode_word(mode),
        "price": fill.price.to_string(),
        "baseVolume": fill.quantity.to_string(),
        "quoteVolume": turnover(fill),
        "profit": fill.realised.to_string(),
        "tradeSide": done(fill, mode),
        "tradeScope": scope(fill),
        "feeDetail": [fee(fill)],
        "cTime": fill.at.0.to_string(),
        "uTime": fill.at.0.to_string(),
    })
}

/// All that is held: what is not among it is closed.
fn positions(exchange: &Exchange, account: &PaperAccount) -> Value {
    let held = account.positions.iter();
    held.map(|held| position(exchange, account, held)).collect()
}

fn position(exchange: &Exchange, account: &PaperAccount, held: &PaperPosition) -> Value {
    let market = exchange.market(held.symbol.as_str());
    let rate = market.map(|market| market.maintenance.to_string());
    let entry = held.entry_price().unwrap_or_default();
    let initial = held.initial_margin().unwrap_or_default();
    let margin = if held.margin_mode == MarginMode::Isolated {
        held.margin
    } else {
        initial
    };
    let gain = gain(exchange, held);
    let share = domain::fixed::Ratio::between(gain, initial, Rounding::HalfUp);
    let last = exchange.last(&held.symbol).map(|trade| trade.tick.price);
    json!({
        "posId": format!("{}{}", held.opened_at.0, held.side.as_str().len()),
        "instId": held.symbol.as_str(),
        "marginCoin": COIN,
        "marginSize": margin.to_string(),
        "marginMode": margin_word(held.margin_mode),
        "holdSide": held.side.as_str(),
        "posMode": mode_word(account.mode),
        "total": held.quantity.to_string(),
        "available": held.quantity.to_string(),
        "frozen": "0",
        "openPriceAvg": entry.to_string(),
        "leverage": held.leverage,
        "achievedProfits": "0",
        "unrealizedPL": gain.to_string(),
        "unrealizedPLR": share.unwrap_or_default().to_string(),
        "liquidationPrice": "",
        "keepMarginRate": rate.unwrap_or_default(),
        "markPrice": last.map_or_else(String::new, |price| price.to_string()),
        "marginRate": "",
        "breakEvenPrice": entry.to_string(),
        "totalFee": "",
        "deductedFee": "0",
        "autoMargin": "off",
        "assetMode": "single",
        "cTime": held.opened_at.0.to_string(),
        "uTime": exchange.market_now().0.to_string(),
    })
}

fn gain(exchange: &Exchange, held: &PaperPosition) -> Amount {
    let last = exchange.last(&held.symbol).map(|trade| trade.tick.price);
    last.and_then(|last| held.unrealised(last).ok()).unwrap_or(Amount::ZERO)
}

/// Positions that this commit closed.
fn ended(exchange: &Exchange, news: &AccountNews) -> Vec<Value> {
    let gone: Vec<&PaperPosition> = news.positions.iter().filter(|held| held.quantity.is_zero()).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    exchange.history(news.account.id, |history| {
        let rounds = history.rounds();
        let newest = gone.iter().filter_map(|held| {
            let round = rounds
                .over
                .iter()
                .rev()
                .find(|round| round.is_of(&held.symbol, held.side));
            Some(json!([closed::pushed(history, round?, news.account.mode)]))
        });
        newest.collect()
    })
}

/// Equity, what is not realised, margin that positions hold, and margin that orders hold.
struct Sums {
    equity: Amount,
    unrealised: Amount,
    frozen: Amount,
    free: Amount,
}

fn sums(exchange: &Exchange, account: &PaperAccount) -> Sums {
    let unrealised = Amount::sum(account.positions.iter().map(|held| gain(exchange, held))).unwrap_or_default();
    let equity = account.balance.plus(unrealised).unwrap_or(account.balance);
    let held = account.positions.iter().filter_map(|held| {
        if held.margin_mode == MarginMode::Isolated {
            Some(held.margin)
        } else {
            held.initial_margin().ok()
        }
    });
    let held = Amount::sum(held).unwrap_or_default();
    let resting = account.orders.iter().filter(|order| !order.is_conditional());
    let opening = resting.filter(|order| !only_reduces(order, account.mode));
    let frozen = Amount::sum(opening.filter_map(reserved)).unwrap_or_default();
    let free = equity
        .minus(held)
        .and_then(|rest| rest.minus(frozen))
        .unwrap_or_default();
    Sums {
        equity,
        unrealised,
        frozen,
        free: free.max(Amount::ZERO),
    }
}

/// The margin of an order's unfilled rest.
fn reserved(order: &PaperOrder) -> Option<Amount> {
    let notional = order.limit?.notional(order.rest().ok()?, Rounding::Up).ok()?;
    domain::paper::PaperMarket::initial_margin(notional, order.leverage).ok()
}

fn balance(exchange: &Exchange, account: &PaperAccount) -> Value {
    let sums = sums(exchange, account);
    json!([{
        "marginCoin": COIN,
        "frozen": sums.frozen.to_string(),
        "available": account.balance.to_string(),
        "maxOpenPosAvailable": sums.free.to_string(),
        "maxTransferOut": sums.free.to_string(),
        "equity": sums.equity.to_string(),
        "usdtEquity": sums.equity.to_string(),
        "crossedRiskRate": "0",
        "unrealizedPL": sums.unrealised.to_string(),
        "coupon": "0",
        "assetsMode": "single",
    }])
}

fn equity(exchange: &Exchange, account: &PaperAccount) -> Value {
    let sums = sums(exchange, account);
    json!([{
        "btcEquity": "0",
        "usdtEquity": sums.equity.to_string(),
        "unrealizedPL": sums.unrealised.to_string(),
    }])
}
