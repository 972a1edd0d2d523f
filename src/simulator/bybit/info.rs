//! Endpoints that tell how things are: time, markets and their filters, fees, rights of the key.

use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::routes::{Call, Told};
use super::sign;
use crate::simulator::fields::decimals;

/// What everything is settled in.
pub(super) const ASSET: &str = "USDT";
/// When the simulated markets were listed: 2020-03-30, as Bybit's first in USDT.
const LISTED: i64 = 1_585_526_400_000;
/// Largest quantity of an order.
const LARGEST: i64 = 1_000_000;
/// Largest notional of a position.
pub(super) const RISK_LIMIT: i64 = 1_000_000_000;

/// What a market trades.
pub(super) fn base(market: &PaperMarket) -> &str {
    let name = market.instrument.symbol.as_str();
    name.strip_suffix(ASSET).unwrap_or(name)
}

/// `GET /v5/market/time`.
pub(super) async fn time(call: &Call<'_>) -> Told {
    let now = call.asked.now.0;
    Ok(json!({ "timeSecond": (now / 1_000).to_string(), "timeNano": format!("{now}000000") }).into())
}

/// `GET /v5/system/status`: there is never maintenance here.
pub(super) async fn system(_: &Call<'_>) -> Told {
    Ok(json!({ "list": [] }).into())
}

/// `GET /v5/market/instruments-info`.
pub(super) async fn instruments(call: &Call<'_>) -> Told {
    let category = call.params.need("category")?;
    let limit = call.params.limit(500, 1_000)?;
    let after: usize = call.params.read_as("cursor")?.unwrap_or(0);
    let mut markets = call.params.markets(call.exchange)?;
    markets.retain(|_| call.params.get("status").is_none_or(|status| status == "Trading"));
    let more = markets.len() > after.saturating_add(limit);
    let cursor = if more {
        (after + limit).to_string()
    } else {
        String::new()
    };
    let list: Value = markets.into_iter().skip(after).take(limit).map(instrument).collect();
    Ok(json!({ "category": category, "list": list, "nextPageCursor": cursor }).into())
}

fn instrument(market: &PaperMarket) -> Value {
    let instrument = &market.instrument;
    let (tick, lot) = (instrument.tick.to_string(), instrument.lot.to_string());
    json!({
        "symbol": instrument.symbol.as_str(),
        "contractType": "LinearPerpetual",
        "status": "Trading",
        "baseCoin": base(market),
        "quoteCoin": ASSET,
        "launchTime": LISTED.to_string(),
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": decimals(&tick).to_string(),
        "leverageFilter": {
            "minLeverage": "1",
            "maxLeverage": instrument.max_leverage.to_string(),
            "leverageStep": "1",
        },
        "priceFilter": { "minPrice": tick, "maxPrice": "10000000", "tickSize": tick },
        "lotSizeFilter": {
            "maxOrderQty": LARGEST.to_string(),
            "maxMktOrderQty": LARGEST.to_string(),
            "minOrderQty": instrument.min_quantity.to_string(),
            "qtyStep": lot,
            "postOnlyMaxOrderQty": LARGEST.to_string(),
            "minNotionalValue": instrument.min_notional.to_string(),
        },
        "unifiedMarginTrade": true,
        "fundingInterval": market.funding_interval.as_secs() / 60,
        "settleCoin": ASSET,
        "copyTrading": "none",
        "upperFundingRate": "0.02",
        "lowerFundingRate": "-0.02",
        "isPreListing": false,
        "preListingInfo": null,
    })
}

/// `GET /v5/market/risk-limit`: one bracket for each market.
pub(super) async fn risk_limits(call: &Call<'_>) -> Told {
    let category = call.params.need("category")?;
    let list = call.params.markets(call.exchange)?.into_iter().map(|market| {
        json!({
            "id": 1,
            "symbol": market.instrument.symbol.as_str(),
            "riskLimitValue": RISK_LIMIT.to_string(),
            "maintenanceMargin": market.maintenance.to_string(),
            "initialMargin": "0.01",
            "isLowestRisk": 1,
            "maxLeverage": market.instrument.max_leverage.to_string(),
            "mmDeduction": "",
        })
    });
    let list: Value = list.collect();
    Ok(json!({ "category": category, "list": list, "nextPageCursor": "" }).into())
}

/// `GET /v5/account/fee-rate`.
pub(super) async fn fees(call: &Call<'_>) -> Told {
    let list = call.params.markets(call.exchange)?.into_iter().map(|market| {
        json!({
            "symbol": market.instrument.symbol.as_str(),
            "baseCoin": "",
            "takerFeeRate": market.taker_fee.to_string(),
            "makerFeeRate": market.maker_fee.to_string(),
        })
    });
    let list: Value = list.collect();
    Ok(json!({ "category": call.params.get("category").unwrap_or_default(), "list": list }).into())
}

/// `GET /v5/user/query-api`: what the key may do.
pub(super) async fn rights(call: &Call<'_>) -> Told {
    let account = call.account.ok_or_else(sign::not_permitted)?;
    let (trade, withdraw) = (account.rights.trade, account.rights.withdraw);
    let trades: &[&str] = if trade { &["Order", "Position"] } else { &[] };
    let moves: &[&str] = if withdraw {
        &["AccountTransfer", "Withdraw"]
    } else {
        &[]
    };
    Ok(json!({
        "id": account.id.to_string(),
        "note": "simulated",
        "apiKey": account.key,
        "readOnly": if trade || withdraw { 0 } else { 1 },
        "secret": "",
        "permissions": {
            "ContractTrade": trades,
            "Spot": [],
            "Wallet": moves,
            "Options": [],
            "Derivatives": if trade { &["DerivativesTrade"][..] } else { &[] },
            "CopyTrading": [],
            "BlockTrade": [],
            "Exchange": [],
            "NFT": [],
            "Affiliate": [],
        },
        "ips": ["*"],
        "type": 1,
        "deadlineDay": -2,
        "expiredAt": "1970-01-01T00:00:00Z",
        "createdAt": "2020-03-30T00:00:00Z",
        "unified": 0,
        "uta": 1,
        "userID": account.id.0,
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": "",
        "isMaster": true,
        "parentUid": "0",
        "kycLevel": "LEVEL_DEFAULT",
        "kycRegion": "",
    })
    .into())
}

/// `GET /v5/asset/coin/query-info`, which clients ask at their start: no coin can be moved here.
pub(super) async fn coins(_: &Call<'_>) -> Told {
    Ok(json!({ "rows": [] }).into())
}
