//! Orders and executions.

use domain::fixed::Amount;
use domain::market::{Action, Symbol};
use domain::venue::{FillCause, OrderReport, ReportedState, VenueOrderId};

use super::super::super::dialect::{Booking, BookingKind, Fee, Owner, Page, ParseError, Placed, Trade, read};
use super::super::wire::{Answer, Execution, Order, Side, Status, Taken};
use super::super::{CLIENT_ID, settle_of};
use super::{page, result};
use crate::ports::venue::Lookup;

impl Side {
    /// In our words.
    pub(super) fn action(self, what: &'static str) -> Result<Action, ParseError> {
        match self {
            Self::Buy => Ok(Action::Buy),
            Self::Sell => Ok(Action::Sell),
            Self::Neither => Err(ParseError::new(what, "side", "is neither Buy nor Sell")),
        }
    }
}

impl Status {
    const fn state(self) -> ReportedState {
        match self {
            Self::New | Self::PartiallyFilled | Self::Untriggered | Self::Triggered => ReportedState::Open,
            Self::Rejected => ReportedState::Rejected,
            Self::Filled => ReportedState::Filled,
            Self::Cancelled | Self::PartiallyFilledCanceled | Self::Deactivated => ReportedState::Cancelled,
        }
    }
}

/// `POST /v5/order/create` and `/v5/order/cancel`: the venue took it, and tells later what became of it.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<Placed, ParseError> {
    let taken: Taken = result("placed order", body)?;
    let answer: Answer<'_> = read("placed order", body)?;
    if taken.order_id.0.is_empty() {
        return Err(ParseError::new("placed order", "orderId", "is empty"));
    }
    Ok(Placed {
        venue_id: VenueOrderId(taken.order_id.0),
        at: answer.time.told(),
    })
}

pub(super) fn report(order: &Order) -> Result<OrderReport, ParseError> {
    Ok(OrderReport {
        venue_id: VenueOrderId(order.order_id.0.clone()),
        client_id: CLIENT_ID.read(&order.order_link_id),
        symbol: Symbol::new(&order.symbol),
        action: order.side.action("order")?,
        state: order.order_status.state(),
        quantity: order.qty.0,
        filled: order.cum_exec_qty.0,
        updated_at: order.updated_time.0,
    })
}

/// `GET /v5/order/realtime` and `/v5/order/history`: a page, newest first.
///
/// # Errors
/// When it cannot be understood.
pub fn orders(body: &[u8]) -> Result<Page<OrderReport>, ParseError> {
    let page: Page<Order> = page("orders", body)?;
    let rows = page.rows.iter().map(report).collect::<Result<_, _>>()?;
    Ok(Page { rows, next: page.next })
}

/// The same, asked for one client id. An order is absent only when both lists have been asked and lack it: the first
/// forgets orders that have ended.
///
/// # Errors
/// When it cannot be understood.
pub fn lookup(body: &[u8]) -> Result<Lookup, ParseError> {
    let found = orders(body)?.rows.into_iter().next();
    Ok(found.map_or(Lookup::Absent, Lookup::Found))
}

/// `GET /v5/execution/list`: a page, newest first, and the funding payments that stand among them.
///
/// # Errors
/// When it cannot be understood.
pub fn executions(body: &[u8]) -> Result<(Page<Trade>, Vec<Booking>), ParseError> {
    let page: Page<Execution> = page("executions", body)?;
    let mut trades = Vec::new();
    let mut bookings = Vec::new();
    for execution in page.rows {
        match told(execution)? {
            Told::Trade(trade) => trades.push(*trade),
            Told::Booking(booking) => bookings.push(booking),
        }
    }
    let trades = Page {
        rows: trades,
        next: page.next,
    };
    Ok((trades, bookings))
}

/// What a row of executions is.
pub(super) enum Told {
    /// An execution.
    Trade(Box<Trade>),
    /// A payment of funding.
    Booking(Booking),
}

pub(super) fn told(execution: Execution) -> Result<Told, ParseError> {
    let asset = execution.fee_currency.filter(|asset| !asset.is_empty());
    let asset = asset.unwrap_or_else(|| settle_of(&execution.symbol).to_owned());
    if execution.exec_type == "Funding" {
        return Ok(Told::Booking(Booking {
            id: execution.exec_id.0,
            kind: BookingKind::Funding,
            name: execution.exec_type,
            symbol: Some(Symbol::new(&execution.symbol)),
            position_side: None,
            trade: None,
            asset,
            amount: execution.exec_fee.0.negated(),
            at: execution.exec_time.0,
        }));
    }
    let created = execution.create_type.unwrap_or_default();
    let cause = cause(&execution.exec_type, &created);
    let rule = || format!("`{}` is not a kind of execution that is known", execution.exec_type);
    let cause = cause.ok_or_else(|| ParseError::new("executions", "execType", rule()))?;
    let closed = execution.closed_size.told();
    let realised = execution.exec_pnl.told();
    Ok(Told::Trade(Box::new(Trade {
        id: execution.exec_id.0,
        order_id: VenueOrderId(execution.order_id.0),
        owner: Some(Owner {
            client_id: CLIENT_ID.read(&execution.order_link_id),
            cause,
        }),
        symbol: Symbol::new(&execution.symbol),
        action: execution.side.action("executions")?,
        closed,
        quantity: execution.exec_qty.0,
        price: execution.exec_price.0,
        fee: Fee {
            asset,
            amount: execution.exec_fee.0,
        },
        // What closed nothing realised nothing, told or not.
        realised: realised.or_else(|| closed.filter(|closed| closed.is_zero()).map(|_| Amount::ZERO)),
        at: execution.exec_time.0,
    })))
}

fn cause(kind: &str, created: &str) -> Option<FillCause> {
    match kind {
        "BustTrade" => Some(FillCause::Liquidation),
        "AdlTrade" | "Settle" | "Delivery" | "MovePosition" => Some(FillCause::Venue),
        "Trade" | "BlockTrade" | "FutureSpread" => Some(match created {
            "CreateByLiq" | "CreateByTakeOver_PassThrough" => FillCause::Liquidation,
            "CreateByAdl_PassThrough" | "CreateBySettle" | "CreateByAdminClosing" => FillCause::Venue,
            _ => FillCause::Order,
        }),
        _ => None,
    }
}
