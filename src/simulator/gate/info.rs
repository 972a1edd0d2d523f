//! Endpoints that tell how things are: the clock, contracts, fees, and what a key may do.

use domain::paper::PaperMarket;
use serde_json::{Value, json};

use super::contract::{ASSET, Contract, LARGEST, told};
use super::market::joined;
use super::order::price_word;
use super::params;
use super::routes::{Call, Told};
use crate::simulator::exchange::next_funding;

/// When the simulated contracts were listed: 2019-11-06, as Gate's first in USDT.
const LISTED: i64 = 1_572_998_400;
/// Largest value of a position.
pub(super) const RISK_LIMIT: i64 = 1_000_000_000;
/// Orders that may be open on a contract.
pub(super) const OPEN: usize = 100;

/// `GET /spot/time`.
pub(super) async fn time(call: &Call<'_>) -> Told {
    Ok(json!({ "server_time": call.asked.now.0 }))
}

/// What there is none of here.
pub(super) async fn nothing(_: &Call<'_>) -> Told {
    Ok(json!([]))
}

/// `GET /spot/currencies`: nothing can be moved here.
pub(super) async fn currencies(call: &Call<'_>) -> Told {
    let mut names: Vec<String> = Contract::all(call.exchange)
        .filter_map(|contract| Some(contract.name().split_once('_')?.0.to_owned()))
        .collect();
    names.push(ASSET.to_owned());
    let told = names.into_iter().map(|name| {
        json!({
            "currency": name,
            "name": name,
            "delisted": false,
            "withdraw_disabled": true,
            "withdraw_delayed": false,
            "deposit_disabled": true,
            "trade_disabled": false,
            "chain": "SIM",
            "chains": [],
        })
    });
    Ok(told.collect())
}

/// `GET /futures/usdt/contracts`.
pub(super) async fn contracts(call: &Call<'_>) -> Told {
    let page = call.params.page(1_000)?;
    let all = Contract::all(call.exchange).skip(page.0).take(page.1);
    Ok(all.map(|contract| listed(call, &contract)).collect())
}

/// `GET /futures/usdt/contracts/{contract}`.
pub(super) async fn contract(call: &Call<'_>) -> Told {
    Ok(listed(call, &call.contract()?))
}

fn listed(call: &Call<'_>, contract: &Contract<'_>) -> Value {
    let (market, decimal) = (contract.market, call.decimal());
    let instrument = &market.instrument;
    let last = call.exchange.last(&instrument.symbol);
    let price = price_word(last.map(|trade| trade.tick.price));
    let number = last.map_or(0, |trade| trade.number);
    let prices = json!({
        "name": contract.name(),
        "type": "direct",
        "quanto_multiplier": contract.multiplier.to_string(),
        "ref_discount_rate": "0",
        "order_price_deviate": "0.5",
        "maintenance_rate": market.maintenance.to_string(),
        "mark_type": "index",
        "last_price": price,
        "mark_price": price,
        "index_price": price,
        "funding_rate_indicative": market.funding_rate.to_string(),
        "mark_price_round": instrument.tick.to_string(),
        "funding_offset": 0,
        "in_delisting": false,
        "risk_limit_base": RISK_LIMIT.to_string(),
        "interest_rate": "0.0003",
        "order_price_round": instrument.tick.to_string(),
        "order_size_min": told(contract.least(), decimal || contract.is_divided),
    });
    joined(prices, rules(call, contract, number))
}

/// What a contract is traded by.
fn rules(call: &Call<'_>, contract: &Contract<'_>, number: i64) -> Value {
    let (market, decimal) = (contract.market, call.decimal());
    let instrument = &market.instrument;
    json!({
        "enable_decimal": contract.is_divided,
        "ref_rebate_rate": "0",
        "funding_interval": market.funding_interval.as_secs(),
        "risk_limit_step": RISK_LIMIT.to_string(),
        "leverage_min": "1",
        "leverage_max": instrument.max_leverage.to_string(),
        "risk_limit_max": RISK_LIMIT.to_string(),
        "maker_fee_rate": market.maker_fee.to_string(),
        "taker_fee_rate": market.taker_fee.to_string(),
        "funding_rate": market.funding_rate.to_string(),
        "order_size_max": told(LARGEST.into(), decimal),
        "funding_next_apply": next_funding(market, call.exchange.market_now()).0 / 1_000,
        "short_users": 0,
        "config_change_time": LISTED,
        "trade_size": 0,
        "position_size": 0,
        "long_users": 0,
        "funding_impact_value": "60000",
        "orders_limit": OPEN,
        "trade_id": number,
        "orderbook_id": number,
        "enable_bonus": true,
        "enable_credit": true,
        "create_time": LISTED,
        "funding_cap_ratio": "0.75",
        "status": "trading",
        "launch_time": LISTED,
    })
}

/// `GET /futures/usdt/risk_limit_tiers`: one for each contract.
pub(super) async fn tiers(call: &Call<'_>) -> Told {
    let told = params::contracts(&call.params, call.exchange)?
        .into_iter()
        .map(|contract| {
            json!({
                "tier": 1,
                "risk_limit": RISK_LIMIT.to_string(),
                "initial_rate": "0.01",
                "maintenance_rate": contract.market.maintenance.to_string(),
                "leverage_max": contract.market.instrument.max_leverage.to_string(),
                "contract": contract.name(),
                "deduction": "0",
            })
        });
    Ok(told.collect())
}

/// `GET /futures/usdt/fee`: by contract.
pub(super) async fn fees(call: &Call<'_>) -> Told {
    let contracts = params::contracts(&call.params, call.exchange)?;
    let told = contracts.into_iter().map(|contract| {
        let rates = json!({
            "taker_fee": contract.market.taker_fee.to_string(),
            "maker_fee": contract.market.maker_fee.to_string(),
        });
        (contract.name(), rates)
    });
    Ok(Value::Object(told.collect()))
}

/// `GET /wallet/fee`: those of the first contract.
pub(super) async fn wallet_fee(call: &Call<'_>) -> Told {
    let first = call.exchange.markets().first();
    let rate = |pick: fn(&PaperMarket) -> domain::fixed::Ratio| first.map(pick).unwrap_or_default().to_string();
    Ok(json!({
        "user_id": call.id()?.0,
        "taker_fee": "0.002",
        "maker_fee": "0.002",
        "gt_discount": false,
        "gt_taker_fee": "0",
        "gt_maker_fee": "0",
        "loan_fee": "0.18",
        "point_type": "0",
        "futures_taker_fee": rate(|market| market.taker_fee),
        "futures_maker_fee": rate(|market| market.maker_fee),
    }))
}

/// `GET /account/detail`.
pub(super) async fn detail(call: &Call<'_>) -> Told {
    Ok(json!({
        "user_id": call.id()?.0,
        "ip_whitelist": [],
        "currency_pairs": [],
        "key": { "mode": 1 },
        "tier": 0,
        "tier_expire_time": "0001-01-01T00:00:00Z",
        "copy_trading_role": 0,
    }))
}

/// `GET /account/main_keys`: the key of this account, with what it may do. What may withdraw has the right `wallet`.
pub(super) async fn keys(call: &Call<'_>) -> Told {
    let id = call.id()?;
    let Some(account) = call.account else {
        return Ok(json!([]));
    };
    let perm = |name: &str, read_only: bool| json!({ "name": name, "read_only": read_only });
    Ok(json!([{
        "state": 1,
        "mode": 1,
        "name": "simulator",
        "user_id": id.0,
        "perms": [
            perm("account", true),
            perm("futures", !account.rights.trade),
            perm("wallet", !account.rights.withdraw),
        ],
        "ip_whitelist": [],
        "currency_pairs": [],
        "key": format!("{}*****", account.key.get(..4).unwrap_or_default()),
        "created_at": LISTED,
        "update_at": LISTED,
        "last_access": call.asked.now.0 / 1_000,
    }]))
}
