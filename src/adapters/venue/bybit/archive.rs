//! What Bybit tells of an account, list by list.

use async_trait::async_trait;
use domain::venue::OrderReport;

use super::super::dialect::{Balance, Booking, Holding, Page, Trade};
use super::super::remote::{Archive, Markets, Seat, Stretch};
use super::{Bybit, parse, questions};
use crate::ports::venue::VenueError;

#[async_trait]
impl Archive for Bybit {
    /// With cross margin what is free is told for all coins together, in dollars: it counts as if it were all in the settlement asset.
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError> {
        let told = |body: &[u8]| Ok((parse::balances(body)?, parse::available(body)?));
        let (mut balances, available) = seat.ask(questions::balances()).await.answer(told)?;
        for balance in balances.iter_mut().filter(|balance| balance.asset == Self::SETTLE) {
            balance.available = available.or(balance.available);
        }
        Ok(balances)
    }

    async fn holdings(&self, seat: &Seat<'_>, _: &Markets, next: Option<&str>) -> Result<Page<Holding>, VenueError> {
        seat.ask(questions::holdings(next)).await.answer(parse::holdings)
    }

    async fn resting(&self, seat: &Seat<'_>, _: &Markets, next: Option<&str>) -> Result<Page<OrderReport>, VenueError> {
        seat.ask(questions::resting(next)).await.answer(parse::orders)
    }

    async fn trades(
        &self,
        seat: &Seat<'_>,
        _: &Markets,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Trade>, VenueError> {
        let said = seat.ask(questions::executions(stretch, next)).await;
        said.answer(parse::executions).map(|(page, _)| page)
    }

    async fn bookings(
        &self,
        seat: &Seat<'_>,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Booking>, VenueError> {
        seat.ask(questions::funding(stretch, next))
            .await
            .answer(parse::bookings)
    }
}
