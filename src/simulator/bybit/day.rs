//! A market's last 24 hours, and what its ticker tells of them.

use domain::fixed::{Amount, Ratio, Rounding};
use domain::paper::PaperMarket;
use domain::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::simulator::exchange::{Candle, Exchange, Interval, Trade};

/// The last 24 hours in one candle, and the last trade.
pub(super) struct Day {
    candle: Candle,
    /// The last trade.
    pub last: Trade,
    /// The first price of the last hour.
    hour: domain::fixed::Price,
}

impl Day {
    /// The last 24 hours of a market; `None` before the first price.
    pub fn of(exchange: &Exchange, market: &PaperMarket) -> Option<Self> {
        let symbol = &market.instrument.symbol;
        let last = exchange.last(symbol)?;
        let minutes = exchange.candles(symbol, Interval::minutes(1)?);
        let hour = minutes.get(minutes.len().saturating_sub(60))?.bar.open;
        let skipped = minutes.len().saturating_sub(1_440);
        let mut day = minutes.into_iter().skip(skipped);
        let mut candle = day.next()?;
        for minute in day {
            candle.bar.high = candle.bar.high.max(minute.bar.high);
            candle.bar.low = candle.bar.low.min(minute.bar.low);
            candle.bar.close = minute.bar.close;
            candle.bar.volume = candle.bar.volume.plus(minute.bar.volume).ok()?;
            candle.turnover = candle.turnover.plus(minute.turnover).ok()?;
        }
        Some(Self { candle, last, hour })
    }
}

/// The ticker of a market; `None` before the first price. Mark and index price are the last price.
pub(super) fn ticker(exchange: &Exchange, market: &PaperMarket) -> Option<Map<String, Value>> {
    let day = Day::of(exchange, market)?;
    let ladder = exchange.ladder(market, 1)?;
    let ((bid, bids), (ask, asks)) = (*ladder.bids.first()?, *ladder.asks.first()?);
    let (bar, price) = (day.candle.bar, day.last.tick.price.to_string());
    let one = |price: domain::fixed::Price| Amount::from_units(price.units()).unwrap_or_default();
    let change = bar.close.minus(bar.open).unwrap_or_default();
    let share = Ratio::between(one(change), one(bar.open), Rounding::HalfUp).unwrap_or_default();
    let told = json!({
        "symbol": market.instrument.symbol.as_str(),
        "lastPrice": price,
        "indexPrice": price,
        "markPrice": price,
        "prevPrice24h": bar.open.to_string(),
        "price24hPcnt": share.to_string(),
        "highPrice24h": bar.high.to_string(),
        "lowPrice24h": bar.low.to_string(),
        "prevPrice1h": day.hour.to_string(),
        "openInterest": "0",
        "openInterestValue": "0",
        "turnover24h": day.candle.turnover.to_string(),
        "volume24h": bar.volume.to_string(),
        "fundingRate": market.funding_rate.to_string(),
        "nextFundingTime": next_funding(market, exchange.market_now()).to_string(),
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "deliveryFeeRate": "",
        "deliveryTime": "0",
        "ask1Size": asks.to_string(),
        "bid1Price": bid.to_string(),
        "ask1Price": ask.to_string(),
        "bid1Size": bids.to_string(),
        "basis": "",
    });
    match told {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

/// When the next funding comes; zero for a market without.
fn next_funding(market: &PaperMarket, now: Timestamp) -> i64 {
    let interval = i64::try_from(market.funding_interval.as_millis()).unwrap_or(0);
    market.last_funding(now).map_or(0, |last| last.0 + interval)
}
