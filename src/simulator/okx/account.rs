//! Endpoints of an account: its configuration, balance and positions.

use domain::fixed::Amount;
use domain::user::PositionMode;
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::position;
use super::routes::{Call, Told};
use super::words::{blank, joined, ratio};
use crate::simulator::exchange::{Account, AccountView, Exchange, History};

/// Fields of an asset's balance that are zero here, and those that say nothing.
const ZEROS: [&str; 14] = [
    "borrowFroz",
    "crossLiab",
    "fixedBal",
    "interest",
    "isoLiab",
    "liab",
    "maxLoan",
    "rewardBal",
    "spotIsoBal",
    "stgyEq",
    "twap",
    "uplLiab",
    "smtSyncEq",
    "spotCopyTradingEq",
];
const BLANKS: [&str; 12] = [
    "accAvgPx",
    "clSpotInUseAmt",
    "colBorrAutoConversion",
    "maxSpotInUse",
    "notionalLever",
    "openAvgPx",
    "spotBal",
    "spotInUseAmt",
    "spotUpl",
    "spotUplRatio",
    "totalPnl",
    "totalPnlRatio",
];

/// `GET /api/v5/account/config`.
pub(super) async fn config(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let rights = call.account.map_or_else(String::new, rights);
    let uid = account.id.to_string();
    let told = joined([
        blank(&["ip", "levelTmp", "spotOffsetType"]),
        json!({
            "acctLv": "2",
            "acctStpMode": "cancel_maker",
            "autoLoan": false,
            "ctIsoMode": "automatic",
            "enableSpotBorrow": false,
            "feeType": "0",
            "greeksType": "PA",
            "kycLv": "3",
            "label": "simulator",
            "level": "Lv1",
            "liquidationGear": "-1",
            "mainUid": uid,
            "mgnIsoMode": "automatic",
            "opAuth": "0",
            "perm": rights,
            "posMode": match account.mode {
                PositionMode::OneWay => "net_mode",
                PositionMode::Hedge => "long_short_mode",
            },
            "roleType": "0",
            "settleCcy": ASSET,
            "settleCcyList": [ASSET],
            "spotBorrowAutoRepay": false,
            "spotRoleType": "0",
            "spotTraderInsts": [],
            "traderInsts": [],
            "type": "0",
            "uid": uid,
        }),
    ]);
    Ok(vec![told].into())
}

/// What a key may do.
fn rights(account: &Account) -> String {
    let rights = [
        (true, "read_only"),
        (account.rights.withdraw, "withdraw"),
        (account.rights.trade, "trade"),
    ];
    let granted = rights.into_iter().filter(|(granted, _)| *granted);
    granted.map(|(_, name)| name).collect::<Vec<_>>().join(",")
}

/// `GET /api/v5/account/balance`.
pub(super) async fn balance(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let view = call.exchange.view(call.id()?).await?;
    let named = params
        .get("ccy")
        .is_none_or(|names| names.split(',').any(|name| name == ASSET));
    let mut told = whole(call.exchange, &view);
    if !named {
        told["details"] = json!([]);
    }
    Ok(vec![told].into())
}

/// An account's balance. The margin of isolated positions is no part of its cash.
pub(super) fn whole(exchange: &Exchange, view: &AccountView) -> Value {
    let equity = view.account.balance.plus(view.unrealised);
    let equity = equity.unwrap_or(view.account.balance);
    let initial = view.position_margin.plus(view.order_margin);
    let notional = Amount::sum(view.positions.iter().map(|own| own.notional));
    let now = exchange.market_now().0.to_string();
    joined([
        blank(&[
            "notionalUsdForBorrow",
            "notionalUsdForFutures",
            "notionalUsdForOption",
            "delta",
            "deltaLever",
            "deltaNeutralStatus",
        ]),
        json!({
            "adjEq": equity.to_string(),
            "availEq": view.available.to_string(),
            "borrowFroz": "0",
            "details": [detail(view, equity, &now)],
            "imr": initial.unwrap_or(view.position_margin).to_string(),
            "isoEq": isolated(view).to_string(),
            "mgnRatio": ratio(equity, view.maintenance),
            "mmr": view.maintenance.to_string(),
            "notionalUsd": notional.unwrap_or_default().to_string(),
            "notionalUsdForSwap": notional.unwrap_or_default().to_string(),
            "ordFroz": view.order_margin.to_string(),
            "totalEq": equity.to_string(),
            "uTime": now,
            "upl": view.unrealised.to_string(),
        }),
    ])
}

/// What isolated positions are worth.
fn isolated(view: &AccountView) -> Amount {
    let margins = view.account.balance.minus(view.cross_wallet).unwrap_or_default();
    let gains = view.unrealised.minus(view.cross_unrealised).unwrap_or_default();
    margins.plus(gains).unwrap_or(margins)
}

fn detail(view: &AccountView, equity: Amount, now: &str) -> Value {
    let frozen = equity.minus(view.available).and_then(|used| used.minus(isolated(view)));
    let isolated_gain = view.unrealised.minus(view.cross_unrealised);
    let imr = view.position_margin.plus(view.order_margin);
    let zeros: serde_json::Map<String, Value> = ZEROS.iter().map(|name| ((*name).to_owned(), json!("0"))).collect();
    joined([
        blank(&BLANKS),
        Value::Object(zeros),
        json!({
            "availBal": view.available.to_string(),
            "availEq": view.available.to_string(),
            "cashBal": view.cross_wallet.to_string(),
            "ccy": ASSET,
            "collateralEnabled": true,
            "disEq": equity.to_string(),
            "eq": equity.to_string(),
            "eqUsd": equity.to_string(),
            "frozenBal": frozen.unwrap_or_default().max(Amount::ZERO).to_string(),
            "imr": imr.unwrap_or(view.position_margin).to_string(),
            "isoEq": isolated(view).to_string(),
            "isoUpl": isolated_gain.unwrap_or_default().to_string(),
            "mgnRatio": ratio(equity, view.maintenance),
            "mmr": view.maintenance.to_string(),
            "ordFrozen": view.order_margin.to_string(),
            "uTime": now,
            "upl": view.unrealised.to_string(),
        }),
    ])
}

/// `GET /api/v5/account/positions`: what is held.
pub(super) async fn positions(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let id = call.id()?;
    let view = call.exchange.view(id).await?;
    let rounds = call.exchange.history(id, History::rounds);
    let names = params.get("instId");
    if let Some(names) = names {
        // A market that is not listed is an error even where nothing is held.
        let unlisted = |name: &str| contract::find(call.exchange, name).is_none();
        if names.split(',').any(unlisted) {
            return Err(super::problem::Problem::unlisted());
        }
    }
    let here = |name: &str| names.is_none_or(|names| names.split(',').any(|one| one == name));
    let held = view
        .positions
        .iter()
        .filter(|own| params.is_of_swaps() && here(&contract::name_of(call.exchange, &own.held.symbol)));
    let told = held.map(|own| position::told(call.exchange, &view, own, &rounds));
    Ok(told.collect::<Vec<_>>().into())
}
