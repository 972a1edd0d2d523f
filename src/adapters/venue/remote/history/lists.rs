//! Lists of an account, read to their ends.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::venue::{MarginMode, OrderReport, PositionReport, ReportedState};

use super::super::core::{Seat, Terms};
use super::super::list::List;
use super::super::speech::seat;
use super::{Archive, Desk, Stretch};
use crate::adapters::venue::dialect::{Booking, Holding, Trade};
use crate::ports::venue::VenueError;

/// Pages of the executions of a stretch; one that has more is made shorter.
const PAGES: usize = 20;

impl<S: Archive> Desk<'_, S> {
    /// All executions of a stretch, oldest first; `None` when they are too many.
    pub(super) async fn all_trades(&self, stretch: Stretch) -> Result<Option<Vec<Trade>>, VenueError> {
        let (speech, seat, mut list) = (self.speech, &self.seat, List::default());
        while let Some(next) = list.next()? {
            if list.pages() == PAGES {
                return Ok(None);
            }
            list.add(speech.trades(seat, self.markets, stretch, next.as_deref()).await?);
        }
        let mut all = list.rows;
        all.reverse();
        all.retain(|trade| trade.at >= stretch.from && trade.at <= stretch.to);
        // A list that grew while its pages were read tells a row twice.
        let mut seen = BTreeSet::new();
        all.retain(|trade| seen.insert(trade.fill_id()));
        all.sort_by_key(|trade| trade.at);
        Ok(Some(all))
    }

    /// All bookings of a stretch of any length.
    pub(super) async fn all_bookings(&self, stretch: Stretch) -> Result<Vec<Booking>, VenueError> {
        let (mut all, mut from) = (Vec::new(), stretch.from);
        while from <= stretch.to {
            let to = stretch.to.min(from.after(S::LONGEST));
            let mut list = List::default();
            while let Some(next) = list.next()? {
                let part = Stretch { from, to };
                list.add(self.speech.bookings(&self.seat, part, next.as_deref()).await?);
            }
            all.extend(list.rows);
            from = to.after(Duration::from_millis(1));
        }
        let mut seen = BTreeSet::new();
        all.retain(|line| seen.insert(line.id.clone()));
        Ok(all)
    }

    /// All open positions.
    pub(super) async fn holdings(&self) -> Result<Vec<Holding>, VenueError> {
        let mut list = List::default();
        while let Some(next) = list.next()? {
            list.add(self.speech.holdings(&self.seat, self.markets, next.as_deref()).await?);
        }
        Ok(list.rows)
    }

    /// All resting orders.
    pub(super) async fn resting(&self) -> Result<Vec<OrderReport>, VenueError> {
        let mut list = List::default();
        while let Some(next) = list.next()? {
            list.add(self.speech.resting(&self.seat, self.markets, next.as_deref()).await?);
        }
        let mut orders = list.rows;
        orders.retain(|order| order.state == ReportedState::Open);
        Ok(orders)
    }

    /// Positions with their leverage, which some venues tell elsewhere.
    pub(super) async fn positions(&self, held: &[Holding]) -> Result<Vec<PositionReport>, VenueError> {
        let mut positions = Vec::with_capacity(held.len());
        for holding in held {
            let leverage = match holding.leverage {
                Some(leverage) => leverage,
                None => self.leverage(holding).await?,
            };
            positions.extend(holding.report(holding.entry_price, leverage));
        }
        Ok(positions)
    }

    async fn leverage(&self, holding: &Holding) -> Result<u32, VenueError> {
        let Seat { core, account, .. } = self.seat;
        if let Some(terms) = core.terms(account, &holding.symbol) {
            return Ok(terms.leverage);
        }
        let wanted = Terms {
            leverage: 1,
            margin_mode: holding.margin_mode.unwrap_or(MarginMode::Cross),
        };
        let terms = self.speech.terms(&seat(core, account), &holding.symbol, wanted).await?;
        core.terms_are(account, &holding.symbol, Some(terms));
        Ok(terms.leverage)
    }
}
