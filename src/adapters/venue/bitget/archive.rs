//! What Bitget tells of an account, list by list.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::market::Action;
use domain::venue::{FillCause, OrderReport, VenueOrderId};

use super::super::dialect::{Balance, Booking, Holding, Owner, Page, Trade};
use super::super::remote::{Archive, Markets, Seat, Stretch};
use super::questions::PAGE;
use super::{Bitget, parse, questions};
use crate::ports::venue::VenueError;

/// The venue names a next page behind the last one, too.
fn whole<T>(page: Page<T>) -> Page<T> {
    let next = page.next.filter(|_| page.rows.len() >= PAGE);
    Page { next, ..page }
}

#[async_trait]
impl Archive for Bitget {
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError> {
        seat.ask(questions::balances()).await.answer(parse::balances)
    }

    async fn holdings(&self, seat: &Seat<'_>, _: &Markets, _: Option<&str>) -> Result<Page<Holding>, VenueError> {
        let said = seat.ask(questions::holdings()).await;
        let rows = said.answer(parse::holdings)?;
        Ok(Page { rows, next: None })
    }

    async fn resting(&self, seat: &Seat<'_>, _: &Markets, next: Option<&str>) -> Result<Page<OrderReport>, VenueError> {
        let said = seat.ask(questions::resting(None, next)).await;
        said.answer(parse::orders).map(whole)
    }

    /// Of an execution that closes in hedge mode the side is not documented: its order is asked for what it does.
    async fn trades(
        &self,
        seat: &Seat<'_>,
        _: &Markets,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Trade>, VenueError> {
        let said = seat.ask(questions::fills(stretch, next)).await;
        let (body, closing) = said.answer(|body| Ok((body.to_vec(), parse::closing(body)?)))?;
        let mut actions = BTreeMap::<VenueOrderId, Action>::new();
        for (symbol, order) in closing {
            if actions.contains_key(&order) {
                continue;
            }
            if let Some(action) = self.action(seat.account, &order) {
                actions.insert(order, action);
                continue;
            }
            let said = seat.ask(questions::order(&symbol, &order)).await;
            let report = said.answer(parse::order)?;
            self.action_is(seat.account, &order, report.action);
            let cause = FillCause::Order;
            let client_id = report.client_id;
            seat.core.owner_is(seat.account, &order, Owner { client_id, cause });
            actions.insert(order, report.action);
        }
        let page = parse::trades(&body, |order| actions.get(order).copied())?;
        Ok(whole(page))
    }

    async fn bookings(
        &self,
        seat: &Seat<'_>,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Booking>, VenueError> {
        let said = seat.ask(questions::funding(stretch, next)).await;
        said.answer(parse::bookings).map(whole)
    }

    async fn owner(&self, seat: &Seat<'_>, _: &Markets, trade: &Trade) -> Result<Owner, VenueError> {
        let said = seat.ask(questions::order(&trade.symbol, &trade.order_id)).await;
        let client_id = said.answer(parse::order)?.client_id;
        // What is forced says so itself.
        let cause = FillCause::Order;
        Ok(Owner { client_id, cause })
    }
}
