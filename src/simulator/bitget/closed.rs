//! Positions that were closed, with what each earned net of fees and funding, asked for and pushed.

use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::history::page;
use super::order::{margin_word, mode_word};
use super::params::COIN;
use super::routes::{Call, Told};
use crate::simulator::exchange::{History, Round};

/// Days that may be asked for at once.
const DAYS: i64 = 90;

/// `GET /api/v2/mix/position/history-position`.
pub(super) async fn positions(call: &Call<'_>) -> Told {
    let markets = call.params.markets_alone(call.exchange)?;
    let asked = call.params.page(DAYS, call.exchange.market_now().0)?;
    let (told, end) = call.exchange.history(call.id()?, |history| {
        let mut over = history.rounds().over;
        over.retain(|round| markets.iter().any(|market| market.instrument.symbol == round.symbol));
        over.retain(|round| asked.holds(round.last.number, round.last.at.0));
        let shown: Vec<&Round> = over.iter().rev().take(asked.limit).collect();
        let told: Vec<Value> = shown.iter().map(|round| told(history, round)).collect();
        (told, shown.last().map(|round| round.last.number))
    });
    Ok(page("list", told, end))
}

/// A round that is over, as it is asked for.
fn told(history: &History, round: &Round) -> Value {
    json!({
        "positionId": round.last.number.to_string(),
        "symbol": round.symbol.as_str(),
        "marginCoin": COIN,
        "holdSide": round.side.as_str(),
        "openAvgPrice": round.entry().to_string(),
        "closeAvgPrice": round.exit().to_string(),
        "marginMode": margin_of(history, round),
        "openTotalPos": round.opened.0.to_string(),
        "closeTotalPos": round.closed.0.to_string(),
        "pnl": round.profit.to_string(),
        "netProfit": round.net().to_string(),
        "totalFunding": round.funding.to_string(),
        "openFee": round.fees.0.negated().to_string(),
        "closeFee": round.fees.1.negated().to_string(),
        "ctime": round.began.0.to_string(),
        "utime": round.last.at.0.to_string(),
    })
}

/// As it is pushed, under other names.
pub(super) fn pushed(history: &History, round: &Round, mode: PositionMode) -> Value {
    json!({
        "posId": round.last.number.to_string(),
        "instId": round.symbol.as_str(),
        "marginCoin": COIN,
        "marginMode": margin_of(history, round),
        "holdSide": round.side.as_str(),
        "posMode": mode_word(mode),
        "openPriceAvg": round.entry().to_string(),
        "closePriceAvg": round.exit().to_string(),
        "openSize": round.opened.0.to_string(),
        "closeSize": round.closed.0.to_string(),
        "achievedProfits": round.profit.to_string(),
        "settleFee": round.funding.to_string(),
        "openFee": round.fees.0.negated().to_string(),
        "closeFee": round.fees.1.negated().to_string(),
        "cTime": round.began.0.to_string(),
        "uTime": round.last.at.0.to_string(),
    })
}

fn margin_of(history: &History, round: &Round) -> &'static str {
    let order = history.order(round.opener);
    margin_word(order.map_or(MarginMode::Cross, |order| order.margin_mode))
}
