//! Channels of a socket: what each is called, and what those of a market tell.

use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::book::{self, DEPTH};
use super::day;
use super::market::row;
use crate::simulator::exchange::{Candle, Exchange, Interval, Ladder, Trade, next_funding};

/// Trades and candles that are told at first.
const FIRST: (usize, usize) = (50, 500);

/// A channel by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    /// Trades of a market.
    Trade,
    /// Its day.
    Ticker,
    /// Its candles of one length.
    Candle(Interval),
    /// Its book, whole and then by what changes.
    Book,
    /// So many levels of its book.
    Levels(usize),
    /// One's own orders that do not wait.
    Orders,
    /// One's own conditional orders.
    Plans,
    /// One's own executions.
    Fills,
    /// One's own positions.
    Positions,
    /// Positions of one's own that were closed.
    Closed,
    /// One's own balance.
    Account,
    /// The same in other words.
    Equity,
}

impl Channel {
    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "trade" => Self::Trade,
            "ticker" => Self::Ticker,
            "books" => Self::Book,
            "books1" => Self::Levels(1),
            "books5" => Self::Levels(5),
            "books15" => Self::Levels(15),
            "books50" => Self::Levels(50),
            "orders" => Self::Orders,
            "orders-algo" => Self::Plans,
            "fill" => Self::Fills,
            "positions" => Self::Positions,
            "positions-history" => Self::Closed,
            "account" => Self::Account,
            "equity" => Self::Equity,
            _ => Self::Candle(day::interval(name.strip_prefix("candle")?)?),
        })
    }

    /// Whether it tells of a market, to anybody.
    pub const fn is_public(self) -> bool {
        matches!(
            self,
            Self::Trade | Self::Ticker | Self::Candle(_) | Self::Book | Self::Levels(_)
        )
    }
}

/// What a channel of a market tells at first, but for the book; `None` where there is nothing yet.
pub(super) fn first(exchange: &Exchange, market: &PaperMarket, channel: Channel) -> Option<Value> {
    let symbol = &market.instrument.symbol;
    match channel {
        Channel::Trade => {
            let trades = exchange.trades(symbol, None, FIRST.0);
            Some(trades.iter().rev().map(trade).collect())
        }
        Channel::Ticker => ticker(exchange, market),
        Channel::Levels(count) => Some(json!([book::whole(&exchange.ladder(market, count)?)])),
        Channel::Candle(interval) => {
            let candles = exchange.candles(symbol, interval);
            let skipped = candles.len().saturating_sub(FIRST.1);
            Some(candles.iter().skip(skipped).map(candle).collect())
        }
        _ => None,
    }
}

/// What it tells of a trade, but for the book: how, and what.
pub(super) fn then(
    exchange: &Exchange,
    market: &PaperMarket,
    last: &Trade,
    channel: Channel,
) -> Option<(&'static str, Value)> {
    Some(match channel {
        Channel::Trade => ("update", json!([trade(last)])),
        Channel::Ticker | Channel::Levels(_) => ("snapshot", first(exchange, market, channel)?),
        Channel::Candle(interval) => {
            let now = exchange.candle_now(&market.instrument.symbol, interval)?;
            ("update", json!([candle(&now)]))
        }
        _ => return None,
    })
}

/// The book as deep as it is told whole.
pub(super) fn ladder(exchange: &Exchange, market: &PaperMarket) -> Option<Ladder> {
    exchange.ladder(market, DEPTH)
}

fn trade(trade: &Trade) -> Value {
    json!({
        "ts": trade.tick.at.0.to_string(),
        "price": trade.tick.price.to_string(),
        "size": trade.tick.quantity.to_string(),
        "side": trade.taker().as_str(),
        "tradeId": trade.number.to_string(),
    })
}

/// A candle, with its turnover once more in USDT.
fn candle(candle: &Candle) -> Value {
    let mut row = row(candle);
    row.push(candle.turnover.to_string());
    Value::from(row)
}

fn ticker(exchange: &Exchange, market: &PaperMarket) -> Option<Value> {
    let day = exchange.day(market)?;
    let [(bid, bids), (ask, asks)] = exchange.ladder(market, 1)?.best()?;
    let (bar, tick) = (day.candle.bar, day.last.tick);
    let symbol = market.instrument.symbol.as_str();
    Some(json!([{
        "instId": symbol,
        "lastPr": tick.price.to_string(),
        "bidPr": bid.to_string(),
        "askPr": ask.to_string(),
        "bidSz": bids.to_string(),
        "askSz": asks.to_string(),
        "open24h": bar.open.to_string(),
        "high24h": bar.high.to_string(),
        "low24h": bar.low.to_string(),
        "change24h": day::changed(bar.open, tick.price),
        "fundingRate": market.funding_rate.to_string(),
        "nextFundingTime": next_funding(market, exchange.market_now()).0.to_string(),
        "markPrice": tick.price.to_string(),
        "indexPrice": tick.price.to_string(),
        "holdingAmount": "0",
        "baseVolume": bar.volume.to_string(),
        "quoteVolume": day.candle.turnover.to_string(),
        "openUtc": day.midnight.to_string(),
        "symbolType": "1",
        "symbol": symbol,
        "deliveryPrice": "0",
        "ts": tick.at.0.to_string(),
    }]))
}
