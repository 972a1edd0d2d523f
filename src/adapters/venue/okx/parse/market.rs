//! Markets: listings, prices, bars and the venue's clock.

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::super::super::dialect::{Columns, Listing, Listings, Number, ParseError, Row, bar};
use super::super::wire::market::{BestPrices, MarkPrice, Market, ServerTime, Ticker};
use super::{data, one};
use crate::ports::venue::Quote;

/// `[start, open, high, low, close, contracts, coins, …]`
pub(super) const BAR: Columns = Columns {
    time: 0,
    prices: [1, 2, 3, 4],
    volume: 6,
};

/// `GET /api/v5/public/time`.
///
/// # Errors
/// When it cannot be understood.
pub fn server_time(body: &[u8]) -> Result<Timestamp, ParseError> {
    one::<ServerTime>("server time", body).map(|time| time.ts.0)
}

/// `GET /api/v5/public/instruments?instType=SWAP`: the linear perpetual markets.
///
/// # Errors
/// When it cannot be understood.
pub fn listings(body: &[u8]) -> Result<Listings, ParseError> {
    let rows: Vec<&RawValue> = data("instruments", body)?;
    Ok(Listings::read("instruments", &rows, |market: Market| {
        let is_linear = market.inst_type == "SWAP" && market.ct_type == "linear";
        is_linear.then(|| listing(&market))
    }))
}

fn listing(market: &Market) -> Result<Listing, ParseError> {
    let broken = |field: &str, rule: &str| ParseError::new("instruments", format!("{}.{field}", market.inst_id), rule);
    let size = market.ct_val.told().ok_or_else(|| broken("ctVal", "is missing"))?;
    let times = market.ct_mult.told().unwrap_or(Decimal::ONE);
    let contract = size.checked_mul(times).filter(|contract| *contract > Decimal::ZERO);
    let contract = contract.ok_or_else(|| broken("ctVal", "is not above zero"))?;
    let coins = |field: &str, contracts: Decimal| {
        let coins = contracts.checked_mul(contract).map(|coins| coins.normalize());
        let coins = coins.ok_or_else(|| broken(field, "is out of range"))?;
        Quantity::exact(coins).map_err(|error| broken(field, &error.to_string()))
    };
    let lot = market.lot_sz.told().ok_or_else(|| broken("lotSz", "is missing"))?;
    let min = market.min_sz.told().ok_or_else(|| broken("minSz", "is missing"))?;
    let max = market.max_mkt_sz.told();
    Ok(Listing {
        symbol: Symbol::new(&market.inst_id),
        base: market.ct_val_ccy.clone(),
        settle: market.settle_ccy.clone(),
        contract: contract.normalize(),
        tick: market.tick_sz.told().ok_or_else(|| broken("tickSz", "is missing"))?,
        lot: coins("lotSz", lot)?,
        min_quantity: coins("minSz", min)?,
        max_market_quantity: max.map(|max| coins("maxMktSz", max)).transpose()?,
        min_notional: Amount::ZERO,
        max_leverage: market.lever.told(),
        is_trading: market.state == "live",
    })
}

/// `GET /api/v5/public/mark-price`.
///
/// # Errors
/// When it cannot be understood.
pub fn marks(body: &[u8]) -> Result<Vec<(Symbol, Price, Timestamp)>, ParseError> {
    let marks: Vec<MarkPrice> = data("mark prices", body)?;
    let marks = marks
        .iter()
        .map(|mark| (Symbol::new(&mark.inst_id), mark.mark_px.0, mark.ts.0));
    Ok(marks.collect())
}

/// `GET /api/v5/market/ticker`.
///
/// # Errors
/// When it cannot be understood.
pub fn tick(body: &[u8]) -> Result<(Symbol, Tick), ParseError> {
    let ticker: Ticker = one("ticker", body)?;
    let tick = Tick {
        at: ticker.ts.0,
        price: ticker.last.0,
        quantity: Quantity::ZERO,
    };
    Ok((Symbol::new(&ticker.inst_id), tick))
}

/// `GET /api/v5/market/ticker`: the best prices.
///
/// # Errors
/// When it cannot be understood.
pub fn quote(body: &[u8]) -> Result<Quote, ParseError> {
    let best: BestPrices = one("ticker", body)?;
    Ok(Quote {
        bid: best.bid_px.0,
        ask: best.ask_px.0,
        last: best.last.0,
        at: best.ts.0,
    })
}

/// `GET /api/v5/market/candles` and `history-candles`, oldest first; the last one may not be over yet.
///
/// # Errors
/// When it cannot be understood.
pub fn bars(body: &[u8]) -> Result<Vec<Bar>, ParseError> {
    let rows: Vec<Row> = data("candles", body)?;
    let bars = rows
        .iter()
        .enumerate()
        .map(|(index, row)| bar("candles", index, row, BAR));
    let mut bars = bars.collect::<Result<Vec<_>, _>>()?;
    bars.reverse();
    Ok(bars)
}
