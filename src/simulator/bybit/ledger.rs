//! The transaction log: each trade and each payment a line, with the balance behind it.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/account/transaction-log>.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Ratio};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::entry::Entry;
use super::executions::{fill_key, income_key};
use super::ids;
use super::info::ASSET;
use super::page::{self, Key};
use super::routes::{Call, Told};
use super::words::{link, side};
use crate::simulator::exchange::{Exchange, History};

/// One line.
struct Line<'a> {
    what: What<'a>,
    /// What was held after it.
    size: Quantity,
    /// The balance after it.
    balance: Amount,
}

#[derive(Clone, Copy)]
enum What<'a> {
    Fill(&'a PaperFill),
    Income(&'a PaperIncome),
}

impl What<'_> {
    fn key(self) -> Key {
        match self {
            Self::Fill(fill) => fill_key(fill),
            Self::Income(income) => income_key(income),
        }
    }

    fn symbol(&self) -> &Symbol {
        match self {
            Self::Fill(fill) => &fill.symbol,
            Self::Income(income) => &income.symbol,
        }
    }

    fn side(self) -> Side {
        match self {
            Self::Fill(fill) => fill.side,
            Self::Income(income) => income.side,
        }
    }

    fn change(self) -> Amount {
        match self {
            Self::Fill(fill) => fill.realised.minus(fill.fee).unwrap_or_default(),
            Self::Income(income) => income.amount,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Fill(fill) if fill.cause == FillCause::Liquidation => "LIQUIDATION",
            Self::Fill(_) => "TRADE",
            Self::Income(income) => match income.kind {
                PaperIncomeKind::Funding => "SETTLEMENT",
                // Bybit has no line for this: its insurance takes the position over.
                PaperIncomeKind::Insurance => "BONUS",
            },
        }
    }
}

/// `GET /v5/account/transaction-log`.
pub(super) async fn transactions(call: &Call<'_>) -> Told {
    let symbols = call.params.symbols(call.exchange)?;
    let limit = call.params.limit(20, 50)?;
    let after = call.params.after()?;
    let (start, end) = call.params.span(call.exchange.market_now().0)?;
    let kind = call.params.get("type");
    let coin = call.params.get("currency").is_none_or(|coin| coin == ASSET);
    let account = call.exchange.account(call.id()?).await?;
    let (rows, cursor) = call.exchange.history(account.id, |history| {
        let mut lines = lines(history, account.balance);
        lines.retain(|line| {
            let within = (start..=end).contains(&line.what.key().0) && symbols.contains(line.what.symbol());
            coin && within && kind.is_none_or(|kind| kind == line.what.kind())
        });
        let (page, cursor) = page::page(lines.into_iter().map(|line| (line.what.key(), line)), after, limit);
        let told = page.iter().map(|line| told(call.exchange, history, line));
        (told.collect::<Value>(), cursor)
    });
    Ok(json!({ "list": rows, "nextPageCursor": cursor }).into())
}

/// All lines, newest first, with what was held and had after each.
fn lines(history: &History, balance: Amount) -> Vec<Line<'_>> {
    let fills = history.fills().map(What::Fill);
    let mut all: Vec<What> = fills.chain(history.incomes().map(What::Income)).collect();
    all.sort_by_key(|what| what.key());
    let mut held: BTreeMap<(&Symbol, bool), Quantity> = BTreeMap::new();
    let mut lines: Vec<Line> = Vec::with_capacity(all.len());
    for what in &all {
        let size = held.entry((what.symbol(), what.side() == Side::Long)).or_default();
        if let What::Fill(fill) = what {
            let moved = if fill.reducing {
                size.minus(fill.quantity)
            } else {
                size.plus(fill.quantity)
            };
            *size = moved.unwrap_or(*size);
        }
        lines.push(Line {
            what: *what,
            size: if what.side() == Side::Long {
                *size
            } else {
                size.negated()
            },
            balance,
        });
    }
    lines.reverse();
    let mut balance = balance;
    for line in &mut lines {
        line.balance = balance;
        balance = balance.minus(line.what.change()).unwrap_or(balance);
    }
    lines
}

fn told(exchange: &Exchange, history: &History, line: &Line) -> Value {
    let market = exchange.market(line.what.symbol().as_str());
    let (_, number) = line.what.key();
    let mut told = json!({
        "symbol": line.what.symbol().as_str(),
        "category": "linear",
        "type": line.what.kind(),
        "currency": ASSET,
        "size": line.size.to_string(),
        "change": line.what.change().to_string(),
        "cashBalance": line.balance.to_string(),
        "transactionTime": line.what.key().0.to_string(),
        "bonusChange": "",
        "transSubType": "",
        "extraFees": "",
    });
    let fields = match line.what {
        What::Fill(fill) => {
            let rate = market.map(|market| if fill.maker { market.maker_fee } else { market.taker_fee });
            of_fill(history, fill, rate.unwrap_or_default())
        }
        What::Income(income) => {
            let rate = market.map(|market| market.funding_rate).unwrap_or_default();
            of_income(income, line.size, rate)
        }
    };
    for (name, value) in fields {
        told[name] = value;
    }
    let account = match line.what {
        What::Fill(fill) => fill.account,
        What::Income(income) => income.account,
    };
    told["id"] = json!(format!("{account}_{}_{number}", line.what.symbol()));
    told
}

type Fields = [(&'static str, Value); 10];

fn of_fill(history: &History, fill: &PaperFill, rate: Ratio) -> Fields {
    let entry = history.order(fill.order).map(|order| Entry::of(history, order));
    let number = entry.as_ref().map_or(fill.order, Entry::number);
    let client = entry.as_ref().map_or("", |entry| link(entry.first()));
    [
        ("side", json!(side(fill.action))),
        ("qty", json!(fill.quantity.to_string())),
        ("tradePrice", json!(fill.price.to_string())),
        ("fee", json!(fill.fee.to_string())),
        ("feeRate", json!(rate.to_string())),
        ("funding", json!("")),
        ("cashFlow", json!(fill.realised.to_string())),
        ("orderId", json!(ids::order(fill.account, number))),
        ("orderLinkId", json!(client)),
        ("tradeId", json!(ids::execution(fill.account, fill.number))),
    ]
}

fn of_income(income: &PaperIncome, size: Quantity, rate: Ratio) -> Fields {
    let funding = match income.kind {
        PaperIncomeKind::Funding => income.amount.to_string(),
        PaperIncomeKind::Insurance => String::new(),
    };
    let cash = match income.kind {
        PaperIncomeKind::Funding => Amount::ZERO,
        PaperIncomeKind::Insurance => income.amount,
    };
    let id = ids::payment(income.account, income.number);
    [
        ("side", json!(side(income.side.opening()))),
        ("qty", json!(size.abs().to_string())),
        ("tradePrice", json!(Price::ZERO.to_string())),
        ("fee", json!("0")),
        ("feeRate", json!(rate.to_string())),
        ("funding", json!(funding)),
        ("cashFlow", json!(cash.to_string())),
        ("orderId", json!(id)),
        ("orderLinkId", json!("")),
        ("tradeId", json!(id)),
    ]
}
