//! Endpoints of what an account sets: margin mode, leverage, one-way or hedge mode, margin, protection against disconnection.

use std::time::Duration;

use domain::fixed::Amount;
use domain::market::Side;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::json;

use super::account::margin_mode as mode_of;
use super::problem::Problem;
use super::routes::{Call, Told};

/// Seconds after a disconnection in which orders may be cancelled, and what is usual.
const WINDOW: (u64, u64, u64) = (3, 300, 10);

/// `GET /v5/account/info`.
pub(super) async fn account(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let mode = match mode_of(call.exchange, &account) {
        MarginMode::Cross => "REGULAR_MARGIN",
        MarginMode::Isolated => "ISOLATED_MARGIN",
    };
    let window = call.dialect.guards.window(account.id);
    Ok(json!({
        "marginMode": mode,
        "updatedTime": call.exchange.now().0.to_string(),
        "unifiedMarginStatus": 5,
        "dcpStatus": if window.is_some() { "ON" } else { "OFF" },
        "timeWindow": window.map_or(WINDOW.2, |window| window.as_secs()),
        "smpGroup": 0,
        "isMasterTrader": false,
        "spotHedgingStatus": "OFF",
    })
    .into())
}

/// `POST /v5/account/set-margin-mode`: for all markets, so there must be neither positions nor orders on any.
pub(super) async fn margin_mode(call: &Call<'_>) -> Told {
    let mode = match call.params.need("setMarginMode")? {
        "REGULAR_MARGIN" => MarginMode::Cross,
        "ISOLATED_MARGIN" => MarginMode::Isolated,
        "PORTFOLIO_MARGIN" => {
            let words = "Equity needs to be equal to or greater than 1000 USDC";
            return Err(Problem::margin_mode(3_400_000, words));
        }
        _ => return Err(Problem::invalid("setMarginMode")),
    };
    let account = call.exchange.account(call.id()?).await?;
    if mode_of(call.exchange, &account) != mode {
        call.exchange.set_margin_modes(account.id, mode).await?;
    }
    Ok(json!({ "reasons": [] }).into())
}

/// `POST /v5/position/switch-isolated`: for classic accounts alone.
pub(super) async fn switch_isolated(_: &Call<'_>) -> Told {
    Err(Problem::new(100_028, "unified account is forbidden"))
}

/// `POST /v5/position/set-leverage`: one for both sides here.
pub(super) async fn leverage(call: &Call<'_>) -> Told {
    call.params.category()?;
    let market = call.params.market(call.exchange)?;
    let read = |name: &str| {
        let text = call.params.need(name)?;
        let whole = text.split_once('.').filter(|(_, rest)| rest.chars().all(|c| c == '0'));
        let text = whole.map_or(text, |(whole, _)| whole);
        text.parse::<u32>().map_err(|_| Problem::invalid(name))
    };
    let (buy, sell) = (read("buyLeverage")?, read("sellLeverage")?);
    if buy != sell {
        return Err(Problem::new(10001, "buyLeverage must be equal to sellLeverage"));
    }
    let symbol = market.instrument.symbol.clone();
    let account = call.exchange.account(call.id()?).await?;
    if account.setting(&symbol, market.instrument.max_leverage).leverage == buy {
        return Err(Problem::new(110_043, "leverage not modified"));
    }
    call.exchange.set_leverage(account.id, symbol, buy).await?;
    Ok(json!({}).into())
}

/// `POST /v5/position/switch-mode`: for all markets here, whatever market or coin is named.
pub(super) async fn switch_mode(call: &Call<'_>) -> Told {
    call.params.category()?;
    if call.params.has("symbol") {
        call.params.market(call.exchange)?;
    } else {
        call.params.need("coin")?;
    }
    let mode = match call.params.need("mode")? {
        "0" => PositionMode::OneWay,
        "3" => PositionMode::Hedge,
        _ => return Err(Problem::invalid("mode")),
    };
    let account = call.exchange.account(call.id()?).await?;
    if account.mode == mode {
        return Err(Problem::new(110_025, "Position mode is not modified"));
    }
    call.exchange.set_mode(account.id, mode).await?;
    Ok(json!({}).into())
}

/// `POST /v5/position/add-margin`: takes some back where it is negative.
pub(super) async fn add_margin(call: &Call<'_>) -> Told {
    call.params.category()?;
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    let added: Amount = call.params.need_as("margin")?;
    let account = call.exchange.account(call.id()?).await?;
    let side = match (account.mode, call.params.get("positionIdx").unwrap_or("0")) {
        (PositionMode::OneWay, "0") => {
            let held = account.positions.iter().find(|held| held.symbol == symbol);
            held.map_or(Side::Long, |held| held.side)
        }
        (PositionMode::Hedge, "1") => Side::Long,
        (PositionMode::Hedge, "2") => Side::Short,
        _ => return Err(Problem::new(10001, "position idx not match position mode")),
    };
    call.exchange.move_margin(account.id, symbol, side, added).await?;
    Ok(json!({ "category": "linear" }).into())
}

/// `POST /v5/order/disconnected-cancel-all`: takes effect where a private socket subscribes to `dcp`.
pub(super) async fn protect(call: &Call<'_>) -> Told {
    let seconds: u64 = call.params.need_as("timeWindow")?;
    if !(WINDOW.0..=WINDOW.1).contains(&seconds) {
        return Err(Problem::invalid("timeWindow"));
    }
    match call.params.get("product").unwrap_or("OPTIONS") {
        "DERIVATIVES" => {
            let window = Duration::from_secs(seconds);
            call.dialect.guards.protect(call.id()?, window);
        }
        "OPTIONS" | "SPOT" => {}
        _ => return Err(Problem::invalid("product")),
    }
    Ok(json!({}).into())
}

/// `GET /v5/account/query-dcp-info`.
pub(super) async fn protection(call: &Call<'_>) -> Told {
    let window = call.dialect.guards.window(call.id()?);
    let set = window.map(|window| {
        let seconds = window.as_secs().to_string();
        json!({ "product": "DERIVATIVES", "dcpStatus": "ON", "timeWindow": seconds })
    });
    let set: Vec<_> = set.into_iter().collect();
    Ok(json!({ "dcpInfos": set }).into())
}
