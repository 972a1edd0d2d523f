//! Changes a resting order: another price, another quantity, the same number.

use crate::fixed::{Price, Quantity};
use crate::id::VenueAccountId;
use crate::paper::draft::Draft;
use crate::paper::engine::{Engine, Placed};
use crate::paper::liquidation::Terms;
use crate::paper::matching::{check_filters, match_now};
use crate::paper::refused::Refused;
use crate::time::Timestamp;
use crate::venue::ReportedState;

impl Engine {
    /// Gives a resting order another limit and quantity, and fills it as far as the new limit allows. An order that is
    /// filled as far as its new quantity is cancelled.
    pub fn amend(
        &mut self,
        id: VenueAccountId,
        number: i64,
        quantity: Quantity,
        price: Price,
        now: Timestamp,
    ) -> Result<Placed, Refused> {
        let account = self.accounts.get(&id).ok_or(Refused::UnknownAccount)?;
        let resting = account.orders.iter().find(|order| order.number == number);
        let resting = resting.filter(|order| !order.is_conditional());
        let mut order = resting.ok_or(Refused::UnknownOrder)?.clone();
        let market = self.boards.market(&order.symbol).ok_or(Refused::UnknownSymbol)?;
        let last = self.boards.last(&order.symbol).ok_or(Refused::NoPrice)?;
        (order.quantity, order.limit, order.updated_at) = (quantity, Some(price), now);
        check_filters(market, &order, last)?;
        let mut draft = Draft::new(account.clone(), now);
        draft.account.orders.retain(|resting| resting.number != number);
        if order.filled >= order.quantity {
            order.end(ReportedState::Cancelled, now);
            draft.book(order.clone());
        } else {
            order = match_now(&mut draft, market, order, last)?;
        }
        self.settle(draft, order)
    }
}
