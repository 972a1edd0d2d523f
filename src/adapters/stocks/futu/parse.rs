//! What OpenD tells, in the words of the domain. Pure: bytes have become messages before, and nothing is asked.

use domain::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use domain::market::{Action, Symbol};
use domain::stock::{OrderMark, StockHoldings, StockLot, StockReport, StockState};
use domain::time::Timestamp;
use domain::venue::VenueOrderId;
use rust_decimal::Decimal;

use super::codes;
use super::options::{FutuOptions, StockMarket};
use super::wire::number::decimal;
use super::wire::quote::{SnapshotBasic, StaticBasic};
use super::wire::session::Account;
use super::wire::trade::{Funds, Order, Position};
use crate::ports::stocks::SoughtStock;
use crate::ports::venue::{Quote, VenueError};

#[cfg(test)]
mod tests;

/// Why an answer cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} of {whose} {problem}")]
pub struct ParseError {
    /// Which field.
    pub field: &'static str,
    /// Of what.
    pub whose: String,
    /// What is wrong with it.
    pub problem: String,
}

impl From<ParseError> for VenueError {
    fn from(error: ParseError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Where an error is.
struct Place<'a>(&'a str);

impl Place<'_> {
    fn wrong(&self, field: &'static str, problem: impl Into<String>) -> ParseError {
        ParseError {
            field,
            whose: self.0.to_owned(),
            problem: problem.into(),
        }
    }

    fn number<T>(
        &self,
        field: &'static str,
        told: Option<Decimal>,
        round: impl FnOnce(Decimal) -> Result<T, NumberError>,
    ) -> Result<T, ParseError> {
        let told = told.ok_or_else(|| self.wrong(field, "is no number"))?;
        round(told).map_err(|error| self.wrong(field, format!("is {told}: {error}")))
    }

    fn price(&self, field: &'static str, told: Option<Decimal>) -> Result<Price, ParseError> {
        self.number(field, told, |number| Price::round_decimal(number, Rounding::HalfUp))
    }

    fn shares(&self, field: &'static str, told: Option<Decimal>) -> Result<Quantity, ParseError> {
        self.number(field, told, |number| Quantity::round_decimal(number, Rounding::HalfUp))
    }

    fn money(&self, field: &'static str, told: Option<Decimal>) -> Result<Amount, ParseError> {
        self.number(field, told, |number| Amount::round_decimal(number, Rounding::HalfUp))
    }

    fn time(&self, field: &'static str, seconds: Option<Decimal>) -> Result<Timestamp, ParseError> {
        let milliseconds = seconds
            .and_then(|seconds| seconds.checked_mul(Decimal::ONE_THOUSAND))
            .and_then(|milliseconds| i64::try_from(milliseconds.trunc()).ok());
        milliseconds
            .filter(|milliseconds| *milliseconds > 0)
            .map(Timestamp)
            .ok_or_else(|| self.wrong(field, "is no time"))
    }
}

/// The id that we keep of an order: its number, or its name at the venue's servers where it has no number.
pub fn order_id(id: Option<u64>, name: Option<&str>) -> Option<VenueOrderId> {
    let number = id.filter(|id| *id != 0).map(|id| id.to_string());
    let name = || name.filter(|name| !name.is_empty()).map(ToOwned::to_owned);
    number.or_else(name).map(VenueOrderId)
}

/// An order as the domain knows it. Its fee is not in it: it is asked for apart.
///
/// # Errors
/// The field that cannot be understood.
pub fn report(order: &Order, market: StockMarket) -> Result<StockReport, ParseError> {
    let whose = format!("order {} {}", order.id, order.name);
    let place = Place(&whose);
    let venue_id = order_id(Some(order.id), Some(&order.name)).ok_or_else(|| place.wrong("orderID", "is missing"))?;
    let action = match order.side {
        1 | 4 => Action::Buy,
        2 | 3 => Action::Sell,
        other => return Err(place.wrong("trdSide", format!("is {other}"))),
    };
    let quantity = place.shares("qty", decimal(order.quantity))?;
    let filled = match order.filled {
        Some(filled) => place.shares("fillQty", decimal(filled))?,
        None => Quantity::ZERO,
    };
    if filled.is_negative() || filled > quantity {
        return Err(place.wrong("fillQty", format!("is {filled} of {quantity}")));
    }
    let average_price = if filled.is_positive() {
        let average = place.price("fillAvgPrice", order.average.and_then(decimal))?;
        if !average.is_positive() {
            return Err(place.wrong("fillAvgPrice", format!("is {average}")));
        }
        Some(average)
    } else {
        None
    };
    let state = codes::state(order.status, filled == quantity, order.error.as_deref());
    Ok(StockReport {
        venue_id,
        mark: order.remark.as_deref().and_then(OrderMark::new),
        symbol: symbol(order.stock_market, &order.code, market),
        action,
        quantity,
        filled,
        average_price,
        fee: Amount::ZERO,
        state,
        updated_at: place.time("updateTimestamp", order.updated.or(order.created).and_then(decimal))?,
    })
}

fn symbol(of: Option<i32>, code: &str, usual: StockMarket) -> Symbol {
    let told = StockMarket::ALL.into_iter().find(|market| Some(market.number()) == of);
    told.unwrap_or(usual).symbol(code)
}

/// The order that is sought, among those that were told: by the venue's id, or by our mark.
///
/// The venue does not hold marks unique. Of several orders with ours those that ended without an execution do not count, as long
/// as another one is there; where two are left, shares may have been bought twice, and a person has to look.
///
/// # Errors
/// When several orders with our mark count.
pub fn sought<'a>(orders: &'a [Order], sought: &SoughtStock<'_>) -> Result<Option<&'a Order>, ParseError> {
    if let Some(id) = sought.venue_id {
        let is_it = |order: &&Order| order.id.to_string() == id.0 || order.name == id.0;
        if let Some(order) = orders.iter().find(is_it) {
            return Ok(Some(order));
        }
    }
    let marked = |order: &&Order| order.remark.as_deref() == Some(sought.mark.as_str());
    let mut last = None;
    let mut counting: Vec<&Order> = Vec::new();
    for order in orders.iter().filter(marked) {
        last = Some(order);
        let some = order
            .filled
            .and_then(decimal)
            .is_some_and(|filled| filled > Decimal::ZERO);
        let over = matches!(codes::state(order.status, false, None), StockState::Ended { .. });
        let again = counting
            .iter()
            .any(|other| other.id == order.id && other.name == order.name);
        let counts = some || !over;
        if counts && !again {
            counting.push(order);
        }
    }
    if counting.len() > 1 {
        let ids: Vec<String> = counting.iter().map(|order| order.id.to_string()).collect();
        return Err(ParseError {
            field: "remark",
            whose: format!("orders {}", ids.join(", ")),
            problem: format!("is {} on each of them", sought.mark),
        });
    }
    Ok(counting.first().copied().or(last))
}

/// The account to trade with.
///
/// # Errors
/// Why there is none, in words for the operator.
pub fn account(accounts: &[Account], options: &FutuOptions) -> Result<u64, String> {
    let (environment, market) = (options.environment, options.market);
    let fits = |account: &&Account| {
        let stocks = account.environment != 0 || matches!(account.paper_kind, None | Some(0 | 1 | 4));
        account.environment == environment.number() && account.markets.contains(&market.number()) && stocks
    };
    if let Some(id) = options.account {
        let of_id: Vec<&Account> = accounts.iter().filter(|account| account.id == id).collect();
        return match of_id.as_slice() {
            [] => Err(format!("account {id} is not in OpenD's list")),
            some if some.iter().any(|account| account.environment != environment.number()) => {
                Err(format!("account {id} is not {environment}, as the settings say"))
            }
            some if !some.iter().any(fits) => Err(format!("account {id} does not trade stocks in {}", market.as_str())),
            some if some.iter().any(|account| account.status == Some(1)) => Err(format!("account {id} is disabled")),
            _ => Ok(id),
        };
    }
    let fitting: Vec<u64> = accounts
        .iter()
        .filter(fits)
        .filter(|account| account.status != Some(1))
        .map(|account| account.id)
        .collect();
    match fitting.as_slice() {
        [only] => Ok(*only),
        [] => Err(format!(
            "OpenD has no {environment} account for stocks in {}",
            market.as_str()
        )),
        several => Err(format!(
            "OpenD has several {environment} accounts: name one of {several:?} in the settings"
        )),
    }
}

/// The filters of a stock.
///
/// # Errors
/// The field that cannot be understood.
pub fn lot(fixed: &StaticBasic, now: &SnapshotBasic) -> Result<StockLot, ParseError> {
    let place = Place(&fixed.stock.code);
    let lot = place.number("lotSize", Some(Decimal::from(fixed.lot)), Quantity::from_decimal)?;
    let tick = place.price("priceSpread", decimal(now.tick))?;
    if !lot.is_positive() {
        return Err(place.wrong("lotSize", format!("is {lot}")));
    }
    if !tick.is_positive() {
        return Err(place.wrong("priceSpread", format!("is {tick}")));
    }
    Ok(StockLot { lot, tick })
}

/// The best prices of a stock.
///
/// # Errors
/// The field that cannot be understood, or that is missing: then nobody bids or asks.
pub fn quote(now: &SnapshotBasic) -> Result<Quote, ParseError> {
    let place = Place(&now.stock.code);
    let positive = |field, told: Option<Decimal>| {
        let price = place.price(field, told)?;
        let shown = price.is_positive().then_some(price);
        shown.ok_or_else(|| place.wrong(field, format!("is {price}")))
    };
    Ok(Quote {
        bid: positive("bidPrice", now.bid.and_then(decimal))?,
        ask: positive("askPrice", now.ask.and_then(decimal))?,
        last: positive("curPrice", decimal(now.last))?,
        at: place.time("updateTimestamp", now.updated.and_then(decimal))?,
    })
}

/// What an account holds. Shares that were sold short count negative.
///
/// # Errors
/// The field that cannot be understood.
pub fn holdings(funds: &Funds, positions: &[Position], market: StockMarket) -> Result<StockHoldings, ParseError> {
    let own = funds
        .by_currency
        .iter()
        .find(|cash| cash.currency == Some(market.currency()));
    let cash = own.and_then(|cash| cash.cash).unwrap_or(funds.cash);
    let cash = Place("the account").money("cash", decimal(cash))?;
    let mut shares = std::collections::BTreeMap::<Symbol, Quantity>::new();
    for position in positions {
        let place = Place(&position.code);
        let held = place.shares("qty", decimal(position.quantity))?.abs();
        let held = if position.side == 1 { held.negated() } else { held };
        let of_stock = shares
            .entry(symbol(position.stock_market, &position.code, market))
            .or_default();
        *of_stock = of_stock
            .plus(held)
            .map_err(|error| place.wrong("qty", error.to_string()))?;
    }
    let shares = shares.into_iter().filter(|(_, held)| !held.is_zero()).collect();
    Ok(StockHoldings { cash, shares })
}

/// A fee.
///
/// # Errors
/// When it cannot be understood.
pub fn fee(order: &str, told: Option<Decimal>) -> Result<Amount, ParseError> {
    Place(order).money("feeAmount", told)
}
