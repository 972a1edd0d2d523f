//! Endpoints of public market data: book, candles, trades, funding rates.

use domain::fixed::{Price, Quantity};
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::contract::Contract;
use super::params::contract;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Candle, Interval, Trade, fundings};

/// Lengths of candles; those of ten seconds and of thirty days are not served.
const INTERVALS: [&str; 9] = ["1m", "5m", "15m", "30m", "1h", "4h", "8h", "1d", "7d"];

/// An interval that Gate has, with its name.
pub(super) fn interval(text: &str) -> Option<(&'static str, Interval)> {
    let name = INTERVALS.into_iter().find(|name| *name == text)?;
    Some((name, Interval::parse(name)?))
}

/// Two objects as one.
pub(super) fn joined(mut one: Value, other: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (one.as_object_mut(), other) {
        fields.extend(more);
    }
    one
}

/// A JSON number that is written as this text.
pub(super) fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// A time in seconds, with its milliseconds behind the point.
pub(super) fn seconds(at: Timestamp) -> Value {
    number(&seconds_word(at))
}

/// The same as text.
pub(super) fn seconds_word(at: Timestamp) -> String {
    format!("{}.{:03}", at.0.div_euclid(1_000), at.0.rem_euclid(1_000))
}

fn no_price() -> Problem {
    Problem::bad("CONTRACT_NO_COUNTER", "No orders in this contract")
}

/// The levels of one side of a book.
pub(super) fn levels(contract: &Contract<'_>, side: &[(Price, Quantity)], decimal: bool) -> Value {
    let told = side
        .iter()
        .map(|(price, quantity)| json!({ "p": price.to_string(), "s": contract.size(*quantity, decimal) }));
    told.collect()
}

/// `GET /futures/usdt/order_book`.
pub(super) async fn order_book(call: &Call<'_>) -> Told {
    let contract = contract(&call.params, call.exchange)?;
    let limit = call.params.limit(10, 300)?;
    let ladder = call.exchange.ladder(contract.market, limit).ok_or_else(no_price)?;
    let mut told = json!({
        "current": seconds(call.asked.now),
        "update": seconds(ladder.at),
        "asks": levels(&contract, &ladder.asks, call.decimal()),
        "bids": levels(&contract, &ladder.bids, call.decimal()),
    });
    if call.params.flag("with_id")?
        && let Some(fields) = told.as_object_mut()
    {
        fields.insert("id".to_owned(), json!(ladder.number));
    }
    Ok(told)
}

/// A candle's prices, by the names that they have here.
pub(super) fn candle(candle: &Candle) -> Value {
    let bar = candle.bar;
    json!({
        "t": bar.opened_at.0 / 1_000,
        "o": bar.open.to_string(),
        "h": bar.high.to_string(),
        "l": bar.low.to_string(),
        "c": bar.close.to_string(),
    })
}

/// `GET /futures/usdt/candlesticks`; before the name of a contract may stand `mark_` or `index_`, which have no volume.
pub(super) async fn candlesticks(call: &Call<'_>) -> Told {
    let name = call.params.need("contract")?;
    let plain = ["mark_", "index_"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let contract = Contract::named(call.exchange, plain.unwrap_or(name)).ok_or_else(Problem::contract)?;
    let (_, interval) =
        interval(call.params.get("interval").unwrap_or("5m")).ok_or_else(|| Problem::value("interval"))?;
    let limit = call.params.limit(100, 2_000)?;
    let (from, to) = call.params.span()?;
    let mut candles = call.exchange.candles(contract.symbol(), interval);
    candles.retain(|candle| (from..=to).contains(&candle.bar.opened_at.0));
    let skipped = if call.params.has("from") {
        0
    } else {
        candles.len().saturating_sub(limit)
    };
    let limit = if call.params.has("from") { 2_000 } else { limit };
    let told = candles.iter().skip(skipped).take(limit).map(|one| {
        let mut told = candle(one);
        if let Some(fields) = told.as_object_mut().filter(|_| plain.is_none()) {
            fields.insert("v".to_owned(), contract.size(one.bar.volume, call.decimal()));
            fields.insert("sum".to_owned(), json!(one.turnover.to_string()));
        }
        told
    });
    Ok(told.collect())
}

/// `GET /futures/usdt/trades`, newest first.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    let contract = contract(&call.params, call.exchange)?;
    let (offset, limit) = call.params.page(1_000)?;
    let (from, to) = call.params.span()?;
    let last: i64 = call.params.read_as("last_id")?.unwrap_or(i64::MAX);
    let trades = call.exchange.trades(contract.symbol(), None, usize::MAX);
    let within = trades.iter().rev().filter(|trade| trade.number < last);
    let within = within.filter(|trade| (from..=to).contains(&trade.tick.at.0));
    let told = within.skip(offset).take(limit);
    Ok(told.map(|trade| traded(&contract, trade, call.decimal())).collect())
}

fn traded(contract: &Contract<'_>, trade: &Trade, decimal: bool) -> Value {
    json!({
        "id": trade.number,
        "create_time": seconds(trade.tick.at),
        "create_time_ms": seconds(trade.tick.at),
        "contract": contract.name(),
        "size": contract.traded(trade.tick.quantity, trade.buyer_rested, decimal),
        "price": trade.tick.price.to_string(),
    })
}

/// `GET /futures/usdt/funding_rate`, newest first: the rate is the same at each funding.
pub(super) async fn funding_rate(call: &Call<'_>) -> Told {
    let contract = contract(&call.params, call.exchange)?;
    let limit = call.params.limit(100, 1_000)?;
    let (from, to) = call.params.span()?;
    let market = contract.market;
    let now = call.exchange.market_now().0;
    let times = fundings(market, Timestamp(to.min(now))).take_while(|at| at.0 >= from.max(0));
    let told = times
        .take(limit)
        .map(|at| json!({ "t": at.0 / 1_000, "r": market.funding_rate.to_string() }));
    Ok(told.collect())
}
