//! The hand: somebody who closes positions at the venue, past the daemon, as users do.

use std::sync::Arc;
use std::time::Duration;

use domain::outcome::Outcome;
use domain::page::Page;
use domain::position::{Position, PositionState};
use tracing::{debug, warn};

use crate::adapters::venue::paper::PaperVenue;
use crate::ports::store::{PositionFilter, Store};

/// Time between two closes by hand.
const EVERY: Duration = Duration::from_millis(2_500);
const PAGE: u32 = 100;

/// Closes one open position now and then, for as long as it is not dropped.
pub async fn close_some(store: Arc<dyn Store>, venue: Arc<PaperVenue>) {
    let mut turn: usize = 0;
    loop {
        tokio::time::sleep(EVERY).await;
        turn += 1;
        let filter = PositionFilter {
            live: Some(true),
            ..PositionFilter::default()
        };
        match store.positions(filter, Page::first(PAGE)).await {
            Ok(positions) => close_one(&venue, positions, turn).await,
            Err(error) => warn!(%error, "the hand cannot see the positions"),
        }
    }
}

async fn close_one(venue: &PaperVenue, positions: Vec<Position>, turn: usize) {
    let open: Vec<Position> = positions
        .into_iter()
        .filter(|position| position.state == PositionState::Open)
        .collect();
    let Some(position) = turn.checked_rem(open.len()).and_then(|place| open.get(place)) else {
        return;
    };
    match venue
        .close_by_hand(position.account, &position.symbol, position.side)
        .await
    {
        Outcome::Done(order) => debug!(order = %order.venue_id, "position {} was closed by hand", position.id),
        Outcome::Refused(why) => debug!(%why, "position {} could not be closed by hand", position.id),
        Outcome::Unknown(why) => debug!(why, "whether position {} was closed by hand is not known", position.id),
    }
}
