//! The account book: what each trade and each payment changed, and the balance after it.
//!
//! Lines have no number. The balance after a line is counted back from what there is now.

use domain::fixed::Amount;
use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperIncome, PaperIncomeKind};
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::contract::name_of;
use super::execution::Execution;
use super::market::seconds;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Booked, History, booked};

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

/// Trades and payments as they happened, from fills and payments.
pub(super) fn events(booked: &[Booked<'_>]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    for one in booked {
        let is_half = match (one, events.last_mut()) {
            (Booked::Fill(fill), Some(Event::Trade(last))) => last.take(fill),
            _ => false,
        };
        match one {
            Booked::Fill(_) if is_half => {}
            Booked::Fill(fill) => events.push(Event::Trade(Execution::of(fill))),
            Booked::Income(income) => events.push(Event::Income((*income).clone())),
        }
    }
    events
}

/// All that happened to an account, as far as its state knows of it.
pub(super) fn past<'a>(history: &'a History, account: &PaperAccount) -> Vec<Booked<'a>> {
    let (fill, income) = (account.last_fill, account.last_income);
    let fills = history.fills().filter(move |own| own.number <= fill);
    let incomes = history.incomes().filter(move |own| own.number <= income);
    booked(fills, incomes)
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
    let events = call
        .exchange
        .history(account.id, |history| events(&past(history, &account)));
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
