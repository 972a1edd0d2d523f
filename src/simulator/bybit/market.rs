//! Endpoints of public market data.

use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::ids;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::ticker::ticker;
use crate::simulator::exchange::{Candle, Interval, Ladder, Trade, fundings as times_of};

/// Lengths of candles, in Bybit's words; its months are not served.
const INTERVALS: [(&str, &str); 12] = [
    ("1", "1m"),
    ("3", "3m"),
    ("5", "5m"),
    ("15", "15m"),
    ("30", "30m"),
    ("60", "1h"),
    ("120", "2h"),
    ("240", "4h"),
    ("360", "6h"),
    ("720", "12h"),
    ("D", "1d"),
    ("W", "1w"),
];

/// A length of candles by its name.
pub(super) fn interval(name: &str) -> Option<Interval> {
    let (_, length) = INTERVALS.iter().find(|(own, _)| *own == name)?;
    Interval::parse(length)
}

/// `GET /v5/market/tickers`.
pub(super) async fn tickers(call: &Call<'_>) -> Told {
    let category = call.params.need("category")?;
    let markets = call.params.markets(call.exchange)?;
    let list: Vec<_> = markets
        .into_iter()
        .filter_map(|market| ticker(call.exchange, market))
        .collect();
    if list.is_empty() && call.params.has("symbol") {
        return Err(no_price());
    }
    Ok(json!({ "category": category, "list": list }).into())
}

/// `GET /v5/market/kline` and its kin; mark and index prices are the last price here, and have no volume.
pub(super) async fn klines(call: &Call<'_>) -> Told {
    call.params.category()?;
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    let interval = interval(call.params.need("interval")?);
    let interval = interval.ok_or_else(|| Problem::new(10001, "Invalid period!"))?;
    let limit = call.params.limit(200, 1_000)?;
    let start: Option<i64> = call.params.read_as("start")?;
    let end: Option<i64> = call.params.read_as("end")?;
    let mut candles = call.exchange.candles(&symbol, interval);
    candles.retain(|candle| {
        let at = candle.bar.opened_at.0;
        start.is_none_or(|start| at >= start) && end.is_none_or(|end| at <= end)
    });
    if start.is_some() && end.is_none() {
        candles.truncate(limit);
    }
    let traded = call.asked.path.ends_with("market/kline");
    let list: Value = candles
        .iter()
        .rev()
        .take(limit)
        .map(|candle| row(candle, traded))
        .collect();
    Ok(json!({ "symbol": symbol.as_str(), "category": "linear", "list": list }).into())
}

fn row(candle: &Candle, traded: bool) -> Value {
    let bar = candle.bar;
    let mut row = vec![
        bar.opened_at.0.to_string(),
        bar.open.to_string(),
        bar.high.to_string(),
        bar.low.to_string(),
        bar.close.to_string(),
    ];
    if traded {
        row.extend([bar.volume.to_string(), candle.turnover.to_string()]);
    }
    json!(row)
}

/// `GET /v5/market/orderbook`.
pub(super) async fn book(call: &Call<'_>) -> Told {
    call.params.category()?;
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(25, 1_000)?;
    let ladder = call.exchange.ladder(market, limit).ok_or_else(no_price)?;
    let mut told = sides(market, &ladder);
    for (name, value) in [
        ("ts", call.asked.now.0),
        ("u", ladder.number),
        ("seq", ladder.number),
        ("cts", ladder.at.0),
    ] {
        told[name] = json!(value);
    }
    Ok(told.into())
}

/// The levels of a book, with its market.
pub(super) fn sides(market: &PaperMarket, ladder: &Ladder) -> Value {
    let told = |levels: &[(domain::fixed::Price, domain::fixed::Quantity)]| {
        let level = levels
            .iter()
            .map(|(price, quantity)| json!([price.to_string(), quantity.to_string()]));
        level.collect::<Value>()
    };
    json!({ "s": market.instrument.symbol.as_str(), "b": told(&ladder.bids), "a": told(&ladder.asks) })
}

/// The side of whoever took.
pub(super) const fn taker(trade: &Trade) -> &'static str {
    super::words::side(trade.taker())
}

/// `GET /v5/market/recent-trade`.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    call.params.category()?;
    let symbol = &call.params.market(call.exchange)?.instrument.symbol;
    let limit = call.params.limit(500, 1_000)?;
    let trades = call.exchange.trades(symbol, None, limit);
    let list = trades.iter().rev().map(|trade| {
        json!({
            "execId": ids::trade(trade.number),
            "symbol": symbol.as_str(),
            "price": trade.tick.price.to_string(),
            "size": trade.tick.quantity.to_string(),
            "side": taker(trade),
            "time": trade.tick.at.0.to_string(),
            "isBlockTrade": false,
            "isRPITrade": false,
            "seq": trade.number.to_string(),
        })
    });
    let list: Value = list.collect();
    Ok(json!({ "category": "linear", "list": list }).into())
}

/// `GET /v5/market/funding/history`: the rate is the same at each funding.
pub(super) async fn fundings(call: &Call<'_>) -> Told {
    call.params.category()?;
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(200, 200)?;
    let start: Option<i64> = call.params.read_as("startTime")?;
    let end: Option<i64> = call.params.read_as("endTime")?;
    if start.is_some() && end.is_none() {
        return Err(Problem::new(10001, "endTime must be passed with startTime"));
    }
    let now = call.exchange.market_now().0;
    let end = end.unwrap_or(now).min(now);
    let times = times_of(market, Timestamp(end)).take_while(|at| at.0 >= start.unwrap_or(0).max(0));
    let list = times.take(limit).map(|at| {
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "fundingRate": market.funding_rate.to_string(),
            "fundingRateTimestamp": at.0.to_string(),
        })
    });
    let list: Value = list.collect();
    Ok(json!({ "category": "linear", "list": list }).into())
}

/// `GET /v5/market/open-interest`: nobody else holds anything here.
pub(super) async fn interest(call: &Call<'_>) -> Told {
    call.params.category()?;
    let symbol = call.params.market(call.exchange)?.instrument.symbol.as_str();
    let list = json!([{ "openInterest": "0", "timestamp": call.exchange.market_now().0.to_string() }]);
    Ok(json!({ "symbol": symbol, "category": "linear", "list": list, "nextPageCursor": "" }).into())
}

fn no_price() -> Problem {
    Problem::new(10001, "Not supported symbols")
}
