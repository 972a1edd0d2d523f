//! Endpoints of public market data.

use domain::fixed::{Price, Ratio, Rounding};
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Day, Exchange, Interval, Ladder, Trade, change as change_of, fundings, next_funding};

/// Depths of a book that may be asked for.
const DEPTHS: [usize; 7] = [5, 10, 20, 50, 100, 500, 1_000];
/// Lengths of candles.
const INTERVALS: [&str; 15] = [
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M",
];

/// An interval that Binance has; its months are not served.
pub(super) fn interval(text: &str) -> Option<Interval> {
    INTERVALS.contains(&text).then(|| Interval::parse(text)).flatten()
}

/// `GET /fapi/v1/depth`.
pub(super) async fn depth(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(500, 1_000)?;
    if !DEPTHS.contains(&limit) {
        return Err(Problem::new(-4021, format!("{limit} is not valid depth limit.")));
    }
    let ladder = call.exchange.ladder(market, limit).ok_or_else(no_price)?;
    let (bids, asks) = sides(&ladder);
    Ok(json!({
        "lastUpdateId": ladder.number,
        "E": call.asked.now.0,
        "T": ladder.at.0,
        "bids": bids,
        "asks": asks,
    }))
}

/// The levels of a book.
pub(super) fn sides(ladder: &Ladder) -> (Value, Value) {
    let told = |levels: &[(Price, domain::fixed::Quantity)]| {
        let level = levels
            .iter()
            .map(|(price, quantity)| json!([price.to_string(), quantity.to_string()]));
        level.collect::<Value>()
    };
    (told(&ladder.bids), told(&ladder.asks))
}

/// `GET /fapi/v1/ticker/price`.
pub(super) async fn price(call: &Call<'_>) -> Told {
    by_market(call, |market| {
        let last = last(call.exchange, market)?;
        let (symbol, tick) = (market.instrument.symbol.as_str(), last.tick);
        Ok(json!({ "symbol": symbol, "price": tick.price.to_string(), "time": tick.at.0 }))
    })
}

/// `GET /fapi/v1/ticker/bookTicker`.
pub(super) async fn book_ticker(call: &Call<'_>) -> Told {
    by_market(call, |market| {
        let ladder = call.exchange.ladder(market, 1).ok_or_else(no_price)?;
        let [(bid, bids), (ask, asks)] = ladder.best().ok_or_else(no_price)?;
        Ok(json!({
            "lastUpdateId": ladder.number,
            "symbol": market.instrument.symbol.as_str(),
            "bidPrice": bid.to_string(),
            "bidQty": bids.to_string(),
            "askPrice": ask.to_string(),
            "askQty": asks.to_string(),
            "time": ladder.at.0,
        }))
    })
}

/// By how much a price changed within a day, and by how many percent.
pub(super) fn change(day: &Day) -> (Price, String) {
    let (open, close) = (day.candle.bar.open, day.candle.bar.close);
    let percent = change_of(open, close, 100);
    let percent = Ratio::from_units(Ratio::ONE_UNITS / 1_000).and_then(|step| percent.floor_to(step));
    (
        close.minus(open).unwrap_or_default(),
        percent.unwrap_or_default().to_string(),
    )
}

/// `GET /fapi/v1/ticker/24hr`.
pub(super) async fn day(call: &Call<'_>) -> Told {
    by_market(call, |market| {
        let day = call.exchange.day(market).ok_or_else(no_price)?;
        let (change, percent) = change(&day);
        let (bar, tick) = (day.candle.bar, day.last.tick);
        Ok(json!({
            "symbol": market.instrument.symbol.as_str(),
            "priceChange": change.to_string(),
            "priceChangePercent": percent,
            "weightedAvgPrice": day.average().to_string(),
            "lastPrice": tick.price.to_string(),
            "lastQty": tick.quantity.to_string(),
            "openPrice": bar.open.to_string(),
            "highPrice": bar.high.to_string(),
            "lowPrice": bar.low.to_string(),
            "volume": bar.volume.to_string(),
            "quoteVolume": day.candle.turnover.to_string(),
            "openTime": bar.opened_at.0,
            "closeTime": tick.at.0,
            "firstId": day.last.number,
            "lastId": day.last.number,
            "count": 1,
        }))
    })
}

/// `GET /fapi/v1/klines`; the mark and index prices are the last price here.
pub(super) async fn klines(call: &Call<'_>) -> Told {
    let name = call.params.get("symbol").or_else(|| call.params.get("pair"));
    let market = name.and_then(|name| call.exchange.market(name));
    let market = market.ok_or_else(|| Problem::new(-1121, "Invalid symbol."))?;
    let interval = interval(call.params.need("interval")?);
    let interval = interval.ok_or_else(|| Problem::new(-1120, "Invalid interval."))?;
    let limit = call.params.limit(500, 1_500)?;
    let start: Option<i64> = call.params.read_as("startTime")?;
    let end: i64 = call.params.read_as("endTime")?.unwrap_or(i64::MAX);
    let mut candles = call.exchange.candles(&market.instrument.symbol, interval);
    candles.retain(|candle| candle.bar.opened_at.0 >= start.unwrap_or(0) && candle.bar.opened_at.0 <= end);
    let skipped = if start.is_some() {
        0
    } else {
        candles.len().saturating_sub(limit)
    };
    let told = candles.into_iter().skip(skipped).take(limit).map(|candle| {
        let bar = candle.bar;
        json!([
            bar.opened_at.0,
            bar.open.to_string(),
            bar.high.to_string(),
            bar.low.to_string(),
            bar.close.to_string(),
            bar.volume.to_string(),
            candle.closes_at.0,
            candle.turnover.to_string(),
            1,
            "0",
            "0",
            "0",
        ])
    });
    Ok(told.collect())
}

/// `GET /fapi/v1/premiumIndex`.
pub(super) async fn premium(call: &Call<'_>) -> Told {
    by_market(call, |market| {
        let price = last(call.exchange, market)?.tick.price.to_string();
        let now = call.exchange.market_now();
        Ok(json!({
            "symbol": market.instrument.symbol.as_str(),
            "markPrice": price,
            "indexPrice": price,
            "estimatedSettlePrice": price,
            "lastFundingRate": market.funding_rate.to_string(),
            "interestRate": "0.0001",
            "nextFundingTime": next_funding(market, now).0,
            "time": now.0,
        }))
    })
}

/// `GET /fapi/v1/fundingRate`: the rate is the same at each funding.
pub(super) async fn funding_rates(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let limit = call.params.limit(100, 1_000)?;
    let now = call.exchange.market_now().0;
    let end = call.params.read_as("endTime")?.unwrap_or(now).min(now);
    let start: i64 = call.params.read_as("startTime")?.unwrap_or(0);
    let mut told = Vec::new();
    for market in markets {
        let price = call
            .exchange
            .last(&market.instrument.symbol)
            .map(|trade| trade.tick.price);
        let times = fundings(market, Timestamp(end)).take_while(|at| at.0 >= start.max(0));
        let times: Vec<Timestamp> = times.take(limit).collect();
        told.extend(times.into_iter().rev().map(|at| {
            json!({
                "symbol": market.instrument.symbol.as_str(),
                "fundingTime": at.0,
                "fundingRate": market.funding_rate.to_string(),
                "markPrice": super::order::price_word(price),
            })
        }));
    }
    Ok(Value::Array(told))
}

/// `GET /fapi/v1/trades`.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(500, 1_000)?;
    let trades = call.exchange.trades(&market.instrument.symbol, None, limit);
    let told = trades.into_iter().map(|trade| {
        let turnover = trade.tick.price.notional(trade.tick.quantity, Rounding::HalfUp);
        json!({
            "id": trade.number,
            "price": trade.tick.price.to_string(),
            "qty": trade.tick.quantity.to_string(),
            "quoteQty": turnover.unwrap_or_default().to_string(),
            "time": trade.tick.at.0,
            "isBuyerMaker": trade.buyer_rested,
        })
    });
    Ok(told.collect())
}

/// `GET /fapi/v1/aggTrades`.
pub(super) async fn agg_trades(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(500, 1_000)?;
    let from: Option<i64> = call.params.read_as("fromId")?;
    let start: Option<i64> = call.params.read_as("startTime")?;
    let end: i64 = call.params.read_as("endTime")?.unwrap_or(i64::MAX);
    let first = from.or(start.map(|_| 0));
    let most = if start.is_some() { usize::MAX } else { limit };
    let mut trades = call.exchange.trades(&market.instrument.symbol, first, most);
    trades.retain(|trade| trade.tick.at.0 >= start.unwrap_or(0) && trade.tick.at.0 <= end);
    let told = trades.into_iter().take(limit).map(|trade| {
        json!({
            "a": trade.number,
            "p": trade.tick.price.to_string(),
            "q": trade.tick.quantity.to_string(),
            "f": trade.number,
            "l": trade.number,
            "T": trade.tick.at.0,
            "m": trade.buyer_rested,
        })
    });
    Ok(told.collect())
}

/// One object for the market that is named, else a list; markets without a price are left out of it.
fn by_market(call: &Call<'_>, told: impl Fn(&PaperMarket) -> Told) -> Told {
    if call.params.has("symbol") {
        return told(call.params.market(call.exchange)?);
    }
    let all = call.exchange.markets().iter().filter_map(|market| told(market).ok());
    Ok(all.collect())
}

fn last(exchange: &Exchange, market: &PaperMarket) -> Result<Trade, Problem> {
    exchange.last(&market.instrument.symbol).ok_or_else(no_price)
}

fn no_price() -> Problem {
    Problem::new(-1112, "No orders on book for symbol.")
}
