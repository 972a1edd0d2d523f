//! Endpoints that tell how things are: the time, markets and their filters, tiers, fees.

use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::{blank, joined};

/// When the simulated markets were listed: 2019-11-12, as OKX's first.
const LISTED: i64 = 1_573_557_408_000;
/// Contracts of the largest order.
const LARGEST: &str = "1000000";
/// Orders that may be open on a market, and conditional ones of an account.
pub(super) const OPEN: (usize, usize) = (500, 500);

/// `GET /api/v5/public/time`.
pub(super) async fn time(call: &Call<'_>) -> Told {
    Ok(json!([{ "ts": call.asked.now.0.to_string() }]).into())
}

/// `GET /api/v5/public/instruments`.
pub(super) async fn instruments(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instType")?;
    if !params.is_of_swaps() {
        return Ok(Vec::new().into());
    }
    let markets = params.markets(call.exchange)?;
    let code = |market: &PaperMarket| {
        let all = call.exchange.markets();
        all.iter()
            .position(|own| own.instrument.symbol == market.instrument.symbol)
    };
    let told = markets
        .iter()
        .map(|market| instrument(market, code(market).unwrap_or(0)));
    Ok(told.collect::<Vec<_>>().into())
}

fn instrument(market: &PaperMarket, place: usize) -> Value {
    let terms = &market.instrument;
    joined([
        blank(&[
            "alias",
            "auctionEndTime",
            "baseCcy",
            "expTime",
            "optType",
            "quoteCcy",
            "stk",
            "preMktSwTime",
        ]),
        json!({
            "category": "1",
            "ctMult": "1",
            "ctType": "linear",
            "ctVal": contract::size(market).to_string(),
            "ctValCcy": contract::base(market),
            "contTdSwTime": LISTED.to_string(),
            "futureSettlement": false,
            "groupId": "1",
            "instCategory": "1",
            "instFamily": contract::family(market),
            "instId": contract::name(market),
            "instIdCode": place + 1,
            "instType": "SWAP",
            "lever": terms.max_leverage.to_string(),
            "listTime": LISTED.to_string(),
            "lotSz": contract::count(market, terms.lot),
            "maxIcebergSz": LARGEST,
            "maxLmtAmt": "20000000",
            "maxLmtSz": LARGEST,
            "maxMktAmt": "",
            "maxMktSz": LARGEST,
            "maxStopSz": LARGEST,
            "maxTriggerSz": LARGEST,
            "maxTwapSz": LARGEST,
            "minSz": contract::count(market, terms.min_quantity),
            "openType": "",
            "ruleType": "normal",
            "settleCcy": ASSET,
            "state": "live",
            "tickSz": terms.tick.to_string(),
            "tradeQuoteCcyList": [],
            "uly": contract::family(market),
            "upcChg": [],
        }),
    ])
}

/// `GET /api/v5/public/position-tiers`: one tier per market.
pub(super) async fn tiers(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instType")?;
    params.margin_mode("tdMode")?;
    let told = params.markets(call.exchange)?.into_iter().map(|market| {
        let most = market.instrument.max_leverage;
        let least = rust_decimal::Decimal::ONE.checked_div(most.into()).unwrap_or_default();
        json!({
            "baseMaxLoan": "",
            "imr": least.round_dp(6).normalize().to_string(),
            "instFamily": contract::family(market),
            "instId": "",
            "maxLever": most.to_string(),
            "maxSz": LARGEST,
            "minSz": "0",
            "mmr": market.maintenance.to_string(),
            "optMgnFactor": "0",
            "quoteMaxLoan": "",
            "tier": "1",
            "uly": contract::family(market),
        })
    });
    Ok(told.collect::<Vec<_>>().into())
}

/// `GET /api/v5/account/trade-fee`. Fees are below zero when they are paid; those of markets in USDT have names of their own.
pub(super) async fn fees(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instType")?;
    let markets = params.markets(call.exchange)?;
    let market = markets.first().ok_or_else(Problem::unlisted)?;
    let (maker, taker) = (market.maker_fee.negated(), market.taker_fee.negated());
    Ok(json!([{
        "category": "1",
        "delivery": "",
        "exercise": "",
        "feeGroup": [{ "groupId": "1", "maker": maker.to_string(), "taker": taker.to_string() }],
        "fiat": [],
        "instType": "SWAP",
        "level": "Lv1",
        "maker": maker.to_string(),
        "makerU": maker.to_string(),
        "makerUSDC": maker.to_string(),
        "ruleType": "normal",
        "taker": taker.to_string(),
        "takerU": taker.to_string(),
        "takerUSDC": taker.to_string(),
        "ts": call.asked.now.0.to_string(),
    }])
    .into())
}

/// `GET /api/v5/asset/currencies`, which clients ask at their start: no coin can be moved here.
pub(super) async fn currencies(_: &Call<'_>) -> Told {
    Ok(Vec::new().into())
}
