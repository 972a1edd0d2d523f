//! A robot's market: the venue of its account, and the tape of its prices there.

use std::sync::Arc;

use super::deps::RobotDeps;
use super::rows::Rows;
use crate::ports::market::Tape;
use crate::ports::venue::{Venue, VenueError};

/// Where a robot trades.
#[derive(Clone)]
pub(super) struct Market {
    pub(super) venue: Arc<dyn Venue>,
    pub(super) tape: Arc<Tape>,
}

impl Market {
    /// The market of a robot; `None` when its venue is not switched on. It is at no other venue, whatever is listed there.
    ///
    /// # Errors
    /// When the venue does not give its prices now.
    pub(super) async fn find(deps: &RobotDeps, rows: &Rows) -> Result<Option<Self>, VenueError> {
        let Some(venue) = rows.venue.and_then(|name| deps.venues.get(&name)) else {
            return Ok(None);
        };
        let tape = venue.tape(&rows.robot.symbol).await?;
        let venue = Arc::clone(venue);
        Ok(Some(Self { venue, tape }))
    }
}
