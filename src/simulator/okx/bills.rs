//! Endpoints of bills: each execution with its profit and fee, and each payment, newest first.
//!
//! Source: <https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-bills-details-last-7-days>. An id is made of the time,
//! so that ids ascend over executions and payments, which the engine numbers apart.

use std::collections::BTreeMap;

use domain::fixed::Amount;
use domain::market::Symbol;
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::user::PositionMode;
use domain::venue::{FillCause, MarginMode};
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::history::{Page, sub_type};
use super::order;
use super::params::Params;
use super::routes::{Call, Told};
use super::stillborn;
use super::words::{blank, joined, paid};
use crate::simulator::exchange::{Exchange, History};

/// Ids of one millisecond.
const SPAN: i64 = 1_000_000;

/// The id of an execution's bill.
pub(super) const fn id_of_fill(fill: &PaperFill) -> i64 {
    fill.at.0 * SPAN + fill.number % (SPAN / 2) * 2
}

const fn id_of_income(income: &PaperIncome) -> i64 {
    income.at.0 * SPAN + income.number % (SPAN / 2) * 2 + 1
}

/// A line.
struct Bill {
    id: i64,
    at: i64,
    symbol: Symbol,
    mode: MarginMode,
    kind: (&'static str, &'static str),
    /// What the account's balance changed by.
    change: Amount,
    value: Value,
}

/// `GET /api/v5/account/bills`: of seven days.
pub(super) async fn recent(call: &Call<'_>) -> Told {
    page(call, 7).await
}

/// `GET /api/v5/account/bills-archive`: of three months.
pub(super) async fn archive(call: &Call<'_>) -> Told {
    page(call, 90).await
}

async fn page(call: &Call<'_>, days: i64) -> Told {
    let params = call.one()?;
    let page = Page::read(params)?.of_days(days, call.exchange.market_now());
    let account = call.exchange.account(call.id()?).await?;
    let mut bills = call
        .exchange
        .history(account.id, |history| all(call.exchange, history, account.mode));
    bills.sort_by_key(|bill| bill.id);
    // From the balance as it is now back to what it was after each line.
    let mut after = account.balance;
    for bill in bills.iter_mut().rev() {
        bill.value["bal"] = json!(after.to_string());
        after = after.minus(bill.change).unwrap_or(after);
    }
    bills.retain(|bill| fits(call.exchange, params, bill));
    let told = page.of(bills.into_iter().rev(), |bill| bill.id, |bill| bill.at);
    Ok(told.into_iter().map(|bill| bill.value).collect::<Vec<_>>().into())
}

fn fits(exchange: &Exchange, params: &Params, bill: &Bill) -> bool {
    let is = |name: &str, own: &str| params.get(name).is_none_or(|asked| asked == own);
    params.is_of_swaps()
        && is("instId", &contract::name_of(exchange, &bill.symbol))
        && is("ccy", ASSET)
        && is("ctType", "linear")
        && is("mgnMode", bill.mode.as_str())
        && is("type", bill.kind.0)
        && is("subType", bill.kind.1)
}

fn all(exchange: &Exchange, history: &History, mode: PositionMode) -> Vec<Bill> {
    let mut modes: BTreeMap<i64, (Symbol, MarginMode)> = BTreeMap::new();
    let mut bills = Vec::new();
    for fill in history.fills() {
        let order = history.order(fill.order);
        let margin_mode = order.map_or(MarginMode::Cross, |order| order.margin_mode);
        let client_id = order.map_or("", order::client_word);
        bills.push(of_fill(exchange, fill, client_id, margin_mode, mode));
        modes.insert(id_of_fill(fill), (fill.symbol.clone(), margin_mode));
    }
    for income in history.incomes() {
        // A position is in the mode of the last execution before.
        let before = modes.range(..id_of_income(income)).rev();
        let mut own = before.filter(|(_, (symbol, _))| *symbol == income.symbol);
        let margin_mode = own.next().map_or(MarginMode::Cross, |(_, (_, mode))| *mode);
        bills.push(of_income(exchange, income, margin_mode, mode));
    }
    bills
}

/// What every line has.
fn line(exchange: &Exchange, id: i64, at: i64, symbol: &Symbol, mode: MarginMode) -> Value {
    joined([
        blank(&[
            "clOrdId",
            "earnAmt",
            "earnApr",
            "execType",
            "fillFwdPx",
            "fillIdxPx",
            "fillMarkPx",
            "fillMarkVol",
            "fillPxUsd",
            "fillPxVol",
            "fillTime",
            "from",
            "notes",
            "ordId",
            "px",
            "tag",
            "to",
            "tradeId",
        ]),
        json!({
            "billId": id.to_string(),
            "ccy": ASSET,
            "fee": "0",
            "instId": contract::name_of(exchange, symbol),
            "instType": "SWAP",
            "interest": "0",
            "mgnMode": mode.as_str(),
            "pnl": "0",
            "posBal": "0",
            "posBalChg": "0",
            "sz": "0",
            "ts": at.to_string(),
        }),
    ])
}

fn of_fill(exchange: &Exchange, fill: &PaperFill, client_id: &str, margin: MarginMode, mode: PositionMode) -> Bill {
    let (id, at) = (id_of_fill(fill), fill.at.0);
    let change = fill.realised.minus(fill.fee).unwrap_or(fill.realised);
    let kind = match fill.cause {
        FillCause::Liquidation => "5",
        FillCause::Order | FillCause::Venue => "2",
    };
    let kind = (kind, sub_type(fill, mode));
    let own = json!({
        "balChg": change.to_string(),
        "clOrdId": client_id,
        "execType": if fill.maker { "M" } else { "T" },
        "fee": paid(fill.fee),
        "fillIdxPx": fill.price.to_string(),
        "fillMarkPx": fill.price.to_string(),
        "fillTime": at.to_string(),
        "ordId": stillborn::id(fill.order).to_string(),
        "pnl": fill.realised.to_string(),
        "px": fill.price.to_string(),
        "subType": kind.1,
        "sz": contract::count_of(exchange, &fill.symbol, fill.quantity),
        "tradeId": fill.number.to_string(),
        "type": kind.0,
    });
    Bill {
        id,
        at,
        symbol: fill.symbol.clone(),
        mode: margin,
        kind,
        change,
        value: joined([line(exchange, id, at, &fill.symbol, margin), own]),
    }
}

/// A payment. Funding of an isolated position is paid from its margin: the balance of the account does not tell it.
fn of_income(exchange: &Exchange, income: &PaperIncome, margin: MarginMode, mode: PositionMode) -> Bill {
    let (id, at, amount) = (id_of_income(income), income.at.0, income.amount);
    let kind = match income.kind {
        PaperIncomeKind::Funding if amount.is_negative() => ("8", "173"),
        PaperIncomeKind::Funding => ("8", "174"),
        PaperIncomeKind::Insurance => ("10", "131"),
    };
    let from_margin = margin == MarginMode::Isolated && income.kind == PaperIncomeKind::Funding;
    let (balance, position) = if from_margin {
        (Amount::ZERO, amount)
    } else {
        (amount, Amount::ZERO)
    };
    let own = json!({
        "balChg": balance.to_string(),
        "pnl": amount.to_string(),
        "posBalChg": position.to_string(),
        "posSide": order::position_word(income.side, mode),
        "subType": kind.1,
        "type": kind.0,
    });
    Bill {
        id,
        at,
        symbol: income.symbol.clone(),
        mode: margin,
        kind,
        change: balance,
        value: joined([line(exchange, id, at, &income.symbol, margin), own]),
    }
}
