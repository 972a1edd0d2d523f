//! Market streams: what each tells of a trade, and what some tell every so often.

use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::market::{change, interval, sides};
use super::order::price_word;
use crate::simulator::exchange::{Exchange, Interval, Shift, Trade, next_funding};

/// A stream by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stream {
    /// Of one market, by its name in capitals.
    One(String, Kind),
    /// Of all markets.
    All(Kind),
}

/// What a stream tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    AggTrade,
    Trade,
    BookTicker,
    Kline(Interval, &'static str),
    /// Changes of the book.
    Depth,
    /// So many levels of the book.
    Levels(usize),
    MiniTicker,
    Ticker,
    /// Every so many seconds.
    MarkPrice(i64),
}

const KLINES: [&str; 14] = [
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w",
];

impl Stream {
    /// From its name; `None` for a name that tells nothing here.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(rest) = name.strip_prefix('!') {
            return Some(Self::All(match rest {
                "bookTicker" => Kind::BookTicker,
                "miniTicker@arr" => Kind::MiniTicker,
                "ticker@arr" => Kind::Ticker,
                "markPrice@arr" => Kind::MarkPrice(3),
                "markPrice@arr@1s" => Kind::MarkPrice(1),
                _ => return None,
            }));
        }
        let (symbol, rest) = name.split_once('@')?;
        Some(Self::One(symbol.to_ascii_uppercase(), Kind::parse(rest)?))
    }

    /// What it tells of a market, and how; `None` when it does not tell of this market.
    pub fn of(&self, symbol: &str) -> Option<Kind> {
        match self {
            Self::One(own, kind) if own == symbol => Some(*kind),
            Self::One(..) => None,
            Self::All(kind) => Some(*kind),
        }
    }
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        let (head, speed) = text.split_once('@').unwrap_or((text, ""));
        Some(match head {
            "aggTrade" => Self::AggTrade,
            "trade" => Self::Trade,
            "bookTicker" => Self::BookTicker,
            "miniTicker" => Self::MiniTicker,
            "ticker" => Self::Ticker,
            "markPrice" if speed == "1s" => Self::MarkPrice(1),
            "markPrice" => Self::MarkPrice(3),
            "depth" => Self::Depth,
            "depth5" => Self::Levels(5),
            "depth10" => Self::Levels(10),
            "depth20" => Self::Levels(20),
            _ => {
                let length = head.strip_prefix("kline_")?;
                let name = KLINES.into_iter().find(|name| *name == length)?;
                Self::Kline(interval(name)?, name)
            }
        })
    }

    /// Whether it tells every so often instead of with every trade.
    pub const fn period(self) -> Option<i64> {
        match self {
            Self::MarkPrice(seconds) => Some(seconds),
            Self::MiniTicker | Self::Ticker => Some(1),
            _ => None,
        }
    }
}

/// What a stream tells of a trade.
pub(super) fn of_trade(
    exchange: &Exchange,
    market: &PaperMarket,
    trade: &Trade,
    kind: Kind,
    now: Timestamp,
) -> Option<Value> {
    let symbol = market.instrument.symbol.as_str();
    let tick = trade.tick;
    let (price, quantity) = (tick.price.to_string(), tick.quantity.to_string());
    Some(match kind {
        Kind::AggTrade => json!({
            "e": "aggTrade", "E": now.0, "s": symbol, "a": trade.number, "p": price, "q": quantity, "nq": quantity,
            "f": trade.number, "l": trade.number, "T": tick.at.0, "m": trade.buyer_rested,
        }),
        Kind::Trade => json!({
            "e": "trade", "E": now.0, "T": tick.at.0, "s": symbol, "t": trade.number, "p": price, "q": quantity,
            "X": "MARKET", "m": trade.buyer_rested,
        }),
        Kind::BookTicker => {
            let ladder = exchange.ladder(market, 1)?;
            let [(bid, bids), (ask, asks)] = ladder.best()?;
            json!({
                "e": "bookTicker", "u": trade.number, "E": now.0, "T": tick.at.0, "s": symbol,
                "b": bid.to_string(), "B": bids.to_string(), "a": ask.to_string(), "A": asks.to_string(),
            })
        }
        Kind::Kline(interval, name) => of_candle(exchange, market, trade, (interval, name), now)?,
        Kind::Depth => {
            let before = exchange.trades(&market.instrument.symbol, Some(trade.number - 1), 1);
            let before = before.first().unwrap_or(trade);
            let shift = Shift::between(market, before.tick.price, tick.price)?;
            book(symbol, trade, now, &shift)
        }
        Kind::Levels(count) => {
            let ladder = exchange.ladder(market, count)?;
            let (bids, asks) = (ladder.bids, ladder.asks);
            book(symbol, trade, now, &Shift { bids, asks })
        }
        Kind::MiniTicker | Kind::Ticker | Kind::MarkPrice(_) => return None,
    })
}

fn book(symbol: &str, trade: &Trade, now: Timestamp, shift: &Shift) -> Value {
    let ladder = crate::simulator::exchange::Ladder {
        number: trade.number,
        bids: shift.bids.clone(),
        asks: shift.asks.clone(),
        at: trade.tick.at,
    };
    let (bids, asks) = sides(&ladder);
    // Ids overlap by one, so that the event after a snapshot begins at or before it.
    json!({
        "e": "depthUpdate", "E": now.0, "T": trade.tick.at.0, "s": symbol, "U": trade.number - 1, "u": trade.number,
        "pu": trade.number - 1, "b": bids, "a": asks,
    })
}

fn of_candle(
    exchange: &Exchange,
    market: &PaperMarket,
    trade: &Trade,
    (interval, name): (Interval, &str),
    now: Timestamp,
) -> Option<Value> {
    let symbol = market.instrument.symbol.as_str();
    let candle = exchange.candle_now(&market.instrument.symbol, interval)?;
    let bar = candle.bar;
    Some(json!({
        "e": "kline", "E": now.0, "s": symbol,
        "k": {
            "t": bar.opened_at.0, "T": candle.closes_at.0, "s": symbol, "i": name,
            "f": trade.number, "L": trade.number,
            "o": bar.open.to_string(), "c": bar.close.to_string(), "h": bar.high.to_string(), "l": bar.low.to_string(),
            "v": bar.volume.to_string(), "n": 1, "x": false, "q": candle.turnover.to_string(),
            "V": "0", "Q": "0", "B": "0",
        },
    }))
}

/// What a stream tells every so often.
pub(super) fn of_time(exchange: &Exchange, market: &PaperMarket, kind: Kind, now: Timestamp) -> Option<Value> {
    let symbol = market.instrument.symbol.as_str();
    match kind {
        Kind::MarkPrice(_) => {
            let price = price_word(exchange.last(&market.instrument.symbol).map(|trade| trade.tick.price));
            Some(json!({
                "e": "markPriceUpdate", "E": now.0, "s": symbol, "p": price, "i": price, "P": price,
                "r": market.funding_rate.to_string(), "T": next_funding(market, exchange.market_now()).0,
            }))
        }
        Kind::MiniTicker | Kind::Ticker => {
            let day = exchange.day(market)?;
            let (bar, tick) = (day.candle.bar, day.last.tick);
            let mut told = json!({
                "e": "24hrMiniTicker", "E": now.0, "s": symbol, "c": tick.price.to_string(), "o": bar.open.to_string(),
                "h": bar.high.to_string(), "l": bar.low.to_string(), "v": bar.volume.to_string(),
                "q": day.candle.turnover.to_string(),
            });
            if let (Kind::Ticker, Some(fields)) = (kind, told.as_object_mut()) {
                let (change, percent) = change(&day);
                for (name, value) in [
                    ("e", json!("24hrTicker")),
                    ("p", json!(change.to_string())),
                    ("P", json!(percent)),
                    ("w", json!(day.average().to_string())),
                    ("Q", json!(tick.quantity.to_string())),
                    ("O", json!(bar.opened_at.0)),
                    ("C", json!(tick.at.0)),
                    ("F", json!(day.last.number)),
                    ("L", json!(day.last.number)),
                    ("n", json!(1)),
                ] {
                    fields.insert(name.to_owned(), value);
                }
            }
            Some(told)
        }
        _ => None,
    }
}
