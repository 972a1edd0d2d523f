//! Orders and executions.

use domain::fixed::Quantity;
use domain::market::{Action, Symbol};
use domain::venue::{FillCause, OrderReport, ReportedState, VenueOrderId};

use super::super::super::dialect::{Contracts, Fee, Owner, Page, ParseError, Placed, Trade};
use super::super::CLIENT_ID;
use super::super::wire::{Fill, Order, PositionSide, Side, State, Taken};
use super::{data, one};
use crate::ports::venue::Lookup;

impl Side {
    /// In our words.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Buy => Action::Buy,
            Self::Sell => Action::Sell,
        }
    }
}

impl State {
    const fn state(self) -> ReportedState {
        match self {
            Self::Live | Self::PartiallyFilled => ReportedState::Open,
            Self::Filled => ReportedState::Filled,
            Self::Canceled | Self::MmpCanceled => ReportedState::Cancelled,
        }
    }
}

/// How much of an execution closed. In one-way mode the venue does not tell.
fn closed(action: Action, position: PositionSide, quantity: Quantity) -> Option<Quantity> {
    match (action, position) {
        (_, PositionSide::Net) => None,
        (Action::Sell, PositionSide::Long) | (Action::Buy, PositionSide::Short) => Some(quantity),
        (Action::Buy, PositionSide::Long) | (Action::Sell, PositionSide::Short) => Some(Quantity::ZERO),
    }
}

/// `POST /api/v5/trade/order` and `cancel-order`: the venue took it, and tells later what became of it.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<Placed, ParseError> {
    let taken: Taken = one("placed order", body)?;
    if taken.ord_id.0.is_empty() {
        return Err(ParseError::new("placed order", "[0].ordId", "is empty"));
    }
    Ok(Placed {
        venue_id: VenueOrderId(taken.ord_id.0),
        at: taken.ts.told(),
    })
}

pub(super) fn report(order: &Order, contracts: &Contracts) -> Result<OrderReport, ParseError> {
    let symbol = Symbol::new(&order.inst_id);
    Ok(OrderReport {
        venue_id: VenueOrderId(order.ord_id.0.clone()),
        client_id: CLIENT_ID.read(&order.cl_ord_id),
        action: order.side.action(),
        state: order.state.state(),
        quantity: contracts.coins("order", &symbol, "sz", order.sz.0)?,
        filled: contracts.coins("order", &symbol, "accFillSz", order.acc_fill_sz.0)?,
        updated_at: order.u_time.0,
        symbol,
    })
}

/// `GET /api/v5/trade/orders-pending` and `orders-history`, newest first.
///
/// # Errors
/// When it cannot be understood.
pub fn orders(body: &[u8], contracts: &Contracts) -> Result<Vec<OrderReport>, ParseError> {
    let orders: Vec<Order> = data("orders", body)?;
    orders.iter().map(|order| report(order, contracts)).collect()
}

/// `GET /api/v5/trade/order`. That there is none the venue says by a code, never by an empty list.
///
/// # Errors
/// When it cannot be understood.
pub fn lookup(body: &[u8], contracts: &Contracts) -> Result<Lookup, ParseError> {
    let order: Order = one("order", body)?;
    report(&order, contracts).map(Lookup::Found)
}

/// `GET /api/v5/trade/fills` and `fills-history`, newest first. The profit is gross.
///
/// # Errors
/// When it cannot be understood.
pub fn trades(body: &[u8], contracts: &Contracts) -> Result<Vec<Trade>, ParseError> {
    let fills: Vec<Fill> = data("fills", body)?;
    fills.into_iter().map(|fill| trade(fill, contracts)).collect()
}

/// The same as a page, of so many rows when it is full, with what asks for the next.
///
/// # Errors
/// When it cannot be understood, or a full page does not tell what asks for the next.
pub fn fills(body: &[u8], contracts: &Contracts, full: usize) -> Result<Page<Trade>, ParseError> {
    let fills: Vec<Fill> = data("fills", body)?;
    let last = fills.last().filter(|_| fills.len() >= full);
    let missing = || ParseError::new("fills", "billId", "is missing");
    let next = last
        .map(|fill| fill.bill_id.clone().told().ok_or_else(missing))
        .transpose()?;
    let rows = fills.into_iter().map(|fill| trade(fill, contracts));
    Ok(Page {
        rows: rows.collect::<Result<_, _>>()?,
        next,
    })
}

fn trade(fill: Fill, contracts: &Contracts) -> Result<Trade, ParseError> {
    let symbol = Symbol::new(&fill.inst_id);
    let quantity = contracts.coins("fills", &symbol, "fillSz", fill.fill_sz.0)?;
    let action = fill.side.action();
    let (cause, closes) = by_kind(&fill.sub_type.0);
    let by_side = closed(action, fill.pos_side, quantity);
    Ok(Trade {
        id: fill.trade_id.0,
        order_id: VenueOrderId(fill.ord_id.0),
        owner: Some(Owner {
            client_id: CLIENT_ID.read(&fill.cl_ord_id),
            cause,
        }),
        symbol,
        action,
        closed: by_side.or_else(|| closes.then_some(quantity)),
        quantity,
        price: fill.fill_px.0,
        fee: Fee {
            asset: fill.fee_ccy,
            amount: fill.fee.0.negated(),
        },
        realised: fill.fill_pnl.told(),
        at: fill.fill_time.told().unwrap_or(fill.ts.0),
    })
}

/// Who brought an execution of this kind about, and whether the kind says that it closes a side.
fn by_kind(kind: &str) -> (FillCause, bool) {
    match kind {
        // Partial and whole liquidation of a long and of a short; and by net position.
        "100" | "101" | "104" | "105" => (FillCause::Liquidation, true),
        "102" | "103" | "106" | "107" => (FillCause::Liquidation, false),
        // Delivery and auto-deleveraging.
        "112" | "113" | "125" | "126" => (FillCause::Venue, true),
        "127" | "128" => (FillCause::Venue, false),
        "5" | "6" => (FillCause::Order, true),
        _ => (FillCause::Order, false),
    }
}

/// The execution that moved a pushed order; `None` when none did.
pub(super) fn execution(
    order: Order,
    report: &OrderReport,
    contracts: &Contracts,
) -> Result<Option<Trade>, ParseError> {
    let (Some(size), Some(price)) = (order.fill_sz.told(), order.fill_px.told()) else {
        return Ok(None);
    };
    let Some(id) = order.trade_id.told() else {
        return Ok(None);
    };
    let quantity = contracts.coins("order", &report.symbol, "fillSz", size)?;
    if quantity.is_zero() {
        return Ok(None);
    }
    let fee = order.fill_fee.told();
    let fee = fee.ok_or_else(|| ParseError::new("order", format!("{}.fillFee", report.symbol), "is missing"))?;
    Ok(Some(Trade {
        id,
        order_id: report.venue_id.clone(),
        owner: Some(Owner {
            client_id: report.client_id.clone(),
            cause: by_category(&order.category),
        }),
        symbol: report.symbol.clone(),
        action: report.action,
        closed: closed(report.action, order.pos_side, quantity),
        quantity,
        price,
        fee: Fee {
            asset: order.fill_fee_ccy,
            amount: fee.negated(),
        },
        realised: order.fill_pnl.told(),
        at: order.fill_time.told().unwrap_or(report.updated_at),
    }))
}

fn by_category(category: &str) -> FillCause {
    match category {
        "full_liquidation" | "partial_liquidation" => FillCause::Liquidation,
        "adl" | "delivery" => FillCause::Venue,
        _ => FillCause::Order,
    }
}
