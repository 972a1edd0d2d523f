//! Endpoints of an account's settings: leverage, margin mode, position mode, margin of a position.

use domain::fixed::Amount;
use domain::market::Side;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::order::{margin_word, mode_word};
use super::params::COIN;
use super::problem::Problem;
use super::routes::{Call, Told};

/// `POST /api/v2/mix/account/set-leverage`: one leverage for both sides of a market.
pub(super) async fn leverage(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    call.params.coin()?;
    let account = call.exchange.account(call.id()?).await?;
    let most = call.params.market(call.exchange)?.instrument.max_leverage;
    let is_isolated = account.setting(&symbol, most).margin_mode == MarginMode::Isolated;
    let sides: [Option<u32>; 3] = [
        call.params.read_as("leverage")?,
        call.params.read_as("longLeverage")?,
        call.params.read_as("shortLeverage")?,
    ];
    if sides[0].is_some() && is_isolated && account.mode == PositionMode::Hedge {
        let side = call.params.word("holdSide");
        if !matches!(side.as_deref(), Some("long" | "short")) {
            let words = "Parameter verification exception double fixed, hold side is null";
            return Err(Problem::new("40808", words));
        }
    }
    let leverage = sides.into_iter().flatten().next();
    let leverage = leverage.ok_or_else(|| Problem::empty("leverage"))?;
    call.exchange.set_leverage(account.id, symbol, leverage).await?;
    told(call).await
}

/// `POST /api/v2/mix/account/set-margin-mode`: what stands already is set again without a word.
pub(super) async fn margin_mode(call: &Call<'_>) -> Told {
    let instrument = &call.params.market(call.exchange)?.instrument;
    call.params.coin()?;
    let mode = call.params.margin_mode()?;
    let account = call.exchange.account(call.id()?).await?;
    if account.setting(&instrument.symbol, instrument.max_leverage).margin_mode != mode {
        let symbol = instrument.symbol.clone();
        call.exchange.set_margin_mode(account.id, symbol, mode).await?;
    }
    told(call).await
}

/// What stands for a market now.
async fn told(call: &Call<'_>) -> Told {
    let instrument = &call.params.market(call.exchange)?.instrument;
    let account = call.exchange.account(call.id()?).await?;
    let setting = account.setting(&instrument.symbol, instrument.max_leverage);
    let leverage = setting.leverage.to_string();
    let mut told = json!({
        "symbol": instrument.symbol.as_str(),
        "marginCoin": COIN,
        "longLeverage": leverage,
        "shortLeverage": leverage,
        "marginMode": margin_word(setting.margin_mode),
    });
    if setting.margin_mode == MarginMode::Cross {
        told["crossMarginLeverage"] = Value::from(leverage);
    }
    Ok(told)
}

/// `POST /api/v2/mix/account/set-position-mode`.
pub(super) async fn position_mode(call: &Call<'_>) -> Told {
    if !call.params.is_ours()? {
        return Err(Problem::wrong("productType"));
    }
    let mode = match call.params.need("posMode")? {
        "one_way_mode" => PositionMode::OneWay,
        "hedge_mode" => PositionMode::Hedge,
        _ => return Err(Problem::wrong("posMode")),
    };
    call.exchange.set_mode(call.id()?, mode).await?;
    Ok(json!({ "posMode": mode_word(mode) }))
}

/// `POST /api/v2/mix/account/set-margin`: adds to the margin of an isolated position, or takes some when negative.
pub(super) async fn margin(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    call.params.coin()?;
    let amount: Amount = call
        .params
        .need("amount")?
        .parse()
        .map_err(|_| Problem::wrong("amount"))?;
    let account = call.exchange.account(call.id()?).await?;
    let held = |side: Side| account.position(&symbol, side).is_some();
    let side = match call.params.word("holdSide").as_deref() {
        Some("long" | "buy") => Side::Long,
        Some("short" | "sell") => Side::Short,
        Some(_) => return Err(Problem::wrong("holdSide")),
        None if account.mode == PositionMode::Hedge => return Err(Problem::empty("holdSide")),
        None if held(Side::Long) => Side::Long,
        None => Side::Short,
    };
    call.exchange.move_margin(account.id, symbol, side, amount).await?;
    Ok(json!(""))
}
