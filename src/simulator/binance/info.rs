//! Endpoints that tell how things are: markets and their filters, brackets, fees, rights of the key.

use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::limits::{ORDERS, WEIGHT};
use super::order::OPEN;
use super::routes::{Call, Told};
use super::sign;
use crate::simulator::fields::decimals;

/// What everything is settled in.
pub(super) const ASSET: &str = "USDT";
/// When the simulated markets were listed: 2019-09-25, as Binance's first.
const LISTED: i64 = 1_569_398_400_000;
/// Perpetual contracts are delivered on 2100-12-25.
const NEVER: i64 = 4_133_404_800_000;
/// Largest notional of a position.
pub(super) const LARGEST: i64 = 1_000_000_000;

/// `GET /fapi/v1/ping`.
pub(super) async fn ping(_: &Call<'_>) -> Told {
    Ok(json!({}))
}

/// `GET /fapi/v1/time`.
pub(super) async fn time(call: &Call<'_>) -> Told {
    Ok(json!({ "serverTime": call.asked.now.0 }))
}

/// `GET /fapi/v1/exchangeInfo`.
pub(super) async fn exchange(call: &Call<'_>) -> Told {
    let symbols: Vec<Value> = call.exchange.markets().iter().map(symbol).collect();
    Ok(json!({
        "timezone": "UTC",
        "serverTime": call.asked.now.0,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            { "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": WEIGHT },
            { "rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": ORDERS.1 },
            { "rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": ORDERS.0 },
        ],
        "exchangeFilters": [],
        "assets": [{ "asset": ASSET, "marginAvailable": true, "autoAssetExchange": "0" }],
        "symbols": symbols,
    }))
}

fn symbol(market: &PaperMarket) -> Value {
    let instrument = &market.instrument;
    let name = instrument.symbol.as_str();
    let base = name.strip_suffix(ASSET).unwrap_or(name);
    let (tick, lot) = (instrument.tick.to_string(), instrument.lot.to_string());
    let sizes = |kind: &str| {
        let least = instrument.min_quantity.to_string();
        json!({ "filterType": kind, "minQty": least, "maxQty": "1000000", "stepSize": lot })
    };
    json!({
        "symbol": name,
        "pair": name,
        "contractType": "PERPETUAL",
        "deliveryDate": NEVER,
        "onboardDate": LISTED,
        "status": "TRADING",
        "maintMarginPercent": market.maintenance.to_string(),
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": ASSET,
        "marginAsset": ASSET,
        "pricePrecision": decimals(&tick),
        "quantityPrecision": decimals(&lot),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "settlePlan": 0,
        "triggerProtect": "0.0500",
        "liquidationFee": "0",
        "marketTakeBound": "0.05",
        "maxMoveOrderLimit": 10_000,
        "filters": [
            { "filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "10000000", "tickSize": tick },
            sizes("LOT_SIZE"),
            sizes("MARKET_LOT_SIZE"),
            { "filterType": "MAX_NUM_ORDERS", "limit": OPEN.0 },
            { "filterType": "MAX_NUM_ALGO_ORDERS", "limit": OPEN.1 },
            { "filterType": "MIN_NOTIONAL", "notional": instrument.min_notional.to_string() },
        ],
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
    })
}

/// `GET /fapi/v1/leverageBracket`.
pub(super) async fn brackets(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let told = markets.into_iter().map(|market| {
        // A ratio is a number here, not a text.
        let ratio: Value = serde_json::from_str(&market.maintenance.to_string()).unwrap_or(Value::Null);
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "brackets": [{
                "bracket": 1,
                "initialLeverage": market.instrument.max_leverage,
                "notionalCap": LARGEST,
                "notionalFloor": 0,
                "maintMarginRatio": ratio,
                "cum": 0,
            }],
        })
    });
    Ok(told.collect())
}

/// `GET /fapi/v1/commissionRate`.
pub(super) async fn commission(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    Ok(json!({
        "symbol": market.instrument.symbol.as_str(),
        "makerCommissionRate": market.maker_fee.to_string(),
        "takerCommissionRate": market.taker_fee.to_string(),
    }))
}

/// `GET /fapi/v1/fundingInfo`.
pub(super) async fn funding(call: &Call<'_>) -> Told {
    let told = call.exchange.markets().iter().map(|market| {
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "adjustedFundingRateCap": "0.02",
            "adjustedFundingRateFloor": "-0.02",
            "fundingIntervalHours": market.funding_interval.as_secs() / 3_600,
            "disclaimer": false,
        })
    });
    Ok(told.collect())
}

/// `GET /fapi/v1/apiTradingStatus`.
pub(super) async fn trading_status(call: &Call<'_>) -> Told {
    Ok(json!({ "indicators": {}, "updateTime": call.asked.now.0 }))
}

/// `GET /fapi/v1/rateLimit/order`.
pub(super) async fn order_limits(_: &Call<'_>) -> Told {
    Ok(json!([
        { "rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": ORDERS.0 },
        { "rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": ORDERS.1 },
    ]))
}

/// `GET /sapi/v1/account/apiRestrictions`: what the key may do.
pub(super) async fn restrictions(call: &Call<'_>) -> Told {
    let account = call.account.ok_or_else(sign::not_permitted)?;
    Ok(json!({
        "ipRestrict": false,
        "createTime": LISTED,
        "enableReading": true,
        "enableFutures": account.rights.trade,
        "enableWithdrawals": account.rights.withdraw,
        "enableInternalTransfer": account.rights.withdraw,
        "permitsUniversalTransfer": account.rights.withdraw,
        "enableSpotAndMarginTrading": false,
        "enableMargin": false,
        "enableVanillaOptions": false,
        "enableFixApiTrade": false,
        "enableFixReadOnly": false,
        "enablePortfolioMarginTrading": false,
    }))
}

/// `GET /sapi/v1/capital/config/getall` and `margin/allPairs`, which clients ask at their start: no coin can be moved, and
/// nothing borrowed here.
pub(super) async fn coins(_: &Call<'_>) -> Told {
    Ok(json!([]))
}
