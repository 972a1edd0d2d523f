//! Orders and executions.

use domain::fixed::Quantity;
use domain::market::{Action, Symbol};
use domain::venue::{OrderReport, ReportedState, VenueOrderId};

use super::super::super::dialect::{Fee, Owner, ParseError, Trade, read};
use super::super::wire::{Order, PositionSide, Side, Status, UserTrade};
use super::super::{client_id, owner};

impl Side {
    /// In our words.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Buy => Action::Buy,
            Self::Sell => Action::Sell,
        }
    }
}

impl Status {
    /// In our words.
    pub(super) const fn state(self) -> ReportedState {
        match self {
            Self::New | Self::PartiallyFilled => ReportedState::Open,
            Self::Filled => ReportedState::Filled,
            Self::Canceled => ReportedState::Cancelled,
            Self::Rejected => ReportedState::Rejected,
            Self::Expired | Self::ExpiredInMatch => ReportedState::Expired,
        }
    }
}

/// How much of an execution closed. In one-way mode the venue does not tell.
pub(super) fn closed(action: Action, position: PositionSide, quantity: Quantity) -> Option<Quantity> {
    match (action, position) {
        (_, PositionSide::Both) => None,
        (Action::Sell, PositionSide::Long) | (Action::Buy, PositionSide::Short) => Some(quantity),
        (Action::Buy, PositionSide::Long) | (Action::Sell, PositionSide::Short) => Some(Quantity::ZERO),
    }
}

fn report(order: &Order) -> OrderReport {
    OrderReport {
        venue_id: VenueOrderId(order.order_id.0.clone()),
        client_id: client_id(&order.client_order_id),
        symbol: Symbol::new(&order.symbol),
        action: order.side.action(),
        state: order.status.state(),
        quantity: order.orig_qty.0,
        filled: order.executed_qty.0,
        updated_at: order.update_time.0,
    }
}

/// `POST`, `GET` and `DELETE /fapi/v1/order`.
///
/// # Errors
/// When it cannot be understood.
pub fn order(body: &[u8]) -> Result<OrderReport, ParseError> {
    read::<Order>("order", body).map(|order| report(&order))
}

/// `GET /fapi/v1/order`, with whose order it is.
///
/// # Errors
/// When it cannot be understood.
pub fn owned_order(body: &[u8]) -> Result<(OrderReport, Owner), ParseError> {
    read::<Order>("order", body).map(|order| (report(&order), owner(&order.client_order_id)))
}

/// `GET /fapi/v1/openOrders`, `allOrders` and `forceOrders`.
///
/// # Errors
/// When it cannot be understood.
pub fn orders(body: &[u8]) -> Result<Vec<OrderReport>, ParseError> {
    owned(body).map(|orders| orders.into_iter().map(|(order, _)| order).collect())
}

/// The same, with whose orders they are, which executions do not tell.
///
/// # Errors
/// When it cannot be understood.
pub fn owned(body: &[u8]) -> Result<Vec<(OrderReport, Owner)>, ParseError> {
    let orders: Vec<Order> = read("orders", body)?;
    let owned = orders
        .iter()
        .map(|order| (report(order), owner(&order.client_order_id)));
    Ok(owned.collect())
}

/// `GET /fapi/v1/userTrades`. The profit is gross. Whose order it was is told by the order alone.
///
/// # Errors
/// When it cannot be understood.
pub fn trades(body: &[u8]) -> Result<Vec<Trade>, ParseError> {
    let trades: Vec<UserTrade> = read("user trades", body)?;
    let trades = trades.into_iter().map(|trade| Trade {
        id: trade.id.0,
        order_id: VenueOrderId(trade.order_id.0),
        owner: None,
        symbol: Symbol::new(&trade.symbol),
        action: trade.side.action(),
        closed: closed(trade.side.action(), trade.position_side, trade.qty.0),
        quantity: trade.qty.0,
        price: trade.price.0,
        fee: Fee {
            asset: trade.commission_asset,
            amount: trade.commission.0,
        },
        realised: Some(trade.realized_pnl.0),
        at: trade.time.0,
    });
    Ok(trades.collect())
}
