//! Markets: listings, prices, bars and the venue's clock.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::super::dialect::{Columns, Listing, Listings, ParseError, Row, bar, read};
use super::super::wire::{BookTicker, Brackets, Exchange, Filter, Market, PremiumIndex, ServerTime, Ticker};

/// `[start, open, high, low, close, volume, …]`
const BAR: Columns = Columns {
    time: 0,
    prices: [1, 2, 3, 4],
    volume: 5,
};

/// `GET /fapi/v1/time`.
///
/// # Errors
/// When it cannot be understood.
pub fn server_time(body: &[u8]) -> Result<Timestamp, ParseError> {
    read::<ServerTime>("server time", body).map(|time| time.server_time.0)
}

/// `GET /fapi/v1/exchangeInfo`: the perpetual markets.
///
/// # Errors
/// When it cannot be understood.
pub fn listings(body: &[u8]) -> Result<Listings, ParseError> {
    let exchange: Exchange<'_> = read("exchange info", body)?;
    Ok(Listings::read("exchange info", &exchange.symbols, |market: Market| {
        (market.contract_type == "PERPETUAL").then(|| listing(&market))
    }))
}

fn listing(market: &Market) -> Result<Listing, ParseError> {
    let of = |kind: &str| market.filters.iter().find(|filter| filter.filter_type == kind);
    let lacks = |kind: &str| ParseError::new("exchange info", format!("{}.{kind}", market.symbol), "is missing");
    let price = |pick: fn(&Filter) -> Option<Price>| {
        let filter = of("PRICE_FILTER").and_then(pick);
        filter.ok_or_else(|| lacks("PRICE_FILTER"))
    };
    let lot = |pick: fn(&Filter) -> Option<Quantity>| of("LOT_SIZE").and_then(pick).ok_or_else(|| lacks("LOT_SIZE"));
    let market_lot = of("MARKET_LOT_SIZE").and_then(|filter| filter.max_qty.told());
    let notional = of("MIN_NOTIONAL").and_then(|filter| filter.notional.told());
    Ok(Listing {
        symbol: Symbol::new(&market.symbol),
        base: market.base_asset.clone(),
        settle: market.margin_asset.clone(),
        contract: Decimal::ONE,
        tick: price(|filter| filter.tick_size.told())?,
        lot: lot(|filter| filter.step_size.told())?,
        min_quantity: lot(|filter| filter.min_qty.told())?,
        max_market_quantity: market_lot,
        min_notional: notional.unwrap_or(Amount::ZERO),
        max_leverage: None,
        is_trading: market.status == "TRADING",
    })
}

/// `GET /fapi/v1/leverageBracket`: the highest leverage of each market.
///
/// # Errors
/// When it cannot be understood.
pub fn max_leverages(body: &[u8]) -> Result<BTreeMap<Symbol, u32>, ParseError> {
    let markets: Vec<Brackets> = read("leverage brackets", body)?;
    let highest = markets.iter().filter_map(|market| {
        let leverages = market.brackets.iter().map(|bracket| bracket.initial_leverage.0);
        Some((Symbol::new(&market.symbol), leverages.max()?))
    });
    Ok(highest.collect())
}

/// `GET /fapi/v1/premiumIndex`, of one market or of all.
///
/// # Errors
/// When it cannot be understood.
pub fn marks(body: &[u8]) -> Result<Vec<(Symbol, Price, Timestamp)>, ParseError> {
    let marks: Vec<PremiumIndex> = one_or_many("premium index", body)?;
    let marks = marks
        .iter()
        .map(|mark| (Symbol::new(&mark.symbol), mark.mark_price.0, mark.time.0));
    Ok(marks.collect())
}

/// `GET /fapi/v2/ticker/price` of one market.
///
/// # Errors
/// When it cannot be understood.
pub fn tick(body: &[u8]) -> Result<(Symbol, Tick), ParseError> {
    let ticker: Ticker = read("ticker", body)?;
    let tick = Tick {
        at: ticker.time.0,
        price: ticker.price.0,
        quantity: Quantity::ZERO,
    };
    Ok((Symbol::new(&ticker.symbol), tick))
}

/// `GET /fapi/v1/ticker/bookTicker` of one market: the best bid and the best ask.
///
/// # Errors
/// When it cannot be understood.
pub fn top(body: &[u8]) -> Result<(Price, Price), ParseError> {
    let top: BookTicker = read("book ticker", body)?;
    Ok((top.bid_price.0, top.ask_price.0))
}

/// `GET /fapi/v1/klines`, oldest first; the last one may not be over yet.
///
/// # Errors
/// When it cannot be understood.
pub fn bars(body: &[u8]) -> Result<Vec<Bar>, ParseError> {
    let rows: Vec<Row> = read("klines", body)?;
    let bars = rows
        .iter()
        .enumerate()
        .map(|(index, row)| bar("klines", index, row, BAR));
    bars.collect()
}

/// An object where one market was asked for, an array where all were.
fn one_or_many<'a, T: Deserialize<'a>>(what: &'static str, body: &'a [u8]) -> Result<Vec<T>, ParseError> {
    if body.trim_ascii_start().first() == Some(&b'[') {
        read(what, body)
    } else {
        read(what, body).map(|one| vec![one])
    }
}
