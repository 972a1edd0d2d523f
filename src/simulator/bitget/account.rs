//! Endpoints of an account: what the key may do, balances, positions.

use domain::fixed::{Amount, Ratio, Rounding};
use domain::paper::PaperMarket;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::order::{margin_word, mode_word};
use super::params::COIN;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{AccountView, PositionView};

/// `GET /api/v2/spot/account/info`: rights by their short names. `r` at the end is read, `w` write; `co` are contract orders,
/// `cp` contract positions, `ww` withdrawals.
pub(super) async fn rights(call: &Call<'_>) -> Told {
    let owner = call.owner()?;
    let mut rights = vec!["coor", "cpor"];
    if owner.rights.trade {
        rights.extend(["coow", "cpow"]);
    }
    if owner.rights.withdraw {
        rights.push("wwow");
    }
    Ok(json!({
        "userId": owner.id.to_string(),
        "inviterId": null,
        "channelCode": "",
        "channel": "",
        "ips": "",
        "authorities": rights,
        "parentId": owner.id.0,
        "traderType": "not_trader",
        "regisTime": "0",
    }))
}

/// `GET /api/v2/common/trade-rate`.
pub(super) async fn fees(call: &Call<'_>) -> Told {
    if call.params.need("businessType")? != "mix" {
        return Err(Problem::wrong("businessType"));
    }
    let market = call.params.market_alone(call.exchange)?;
    Ok(json!({ "makerFeeRate": market.maker_fee.to_string(), "takerFeeRate": market.taker_fee.to_string() }))
}

/// `GET /api/v2/mix/account/accounts`.
pub(super) async fn all(call: &Call<'_>) -> Told {
    if !call.params.is_ours()? {
        return Ok(json!([]));
    }
    let view = call.exchange.view(call.id()?).await?;
    Ok(json!([totals(&view)]))
}

/// `GET /api/v2/mix/account/account`: with the settings of a market.
pub(super) async fn one(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    call.params.coin()?;
    let view = call.exchange.view(call.id()?).await?;
    let instrument = &market.instrument;
    let setting = view.account.setting(&instrument.symbol, instrument.max_leverage);
    let mut told = totals(&view);
    if let Some(fields) = told.as_object_mut() {
        for (name, value) in [
            ("crossedMarginLeverage", json!(setting.leverage)),
            ("isolatedLongLever", json!(setting.leverage)),
            ("isolatedShortLever", json!(setting.leverage)),
            ("marginMode", json!(margin_word(setting.margin_mode))),
            ("posMode", json!(mode_word(view.account.mode))),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    Ok(told)
}

fn totals(view: &AccountView) -> Value {
    let equity = view.account.balance.plus(view.unrealised);
    let equity = equity.unwrap_or(view.account.balance).to_string();
    let isolated = view.unrealised.minus(view.cross_unrealised).unwrap_or(Amount::ZERO);
    // Without positions there is nothing, not zero.
    let gain = |amount: Amount| {
        if view.positions.is_empty() {
            String::new()
        } else {
            amount.to_string()
        }
    };
    json!({
        "marginCoin": COIN,
        "locked": view.order_margin.to_string(),
        "available": view.account.balance.to_string(),
        "crossedMaxAvailable": view.available.to_string(),
        "isolatedMaxAvailable": view.available.to_string(),
        "maxTransferOut": view.available.to_string(),
        "accountEquity": equity,
        "usdtEquity": equity,
        "btcEquity": "0",
        "crossedRiskRate": risk(view),
        "unrealizedPL": gain(view.unrealised),
        "coupon": "0",
        "crossedUnrealizedPL": gain(view.cross_unrealised),
        "isolatedUnrealizedPL": gain(isolated),
        "assetMode": "single",
    })
}

/// Maintenance margin of what is on cross, as a share of what stands behind it.
fn risk(view: &AccountView) -> String {
    let on_cross = view
        .positions
        .iter()
        .filter(|own| own.held.margin_mode == MarginMode::Cross);
    let needed = Amount::sum(on_cross.map(|own| own.maintenance));
    let behind = view.cross_wallet.plus(view.cross_unrealised);
    match (needed, behind) {
        (Ok(needed), Ok(behind)) if behind.is_positive() => part(needed, behind),
        _ => "0".to_owned(),
    }
}

fn part(part: Amount, whole: Amount) -> String {
    let ratio = Ratio::between(part, whole, Rounding::HalfUp);
    ratio.unwrap_or_default().to_string()
}

/// `GET /api/v2/mix/position/all-position`.
pub(super) async fn positions(call: &Call<'_>) -> Told {
    if !call.params.is_ours()? {
        return Ok(json!([]));
    }
    let view = call.exchange.view(call.id()?).await?;
    let held = view.positions.iter().filter_map(|own| {
        let market = call.exchange.market(own.held.symbol.as_str())?;
        Some(position_of(&view, own, market))
    });
    Ok(held.collect())
}

/// `GET /api/v2/mix/position/single-position`.
pub(super) async fn position(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    call.params.coin()?;
    let view = call.exchange.view(call.id()?).await?;
    let here = view.positions.iter();
    let here = here.filter(|own| own.held.symbol == market.instrument.symbol);
    Ok(here.map(|own| position_of(&view, own, market)).collect())
}

fn position_of(view: &AccountView, own: &PositionView, market: &PaperMarket) -> Value {
    let held = &own.held;
    let (margin, behind) = match held.margin_mode {
        MarginMode::Isolated => (held.margin, held.margin.plus(own.unrealised)),
        MarginMode::Cross => (own.initial, view.cross_wallet.plus(view.cross_unrealised)),
    };
    let ratio = behind
        .ok()
        .filter(|behind| behind.is_positive())
        .map_or_else(|| "1".to_owned(), |behind| part(own.maintenance, behind));
    json!({
        "marginCoin": COIN,
        "symbol": held.symbol.as_str(),
        "holdSide": held.side.as_str(),
        "openDelegateSize": "0",
        "marginSize": margin.to_string(),
        "available": held.quantity.to_string(),
        "locked": "0",
        "total": held.quantity.to_string(),
        "leverage": held.leverage.to_string(),
        "achievedProfits": "0",
        "openPriceAvg": own.entry.to_string(),
        "marginMode": margin_word(held.margin_mode),
        "posMode": mode_word(view.account.mode),
        "unrealizedPL": own.unrealised.to_string(),
        // Where the whole account is liquidated there is no one price, and zero or less is told.
        "liquidationPrice": own.liquidation.map_or_else(|| "0".to_owned(), |price| price.to_string()),
        "keepMarginRate": market.maintenance.to_string(),
        "markPrice": own.mark.to_string(),
        "breakEvenPrice": own.entry.to_string(),
        "totalFee": "",
        "deductedFee": "0",
        "marginRatio": ratio,
        "assetMode": "single",
        "autoMargin": "off",
        "grant": "",
        "takeProfit": "",
        "stopLoss": "",
        "takeProfitId": "",
        "stopLossId": "",
        "cTime": held.opened_at.0.to_string(),
        "uTime": held.opened_at.0.to_string(),
    })
}
