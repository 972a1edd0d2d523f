//! What the ticker of a market tells of its last 24 hours.

use domain::paper::PaperMarket;
use serde_json::{Map, Value, json};

use crate::simulator::exchange::{Exchange, change, next_funding};

/// The ticker of a market; `None` before the first price. Mark and index price are the last price.
pub(super) fn ticker(exchange: &Exchange, market: &PaperMarket) -> Option<Map<String, Value>> {
    let day = exchange.day(market)?;
    let [(bid, bids), (ask, asks)] = exchange.ladder(market, 1)?.best()?;
    let (bar, price) = (day.candle.bar, day.last.tick.price.to_string());
    let told = json!({
        "symbol": market.instrument.symbol.as_str(),
        "lastPrice": price,
        "indexPrice": price,
        "markPrice": price,
        "prevPrice24h": bar.open.to_string(),
        "price24hPcnt": change(bar.open, bar.close, 1).to_string(),
        "highPrice24h": bar.high.to_string(),
        "lowPrice24h": bar.low.to_string(),
        "prevPrice1h": day.hour.to_string(),
        "openInterest": "0",
        "openInterestValue": "0",
        "turnover24h": day.candle.turnover.to_string(),
        "volume24h": bar.volume.to_string(),
        "fundingRate": market.funding_rate.to_string(),
        "nextFundingTime": next_funding(market, exchange.market_now()).0.to_string(),
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
