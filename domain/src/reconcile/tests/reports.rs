//! What a venue tells in the stories: fills, incomes, positions, orders.

use super::account::{amount, btc, q};
use crate::fixed::Amount;
use crate::id::OrderId;
use crate::market::Side;
use crate::order::{Order, client_order_id};
use crate::time::Timestamp;
use crate::venue::{
    AccountReport, Cursor, FillCause, FillReport, IncomeReport, OrderReport, PositionReport, ReportedState,
    VenueOrderId,
};

/// A fill that is nobody's yet, without fee or profit.
pub fn fill(id: &str, side: Side, reducing: bool, quantity: &str, price: &str, at: i64) -> FillReport {
    FillReport {
        venue_fill_id: id.to_owned(),
        venue_order_id: VenueOrderId(format!("hand-{id}")),
        client_id: None,
        symbol: btc(),
        action: if reducing { side.closing() } else { side.opening() },
        position_side: side,
        reducing,
        quantity: q(quantity),
        price: price.parse().unwrap(),
        fee: Amount::ZERO,
        realised: Amount::ZERO,
        cause: FillCause::Order,
        at: Timestamp(at),
    }
}

impl FillReport {
    /// Of our order.
    pub(super) fn of(mut self, order: i64) -> Self {
        self.client_id = Some(client_order_id("aaaaaa", OrderId(order)));
        self.venue_order_id = VenueOrderId(format!("v{order}"));
        self
    }

    pub(super) fn worth(mut self, realised: &str, fee: &str) -> Self {
        self.realised = amount(realised);
        self.fee = amount(fee);
        self
    }

    pub(super) fn by(mut self, cause: FillCause) -> Self {
        self.cause = cause;
        self
    }
}

/// An empty account at a time.
pub fn report(at: i64) -> AccountReport {
    AccountReport {
        at: Timestamp(at),
        balance: amount("10000"),
        available: amount("10000"),
        positions: Vec::new(),
        open_orders: Vec::new(),
        fills: Vec::new(),
        incomes: Vec::new(),
        cursor: Cursor::default(),
        more: false,
    }
}

impl AccountReport {
    pub(super) fn with_fills(mut self, fills: Vec<FillReport>) -> Self {
        self.fills = fills;
        self
    }

    pub(super) fn with_cursor(mut self, cursor: &str) -> Self {
        self.cursor = Cursor(cursor.to_owned());
        self
    }

    pub(super) fn holding(mut self, side: Side, quantity: &str, price: &str) -> Self {
        self.positions.push(PositionReport {
            symbol: btc(),
            side,
            quantity: q(quantity),
            entry_price: price.parse().unwrap(),
            mark_price: price.parse().unwrap(),
            leverage: 5,
            liquidation_price: None,
        });
        self
    }

    pub(super) fn funded(mut self, id: &str, side: Option<Side>, paid: &str, at: i64) -> Self {
        self.incomes.push(IncomeReport {
            venue_income_id: id.to_owned(),
            symbol: btc(),
            position_side: side,
            amount: amount(paid),
            at: Timestamp(at),
        });
        self
    }

    pub(super) fn resting(mut self, order: OrderReport) -> Self {
        self.open_orders.push(order);
        self
    }
}

/// What the venue says of our order.
pub fn told(order: &Order, state: ReportedState, filled: &str, at: i64) -> OrderReport {
    OrderReport {
        venue_id: VenueOrderId(format!("v{}", order.id)),
        client_id: Some(order.client_id.clone()),
        symbol: order.symbol.clone(),
        action: order.action,
        state,
        quantity: order.quantity,
        filled: q(filled),
        updated_at: Timestamp(at),
    }
}
