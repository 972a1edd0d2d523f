//! Endpoints of what an account sets: leverage, margin type and margin, one-way or hedge mode.

use domain::fixed::Amount;
use domain::market::Side;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::json;

use super::info::LARGEST;
use super::order::position_word;
use super::problem::Problem;
use super::routes::{Call, Told};

/// The word for a margin mode in settings.
pub(super) const fn margin_word(mode: MarginMode) -> &'static str {
    match mode {
        MarginMode::Cross => "CROSSED",
        MarginMode::Isolated => "ISOLATED",
    }
}

/// `POST /fapi/v1/leverage`.
pub(super) async fn leverage(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    let leverage: u32 = call.params.need_as("leverage")?;
    call.exchange.set_leverage(call.id()?, symbol.clone(), leverage).await?;
    Ok(json!({
        "symbol": symbol.as_str(),
        "leverage": leverage,
        "maxNotionalValue": LARGEST.to_string(),
    }))
}

/// `POST /fapi/v1/marginType`.
pub(super) async fn margin_type(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let mode = match call.params.need("marginType")? {
        "CROSSED" | "CROSS" => MarginMode::Cross,
        "ISOLATED" => MarginMode::Isolated,
        _ => return Err(Problem::mandatory("margintype")),
    };
    let account = call.exchange.account(call.id()?).await?;
    let symbol = &market.instrument.symbol;
    if account.setting(symbol, market.instrument.max_leverage).margin_mode == mode {
        return Err(Problem::new(-4046, "No need to change margin type."));
    }
    call.exchange.set_margin_mode(account.id, symbol.clone(), mode).await?;
    Ok(json!({ "code": 200, "msg": "success" }))
}

/// `POST /fapi/v1/positionMargin`.
pub(super) async fn position_margin(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    let amount: Amount = call.params.need_as("amount")?;
    if !amount.is_positive() {
        return Err(Problem::new(-4058, "Amount must be positive."));
    }
    let kind: u8 = call.params.need_as("type")?;
    let added = match kind {
        1 => amount,
        2 => amount.negated(),
        _ => return Err(Problem::mandatory("type")),
    };
    let account = call.exchange.account(call.id()?).await?;
    let side = match (account.mode, call.params.get("positionSide").unwrap_or("BOTH")) {
        (PositionMode::OneWay, "BOTH") => {
            let held = account.positions.iter().find(|held| held.symbol == symbol);
            held.map_or(Side::Long, |held| held.side)
        }
        (PositionMode::Hedge, "LONG") => Side::Long,
        (PositionMode::Hedge, "SHORT") => Side::Short,
        _ => {
            return Err(Problem::new(
                -4061,
                "Order's position side does not match user's setting.",
            ));
        }
    };
    call.exchange.move_margin(account.id, symbol, side, added).await?;
    Ok(
        json!({ "amount": amount.to_string(), "code": 200, "msg": "Successfully modify position margin.", "type": kind }),
    )
}

/// `POST /fapi/v1/positionSide/dual`.
pub(super) async fn set_dual(call: &Call<'_>) -> Told {
    call.params.need("dualSidePosition")?;
    let mode = match call.params.flag("dualSidePosition")? {
        true => PositionMode::Hedge,
        false => PositionMode::OneWay,
    };
    let account = call.exchange.account(call.id()?).await?;
    if account.mode == mode {
        return Err(Problem::new(-4059, "No need to change position side."));
    }
    call.exchange.set_mode(account.id, mode).await?;
    Ok(json!({ "code": 200, "msg": "success" }))
}

/// `GET /fapi/v1/positionSide/dual`.
pub(super) async fn dual(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    Ok(json!({ "dualSidePosition": account.mode == PositionMode::Hedge }))
}

/// `POST /fapi/v1/multiAssetsMargin`: there is one asset, so it stays off.
pub(super) async fn set_multi_assets(call: &Call<'_>) -> Told {
    call.params.need("multiAssetsMargin")?;
    if call.params.flag("multiAssetsMargin")? {
        return Err(Problem::new(
            -4168,
            "Unable to adjust to Multi-Assets mode with symbols of USDT-M Futures under Isolated-Margin mode.",
        ));
    }
    Err(Problem::new(-4171, "No need to change multi-assets mode."))
}

/// `GET /fapi/v1/multiAssetsMargin`.
pub(super) async fn multi_assets(_: &Call<'_>) -> Told {
    Ok(json!({ "multiAssetsMargin": false }))
}

/// `GET /fapi/v1/accountConfig`.
pub(super) async fn account(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let rights = call.account.ok_or_else(super::sign::not_permitted)?.rights;
    Ok(json!({
        "feeTier": 0,
        "canTrade": rights.trade,
        "canDeposit": true,
        "canWithdraw": rights.withdraw,
        "dualSidePosition": account.mode == PositionMode::Hedge,
        "updateTime": 0,
        "multiAssetsMargin": false,
        "tradeGroupId": -1,
    }))
}

/// `GET /fapi/v1/symbolConfig`.
pub(super) async fn symbols(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let account = call.exchange.account(call.id()?).await?;
    let told = markets.into_iter().map(|market| {
        let symbol = &market.instrument.symbol;
        let setting = account.setting(symbol, market.instrument.max_leverage);
        json!({
            "symbol": symbol.as_str(),
            "marginType": margin_word(setting.margin_mode),
            "isAutoAddMargin": "false",
            "leverage": setting.leverage,
            "maxNotionalValue": LARGEST.to_string(),
        })
    });
    Ok(told.collect())
}

/// The sides of which an account in this mode has a position, empty or not.
pub(super) const fn sides(mode: PositionMode) -> &'static [Side] {
    match mode {
        // One-way has a single position, which is told as a long one while it is empty.
        PositionMode::OneWay => &[Side::Long],
        PositionMode::Hedge => &[Side::Long, Side::Short],
    }
}

/// The word for a side as positions tell it.
pub(super) const fn side_of(side: Side, mode: PositionMode) -> &'static str {
    position_word(side, mode)
}
