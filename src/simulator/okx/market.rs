//! Endpoints of public market data.

use domain::fixed::Price;
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::contract;
use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::shown;
use crate::simulator::exchange::{Candle, Exchange, Interval, Trade, fundings, next_funding};

/// Lengths of candles. Those of six hours and more have a form in UTC, too.
const BARS: [&str; 14] = [
    "1m", "3m", "5m", "15m", "30m", "1H", "2H", "4H", "6H", "12H", "1D", "2D", "3D", "1W",
];

/// The length of a candle by its name; here all begin by UTC, and there are no months.
pub(super) fn interval(name: &str) -> Option<Interval> {
    let length = name.strip_suffix("utc").unwrap_or(name);
    let interval = BARS
        .contains(&length)
        .then(|| Interval::parse(&length.to_ascii_lowercase()));
    interval.flatten()
}

/// `GET /api/v5/market/ticker`.
pub(super) async fn ticker(call: &Call<'_>) -> Told {
    let market = call.one()?.market(call.exchange)?;
    let told = day(call.exchange, market).ok_or_else(Problem::no_data)?;
    Ok(vec![told].into())
}

/// `GET /api/v5/market/tickers`.
pub(super) async fn tickers(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instType")?;
    let markets = params.markets(call.exchange)?;
    let told = markets.into_iter().filter_map(|market| day(call.exchange, market));
    Ok(told.collect::<Vec<_>>().into())
}

/// The last day of a market in one object; `None` before the first price.
pub(super) fn day(exchange: &Exchange, market: &PaperMarket) -> Option<Value> {
    let day = exchange.day(market)?;
    let [(bid, bids), (ask, asks)] = exchange.ladder(market, 1)?.best()?;
    let (bar, last) = (day.candle.bar, day.last);
    Some(json!({
        "instType": "SWAP",
        "instId": contract::name(market),
        "last": last.tick.price.to_string(),
        "lastSz": contract::count(market, last.tick.quantity),
        "askPx": ask.to_string(),
        "askSz": contract::count(market, asks),
        "bidPx": bid.to_string(),
        "bidSz": contract::count(market, bids),
        "open24h": bar.open.to_string(),
        "high24h": bar.high.to_string(),
        "low24h": bar.low.to_string(),
        "volCcy24h": bar.volume.to_string(),
        "vol24h": contract::count(market, bar.volume),
        "sodUtc0": day.midnight.to_string(),
        "sodUtc8": day.midnight.to_string(),
        "ts": last.tick.at.0.to_string(),
    }))
}

/// `GET /api/v5/market/books`.
pub(super) async fn books(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let market = params.market(call.exchange)?;
    let levels = params.read_as::<usize>("sz")?.unwrap_or(1);
    if !(1..=400).contains(&levels) {
        return Err(Problem::wrong("sz"));
    }
    let ladder = call.exchange.ladder(market, levels).ok_or_else(Problem::no_data)?;
    Ok(json!([{
        "asks": super::book::levels(market, &ladder.asks),
        "bids": super::book::levels(market, &ladder.bids),
        "ts": ladder.at.0.to_string(),
        "seqId": ladder.number,
    }])
    .into())
}

/// Candles that are asked for, newest first.
fn asked(call: &Call<'_>, params: &Params) -> Result<Vec<Candle>, Problem> {
    let market = params.market(call.exchange)?;
    let interval = interval(params.get("bar").unwrap_or("1m"));
    let interval = interval.ok_or_else(|| Problem::wrong("bar"))?;
    let limit = params.limit(100, 300)?;
    let before: i64 = params.read_as("after")?.unwrap_or(i64::MAX);
    let after: i64 = params.read_as("before")?.unwrap_or(i64::MIN);
    let candles = call.exchange.candles(&market.instrument.symbol, interval);
    let within = |candle: &Candle| candle.bar.opened_at.0 < before && candle.bar.opened_at.0 > after;
    Ok(candles.into_iter().rev().filter(within).take(limit).collect())
}

/// A candle as a row. `now` is the market's time, by which it is over or not.
pub(super) fn row(market: &PaperMarket, candle: &Candle, now: Timestamp) -> Value {
    let bar = candle.bar;
    json!([
        bar.opened_at.0.to_string(),
        bar.open.to_string(),
        bar.high.to_string(),
        bar.low.to_string(),
        bar.close.to_string(),
        contract::count(market, bar.volume),
        bar.volume.to_string(),
        candle.turnover.to_string(),
        if candle.closes_at < now { "1" } else { "0" },
    ])
}

/// `GET /api/v5/market/candles` and `history-candles`.
pub(super) async fn candles(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let (market, now) = (params.market(call.exchange)?, call.exchange.market_now());
    let candles = asked(call, params)?;
    Ok(candles
        .iter()
        .map(|candle| row(market, candle, now))
        .collect::<Vec<_>>()
        .into())
}

/// `GET /api/v5/market/mark-price-candles`: the mark price is the last price here; volumes are not told.
pub(super) async fn mark_candles(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let (market, now) = (params.market(call.exchange)?, call.exchange.market_now());
    let told = asked(call, params)?.into_iter().map(|candle| {
        let mut row = row(market, &candle, now);
        if let Some(row) = row.as_array_mut() {
            row.drain(5..8);
        }
        row
    });
    Ok(told.collect::<Vec<_>>().into())
}

/// `GET /api/v5/market/trades` and `history-trades`, newest first.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let market = params.market(call.exchange)?;
    let limit = params.limit(100, 500)?;
    let mut trades = call.exchange.trades(&market.instrument.symbol, None, usize::MAX);
    let by_time = params.get("type") == Some("2");
    let place = |trade: &Trade| if by_time { trade.tick.at.0 } else { trade.number };
    let earlier: i64 = params.read_as("after")?.unwrap_or(i64::MAX);
    let later: i64 = params.read_as("before")?.unwrap_or(i64::MIN);
    trades.retain(|trade| place(trade) < earlier && place(trade) > later);
    let told = trades.iter().rev().take(limit).map(|trade| public_trade(market, trade));
    Ok(told.collect::<Vec<_>>().into())
}

/// A trade of the market.
pub(super) fn public_trade(market: &PaperMarket, trade: &Trade) -> Value {
    json!({
        "instId": contract::name(market),
        "side": trade.taker().as_str(),
        "sz": contract::count(market, trade.tick.quantity),
        "px": trade.tick.price.to_string(),
        "source": "0",
        "tradeId": trade.number.to_string(),
        "ts": trade.tick.at.0.to_string(),
    })
}

/// `GET /api/v5/public/mark-price`.
pub(super) async fn mark_prices(call: &Call<'_>) -> Told {
    let params = call.one()?;
    // The documents want a kind always; a market's name says it, too, and clients send nothing else.
    if !params.has("instId") {
        params.need("instType")?;
    }
    let markets = params.markets(call.exchange)?;
    let told = markets.into_iter().filter_map(|market| mark(call.exchange, market));
    Ok(told.collect::<Vec<_>>().into())
}

/// The mark price, which is the last price here.
pub(super) fn mark(exchange: &Exchange, market: &PaperMarket) -> Option<Value> {
    let last = exchange.last(&market.instrument.symbol)?;
    Some(json!({
        "instType": "SWAP",
        "instId": contract::name(market),
        "markPx": last.tick.price.to_string(),
        "ts": exchange.market_now().0.to_string(),
    }))
}

/// The last price of a market.
pub(super) fn last_price(exchange: &Exchange, symbol: &domain::market::Symbol) -> Option<Price> {
    exchange.last(symbol).map(|trade| trade.tick.price)
}

/// `GET /api/v5/public/funding-rate`.
pub(super) async fn funding(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instId")?;
    let markets = params.markets(call.exchange)?;
    let told = markets.into_iter().map(|market| rate(call.exchange, market));
    Ok(told.collect::<Vec<_>>().into())
}

/// The rate of a market's next funding, and when that and the one after it come.
pub(super) fn rate(exchange: &Exchange, market: &PaperMarket) -> Value {
    let now = exchange.market_now();
    let last = market.last_funding(now);
    let next = last.map(|last| next_funding(market, last));
    let later = next.map(|next| next_funding(market, next));
    let at = |time: Option<Timestamp>| shown(time.map(|time| time.0));
    json!({
        "formulaType": "noRate",
        "fundingRate": market.funding_rate.to_string(),
        "fundingTime": at(next),
        "impactValue": "",
        "instId": contract::name(market),
        "instType": "SWAP",
        "interestRate": "0",
        "maxFundingRate": "0.00375",
        "method": "current_period",
        "minFundingRate": "-0.00375",
        "nextFundingRate": "",
        "nextFundingTime": at(later),
        "premium": "0",
        "prevFundingTime": at(last),
        "settFundingRate": market.funding_rate.to_string(),
        "settState": "settled",
        "ts": now.0.to_string(),
    })
}

/// `GET /api/v5/public/funding-rate-history`: the rate is the same at each funding.
pub(super) async fn funding_history(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let market = params.market(call.exchange)?;
    let limit = params.limit(400, 400)?;
    let now = call.exchange.market_now().0;
    let earlier: i64 = params.read_as("after")?.unwrap_or(i64::MAX);
    let later: i64 = params.read_as("before")?.unwrap_or(now - 90 * 86_400_000);
    let end = Timestamp(earlier.saturating_sub(1).min(now));
    let rate = market.funding_rate.to_string();
    let times = fundings(market, end).take_while(|at| at.0 > later);
    let told = times.take(limit).map(|at| {
        json!({
            "formulaType": "noRate",
            "fundingRate": rate,
            "fundingTime": at.0.to_string(),
            "instId": contract::name(market),
            "instType": "SWAP",
            "method": "current_period",
            "realizedRate": rate,
        })
    });
    Ok(told.collect::<Vec<_>>().into())
}
