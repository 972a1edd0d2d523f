//! The endpoint of positions that were closed whole.

use domain::fixed::{Amount, Quantity};
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::history::Page;
use super::routes::{Call, Told};
use super::words::{paid, ratio};
use crate::simulator::exchange::{Exchange, Round};

/// The id of a position.
pub(super) fn id(round: &Round) -> i64 {
    round.began.0 * 1_000_000 + round.opener % 1_000_000
}

/// Profit less fees, with funding and what the insurance bore.
pub(super) fn net(round: &Round) -> Amount {
    let net = round.net();
    net.plus(round.insured).unwrap_or(net)
}

/// `GET /api/v5/account/positions-history`: what was closed whole in three months, newest first.
pub(super) async fn history(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let page = Page::read(params)?.of_days(90, call.exchange.market_now());
    let exchange = call.exchange;
    let mut rounds = exchange.history(call.id()?, |history| {
        let over = history.rounds().over.into_iter();
        let modes = over.map(|round| {
            let order = history.order(round.opener);
            let terms = order.map(|order| (order.margin_mode.as_str(), order.leverage));
            (round, terms.unwrap_or(("cross", 1)))
        });
        modes.collect::<Vec<_>>()
    });
    let is = |name: &str, own: &str| params.get(name).is_none_or(|asked| asked == own);
    rounds.retain(|(round, (mode, _))| {
        params.is_of_swaps()
            && is("instId", &contract::name_of(exchange, &round.symbol))
            && is("mgnMode", mode)
            && is("type", kind(round))
            && is("posId", &id(round).to_string())
    });
    rounds.sort_by_key(|(round, _)| round.changed);
    let told = page.of(
        rounds.into_iter().rev(),
        |(round, _)| round.changed.0,
        |(round, _)| round.changed.0,
    );
    let told = told.iter().map(|(round, terms)| ended(exchange, round, *terms));
    Ok(told.collect::<Vec<_>>().into())
}

/// Closed whole, or by force.
const fn kind(round: &Round) -> &'static str {
    if round.forced { "3" } else { "2" }
}

fn ended(exchange: &Exchange, round: &Round, (mode, leverage): (&str, u32)) -> Value {
    let contracts = |coins: Quantity| contract::count_of(exchange, &round.symbol, coins);
    let name = contract::name_of(exchange, &round.symbol);
    json!({
        "cTime": round.began.0.to_string(),
        "ccy": ASSET,
        "closeAvgPx": round.exit().to_string(),
        "closeTotalPos": contracts(round.closed.0),
        "direction": round.side.as_str(),
        "fee": paid(round.paid()),
        "fundingFee": round.funding.to_string(),
        "instId": name,
        "instType": "SWAP",
        "lever": leverage.to_string(),
        "liqPenalty": round.insured.to_string(),
        "mgnMode": mode,
        "nonSettleAvgPx": "",
        "openAvgPx": round.entry().to_string(),
        "openMaxPos": contracts(round.largest),
        "pnl": round.profit.to_string(),
        "pnlRatio": ratio(net(round), round.opened.1),
        "posId": id(round).to_string(),
        "posSide": round.side.as_str(),
        "realizedPnl": net(round).to_string(),
        "settledPnl": "",
        "triggerPx": "",
        "type": kind(round),
        "uTime": round.changed.0.to_string(),
        "uly": name.strip_suffix("-SWAP").unwrap_or(&name),
    })
}
