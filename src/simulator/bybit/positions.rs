//! Positions, asked for and pushed.

use domain::fixed::{Amount, Price, Rounding};
use domain::market::{Side, Symbol};
use domain::paper::{PaperAccount, PaperMarket, PaperPosition};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::info::RISK_LIMIT;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::{OURS, index, price, side};
use crate::simulator::exchange::{AccountView, Exchange, History};

/// A place where a position is or could be.
pub(super) struct Slot<'a> {
    pub market: &'a PaperMarket,
    pub side: Side,
    /// What is held; `None` for nothing.
    pub held: Option<&'a PaperPosition>,
    pub mark: Option<Price>,
    pub liquidation: Option<Price>,
}

/// What a position earned.
#[derive(Debug, Clone, Copy, Default)]
struct Earned {
    /// Since it was opened.
    now: Amount,
    /// Ever.
    ever: Amount,
    /// When it last changed.
    at: Timestamp,
}

/// `GET /v5/position/list`: with a symbol its positions, empty ones too; with a coin what is held.
pub(super) async fn list(call: &Call<'_>) -> Told {
    let linear = call.params.is_linear()?;
    if linear && !call.params.has("symbol") && !call.params.has("settleCoin") {
        let words = "Missing some parameters that must be filled in, symbol or settleCoin";
        return Err(Problem::new(10001, words));
    }
    let limit = call.params.limit(20, 200)?;
    let skipped: usize = call.params.read_as("cursor")?.unwrap_or(0);
    let empty_too = call.params.has("symbol");
    let view = call.exchange.view(call.id()?).await?;
    let mut rows = Vec::new();
    call.exchange.history(view.account.id, |history| {
        for market in call.params.markets(call.exchange)? {
            let slots = slots(call.exchange, &view, market);
            let shown = slots.iter().filter(|slot| empty_too || slot.held.is_some());
            rows.extend(shown.map(|slot| told(slot, &view.account, history)));
        }
        Ok::<(), Problem>(())
    })?;
    let more = rows.len() > skipped.saturating_add(limit);
    let cursor = if more {
        (skipped + limit).to_string()
    } else {
        String::new()
    };
    let rows: Value = rows.into_iter().skip(skipped).take(limit).collect();
    let category = call.params.need("category")?;
    Ok(json!({ "category": category, "list": rows, "nextPageCursor": cursor }).into())
}

fn slots<'a>(exchange: &Exchange, view: &'a AccountView, market: &'a PaperMarket) -> Vec<Slot<'a>> {
    let symbol = &market.instrument.symbol;
    let mode = view.account.mode;
    let sides: &[Side] = match mode {
        PositionMode::OneWay => &[Side::Long],
        PositionMode::Hedge => &[Side::Long, Side::Short],
    };
    let mark = exchange.last(symbol).map(|trade| trade.tick.price);
    let slot = |side: &Side| {
        let mut own = view.positions.iter().filter(|own| own.held.symbol == *symbol);
        let found = own.find(|own| mode == PositionMode::OneWay || own.held.side == *side);
        Slot {
            market,
            side: found.map_or(*side, |own| own.held.side),
            held: found.map(|own| &own.held),
            mark,
            liquidation: found.and_then(|own| own.liquidation),
        }
    };
    sides.iter().map(slot).collect()
}

/// A position as it stands.
pub(super) fn told(slot: &Slot<'_>, account: &PaperAccount, history: &History) -> Value {
    let instrument = &slot.market.instrument;
    let setting = account.setting(&instrument.symbol, instrument.max_leverage);
    let held = slot.held;
    let earned = earned(history, &instrument.symbol, account.mode, slot);
    let amount = |of: &dyn Fn(&PaperPosition) -> Option<Amount>| held.and_then(of).unwrap_or_default().to_string();
    let value = |held: &PaperPosition| slot.mark?.notional(held.quantity, Rounding::HalfUp).ok();
    let balance = |held: &PaperPosition| match held.margin_mode {
        MarginMode::Isolated => Some(held.margin),
        MarginMode::Cross => held.initial_margin().ok(),
    };
    let entry = price(held.and_then(|held| held.entry_price().ok()));
    let opened = held.map_or(0, |held| held.opened_at.0);
    json!({
        "category": "linear",
        "positionIdx": index(slot.side, account.mode),
        "riskId": 1,
        "riskLimitValue": RISK_LIMIT.to_string(),
        "symbol": instrument.symbol.as_str(),
        "side": held.map_or("", |held| side(held.side.opening())),
        "size": held.map_or_else(|| "0".to_owned(), |held| held.quantity.to_string()),
        "avgPrice": entry,
        "entryPrice": entry,
        "positionValue": amount(&value),
        "tradeMode": 0,
        "positionStatus": "Normal",
        "autoAddMargin": 0,
        "adlRankIndicator": if held.is_some() { 1 } else { 0 },
        "leverage": held.map_or(setting.leverage, |held| held.leverage).to_string(),
        "positionBalance": amount(&balance),
        "markPrice": price(slot.mark),
        "liqPrice": slot.liquidation.map_or_else(String::new, |price| price.to_string()),
        "bustPrice": "",
        "positionMM": amount(&|held| slot.market.maintenance.of(value(held)?, Rounding::Up).ok()),
        "positionIM": amount(&|held| held.initial_margin().ok()),
        "tpslMode": "Full",
        "takeProfit": stop(account, slot, "TakeProfit"),
        "stopLoss": stop(account, slot, "StopLoss"),
        "trailingStop": "0",
        "unrealisedPnl": amount(&|held| held.unrealised(slot.mark?).ok()),
        "curRealisedPnl": earned.now.to_string(),
        "cumRealisedPnl": earned.ever.to_string(),
        "sessionAvgPrice": "",
        "seq": earned.at.0,
        "isReduceOnly": false,
        "mmrSysUpdatedTime": "",
        "leverageSysUpdatedTime": "",
        "createdTime": opened.to_string(),
        "updatedTime": earned.at.0.max(opened).to_string(),
    })
}

/// The price of the stop that closes a whole position; empty for none.
fn stop(account: &PaperAccount, slot: &Slot<'_>, kind: &str) -> String {
    let own = |id: &str| id.split(OURS).nth(1) == Some(kind);
    let here = account.orders.iter().find(|order| {
        let id = order.client_id.as_ref().map_or("", |id| id.0.as_str());
        order.symbol == slot.market.instrument.symbol && order.position_side == slot.side && own(id)
    });
    let trigger = here.and_then(|order| order.rules.trigger);
    trigger.map_or_else(String::new, |trigger| trigger.price.to_string())
}

fn earned(history: &History, symbol: &Symbol, mode: PositionMode, slot: &Slot<'_>) -> Earned {
    let here = |own: &Symbol, side: Side| own == symbol && (mode == PositionMode::OneWay || side == slot.side);
    let since = slot.held.map_or(Timestamp(i64::MAX), |held| held.opened_at);
    let mut earned = Earned::default();
    let mut add = |at: Timestamp, side: Side, amount: Option<Amount>| {
        let amount = amount.unwrap_or_default();
        earned.ever = earned.ever.plus(amount).unwrap_or(earned.ever);
        // What turned a position closed the other side of it at the same time.
        if at >= since && side == slot.side {
            earned.now = earned.now.plus(amount).unwrap_or(earned.now);
        }
        earned.at = earned.at.max(at);
    };
    for fill in history.fills().filter(|fill| here(&fill.symbol, fill.side)) {
        add(fill.at, fill.side, fill.realised.minus(fill.fee).ok());
    }
    for income in history.incomes().filter(|income| here(&income.symbol, income.side)) {
        add(income.at, income.side, Some(income.amount));
    }
    earned
}
