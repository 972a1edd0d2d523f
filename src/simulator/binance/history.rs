//! Endpoints of the past: orders, fills and incomes by time and number.

use domain::fixed::{Amount, Rounding};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind, PaperOrder};
use domain::user::PositionMode;
use serde_json::{Value, json};

use super::order;
use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade::{mode, told};

/// Longest span of time that may be asked for, in milliseconds.
const SPAN: i64 = 7 * 86_400_000;

/// From when to when, as far as it is said.
pub(super) fn span(params: &Params) -> Result<(i64, i64), Problem> {
    let start: Option<i64> = params.read_as("startTime")?;
    let end: Option<i64> = params.read_as("endTime")?;
    match (start, end) {
        (Some(start), Some(end)) if start > end => Err(Problem::new(-1023, "Start time is greater than end time.")),
        (Some(start), Some(end)) if end - start > SPAN => Err(Problem::new(-4165, "Maximum time interval is 7 days.")),
        (Some(start), None) => Ok((start, start.saturating_add(SPAN))),
        (start, end) => Ok((start.unwrap_or(0), end.unwrap_or(i64::MAX))),
    }
}

/// The first so many of what begins at a time or number, else the last so many.
fn page<'a, T: Clone + 'a>(records: impl DoubleEndedIterator<Item = &'a T>, from_first: bool, limit: usize) -> Vec<T> {
    if from_first {
        return records.take(limit).cloned().collect();
    }
    let mut last: Vec<T> = records.rev().take(limit).cloned().collect();
    last.reverse();
    last
}

/// `GET /fapi/v1/allOrders`.
pub(super) async fn orders(call: &Call<'_>) -> Told {
    let symbol = &call.params.market(call.exchange)?.instrument.symbol;
    let limit = call.params.limit(500, 1_000)?;
    let from: Option<i64> = call.params.read_as("orderId")?;
    let (start, end) = span(&call.params)?;
    let first = from.is_some() || call.params.has("startTime");
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history
            .orders()
            .filter(|order| !order.is_conditional() && order.symbol == *symbol);
        let later = own.filter(|order| from.is_none_or(|from| order.number >= from));
        page(
            later.filter(|order| (start..=end).contains(&order.placed_at.0)),
            first,
            limit,
        )
    });
    let mode = mode(call).await?;
    Ok(orders.iter().map(|order| told(call, order, mode)).collect())
}

/// `GET /fapi/v1/userTrades`.
pub(super) async fn fills(call: &Call<'_>) -> Told {
    let symbol = &call.params.market(call.exchange)?.instrument.symbol;
    let limit = call.params.limit(500, 1_000)?;
    let from: Option<i64> = call.params.read_as("fromId")?;
    if from.is_some() && (call.params.has("startTime") || call.params.has("endTime")) {
        return Err(Problem::new(-1128, "Combination of optional parameters invalid."));
    }
    let order: Option<i64> = call.params.read_as("orderId")?;
    let (start, end) = span(&call.params)?;
    let first = from.is_some() || call.params.has("startTime");
    let fills: Vec<PaperFill> = call.exchange.history(call.id()?, |history| {
        let own = history.fills().filter(|fill| fill.symbol == *symbol);
        let own = own.filter(|fill| order.is_none_or(|order| fill.order == order));
        let later = own.filter(|fill| from.is_none_or(|from| fill.number >= from));
        page(later.filter(|fill| (start..=end).contains(&fill.at.0)), first, limit)
    });
    let mode = mode(call).await?;
    Ok(fills.iter().map(|fill| fill_told(fill, mode)).collect())
}

fn fill_told(fill: &PaperFill, mode: PositionMode) -> Value {
    let turnover = fill
        .price
        .notional(fill.quantity, Rounding::HalfUp)
        .unwrap_or(Amount::ZERO);
    json!({
        "symbol": fill.symbol.as_str(),
        "id": fill.number,
        "orderId": fill.order,
        "side": order::side_word(fill.action),
        "price": fill.price.to_string(),
        "qty": fill.quantity.to_string(),
        "realizedPnl": fill.realised.to_string(),
        "quoteQty": turnover.to_string(),
        "commission": fill.fee.to_string(),
        "commissionAsset": super::info::ASSET,
        "time": fill.at.0,
        "positionSide": order::position_word(fill.side, mode),
        "maker": fill.maker,
        "buyer": fill.action == domain::market::Action::Buy,
    })
}

/// One line of the history of incomes.
struct Line {
    at: i64,
    /// Sorts lines of one time; unique within an account.
    id: i64,
    value: Value,
}

/// `GET /fapi/v1/income`.
pub(super) async fn incomes(call: &Call<'_>) -> Told {
    let symbol = call
        .params
        .has("symbol")
        .then(|| call.params.market(call.exchange))
        .transpose()?;
    let kind = call.params.get("incomeType");
    let limit = call.params.limit(100, 1_000)?;
    let page_number: usize = call.params.read_as("page")?.unwrap_or(1);
    let (start, end) = span(&call.params)?;
    let mut lines: Vec<Line> = call.exchange.history(call.id()?, |history| {
        let fills = history.fills().flat_map(of_fill);
        fills.chain(history.incomes().map(of_income)).collect()
    });
    lines.retain(|line| {
        let value = |name: &str| line.value.get(name).and_then(Value::as_str);
        let here = symbol.is_none_or(|market| value("symbol") == Some(market.instrument.symbol.as_str()));
        here && kind.is_none_or(|kind| value("incomeType") == Some(kind)) && (start..=end).contains(&line.at)
    });
    lines.sort_by_key(|line| (line.at, line.id));
    let skipped = limit.saturating_mul(page_number.saturating_sub(1));
    // Without a time the newest are told, in ascending order as ever.
    let skipped = if call.params.has("startTime") || page_number > 1 {
        skipped
    } else {
        lines.len().saturating_sub(limit)
    };
    Ok(lines
        .into_iter()
        .skip(skipped)
        .take(limit)
        .map(|line| line.value)
        .collect())
}

/// What a fill brought: profit and commission, each a line of its own.
fn of_fill(fill: &PaperFill) -> Vec<Line> {
    let line = |kind: &str, amount: Amount, id: i64| {
        let trade = fill.number.to_string();
        line(kind, fill.symbol.as_str(), amount, fill.at.0, id, &trade)
    };
    let mut lines = Vec::with_capacity(2);
    if fill.reducing {
        lines.push(line("REALIZED_PNL", fill.realised, fill.number * 4));
    }
    if !fill.fee.is_zero() {
        lines.push(line("COMMISSION", fill.fee.negated(), fill.number * 4 + 1));
    }
    lines
}

fn of_income(income: &PaperIncome) -> Line {
    let (kind, place) = match income.kind {
        PaperIncomeKind::Funding => ("FUNDING_FEE", 2),
        PaperIncomeKind::Insurance => ("INSURANCE_CLEAR", 3),
    };
    let id = income.number * 4 + place;
    line(kind, income.symbol.as_str(), income.amount, income.at.0, id, "")
}

fn line(kind: &str, symbol: &str, amount: Amount, at: i64, id: i64, trade: &str) -> Line {
    let value = json!({
        "symbol": symbol,
        "incomeType": kind,
        "income": amount.to_string(),
        "asset": super::info::ASSET,
        "info": if trade.is_empty() { kind } else { trade },
        "time": at,
        "tranId": id,
        "tradeId": trade,
    });
    Line { at, id, value }
}
