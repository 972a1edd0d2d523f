//! The account book: what each trade and each payment changed, and the balance after it.
//!
//! Lines have no number. The balance after a line is counted back from what there is now.

use domain::fixed::Amount;
use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperIncome, PaperIncomeKind};
use domain::time::Timestamp;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::contract::name_of;
use super::market::seconds;
use super::rounds::{Execution, executions};
use super::routes::{Call, Told};
use crate::simulator::exchange::History;

/// Something that changed a balance.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A trade.
    Trade(Execution),
    /// A payment.
    Income(PaperIncome),
}

/// A line, with the balance after it once that is known.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub at: Timestamp,
    pub kind: &'static str,
    pub change: Amount,
    pub balance: Amount,
    pub symbol: Symbol,
    pub text: String,
    pub trade: String,
}

/// Where an event stands among those of one moment: orders trade, funding is paid, and then positions are liquidated.
fn order_of(event: &Event) -> (i64, u8) {
    match event {
        Event::Trade(trade) => (
            trade.first.at.0,
            if trade.first.cause == FillCause::Order { 0 } else { 2 },
        ),
        Event::Income(income) => match income.kind {
            PaperIncomeKind::Funding => (income.at.0, 1),
            PaperIncomeKind::Insurance => (income.at.0, 3),
        },
    }
}

/// Trades and payments as they happened; both lists are in order, and stay so.
pub(super) fn events(trades: Vec<Execution>, incomes: Vec<PaperIncome>) -> Vec<Event> {
    let mut trades = trades.into_iter().map(Event::Trade).peekable();
    let mut incomes = incomes.into_iter().map(Event::Income).peekable();
    let mut events = Vec::new();
    loop {
        let is_income = match (trades.peek(), incomes.peek()) {
            (Some(trade), Some(income)) => order_of(income) < order_of(trade),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let next = if is_income { incomes.next() } else { trades.next() };
        match next {
            Some(event) => events.push(event),
            None => return events,
        }
    }
}

/// All events of an account, as far as its state knows of them.
pub(super) fn past(history: &History, account: &PaperAccount) -> Vec<Event> {
    let fills = history.fills().filter(|fill| fill.number <= account.last_fill);
    let incomes = history.incomes().filter(|income| income.number <= account.last_income);
    events(executions(fills), incomes.cloned().collect())
}

/// The lines of events, of which the last left this balance.
pub(super) fn lines(events: &[Event], balance: Amount) -> Vec<Line> {
    let mut lines: Vec<Line> = events.iter().flat_map(of_event).collect();
    let mut after = balance;
    for line in lines.iter_mut().rev() {
        line.balance = after;
        after = after.minus(line.change).unwrap_or(after);
    }
    lines
}

/// What closes at its entry price has no line of profit.
fn of_event(event: &Event) -> Vec<Line> {
    let lines = match event {
        Event::Trade(trade) => {
            let line = |kind: &'static str, change: Amount| Line {
                at: trade.first.at,
                kind,
                change,
                balance: Amount::ZERO,
                symbol: trade.first.symbol.clone(),
                text: format!("{}:{}", name_of(&trade.first.symbol), trade.first.order),
                trade: trade.first.number.to_string(),
            };
            vec![line("pnl", trade.realised), line("fee", trade.fee.negated())]
        }
        Event::Income(income) => vec![Line {
            at: income.at,
            kind: match income.kind {
                PaperIncomeKind::Funding => "fund",
                PaperIncomeKind::Insurance => "bonus_offset",
            },
            change: income.amount,
            balance: Amount::ZERO,
            symbol: income.symbol.clone(),
            text: name_of(&income.symbol),
            trade: String::new(),
        }],
    };
    lines.into_iter().filter(|line| !line.change.is_zero()).collect()
}

/// `GET /futures/usdt/account_book`, newest first.
pub(super) async fn list(call: &Call<'_>) -> Told {
    let (offset, limit) = call.params.page(1_000)?;
    let (from, to) = call.params.span()?;
    let kind = call.params.get("type");
    let contract = call.params.get("contract");
    let account = call.exchange.account(call.id()?).await?;
    let events = call.exchange.history(account.id, |history| past(history, &account));
    let lines = lines(&events, account.balance);
    let own = lines.iter().rev().filter(|line| {
        (from..=to).contains(&line.at.0)
            && kind.is_none_or(|kind| line.kind == kind)
            && contract.is_none_or(|contract| name_of(&line.symbol) == contract)
    });
    Ok(own.skip(offset).take(limit).map(told).collect())
}

fn told(line: &Line) -> Value {
    json!({
        "time": seconds(line.at),
        "change": line.change.to_string(),
        "balance": line.balance.to_string(),
        "type": line.kind,
        "text": line.text,
        "contract": name_of(&line.symbol),
        "trade_id": line.trade,
    })
}
