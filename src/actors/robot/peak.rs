//! The errand of putting a profit peak on record, so that a restart continues from it.

use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::position::{Position, PositionEvent};

use super::deps::RobotDeps;
use crate::event;
use crate::ports::store::StoreError;

/// What became of a peak.
pub(super) enum Peaked {
    /// It is on record; this is the row now.
    Recorded(Box<Position>),
    /// Somebody else moved the row meanwhile; it is to be read again.
    Overtaken,
    /// It could not be written.
    NotRecorded,
}

/// Puts a peak on record.
pub(super) async fn record(deps: &RobotDeps, position: &Position, peak: Amount) -> Peaked {
    let id = position.id;
    let next = match position.on(PositionEvent::Peaked(peak), deps.clock.now()) {
        Ok(next) => next,
        Err(error) => {
            tracing::warn!(event = event::ROBOT_BLIND, position.id = %id, %error, "position {id} has no peak: {error}");
            return Peaked::NotRecorded;
        }
    };
    let changes = ChangeSet::of(Change::UpdatePosition(Box::new(next.clone())));
    match deps.store.commit(changes).await {
        Ok(()) => {}
        Err(StoreError::Conflict { .. }) => return Peaked::Overtaken,
        Err(error) => {
            tracing::warn!(event = event::ROBOT_BLIND, position.id = %id, %error,
                "peak of position {id} is not on record: {error}");
            return Peaked::NotRecorded;
        }
    }
    match position.peak {
        None => {
            tracing::info!(event = event::POSITION_ARMED, position.id = %id, %peak, "position {id} armed at {peak}");
        }
        Some(_) => tracing::debug!(position.id = %id, %peak, "position {id} peaked at {peak}"),
    }
    let version = position.version + 1;
    Peaked::Recorded(Box::new(Position { version, ..next }))
}
