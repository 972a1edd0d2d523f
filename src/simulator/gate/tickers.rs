//! The last 24 hours of a contract, asked for and pushed.

use domain::fixed::{Ratio, Rounding, divide};
use serde_json::{Value, json};

use super::contract::{Contract, told};
use super::params;
use super::routes::{Call, Told};
use crate::simulator::exchange::Exchange;

/// `GET /futures/usdt/tickers`; contracts without a price are left out.
pub(super) async fn list(call: &Call<'_>) -> Told {
    let contracts = params::contracts(&call.params, call.exchange)?;
    let told = contracts
        .iter()
        .filter_map(|contract| ticker(call.exchange, contract, call.decimal()));
    Ok(told.collect())
}

/// A contract's ticker; `None` before its first price.
pub(super) fn ticker(exchange: &Exchange, contract: &Contract<'_>, decimal: bool) -> Option<Value> {
    let day = exchange.day(contract.market)?;
    let [(bid, bids), (ask, asks)] = exchange.ladder(contract.market, 1)?.best()?;
    let (bar, turnover, last) = (day.candle.bar, day.candle.turnover, day.last.tick.price);
    let (volume_word, price) = (contract.count(bar.volume).trunc().to_string(), last.to_string());
    Some(json!({
        "contract": contract.name(),
        "last": price,
        "low_24h": bar.low.to_string(),
        "high_24h": bar.high.to_string(),
        "change_percentage": change(bar.open.units(), last.units()),
        "total_size": "0",
        "volume_24h": volume_word,
        "volume_24h_btc": "0",
        "volume_24h_usd": turnover.to_string(),
        "volume_24h_base": bar.volume.to_string(),
        "volume_24h_quote": turnover.to_string(),
        "volume_24h_settle": turnover.to_string(),
        "mark_price": price,
        "index_price": price,
        "funding_rate": contract.market.funding_rate.to_string(),
        "funding_rate_indicative": contract.market.funding_rate.to_string(),
        "quanto_base_rate": "",
        "highest_bid": bid.to_string(),
        "highest_size": told(contract.count(bids), decimal),
        "lowest_ask": ask.to_string(),
        "lowest_size": told(contract.count(asks), decimal),
    }))
}

/// By how many percent a price changed, with two places.
fn change(from: i64, to: i64) -> String {
    let hundredths = divide(
        (i128::from(to) - i128::from(from)) * 10_000,
        from.into(),
        Rounding::HalfUp,
    );
    let units = hundredths.map(|hundredths| hundredths * i128::from(Ratio::ONE_UNITS) / 100);
    units.and_then(Ratio::from_wide).unwrap_or_default().to_string()
}
