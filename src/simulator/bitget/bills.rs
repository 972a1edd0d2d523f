//! The endpoint of what moved the balance: executions with profit and fee, funding, and what the insurance paid.

use domain::fixed::Amount;
use domain::market::{Action, Side};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::user::PositionMode;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::history::page;
use super::params::COIN;
use super::problem::Problem;
use super::routes::{Call, Told};

/// Days that may be asked for at once.
const DAYS: i64 = 30;
/// Funding.
const FUNDING: &str = "contract_settle_fee";

/// One line.
struct Bill {
    /// Ascending with time, and unique within an account.
    id: i64,
    at: i64,
    symbol: String,
    name: &'static str,
    amount: Amount,
    fee: Amount,
}

/// `GET /api/v2/mix/account/bill`.
pub(super) async fn bills(call: &Call<'_>) -> Told {
    let is_ours = call.params.is_ours()?;
    let asked = call.params.page(DAYS, call.exchange.market_now().0)?;
    let name = call.params.get("businessType").map(str::to_owned);
    let coin = call
        .params
        .get("coin")
        .is_none_or(|coin| coin.eq_ignore_ascii_case(COIN));
    let only_funding = match call.params.word("onlyFunding").as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(_) => return Err(Problem::wrong("onlyFunding")),
    };
    let account = call.exchange.account(call.id()?).await?;
    let mut bills: Vec<Bill> = call.exchange.history(account.id, |history| {
        let fills = history.fills().map(|fill| of_fill(fill, account.mode));
        fills.chain(history.incomes().map(of_income)).collect()
    });
    bills.sort_unstable_by_key(|bill| std::cmp::Reverse(bill.id));
    let mut balance = account.balance;
    let mut told = Vec::new();
    let mut end = None;
    for bill in bills.iter().filter(|_| is_ours && coin) {
        let after = balance;
        let moved = bill.amount.plus(bill.fee).unwrap_or(bill.amount);
        balance = balance.minus(moved).unwrap_or(balance);
        let is_named = name.as_deref().is_none_or(|name| name == bill.name);
        let is_kind = !only_funding || bill.name == FUNDING;
        if told.len() < asked.limit && is_named && is_kind && asked.holds(bill.id, bill.at) {
            told.push(bill.told(after));
            end = Some(bill.id);
        }
    }
    Ok(page("bills", told, end))
}

impl Bill {
    fn told(&self, balance: Amount) -> Value {
        json!({
            "billId": self.id.to_string(),
            "symbol": self.symbol,
            "amount": self.amount.to_string(),
            "fee": self.fee.to_string(),
            "feeByCoupon": "",
            "businessType": self.name,
            "coin": COIN,
            "balance": balance.to_string(),
            "cTime": self.at.to_string(),
        })
    }
}

/// An id from the time and from the number of a record of one of two kinds.
const fn id(at: i64, number: i64, kind: i64) -> i64 {
    (at << 20) | ((number & 0x7_ffff) << 1) | kind
}

fn of_fill(fill: &PaperFill, mode: PositionMode) -> Bill {
    Bill {
        id: id(fill.at.0, fill.number, 0),
        at: fill.at.0,
        symbol: fill.symbol.to_string(),
        name: name(fill, mode),
        amount: fill.realised,
        fee: fill.fee.negated(),
    }
}

const fn name(fill: &PaperFill, mode: PositionMode) -> &'static str {
    let is_forced = !matches!(fill.cause, FillCause::Order);
    match (mode, is_forced, fill.action, fill.side, fill.reducing) {
        (PositionMode::OneWay, false, Action::Buy, ..) => "buy",
        (PositionMode::OneWay, false, Action::Sell, ..) => "sell",
        (PositionMode::OneWay, true, Action::Buy, ..) => "force_buy",
        (PositionMode::OneWay, true, Action::Sell, ..) => "force_sell",
        (PositionMode::Hedge, true, _, Side::Long, _) => "force_close_long",
        (PositionMode::Hedge, true, _, Side::Short, _) => "force_close_short",
        (PositionMode::Hedge, false, _, Side::Long, false) => "open_long",
        (PositionMode::Hedge, false, _, Side::Short, false) => "open_short",
        (PositionMode::Hedge, false, _, Side::Long, true) => "close_long",
        (PositionMode::Hedge, false, _, Side::Short, true) => "close_short",
    }
}

fn of_income(income: &PaperIncome) -> Bill {
    Bill {
        id: id(income.at.0, income.number, 1),
        at: income.at.0,
        symbol: income.symbol.to_string(),
        name: match income.kind {
            PaperIncomeKind::Funding => FUNDING,
            PaperIncomeKind::Insurance => "risk_captital_user_transfer",
        },
        amount: income.amount,
        fee: Amount::ZERO,
    }
}
