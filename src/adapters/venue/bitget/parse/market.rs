//! Markets: listings, prices, bars and the venue's clock.

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::super::super::dialect::{Columns, Listing, Listings, Number, ParseError, Row, bar};
use super::super::symbol;
use super::super::wire::{BestPrices, Market, ServerTime, SymbolPrice};
use super::data;
use crate::ports::venue::Quote;

/// `[start, open, high, low, close, coins, …]`
pub(super) const BAR: Columns = Columns {
    time: 0,
    prices: [1, 2, 3, 4],
    volume: 5,
};

/// `GET /api/v2/public/time`.
///
/// # Errors
/// When it cannot be understood.
pub fn server_time(body: &[u8]) -> Result<Timestamp, ParseError> {
    data::<ServerTime>("server time", body).map(|time| time.server_time.0)
}

/// `GET /api/v2/mix/market/contracts`: the perpetual markets.
///
/// # Errors
/// When it cannot be understood.
pub fn listings(body: &[u8]) -> Result<Listings, ParseError> {
    let rows: Vec<&RawValue> = data("contracts", body)?;
    Ok(Listings::read("contracts", &rows, |market: Market| {
        (market.symbol_type == "perpetual").then(|| listing(&market))
    }))
}

fn listing(market: &Market) -> Result<Listing, ParseError> {
    let broken = |field: &str, rule: &str| ParseError::new("contracts", format!("{}.{field}", market.symbol), rule);
    let settle = market.support_margin_coins.first();
    let step = i128::from(market.price_end_step.0);
    let tick = Decimal::try_from_i128_with_scale(step, market.price_place.0);
    let tick = tick.map_err(|_| broken("pricePlace", "is out of range"))?;
    let tick = Price::exact(tick.normalize()).map_err(|error| broken("pricePlace", &error.to_string()))?;
    Ok(Listing {
        symbol: symbol(&market.symbol),
        base: market.base_coin.clone(),
        settle: settle.ok_or_else(|| broken("supportMarginCoins", "is empty"))?.clone(),
        contract: Decimal::ONE,
        tick,
        lot: market.size_multiplier.0,
        min_quantity: market.min_trade_num.0,
        max_market_quantity: market.max_market_order_qty.told(),
        min_notional: market.min_trade.told().unwrap_or(Amount::ZERO),
        max_leverage: Some(market.max_lever.0),
        is_trading: market.symbol_status == "normal",
    })
}

/// `GET /api/v2/mix/market/symbol-price`: what positions are valued at.
///
/// # Errors
/// When it cannot be understood.
pub fn marks(body: &[u8]) -> Result<Vec<(Symbol, Price, Timestamp)>, ParseError> {
    let prices: Vec<SymbolPrice> = data("prices", body)?;
    let marks = prices
        .iter()
        .map(|price| (symbol(&price.symbol), price.mark_price.0, price.ts.0));
    Ok(marks.collect())
}

/// `GET /api/v2/mix/market/symbol-price`: the last price.
///
/// # Errors
/// When it cannot be understood, or tells no market.
pub fn tick(body: &[u8]) -> Result<(Symbol, Tick), ParseError> {
    let prices: Vec<SymbolPrice> = data("prices", body)?;
    let price = prices
        .first()
        .ok_or_else(|| ParseError::new("prices", "data", "is empty"))?;
    let tick = Tick {
        at: price.ts.0,
        price: price.price.0,
        quantity: Quantity::ZERO,
    };
    Ok((symbol(&price.symbol), tick))
}

/// `GET /api/v2/mix/market/ticker`: the best prices.
///
/// # Errors
/// When it cannot be understood, or tells no market.
pub fn quote(body: &[u8]) -> Result<Quote, ParseError> {
    let tickers: Vec<BestPrices> = data("ticker", body)?;
    let best = tickers.first();
    let best = best.ok_or_else(|| ParseError::new("ticker", "data", "is empty"))?;
    Ok(Quote {
        bid: best.bid_pr.0,
        ask: best.ask_pr.0,
        last: best.last_pr.0,
        at: best.ts.0,
    })
}

/// `GET /api/v2/mix/market/candles` and `history-candles`, oldest first; the last one may not be over yet.
///
/// # Errors
/// When it cannot be understood.
pub fn bars(body: &[u8]) -> Result<Vec<Bar>, ParseError> {
    let rows: Vec<Row> = data("candles", body)?;
    let bars = rows
        .iter()
        .enumerate()
        .map(|(index, row)| bar("candles", index, row, BAR));
    bars.collect()
}
