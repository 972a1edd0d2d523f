//! Markets: listings, prices, bars and the venue's clock.

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::super::super::dialect::{Columns, Listing, Listings, Page, ParseError, bar, read};
use super::super::wire::{Answer, BestPrices, Klines, List, Market, Ticker};
use super::{page, result};
use crate::ports::venue::Quote;

/// `[start, open, high, low, close, volume, turnover]`
const BAR: Columns = Columns {
    time: 0,
    prices: [1, 2, 3, 4],
    volume: 5,
};

/// `GET /v5/market/time`, and any other answer.
///
/// # Errors
/// When it cannot be understood.
pub fn server_time(body: &[u8]) -> Result<Timestamp, ParseError> {
    let answer: Answer<'_> = read("server time", body)?;
    answer
        .time
        .told()
        .ok_or_else(|| ParseError::new("server time", "time", "is missing"))
}

/// `GET /v5/market/instruments-info?category=linear`: a page of the perpetual markets, and what asks for the next.
///
/// # Errors
/// When it cannot be understood.
pub fn listings(body: &[u8]) -> Result<(Listings, Option<String>), ParseError> {
    let page: Page<&RawValue> = page("instruments", body)?;
    let listings = Listings::read("instruments", &page.rows, |market: Market| {
        (market.contract_type == "LinearPerpetual").then(|| Ok(listing(market)))
    });
    Ok((listings, page.next))
}

fn listing(market: Market) -> Listing {
    let lots = market.lot_size_filter;
    Listing {
        symbol: Symbol::new(&market.symbol),
        base: market.base_coin,
        settle: market.settle_coin,
        contract: Decimal::ONE,
        tick: market.price_filter.tick_size.0,
        lot: lots.qty_step.0,
        min_quantity: lots.min_order_qty.0,
        max_market_quantity: lots.max_mkt_order_qty.told(),
        min_notional: lots.min_notional_value.told().unwrap_or(Amount::ZERO),
        max_leverage: Some(market.leverage_filter.max_leverage.0),
        is_trading: market.status == "Trading",
    }
}

fn tickers(body: &[u8]) -> Result<(Vec<Ticker>, Timestamp), ParseError> {
    let list: List<Ticker> = result("tickers", body)?;
    Ok((list.list, server_time(body)?))
}

/// `GET /v5/market/tickers`: what positions are valued at.
///
/// # Errors
/// When it cannot be understood.
pub fn marks(body: &[u8]) -> Result<Vec<(Symbol, Price, Timestamp)>, ParseError> {
    let (tickers, at) = tickers(body)?;
    let marks = tickers
        .iter()
        .map(|ticker| (Symbol::new(&ticker.symbol), ticker.mark_price.0, at));
    Ok(marks.collect())
}

/// `GET /v5/market/tickers` of one market: its last price.
///
/// # Errors
/// When it cannot be understood, or tells no market.
pub fn tick(body: &[u8]) -> Result<(Symbol, Tick), ParseError> {
    let (tickers, at) = tickers(body)?;
    let ticker = tickers
        .first()
        .ok_or_else(|| ParseError::new("tickers", "list", "is empty"))?;
    let tick = Tick {
        at,
        price: ticker.last_price.0,
        quantity: Quantity::ZERO,
    };
    Ok((Symbol::new(&ticker.symbol), tick))
}

/// `GET /v5/market/tickers` of one market: its best prices.
///
/// # Errors
/// When it cannot be understood, or tells no market.
pub fn quote(body: &[u8]) -> Result<Quote, ParseError> {
    let list: List<BestPrices> = result("tickers", body)?;
    let best = list.list.first();
    let best = best.ok_or_else(|| ParseError::new("tickers", "list", "is empty"))?;
    Ok(Quote {
        bid: best.bid1_price.0,
        ask: best.ask1_price.0,
        last: best.last_price.0,
        at: server_time(body)?,
    })
}

/// `GET /v5/market/kline`, oldest first; the last one may not be over yet.
///
/// # Errors
/// When it cannot be understood.
pub fn bars(body: &[u8]) -> Result<Vec<Bar>, ParseError> {
    let rows: Klines = result("klines", body)?;
    let bars = rows
        .list
        .iter()
        .enumerate()
        .map(|(index, row)| bar("klines", index, row, BAR));
    let mut bars = bars.collect::<Result<Vec<_>, _>>()?;
    bars.reverse();
    Ok(bars)
}
