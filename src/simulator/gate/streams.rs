//! Public channels: what each tells of a trade, and what some tell every second.

use domain::market::Symbol;
use serde_json::{Value, json};

use super::contract::{Contract, told};
use super::market::{candle, interval, levels};
use super::tickers::ticker;
use crate::simulator::exchange::{Exchange, Interval, Ladder, Trade};

/// A channel of one market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stream {
    pub channel: &'static str,
    pub symbol: Symbol,
    pub kind: Kind,
}

/// What a channel tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Tickers,
    Trades,
    BookTicker,
    /// Changes of so many levels of the book.
    Changes(usize),
    /// So many levels of the book, whole.
    Levels(usize),
    Candles(&'static str, Interval),
}

/// Depths of which changes are told, and of which the whole is.
const CHANGES: [usize; 3] = [20, 50, 100];
const LEVELS: [usize; 6] = [1, 5, 10, 20, 50, 100];

/// The streams that a subscription names.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn named(exchange: &Exchange, channel: &str, payload: &[String]) -> Result<Vec<Stream>, String> {
    let word = |index: usize| payload.get(index).map_or("", String::as_str);
    let depth = |allowed: &[usize], index: usize| {
        let depth = word(index).parse().ok().filter(|depth| allowed.contains(depth));
        depth.ok_or_else(|| format!("invalid level: {}", word(index)))
    };
    let (channel, kind, names) = match channel {
        "futures.tickers" => ("futures.tickers", Kind::Tickers, payload),
        "futures.trades" => ("futures.trades", Kind::Trades, payload),
        "futures.book_ticker" => ("futures.book_ticker", Kind::BookTicker, payload),
        "futures.candlesticks" => {
            let (name, interval) = interval(word(0)).ok_or_else(|| format!("invalid interval: {}", word(0)))?;
            let kind = Kind::Candles(name, interval);
            ("futures.candlesticks", kind, payload.get(1..2).unwrap_or_default())
        }
        "futures.order_book_update" => {
            if !["20ms", "100ms"].contains(&word(1)) {
                return Err(format!("invalid interval: {}", word(1)));
            }
            let depth = if payload.len() > 2 { depth(&CHANGES, 2)? } else { 20 };
            let kind = Kind::Changes(depth);
            ("futures.order_book_update", kind, payload.get(..1).unwrap_or_default())
        }
        "futures.order_book" => {
            let kind = Kind::Levels(depth(&LEVELS, 1)?);
            ("futures.order_book", kind, payload.get(..1).unwrap_or_default())
        }
        other => return Err(format!("unknown channel: {other}")),
    };
    if names.is_empty() {
        return Err("payload must name a contract".to_owned());
    }
    let mut streams = Vec::new();
    for name in names {
        let contract = Contract::named(exchange, name).ok_or_else(|| format!("unknown contract: {name}"))?;
        streams.push(Stream {
            channel,
            symbol: contract.symbol().clone(),
            kind,
        });
    }
    Ok(streams)
}

/// What a channel tells of a trade, with the event's name.
pub(super) fn of_trade(
    exchange: &Exchange,
    contract: &Contract<'_>,
    trade: &Trade,
    kind: Kind,
    decimal: bool,
) -> Vec<(&'static str, Value)> {
    match kind {
        Kind::Tickers => Vec::new(),
        Kind::Trades => vec![("update", traded(contract, trade, decimal))],
        Kind::BookTicker => best(contract, trade, decimal)
            .map(|told| ("update", told))
            .into_iter()
            .collect(),
        Kind::Changes(depth) => {
            let told = changes(exchange, contract, trade, depth, decimal);
            told.map(|told| ("update", told)).into_iter().collect()
        }
        Kind::Levels(depth) => {
            let ladder = Ladder::around(contract.market, trade, depth);
            ladder
                .map(|ladder| ("all", whole(contract, &ladder, decimal)))
                .into_iter()
                .collect()
        }
        Kind::Candles(name, interval) => {
            let told = candles(exchange, contract, trade, (name, interval), decimal);
            vec![("update", Value::Array(told))]
        }
    }
}

fn traded(contract: &Contract<'_>, trade: &Trade, decimal: bool) -> Value {
    let tick = trade.tick;
    json!([{
        "size": contract.traded(tick.quantity, trade.buyer_rested, decimal),
        "id": trade.number,
        "create_time": tick.at.0 / 1_000,
        "create_time_ms": tick.at.0,
        "price": tick.price.to_string(),
        "contract": contract.name(),
    }])
}

fn best(contract: &Contract<'_>, trade: &Trade, decimal: bool) -> Option<Value> {
    let ladder = Ladder::around(contract.market, trade, 1)?;
    let [(bid, bids), (ask, asks)] = ladder.best()?;
    Some(json!({
        "t": trade.tick.at.0,
        "u": trade.number,
        "s": contract.name(),
        "b": bid.to_string(),
        "B": contract.size(bids, decimal),
        "a": ask.to_string(),
        "A": contract.size(asks, decimal),
    }))
}

fn whole(contract: &Contract<'_>, ladder: &Ladder, decimal: bool) -> Value {
    json!({
        "t": ladder.at.0,
        "id": ladder.number,
        "contract": contract.name(),
        "asks": levels(contract, &ladder.asks, decimal),
        "bids": levels(contract, &ladder.bids, decimal),
    })
}

/// What changed among so many levels; those that are no longer among them are told as gone.
fn changes(exchange: &Exchange, contract: &Contract<'_>, trade: &Trade, depth: usize, decimal: bool) -> Option<Value> {
    let before = exchange.trades(contract.symbol(), Some(trade.number - 1), 1);
    let before = Ladder::around(contract.market, before.first().unwrap_or(trade), depth)?;
    let changed = Ladder::around(contract.market, trade, depth)?.since(&before);
    Some(json!({
        "t": trade.tick.at.0,
        "s": contract.name(),
        "U": trade.number,
        "u": trade.number,
        "b": levels(contract, &changed.bids, decimal),
        "a": levels(contract, &changed.asks, decimal),
    }))
}

/// The candle that grows, and before it the one that a trade ended by being later.
fn candles(
    exchange: &Exchange,
    contract: &Contract<'_>,
    trade: &Trade,
    (name, interval): (&str, Interval),
    decimal: bool,
) -> Vec<Value> {
    let symbol = contract.symbol();
    let Some(now) = exchange.candle_now(symbol, interval) else {
        return Vec::new();
    };
    let before = exchange.trades(symbol, Some(trade.number - 1), 1);
    let is_first = before.first().is_some_and(|before| before.tick.at < now.bar.opened_at);
    let ended = is_first
        .then(|| exchange.candles(symbol, interval).into_iter().rev().nth(1))
        .flatten();
    let shown = ended.map(|ended| (ended, true)).into_iter().chain([(now, false)]);
    let told = shown.map(|(one, is_over)| {
        let mut told = candle(&one);
        if let Some(fields) = told.as_object_mut() {
            fields.insert("v".to_owned(), contract.size(one.bar.volume, decimal));
            fields.insert("a".to_owned(), json!(one.turnover.to_string()));
            fields.insert("n".to_owned(), json!(format!("{name}_{}", contract.name())));
            fields.insert("w".to_owned(), json!(is_over));
        }
        told
    });
    told.collect()
}

/// What a channel tells every second.
pub(super) fn of_time(exchange: &Exchange, stream: &Stream, decimal: bool) -> Option<Value> {
    let contract = Contract::of_symbol(exchange, &stream.symbol).filter(|_| stream.kind == Kind::Tickers)?;
    let mut told_ticker = ticker(exchange, &contract, decimal)?;
    if let Some(fields) = told_ticker.as_object_mut() {
        fields.insert("price_type".to_owned(), json!("last"));
        fields.insert("total_size".to_owned(), told(rust_decimal::Decimal::ZERO, decimal));
    }
    Some(json!([told_ticker]))
}
