//! What an account sets: leverage by market and margin mode, and one-way or hedge mode; and the margin mode that orders bring.
//!
//! At OKX each order says its margin mode, and each mode of a market has a leverage of its own. The engine has one mode and one
//! leverage per market. So an order in the other mode switches the market to it while nothing is held or ordered there, and
//! takes the leverage along that was set for that mode; else it is refused. The other mode's leverage is kept here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperMarket};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::contract;
use super::problem::Problem;
use super::routes::{Call, Told};

/// Leverage where none was set.
const USUAL: u32 = 20;

type Place = (VenueAccountId, Symbol, &'static str);

/// Leverage that was set for the margin mode that a market is not in, for as long as the simulator runs.
#[derive(Debug, Default)]
pub(super) struct Levers(Mutex<BTreeMap<Place, u32>>);

impl Levers {
    fn get(&self, account: VenueAccountId, symbol: &Symbol, mode: MarginMode) -> Option<u32> {
        let levers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        levers.get(&(account, symbol.clone(), mode.as_str())).copied()
    }

    fn put(&self, account: VenueAccountId, symbol: &Symbol, mode: MarginMode, leverage: u32) {
        let mut levers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        levers.insert((account, symbol.clone(), mode.as_str()), leverage);
    }
}

/// Leverage of a market in a margin mode.
fn leverage(call: &Call, account: &PaperAccount, market: &PaperMarket, mode: MarginMode) -> u32 {
    let (symbol, most) = (&market.instrument.symbol, market.instrument.max_leverage);
    let setting = account.setting(symbol, most);
    if setting.margin_mode == mode {
        return setting.leverage;
    }
    let kept = call.dialect.levers.get(account.id, symbol, mode);
    kept.unwrap_or(USUAL.min(most))
}

/// Brings a market into the margin mode of an order.
pub(super) async fn trade_in(
    call: &Call<'_>,
    account: &PaperAccount,
    market: &PaperMarket,
    mode: MarginMode,
) -> Result<(), Problem> {
    let symbol = &market.instrument.symbol;
    let before = account.setting(symbol, market.instrument.max_leverage);
    if before.margin_mode == mode {
        return Ok(());
    }
    let after = leverage(call, account, market, mode);
    call.exchange.set_margin_mode(account.id, symbol.clone(), mode).await?;
    call.dialect
        .levers
        .put(account.id, symbol, before.margin_mode, before.leverage);
    if after != before.leverage {
        call.exchange.set_leverage(account.id, symbol.clone(), after).await?;
    }
    Ok(())
}

/// `GET /api/v5/account/leverage-info`.
pub(super) async fn leverage_info(call: &Call<'_>) -> Told {
    let params = call.one()?;
    params.need("instId")?;
    let mode = params.margin_mode("mgnMode")?;
    let account = call.exchange.account(call.id()?).await?;
    let sides: &[&str] = match account.mode {
        PositionMode::OneWay => &["net"],
        PositionMode::Hedge => &["long", "short"],
    };
    let mut told = Vec::new();
    for market in params.markets(call.exchange)? {
        let lever = leverage(call, &account, market, mode);
        told.extend(sides.iter().map(|side| set(market, mode, side, lever)));
    }
    Ok(told.into())
}

fn set(market: &PaperMarket, mode: MarginMode, side: &str, lever: u32) -> Value {
    json!({
        "ccy": "",
        "instId": contract::name(market),
        "lever": lever.to_string(),
        "mgnMode": mode.as_str(),
        "posSide": side,
    })
}

/// `POST /api/v5/account/set-leverage`. Both sides of a market have the same leverage here, whichever is named.
pub(super) async fn set_leverage(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let (market, mode) = (params.market(call.exchange)?, params.margin_mode("mgnMode")?);
    let lever: u32 = params.need_as("lever")?;
    let account = call.exchange.account(call.id()?).await?;
    let side = match (account.mode, mode, params.get("posSide")) {
        (_, MarginMode::Cross, _) => "",
        (PositionMode::OneWay, MarginMode::Isolated, None | Some("net")) => "net",
        (PositionMode::Hedge, MarginMode::Isolated, Some(side @ ("long" | "short"))) => side,
        _ => return Err(Problem::wrong("posSide")),
    };
    if lever == 0 {
        return Err(Problem::wrong("lever"));
    }
    if lever > market.instrument.max_leverage {
        return Err(Problem::from(&domain::paper::Refused::Leverage(lever)));
    }
    let symbol = &market.instrument.symbol;
    if account.setting(symbol, market.instrument.max_leverage).margin_mode != mode {
        call.dialect.levers.put(account.id, symbol, mode, lever);
    } else if leverage(call, &account, market, mode) != lever {
        without_orders(&account, symbol, mode)?;
        call.exchange.set_leverage(account.id, symbol.clone(), lever).await?;
    }
    let mut told = set(market, mode, side, lever);
    if let Some(fields) = told.as_object_mut() {
        fields.remove("ccy");
    }
    Ok(vec![told].into())
}

fn without_orders(account: &PaperAccount, symbol: &Symbol, mode: MarginMode) -> Result<(), Problem> {
    let mut open = account.orders.iter().filter(|order| !order.is_conditional());
    let (code, words) = match mode {
        _ if !open.any(|order| order.symbol == *symbol) => return Ok(()),
        MarginMode::Isolated => (
            "59101",
            "Leverage can't be modified. Please cancel all pending isolated margin orders before adjusting the leverage.",
        ),
        MarginMode::Cross => (
            "59107",
            "Leverage can't be modified. Please cancel all pending cross-margin orders before adjusting the leverage.",
        ),
    };
    Err(Problem::new(code, words))
}

/// `POST /api/v5/account/set-position-mode`; the mode that there is may be set again.
pub(super) async fn set_position_mode(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let (mode, word) = match params.need("posMode")? {
        "net_mode" => (PositionMode::OneWay, "net_mode"),
        "long_short_mode" => (PositionMode::Hedge, "long_short_mode"),
        _ => return Err(Problem::wrong("posMode")),
    };
    call.exchange.set_mode(call.id()?, mode).await?;
    Ok(json!([{ "posMode": word }]).into())
}
