//! What Gate tells of an account, list by list.

use async_trait::async_trait;
use domain::market::Symbol;
use domain::venue::OrderReport;

use super::super::dialect::{Balance, Booking, Holding, Page, Trade};
use super::super::remote::{Archive, Markets, Seat, Stretch};
use super::questions::PAGE;
use super::{Gate, parse, questions};
use crate::ports::venue::VenueError;

/// Pages are asked for by how many rows were told before.
fn page<T>(rows: Vec<T>, full: usize, offset: Option<&str>) -> Page<T> {
    let before: usize = offset.and_then(|offset| offset.parse().ok()).unwrap_or_default();
    let next = (full >= PAGE).then(|| (before + full).to_string());
    Page { rows, next }
}

#[async_trait]
impl Archive for Gate {
    async fn balances(&self, seat: &Seat<'_>) -> Result<Vec<Balance>, VenueError> {
        seat.ask(questions::account()).await.answer(parse::balances)
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
        let full = rows.len();
        Ok(page(rows, full, next))
    }

    async fn trades(
        &self,
        seat: &Seat<'_>,
        markets: &Markets,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Trade>, VenueError> {
        let said = seat.ask(questions::trades(stretch, next)).await;
        let rows = said.answer(|body| parse::trades(body, markets.contracts(), Self::SETTLE))?;
        let full = rows.len();
        Ok(page(rows, full, next))
    }

    async fn bookings(
        &self,
        seat: &Seat<'_>,
        stretch: Stretch,
        next: Option<&str>,
    ) -> Result<Page<Booking>, VenueError> {
        let said = seat.ask(questions::bookings(stretch, next)).await;
        let rows = said.answer(|body| parse::bookings(body, Self::SETTLE))?;
        let full = rows.len();
        Ok(page(rows, full, next))
    }

    fn market_of(&self, asset: &str) -> Symbol {
        Symbol::new(&format!("{asset}_{}", Self::SETTLE))
    }
}
