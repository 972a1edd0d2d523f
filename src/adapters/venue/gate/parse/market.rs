//! Markets: listings, prices, bars and the venue's clock.

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::super::super::dialect::{Contracts, Listing, Listings, Number, ParseError, decimal, read};
use super::super::wire::{BestPrices, Candle, Market, PublicTrade, ServerTime, Ticker};
use crate::ports::venue::Quote;

/// `GET /api/v4/spot/time`.
///
/// # Errors
/// When it cannot be understood.
pub fn server_time(body: &[u8]) -> Result<Timestamp, ParseError> {
    read::<ServerTime>("server time", body).map(|time| time.server_time.0)
}

/// `GET /api/v4/futures/usdt/contracts`: the linear markets.
///
/// # Errors
/// When it cannot be understood.
pub fn listings(body: &[u8]) -> Result<Listings, ParseError> {
    let rows: Vec<&RawValue> = read("contracts", body)?;
    Ok(Listings::read("contracts", &rows, |market: Market| {
        (market.kind == "direct").then(|| listed(&market))
    }))
}

/// `GET /api/v4/futures/usdt/contracts/{contract}`.
///
/// # Errors
/// When it cannot be understood, or is not linear.
pub fn listing(body: &[u8]) -> Result<Listing, ParseError> {
    let market: Market = read("contract", body)?;
    if market.kind != "direct" {
        return Err(ParseError::new("contract", "type", "is not direct"));
    }
    listed(&market)
}

fn listed(market: &Market) -> Result<Listing, ParseError> {
    let broken = |field: &str, rule: &str| ParseError::new("contracts", format!("{}.{field}", market.name), rule);
    let contract = market.quanto_multiplier.0;
    if contract <= Decimal::ZERO {
        return Err(broken("quanto_multiplier", "is not above zero"));
    }
    let (base, settle) = market
        .name
        .split_once('_')
        .ok_or_else(|| broken("name", "names no two assets"))?;
    let coins = |field: &str, contracts: Decimal| {
        let coins = contracts.checked_mul(contract).map(|coins| coins.normalize());
        let coins = coins.ok_or_else(|| broken(field, "is out of range"))?;
        Quantity::exact(coins).map_err(|error| broken(field, &error.to_string()))
    };
    let min = market.order_size_min.0;
    // Whole contracts, except where parts are traded: there the smallest order is the step.
    let lot = if market.enable_decimal { min } else { Decimal::ONE };
    let max = market.order_size_max.told();
    Ok(Listing {
        symbol: Symbol::new(&market.name),
        base: base.to_owned(),
        settle: settle.to_owned(),
        contract: contract.normalize(),
        tick: market.order_price_round.0,
        lot: coins("order_size_min", lot)?,
        min_quantity: coins("order_size_min", min)?,
        max_market_quantity: max.map(|max| coins("order_size_max", max)).transpose()?,
        min_notional: Amount::ZERO,
        max_leverage: Some(market.leverage_max.0),
        is_trading: !market.in_delisting,
    })
}

/// `GET /api/v4/futures/usdt/tickers`: what positions are valued at. The answer has no time of its own.
///
/// # Errors
/// When it cannot be understood.
pub fn marks(body: &[u8], at: Timestamp) -> Result<Vec<(Symbol, Price, Timestamp)>, ParseError> {
    let tickers: Vec<Ticker> = read("tickers", body)?;
    let marks = tickers
        .iter()
        .map(|ticker| (Symbol::new(&ticker.contract), ticker.mark_price.0, at));
    Ok(marks.collect())
}

/// `GET /api/v4/futures/usdt/tickers` of one market: its best prices, as they were `at`.
///
/// # Errors
/// When it cannot be understood, or tells no market.
pub fn quote(body: &[u8], at: Timestamp) -> Result<Quote, ParseError> {
    let tickers: Vec<BestPrices> = read("tickers", body)?;
    let best = tickers.first();
    let best = best.ok_or_else(|| ParseError::new("tickers", ".", "is empty"))?;
    Ok(Quote {
        bid: best.highest_bid.0,
        ask: best.lowest_ask.0,
        last: best.last.0,
        at,
    })
}

/// `GET /api/v4/futures/usdt/trades`, newest first.
///
/// # Errors
/// When it cannot be understood.
pub fn ticks(body: &[u8], contracts: &Contracts) -> Result<Vec<(Symbol, Tick)>, ParseError> {
    let trades: Vec<PublicTrade> = read("trades", body)?;
    trades.iter().map(|trade| tick(trade, contracts)).collect()
}

pub(super) fn tick(trade: &PublicTrade, contracts: &Contracts) -> Result<(Symbol, Tick), ParseError> {
    let symbol = Symbol::new(&trade.contract);
    let tick = Tick {
        at: trade
            .create_time_ms
            .as_ref()
            .map_or(Ok(trade.create_time.0), |text| finer(&text.0))?,
        price: trade.price.0,
        quantity: contracts.coins("trades", &symbol, "size", trade.size.0.abs())?,
    };
    Ok((symbol, tick))
}

/// A time in milliseconds, or in seconds with a fraction: no time in seconds is as large as one in milliseconds.
fn finer(text: &str) -> Result<Timestamp, ParseError> {
    const EARLIEST_MILLIS: i64 = 100_000_000_000;
    let broken = |rule: &str| ParseError::new("trades", "create_time_ms", rule);
    let number = decimal(text).map_err(|error| broken(&error.to_string()))?;
    let is_millis = number >= Decimal::from(EARLIEST_MILLIS);
    let factor = if is_millis { Decimal::ONE } else { Decimal::ONE_THOUSAND };
    let millis = number
        .checked_mul(factor)
        .and_then(|millis| i64::try_from(millis.trunc()).ok());
    millis.map(Timestamp).ok_or_else(|| broken("is out of range"))
}

/// `GET /api/v4/futures/usdt/candlesticks` of a market, oldest first; the last one may not be over yet.
///
/// # Errors
/// When it cannot be understood.
pub fn bars(body: &[u8], symbol: &Symbol, contracts: &Contracts) -> Result<Vec<Bar>, ParseError> {
    let candles: Vec<Candle> = read("candlesticks", body)?;
    candles.iter().map(|candle| bar(candle, symbol, contracts)).collect()
}

pub(super) fn bar(candle: &Candle, symbol: &Symbol, contracts: &Contracts) -> Result<Bar, ParseError> {
    let volume = candle.v.told().unwrap_or(Decimal::ZERO);
    Ok(Bar {
        opened_at: candle.t.0,
        open: candle.o.0,
        high: candle.h.0,
        low: candle.l.0,
        close: candle.c.0,
        volume: contracts.coins("candlesticks", symbol, "v", volume)?,
    })
}
