//! A position in OKX's words.

use domain::fixed::Amount;
use domain::market::Side;
use domain::paper::{PaperAccount, PaperPosition};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::lives::Life;
use super::order::position_word;
use super::words::{blank, joined, paid, ratio, shown};
use crate::simulator::exchange::{AccountView, Exchange, PositionView};

const EMPTY: [&str; 34] = [
    "baseBal",
    "baseBorrowed",
    "baseInterest",
    "bizRefId",
    "bizRefType",
    "clSpotInUseAmt",
    "deltaBS",
    "deltaPA",
    "gammaBS",
    "gammaPA",
    "hedgedPos",
    "imr",
    "interest",
    "liab",
    "liabCcy",
    "liqPx",
    "margin",
    "maxSpotInUseAmt",
    "mgnRatio",
    "nonSettleAvgPx",
    "optVal",
    "pendingCloseOrdLiabVal",
    "posCcy",
    "quoteBal",
    "quoteBorrowed",
    "quoteInterest",
    "settledPnl",
    "spotInUseAmt",
    "spotInUseCcy",
    "thetaBS",
    "thetaPA",
    "usdPx",
    "vegaBS",
    "vegaPA",
];

/// A position that is open.
pub(super) fn told(exchange: &Exchange, view: &AccountView, own: &PositionView, lives: &[Life]) -> Value {
    let (held, mark) = (&own.held, own.mark.to_string());
    let life = open(lives, held);
    joined([
        blank(&EMPTY),
        place(exchange, held, view.account.mode, life),
        margins(view, own),
        earned(life),
        json!({
            "availPos": size(exchange, held, view.account.mode),
            "avgPx": own.entry.to_string(),
            "bePx": own.entry.to_string(),
            "idxPx": mark,
            "last": mark,
            "liqPx": shown(own.liquidation),
            "markPx": mark,
            "notionalUsd": own.notional.to_string(),
            "upl": own.unrealised.to_string(),
            "uplLastPx": own.unrealised.to_string(),
            "uplRatio": ratio(own.unrealised, own.initial),
            "uplRatioLastPx": ratio(own.unrealised, own.initial),
        }),
    ])
}

/// A position that was closed.
pub(super) fn closed(exchange: &Exchange, account: &PaperAccount, held: &PaperPosition, lives: &[Life]) -> Value {
    let mut ended = lives.iter().rev();
    let life = ended.find(|life| life.symbol == held.symbol && life.side == held.side);
    joined([
        blank(&EMPTY),
        blank(&[
            "availPos",
            "avgPx",
            "bePx",
            "idxPx",
            "last",
            "markPx",
            "mmr",
            "notionalUsd",
            "upl",
            "uplLastPx",
            "uplRatio",
            "uplRatioLastPx",
        ]),
        place(exchange, held, account.mode, life),
        earned(life),
    ])
}

/// The life of an open position.
fn open<'a>(lives: &'a [Life], held: &PaperPosition) -> Option<&'a Life> {
    let mut own = lives.iter().filter(|life| life.held.is_positive());
    own.find(|life| life.symbol == held.symbol && life.side == held.side)
}

/// The size in contracts, below zero for a net short.
fn size(exchange: &Exchange, held: &PaperPosition, mode: PositionMode) -> String {
    let contracts = contract::count_of(exchange, &held.symbol, held.quantity);
    match (mode, held.side) {
        (PositionMode::OneWay, Side::Short) if held.quantity.is_positive() => format!("-{contracts}"),
        _ => contracts,
    }
}

fn place(exchange: &Exchange, held: &PaperPosition, mode: PositionMode, life: Option<&Life>) -> Value {
    let changed = life.map_or(held.opened_at, |life| life.changed);
    json!({
        "adl": "1",
        "cTime": held.opened_at.0.to_string(),
        "ccy": ASSET,
        "closeOrderAlgo": [],
        "instId": contract::name_of(exchange, &held.symbol),
        "instType": "SWAP",
        "lever": held.leverage.to_string(),
        "mgnMode": held.margin_mode.as_str(),
        "pTime": exchange.market_now().0.to_string(),
        "pos": size(exchange, held, mode),
        "posId": life.map_or(held.opened_at.0, Life::id).to_string(),
        "posSide": position_word(held.side, mode),
        "tradeId": shown(life.map(|life| life.trade)),
        "uTime": changed.0.to_string(),
    })
}

/// An isolated position has a margin of its own; on cross it is told what it needs.
fn margins(view: &AccountView, own: &PositionView) -> Value {
    match own.held.margin_mode {
        MarginMode::Cross => {
            let equity = view.cross_wallet.plus(view.cross_unrealised);
            let cross = view
                .positions
                .iter()
                .filter(|own| own.held.margin_mode == MarginMode::Cross);
            let needed = Amount::sum(cross.map(|own| own.maintenance));
            json!({
                "imr": own.initial.to_string(),
                "mmr": own.maintenance.to_string(),
                "mgnRatio": ratio(equity.unwrap_or_default(), needed.unwrap_or_default()),
            })
        }
        MarginMode::Isolated => {
            let equity = own.held.margin.plus(own.unrealised);
            json!({
                "margin": own.held.margin.to_string(),
                "mmr": own.maintenance.to_string(),
                "mgnRatio": ratio(equity.unwrap_or_default(), own.maintenance),
            })
        }
    }
}

/// What a position has earned so far.
fn earned(life: Option<&Life>) -> Value {
    let amount = |pick: fn(&Life) -> Amount| life.map_or(Amount::ZERO, pick);
    json!({
        "fee": paid(amount(|life| life.fees)),
        "fundingFee": amount(|life| life.funding).to_string(),
        "liqPenalty": amount(|life| life.insured).to_string(),
        "pnl": amount(|life| life.profit).to_string(),
        "realizedPnl": amount(Life::net).to_string(),
    })
}
