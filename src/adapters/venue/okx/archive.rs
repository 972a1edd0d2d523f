//! What OKX tells of an account, list by list.

use async_trait::async_trait;
use domain::market::Symbol;
use domain::venue::OrderReport;

use super::super::dialect::{Balance, Booking, Holding, Page, Trade};
use super::super::remote::{Archive, Markets, Seat, Stretch};
use super::questions::PAGE;
use super::{Okx, parse, questions};
use crate::ports::venue::VenueError;

#[async_trait]
impl Archive for Okx {
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError> {
        seat.ask(questions::balances()).await.answer(parse::balances)
    }

    async fn holdings(&self, seat: &Seat<'_>, markets: &Markets, _: Option<&str>) -> Result<Page<Holding>, VenueError> {
        let said = seat.ask(questions::holdings()).await;
        let rows = said.answer(|body| parse::holdings(body, markets.contracts()))?;
        Ok(Page { rows, next: None })
    }

    async fn resting(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        next: Option<&str>,
    ) -> Result<Page<OrderReport>, VenueError> {
        let said = seat.ask(questions::resting(None, next)).await;
        let rows = said.answer(|body| parse::orders(body, markets.contracts()))?;
        let oldest = rows.last().filter(|_| rows.len() >= PAGE);
        let next = oldest.map(|order| order.venue_id.0.clone());
        Ok(Page { rows, next })
    }

    async fn trades(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Trade>, VenueError> {
        let said = seat.ask(questions::fills(stretch, next, seat.core.now())).await;
        said.answer(|body| parse::fills(body, markets.contracts(), PAGE))
    }

    async fn bookings(
        &self,
        seat: &Seat<'_>,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Booking>, VenueError> {
        let said = seat.ask(questions::funding(stretch, next, seat.core.now())).await;
        said.answer(|body| parse::bills(body, PAGE))
    }

    fn market_of(&self, asset: &str) -> Symbol {
        Symbol::new(&format!("{asset}-{}-SWAP", Self::SETTLE))
    }
}
