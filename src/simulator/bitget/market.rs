//! Endpoints of public market data.

use domain::fixed::{Price, Quantity};
use domain::market::Action;
use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::day;
use super::params::COIN;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Candle, Trade, fundings, next_funding};
use crate::simulator::fields::decimals;

/// Orders that may be open on a market.
pub(super) const OPEN: usize = 200;

/// `GET /api/v2/public/time`.
pub(super) async fn time(call: &Call<'_>) -> Told {
    Ok(json!({ "serverTime": call.asked.now.0.to_string() }))
}

/// Lists of markets that are not here: spot and margin.
pub(super) async fn nothing(_call: &Call<'_>) -> Told {
    Ok(json!([]))
}

/// `GET /api/v2/spot/public/coins`: what is traded and what it is paid with; none of it moves over a chain.
pub(super) async fn coins(call: &Call<'_>) -> Told {
    let bases = call.exchange.markets().iter().map(base);
    let coins = bases.chain([COIN]).enumerate().map(|(id, coin)| {
        json!({ "coinId": (id + 1).to_string(), "coin": coin, "transfer": "true", "chains": [], "areaCoin": "no" })
    });
    Ok(coins.collect())
}

fn base(market: &PaperMarket) -> &str {
    let symbol = market.instrument.symbol.as_str();
    symbol.strip_suffix(COIN).unwrap_or(symbol)
}

/// `GET /api/v2/mix/market/contracts`.
pub(super) async fn contracts(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    Ok(markets.into_iter().map(contract).collect())
}

fn contract(market: &PaperMarket) -> Value {
    let instrument = &market.instrument;
    let (tick, lot) = (instrument.tick.to_string(), instrument.lot.to_string());
    let step = tick.replace('.', "");
    let step = step.trim_start_matches('0');
    json!({
        "symbol": instrument.symbol.as_str(),
        "baseCoin": base(market),
        "quoteCoin": COIN,
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "feeRateUpRatio": "0.005",
        "makerFeeRate": market.maker_fee.to_string(),
        "takerFeeRate": market.taker_fee.to_string(),
        "openCostUpRatio": "0.01",
        "supportMarginCoins": [COIN],
        "minTradeNum": instrument.min_quantity.to_string(),
        "priceEndStep": if step.is_empty() { "1" } else { step },
        "volumePlace": decimals(&lot).to_string(),
        "pricePlace": decimals(&tick).to_string(),
        "sizeMultiplier": lot,
        "symbolType": "perpetual",
        "minTradeUSDT": instrument.min_notional.to_string(),
        "maxSymbolOrderNum": OPEN.to_string(),
        "maxProductOrderNum": "400",
        "maxPositionNum": "150",
        "symbolStatus": "normal",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": "",
        "deliveryStartTime": "",
        "deliveryPeriod": "",
        "launchTime": "",
        "fundInterval": hours(market),
        "minLever": "1",
        "maxLever": instrument.max_leverage.to_string(),
        "posLimit": "0.05",
        "maintainTime": "",
        "openTime": "",
    })
}

/// Hours between two fundings.
fn hours(market: &PaperMarket) -> String {
    (market.funding_interval.as_secs() / 3_600).to_string()
}

/// `GET /api/v2/mix/market/query-position-lever`: one tier.
pub(super) async fn tiers(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    Ok(json!([{
        "symbol": market.instrument.symbol.as_str(),
        "level": "1",
        "startUnit": "0",
        "endUnit": "1000000000",
        "leverage": market.instrument.max_leverage.to_string(),
        "keepMarginRate": market.maintenance.to_string(),
    }]))
}

/// `GET /api/v2/mix/market/ticker`: a list of one.
pub(super) async fn ticker(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    Ok(json!([ticker_of(call, market).ok_or_else(no_price)?]))
}

/// `GET /api/v2/mix/market/tickers`: all that have a price.
pub(super) async fn tickers(call: &Call<'_>) -> Told {
    let is_ours = call.params.is_ours()?;
    let markets = call.exchange.markets().iter().filter(|_| is_ours);
    Ok(markets.filter_map(|market| ticker_of(call, market)).collect())
}

fn ticker_of(call: &Call, market: &PaperMarket) -> Option<Value> {
    let day = call.exchange.day(market)?;
    let [(bid, bids), (ask, asks)] = call.exchange.ladder(market, 1)?.best()?;
    let (bar, tick) = (day.candle.bar, day.last.tick);
    Some(json!({
        "symbol": market.instrument.symbol.as_str(),
        "lastPr": tick.price.to_string(),
        "askPr": ask.to_string(),
        "bidPr": bid.to_string(),
        "bidSz": bids.to_string(),
        "askSz": asks.to_string(),
        "high24h": bar.high.to_string(),
        "low24h": bar.low.to_string(),
        "ts": tick.at.0.to_string(),
        "change24h": day::changed(bar.open, tick.price),
        "baseVolume": bar.volume.to_string(),
        "quoteVolume": day.candle.turnover.to_string(),
        "usdtVolume": day.candle.turnover.to_string(),
        "openUtc": day.midnight.to_string(),
        "changeUtc24h": day::changed(day.midnight, tick.price),
        "indexPrice": tick.price.to_string(),
        "fundingRate": market.funding_rate.to_string(),
        "holdingAmount": "0",
        "deliveryStartTime": null,
        "deliveryTime": null,
        "deliveryStatus": "",
        "open24h": bar.open.to_string(),
        "markPrice": tick.price.to_string(),
    }))
}

/// `GET /api/v2/mix/market/symbol-price`: mark and index price are the last price here.
pub(super) async fn prices(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let tick = last(call, market)?.tick;
    let price = tick.price.to_string();
    Ok(json!([{
        "symbol": market.instrument.symbol.as_str(),
        "price": price,
        "indexPrice": price,
        "markPrice": price,
        "ts": tick.at.0.to_string(),
    }]))
}

/// `GET /api/v2/mix/market/candles` and its kin: the last so many that begin before the end of the span, oldest first.
pub(super) async fn candles(call: &Call<'_>, most: usize) -> Told {
    let market = call.params.market(call.exchange)?;
    let interval = day::interval(call.params.need("granularity")?);
    let interval = interval.ok_or_else(|| Problem::wrong("granularity"))?;
    let limit = call.params.limit(100, most)?;
    let start: i64 = call.params.read_as("startTime")?.unwrap_or(0);
    let end: i64 = call.params.read_as("endTime")?.unwrap_or(i64::MAX);
    let mut candles = call.exchange.candles(&market.instrument.symbol, interval);
    candles.retain(|candle| (start..end).contains(&candle.bar.opened_at.0));
    let skipped = candles.len().saturating_sub(limit);
    Ok(candles
        .iter()
        .skip(skipped)
        .map(|candle| Value::from(row(candle)))
        .collect())
}

/// A candle as a row: start, open, high, low, close, coins, turnover.
pub(super) fn row(candle: &Candle) -> Vec<String> {
    let bar = candle.bar;
    vec![
        bar.opened_at.0.to_string(),
        bar.open.to_string(),
        bar.high.to_string(),
        bar.low.to_string(),
        bar.close.to_string(),
        bar.volume.to_string(),
        candle.turnover.to_string(),
    ]
}

/// `GET /api/v2/mix/market/merge-depth`: levels are numbers, not texts; prices are not merged here.
pub(super) async fn depth(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = match call.params.get("limit") {
        Some("max") => 1_000,
        _ => call.params.limit(100, 1_000)?,
    };
    let ladder = call.exchange.ladder(market, limit).ok_or_else(no_price)?;
    let told = |levels: &[(Price, Quantity)]| {
        let levels = levels
            .iter()
            .map(|(price, quantity)| json!([number(&price.to_string()), number(&quantity.to_string())]));
        levels.collect::<Value>()
    };
    Ok(json!({
        "asks": told(&ladder.asks),
        "bids": told(&ladder.bids),
        "ts": ladder.at.0.to_string(),
        "scale": market.instrument.tick.to_string(),
        "precision": "scale0",
        "isMaxPrecision": "YES",
    }))
}

/// A number as JSON writes it.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// `GET /api/v2/mix/market/fills`: the last ones, newest first.
pub(super) async fn trades(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(100, 100)?;
    let trades = call.exchange.trades(&market.instrument.symbol, None, limit);
    Ok(trades
        .iter()
        .rev()
        .map(|trade| trade_of(market, trade, false))
        .collect())
}

/// `GET /api/v2/mix/market/fills-history`: by id and time, newest first.
pub(super) async fn past_trades(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let limit = call.params.limit(500, 1_000)?;
    let below: i64 = call.params.read_as("idLessThan")?.unwrap_or(i64::MAX);
    let start: i64 = call.params.read_as("startTime")?.unwrap_or(0);
    let end: i64 = call.params.read_as("endTime")?.unwrap_or(i64::MAX);
    let trades = call.exchange.trades(&market.instrument.symbol, None, usize::MAX);
    let within = trades.iter().rev();
    let within = within.filter(|trade| trade.number < below && (start..=end).contains(&trade.tick.at.0));
    Ok(within.take(limit).map(|trade| trade_of(market, trade, true)).collect())
}

fn trade_of(market: &PaperMarket, trade: &Trade, in_capitals: bool) -> Value {
    let side = match (trade.taker(), in_capitals) {
        (Action::Buy, true) => "Buy",
        (Action::Sell, true) => "Sell",
        (taker, false) => taker.as_str(),
    };
    json!({
        "tradeId": trade.number.to_string(),
        "price": trade.tick.price.to_string(),
        "size": trade.tick.quantity.to_string(),
        "side": side,
        "ts": trade.tick.at.0.to_string(),
        "symbol": market.instrument.symbol.as_str(),
    })
}

/// `GET /api/v2/mix/market/current-fund-rate`.
pub(super) async fn funding(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let now = call.exchange.market_now();
    let told = markets.into_iter().map(|market| {
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "fundingRate": market.funding_rate.to_string(),
            "fundingRateInterval": hours(market),
            "nextUpdate": next_funding(market, now).0.to_string(),
            "minFundingRate": "-0.003",
            "maxFundingRate": "0.003",
        })
    });
    Ok(told.collect())
}

/// `GET /api/v2/mix/market/funding-time`.
pub(super) async fn funding_time(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let next = next_funding(market, call.exchange.market_now());
    let symbol = market.instrument.symbol.as_str();
    Ok(json!([{ "symbol": symbol, "nextFundingTime": next.0.to_string(), "ratePeriod": hours(market) }]))
}

/// `GET /api/v2/mix/market/history-fund-rate`: the rate is the same at each funding; newest first, page by page.
pub(super) async fn past_funding(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let size: usize = call.params.read_as("pageSize")?.unwrap_or(20).clamp(1, 100);
    let page: usize = call.params.read_as("pageNo")?.unwrap_or(1).max(1);
    let times = fundings(market, call.exchange.market_now()).take_while(|at| at.0 > 0);
    let told = times.skip((page - 1).saturating_mul(size)).take(size).map(|at| {
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "fundingRate": market.funding_rate.to_string(),
            "fundingTime": at.0.to_string(),
        })
    });
    Ok(told.collect())
}

fn last(call: &Call, market: &PaperMarket) -> Result<Trade, Problem> {
    let last = call.exchange.last(&market.instrument.symbol);
    last.ok_or_else(no_price)
}

fn no_price() -> Problem {
    Problem::new("40725", "service return an error")
}
