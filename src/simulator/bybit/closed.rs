//! What closed positions earned, order by order, after the fees of opening and closing.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/position/close-pnl>.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Rounding, divide};
use domain::market::{Side, Symbol};
use domain::paper::PaperFill;
use serde_json::{Value, json};

use super::entry::Entry;
use super::executions::exec_type;
use super::ids;
use super::page;
use super::routes::{Call, Told};
use super::words::{kind, price, side};
use crate::simulator::exchange::History;

/// What one order closed.
#[derive(Debug, Clone)]
struct Closed<'a> {
    last: &'a PaperFill,
    first_at: i64,
    size: Quantity,
    entry: Amount,
    exit: Amount,
    opening_fee: Amount,
    closing_fee: Amount,
    fills: u32,
}

/// What is open, and what was paid in fees to open it.
#[derive(Debug, Default, Clone, Copy)]
struct Open {
    size: Quantity,
    fee: Amount,
}

/// `GET /v5/position/closed-pnl`.
pub(super) async fn profits(call: &Call<'_>) -> Told {
    let linear = call.params.is_linear()?;
    let symbols = call.params.symbols(call.exchange)?;
    let limit = call.params.limit(50, 100)?;
    let after = call.params.after()?;
    let (start, end) = call.params.span(call.exchange.market_now().0)?;
    let (rows, cursor) = call.exchange.history(call.id()?, |history| {
        let mut rows: Vec<Closed> = all(history).into_values().collect();
        rows.retain(|row| linear && symbols.contains(&row.last.symbol) && (start..=end).contains(&row.last.at.0));
        rows.sort_by_key(|row| std::cmp::Reverse((row.last.at.0, row.last.number)));
        let keyed = rows.into_iter().map(|row| ((row.last.at.0, row.last.number), row));
        let (page, cursor) = page::page(keyed, after, limit);
        (page.iter().map(|row| told(history, row)).collect::<Value>(), cursor)
    });
    let category = call.params.need("category")?;
    Ok(json!({ "category": category, "list": rows, "nextPageCursor": cursor }).into())
}

/// What each order closed, by its number.
fn all(history: &History) -> BTreeMap<i64, Closed<'_>> {
    let mut open: BTreeMap<(&Symbol, bool), Open> = BTreeMap::new();
    let mut closed: BTreeMap<i64, Closed> = BTreeMap::new();
    for fill in history.fills() {
        let held = open.entry((&fill.symbol, fill.side == Side::Long)).or_default();
        if !fill.reducing {
            held.size = held.size.plus(fill.quantity).unwrap_or(held.size);
            held.fee = held.fee.plus(fill.fee).unwrap_or(held.fee);
            continue;
        }
        let fee = share(held.fee, fill.quantity, held.size);
        held.size = held.size.minus(fill.quantity).unwrap_or_default();
        held.fee = held.fee.minus(fee).unwrap_or_default();
        let exit = fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap_or_default();
        let entry = match fill.side {
            Side::Long => exit.minus(fill.realised),
            Side::Short => exit.plus(fill.realised),
        };
        let one = Closed {
            last: fill,
            first_at: fill.at.0,
            size: fill.quantity,
            entry: entry.unwrap_or_default(),
            exit,
            opening_fee: fee,
            closing_fee: fill.fee,
            fills: 1,
        };
        match closed.get_mut(&fill.order) {
            Some(before) => before.add(&one),
            None => {
                closed.insert(fill.order, one);
            }
        }
    }
    closed
}

impl<'a> Closed<'a> {
    fn add(&mut self, next: &Self) {
        let sum = |a: Amount, b: Amount| a.plus(b).unwrap_or(a);
        self.last = next.last;
        self.size = self.size.plus(next.size).unwrap_or(self.size);
        self.entry = sum(self.entry, next.entry);
        self.exit = sum(self.exit, next.exit);
        self.opening_fee = sum(self.opening_fee, next.opening_fee);
        self.closing_fee = sum(self.closing_fee, next.closing_fee);
        self.fills += next.fills;
    }

    fn profit(&self) -> Amount {
        let gain = match self.last.side {
            Side::Long => self.exit.minus(self.entry),
            Side::Short => self.entry.minus(self.exit),
        };
        let net = gain.and_then(|gain| gain.minus(self.opening_fee));
        net.and_then(|net| net.minus(self.closing_fee)).unwrap_or_default()
    }
}

fn share(amount: Amount, part: Quantity, whole: Quantity) -> Amount {
    let product = i128::from(amount.units()) * i128::from(part.units());
    let units = divide(product, whole.units().max(1).into(), Rounding::HalfUp);
    units.and_then(Amount::from_wide).unwrap_or_default()
}

fn told(history: &History, row: &Closed) -> Value {
    let fill = row.last;
    let entry = history.order(fill.order).map(|order| Entry::of(history, order));
    let order = entry.as_ref().map(|entry| entry.order);
    let average = |value: Amount| price(Price::average(value, row.size, Rounding::HalfUp).ok());
    json!({
        "symbol": fill.symbol.as_str(),
        "orderId": ids::order(fill.account, entry.as_ref().map_or(fill.order, Entry::number)),
        "side": side(fill.action),
        "qty": order.map_or(row.size, |order| order.quantity).to_string(),
        "orderPrice": price(order.and_then(|order| order.limit)),
        "orderType": order.map_or("Market", kind),
        "execType": exec_type(fill),
        "closedSize": row.size.to_string(),
        "cumEntryValue": row.entry.to_string(),
        "avgEntryPrice": average(row.entry),
        "cumExitValue": row.exit.to_string(),
        "avgExitPrice": average(row.exit),
        "closedPnl": row.profit().to_string(),
        "fillCount": row.fills.to_string(),
        "leverage": order.map_or(1, |order| order.leverage).to_string(),
        "openFee": row.opening_fee.to_string(),
        "closeFee": row.closing_fee.to_string(),
        "createdTime": row.first_at.to_string(),
        "updatedTime": fill.at.0.to_string(),
    })
}
