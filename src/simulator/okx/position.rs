//! A position in OKX's words.

use domain::fixed::Amount;
use domain::market::Side;
use domain::paper::{PaperAccount, PaperPosition};
use domain::user::PositionMode;
use domain::venue::MarginMode;
use serde_json::{Value, json};

use super::closed::{id, net};
use super::contract::{self, ASSET};
use super::order::position_word;
use super::words::{blank, joined, paid, ratio, shown};
use crate::simulator::exchange::{AccountView, Exchange, PositionView, Round, Rounds};

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
pub(super) fn told(exchange: &Exchange, view: &AccountView, own: &PositionView, rounds: &Rounds) -> Value {
    let (held, mark) = (&own.held, own.mark.to_string());
    let round = rounds.open(&held.symbol, held.side);
    joined([
        blank(&EMPTY),
        place(exchange, held, view.account.mode, round),
        margins(view, own),
        earned(round),
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
pub(super) fn closed(exchange: &Exchange, account: &PaperAccount, held: &PaperPosition, rounds: &Rounds) -> Value {
    let round = rounds.newest(&held.symbol, held.side);
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
        place(exchange, held, account.mode, round),
        earned(round),
    ])
}

/// The size in contracts, below zero for a net short.
fn size(exchange: &Exchange, held: &PaperPosition, mode: PositionMode) -> String {
    let contracts = contract::count_of(exchange, &held.symbol, held.quantity);
    match (mode, held.side) {
        (PositionMode::OneWay, Side::Short) if held.quantity.is_positive() => format!("-{contracts}"),
        _ => contracts,
    }
}

fn place(exchange: &Exchange, held: &PaperPosition, mode: PositionMode, round: Option<&Round>) -> Value {
    let changed = round.map_or(held.opened_at, |round| round.changed);
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
        "posId": round.map_or(held.opened_at.0, id).to_string(),
        "posSide": position_word(held.side, mode),
        "tradeId": shown(round.map(|round| round.last.number)),
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
fn earned(round: Option<&Round>) -> Value {
    let amount = |pick: fn(&Round) -> Amount| round.map_or(Amount::ZERO, pick);
    json!({
        "fee": paid(amount(Round::paid)),
        "fundingFee": amount(|round| round.funding).to_string(),
        "liqPenalty": amount(|round| round.insured).to_string(),
        "pnl": amount(|round| round.profit).to_string(),
        "realizedPnl": amount(net).to_string(),
    })
}
