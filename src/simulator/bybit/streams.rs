//! Public topics: what each tells when it is subscribed to, and of each trade.

use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Map, Value, json};

use super::ids;
use super::market::{interval, sides, taker};
use super::ticker::ticker;
use crate::simulator::exchange::{Candle, Exchange, Interval, Ladder, Shift, Trade};

/// Levels of a book that may be subscribed to.
const DEPTHS: [usize; 4] = [1, 50, 200, 1_000];

/// A topic, with what it told last.
#[derive(Debug, Clone)]
pub(super) struct Topic {
    name: String,
    symbol: String,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Trades,
    Ticker(Option<Map<String, Value>>),
    Candles(Interval, String, Option<Candle>),
    Book(usize, Option<Ladder>),
    /// Nobody else is liquidated here.
    Liquidations,
}

/// A message of a topic: `snapshot` or `delta`.
pub(super) struct Message {
    kind: &'static str,
    data: Value,
    /// When what it tells happened; a candle has none beside its own.
    at: Option<i64>,
}

impl Topic {
    /// From its name.
    ///
    /// # Errors
    /// Why there is no such topic, in Bybit's words.
    pub fn parse(name: &str, exchange: &Exchange) -> Result<Self, String> {
        let absent = || format!("error:handler not found,topic:{name}");
        let (head, symbol) = name.rsplit_once('.').ok_or_else(absent)?;
        let (head, more) = head.split_once('.').unwrap_or((head, ""));
        let kind = match head {
            "publicTrade" => Kind::Trades,
            "tickers" => Kind::Ticker(None),
            "allLiquidation" => Kind::Liquidations,
            "kline" => Kind::Candles(interval(more).ok_or_else(absent)?, more.to_owned(), None),
            "orderbook" => {
                let depth = more.parse().ok().filter(|depth| DEPTHS.contains(depth));
                Kind::Book(depth.ok_or_else(absent)?, None)
            }
            _ => return Err(absent()),
        };
        if exchange.market(symbol).is_none() {
            return Err(format!("Invalid symbol :[{name}]"));
        }
        Ok(Self {
            name: name.to_owned(),
            symbol: symbol.to_owned(),
            kind,
        })
    }

    /// Whether it tells of a market.
    pub fn is_of(&self, symbol: &str) -> bool {
        self.symbol == symbol
    }

    /// What it tells at first: a book or a ticker as it stands, once there is a price.
    pub fn first(&mut self, exchange: &Exchange) -> Option<Message> {
        let market = exchange.market(&self.symbol)?;
        match &mut self.kind {
            Kind::Ticker(last) => {
                let told = ticker(exchange, market)?;
                *last = Some(told.clone());
                Some(Message::snapshot(Value::Object(told)))
            }
            Kind::Book(depth, last) => {
                let ladder = exchange.ladder(market, *depth)?;
                let told = book(market, &ladder);
                let at = Some(ladder.at.0);
                *last = Some(ladder);
                Some(Message {
                    at,
                    ..Message::snapshot(told)
                })
            }
            Kind::Trades | Kind::Candles(..) | Kind::Liquidations => None,
        }
    }

    /// What it tells of a trade.
    pub fn of_trade(
        &mut self,
        exchange: &Exchange,
        market: &PaperMarket,
        trade: &Trade,
        now: Timestamp,
    ) -> Vec<Message> {
        match &mut self.kind {
            Kind::Trades => vec![of_trade(market, trade)],
            Kind::Candles(interval, name, last) => {
                let Some(candle) = exchange.candle_now(&market.instrument.symbol, *interval) else {
                    return Vec::new();
                };
                let before = last.replace(candle);
                let over = before.filter(|before| before.bar.opened_at < candle.bar.opened_at);
                let over = over.map(|over| of_candle(&over, name, true, now));
                let told = of_candle(&candle, name, false, now);
                over.into_iter().chain([told]).collect()
            }
            Kind::Ticker(Some(last)) => {
                let Some(next) = ticker(exchange, market) else {
                    return Vec::new();
                };
                let told = difference(last, &next);
                *last = next;
                vec![Message {
                    kind: "delta",
                    ..Message::snapshot(told)
                }]
            }
            Kind::Book(depth, Some(last)) if *depth > 1 => {
                let Some(next) = exchange.ladder(market, *depth) else {
                    return Vec::new();
                };
                if next.number <= last.number {
                    return Vec::new();
                }
                let Shift { bids, asks } = next.since(last);
                let told = book(market, &Ladder { bids, asks, ..next });
                let at = Some(next.at.0);
                *last = next;
                vec![Message {
                    kind: "delta",
                    at,
                    ..Message::snapshot(told)
                }]
            }
            // One level is told whole each time; the others, when there was no price before.
            Kind::Book(..) | Kind::Ticker(None) => self.first(exchange).into_iter().collect(),
            Kind::Liquidations => Vec::new(),
        }
    }
}

impl Message {
    const fn snapshot(data: Value) -> Self {
        Self {
            kind: "snapshot",
            data,
            at: None,
        }
    }

    /// With its topic's name and the time.
    pub fn text(self, topic: &str, now: Timestamp) -> String {
        let mut told = json!({ "topic": topic, "type": self.kind, "ts": now.0, "data": self.data });
        if let Some(at) = self.at {
            told["cts"] = json!(at);
        }
        if topic.starts_with("tickers.") {
            told["cs"] = json!(now.0);
        }
        told.to_string()
    }
}

impl Topic {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn of_trade(market: &PaperMarket, trade: &Trade) -> Message {
    let side = taker(trade);
    Message::snapshot(json!([{
        "T": trade.tick.at.0,
        "s": market.instrument.symbol.as_str(),
        "S": side,
        "v": trade.tick.quantity.to_string(),
        "p": trade.tick.price.to_string(),
        "L": if side == "Buy" { "PlusTick" } else { "MinusTick" },
        "i": ids::trade(trade.number),
        "BT": false,
        "RPI": false,
        "seq": trade.number,
    }]))
}

fn of_candle(candle: &Candle, name: &str, over: bool, now: Timestamp) -> Message {
    let bar = candle.bar;
    Message::snapshot(json!([{
        "start": bar.opened_at.0,
        "end": candle.closes_at.0,
        "interval": name,
        "open": bar.open.to_string(),
        "close": bar.close.to_string(),
        "high": bar.high.to_string(),
        "low": bar.low.to_string(),
        "volume": bar.volume.to_string(),
        "turnover": candle.turnover.to_string(),
        "confirm": over,
        "timestamp": now.0,
    }]))
}

fn book(market: &PaperMarket, ladder: &Ladder) -> Value {
    let mut told = sides(market, ladder);
    told["u"] = json!(ladder.number);
    told["seq"] = json!(ladder.number);
    told
}

/// What is different in the next ticker, and its market.
fn difference(last: &Map<String, Value>, next: &Map<String, Value>) -> Value {
    let changed = next
        .iter()
        .filter(|(name, value)| *name == "symbol" || last.get(*name) != Some(value));
    changed.map(|(name, value)| (name.clone(), value.clone())).collect()
}
