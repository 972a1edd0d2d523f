//! Executions and payments of funding, which Bybit lists among them, asked for and pushed.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Ratio, Rounding, divide};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind, PaperMarket};
use domain::time::Timestamp;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::entry::{self, Entry};
use super::ids;
use super::page::{self, Key};
use super::routes::{Call, Told};
use super::words::{created, kind, link, price, side, stop};
use crate::simulator::exchange::{Exchange, History};

/// One row.
enum Row<'a> {
    Fill(&'a PaperFill),
    Funding(&'a PaperIncome),
}

impl Row<'_> {
    fn symbol(&self) -> &Symbol {
        match self {
            Self::Fill(fill) => &fill.symbol,
            Self::Funding(income) => &income.symbol,
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::Fill(fill) => fill_key(fill),
            Self::Funding(income) => income_key(income),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Fill(fill) => exec_type(fill),
            Self::Funding(_) => "Funding",
        }
    }
}

/// What fills are sorted by, among incomes.
pub(super) const fn fill_key(fill: &PaperFill) -> Key {
    (fill.at.0, fill.number * 2)
}

/// What incomes are sorted by, among fills.
pub(super) const fn income_key(income: &PaperIncome) -> Key {
    (income.at.0, income.number * 2 + 1)
}

/// The kind of an execution.
pub(super) const fn exec_type(fill: &PaperFill) -> &'static str {
    match fill.cause {
        FillCause::Order => "Trade",
        FillCause::Liquidation => "BustTrade",
        FillCause::Venue => "Settle",
    }
}

/// `GET /v5/execution/list`.
pub(super) async fn list(call: &Call<'_>) -> Told {
    let linear = call.params.is_linear()?;
    let symbols = call.params.symbols(call.exchange)?;
    let limit = call.params.limit(50, 100)?;
    let after = call.params.after()?;
    let (start, end) = call.params.span(call.exchange.market_now().0)?;
    let wanted = call.params.get("execType");
    let id = call.id()?;
    let (rows, cursor) = call.exchange.history(id, |history| {
        let order = of_order(call, history);
        let fills = history.fills().map(Row::Fill);
        let fundings = history
            .incomes()
            .filter(|income| income.kind == PaperIncomeKind::Funding);
        let mut rows: Vec<Row> = fills.chain(fundings.map(Row::Funding)).collect();
        rows.retain(|row| {
            let of_order = order.is_none_or(|order| matches!(row, Row::Fill(fill) if order == fill.order));
            let within = (start..=end).contains(&row.key().0) && symbols.contains(row.symbol());
            linear && of_order && within && wanted.is_none_or(|kind| kind == row.kind())
        });
        rows.sort_by_key(|row| std::cmp::Reverse(row.key()));
        let (page, cursor) = page::page(rows.into_iter().map(|row| (row.key(), row)), after, limit);
        let rests = rests(history, &page);
        let told = page.iter().map(|row| row_told(call.exchange, history, row, &rests));
        (told.collect::<Value>(), cursor)
    });
    let category = call.params.need("category")?;
    Ok(json!({ "category": category, "list": rows, "nextPageCursor": cursor }).into())
}

/// The number of the order whose executions are asked for; one that nobody has when it is not known.
fn of_order(call: &Call, history: &History) -> Option<i64> {
    let account = call.account.map(|account| account.id)?;
    let found = match (call.params.get("orderId"), call.params.get("orderLinkId")) {
        (Some(id), _) => ids::order_number(account, id).and_then(|number| entry::numbered(history, &[], number)),
        (None, Some(link)) => entry::named(history, &[], link),
        (None, None) => return None,
    };
    Some(found.map_or(0, |entry| entry.order.number))
}

fn row_told(exchange: &Exchange, history: &History, row: &Row, rests: &BTreeMap<i64, Quantity>) -> Value {
    let market = exchange.market(row.symbol().as_str());
    match row {
        Row::Fill(fill) => {
            let entry = history.order(fill.order).map(|order| Entry::of(history, order));
            let rest = rests.get(&fill.number).copied().unwrap_or_default();
            fill_told(fill, entry.as_ref(), rest, market)
        }
        Row::Funding(income) => {
            let size = size_at(history, &income.symbol, income.side, income.at);
            funding_told(income, size, market)
        }
    }
}

/// What each execution of a page left of its order.
fn rests(history: &History, page: &[Row]) -> BTreeMap<i64, Quantity> {
    let fills = page.iter().filter_map(|row| match row {
        Row::Fill(fill) => history.order(fill.order).map(|order| (fill.order, order.quantity)),
        Row::Funding(_) => None,
    });
    let mut left: BTreeMap<i64, Quantity> = fills.collect();
    let mut rests = BTreeMap::new();
    for fill in history.fills() {
        if let Some(rest) = left.get_mut(&fill.order) {
            *rest = rest.minus(fill.quantity).unwrap_or_default();
            rests.insert(fill.number, *rest);
        }
    }
    rests
}

/// An execution; `rest` is what it left of its order.
pub(super) fn fill_told(
    fill: &PaperFill,
    entry: Option<&Entry<'_>>,
    rest: Quantity,
    market: Option<&PaperMarket>,
) -> Value {
    let rate = market.map(|market| if fill.maker { market.maker_fee } else { market.taker_fee });
    let value = fill.price.notional(fill.quantity, Rounding::HalfUp);
    let closed = if fill.reducing { fill.quantity } else { Quantity::ZERO };
    let number = entry.map_or(fill.order, Entry::number);
    let order = entry.map(|entry| entry.order);
    json!({
        "category": "linear",
        "symbol": fill.symbol.as_str(),
        "orderId": ids::order(fill.account, number),
        "orderLinkId": entry.map_or("", |entry| link(entry.first())),
        "side": side(fill.action),
        "orderPrice": price(order.and_then(|order| order.limit)),
        "orderQty": order.map_or(fill.quantity, |order| order.quantity).to_string(),
        "leavesQty": rest.to_string(),
        "orderType": order.map_or("UNKNOWN", kind),
        "createType": entry.map_or("", created),
        "stopOrderType": entry.map_or("", stop),
        "execFee": fill.fee.to_string(),
        "feeRate": rate.unwrap_or_default().to_string(),
        "feeCurrency": "",
        "execId": ids::execution(fill.account, fill.number),
        "execPrice": fill.price.to_string(),
        "execQty": fill.quantity.to_string(),
        "execType": exec_type(fill),
        "execValue": value.unwrap_or_default().to_string(),
        "execTime": fill.at.0.to_string(),
        "execPnl": fill.realised.to_string(),
        "closedSize": closed.to_string(),
        "isMaker": fill.maker,
        "markPrice": fill.price.to_string(),
        "indexPrice": "",
        "underlyingPrice": "",
        "markIv": "",
        "tradeIv": "",
        "blockTradeId": "",
        "isLeverage": "",
        "seq": fill.number,
    })
}

/// A payment of funding; `size` is what was held.
pub(super) fn funding_told(income: &PaperIncome, size: Quantity, market: Option<&PaperMarket>) -> Value {
    let rate = market.map(|market| market.funding_rate).unwrap_or_default();
    let (value, mark) = valued(income.amount, rate, size);
    json!({
        "category": "linear",
        "symbol": income.symbol.as_str(),
        "orderId": ids::payment(income.account, income.number),
        "orderLinkId": "",
        "side": side(income.side.opening()),
        "orderPrice": "0",
        "orderQty": "0",
        "leavesQty": "0",
        "orderType": "UNKNOWN",
        "createType": "",
        "stopOrderType": "UNKNOWN",
        "execFee": income.amount.negated().to_string(),
        "feeRate": rate.to_string(),
        "feeCurrency": "",
        "execId": ids::payment(income.account, income.number),
        "execPrice": mark.to_string(),
        "execQty": size.to_string(),
        "execType": "Funding",
        "execValue": value.to_string(),
        "execTime": income.at.0.to_string(),
        "execPnl": "0",
        "closedSize": "0",
        "isMaker": false,
        "markPrice": mark.to_string(),
        "indexPrice": "",
        "underlyingPrice": "",
        "markIv": "",
        "tradeIv": "",
        "blockTradeId": "",
        "isLeverage": "",
        "seq": income.number,
    })
}

/// What was held at a time, on one side of a market.
pub(super) fn size_at(history: &History, symbol: &Symbol, side: Side, at: Timestamp) -> Quantity {
    let own = |fill: &&PaperFill| fill.symbol == *symbol && fill.side == side && fill.at <= at;
    let moved = history.fills().filter(own).map(|fill| {
        let quantity = fill.quantity;
        if fill.reducing { quantity.negated() } else { quantity }
    });
    Quantity::sum(moved).unwrap_or_default()
}

/// Value and price that a payment at a rate was reckoned on.
fn valued(paid: Amount, rate: Ratio, size: Quantity) -> (Amount, Price) {
    let units = i128::from(paid.abs().units()) * i128::from(Ratio::ONE_UNITS);
    let value = divide(units, rate.abs().units().max(1).into(), Rounding::HalfUp).and_then(Amount::from_wide);
    let value = value.unwrap_or_default();
    let mark = Price::average(value, size, Rounding::HalfUp);
    (value, mark.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use domain::id::VenueAccountId;

    use super::*;

    #[test]
    fn funding_is_told_with_what_it_was_reckoned_on() {
        let income = PaperIncome {
            account: VenueAccountId(1),
            number: 3,
            kind: PaperIncomeKind::Funding,
            symbol: Symbol::new("BTCUSDT"),
            side: Side::Short,
            amount: "-0.05".parse().unwrap(),
            at: Timestamp(28_800_000),
        };
        let size: Quantity = "0.01".parse().unwrap();
        let (value, mark) = valued(income.amount, "0.0001".parse().unwrap(), size);
        assert_eq!((value, mark), ("500".parse().unwrap(), "50000".parse().unwrap()));
        let told = funding_told(&income, size, None);
        assert_eq!((&told["execFee"], &told["side"]), (&json!("0.05"), &json!("Sell")));
        assert_eq!(
            (&told["execType"], &told["execQty"]),
            (&json!("Funding"), &json!("0.01"))
        );
    }
}
