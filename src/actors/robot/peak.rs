//! The errand of putting a profit peak on record, so that a restart continues from it.

use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::position::{Position, PositionEvent};

use super::deps::RobotDeps;
use crate::event;
use crate::ports::store::StoreError;

/// Puts a peak on record; false when it is not there now.
pub(super) async fn record(deps: &RobotDeps, position: &Position, peak: Amount) -> bool {
    let id = position.id;
    let changes = match position.on(PositionEvent::Peaked(peak), deps.clock.now()) {
        Ok(next) => ChangeSet::of(Change::UpdatePosition(Box::new(next))),
        Err(error) => {
            tracing::warn!(event = event::ROBOT_BLIND, position.id = %id, %error, "position {id} has no peak: {error}");
            return false;
        }
    };
    match deps.store.commit(changes).await {
        Ok(()) => {
            tracing::info!(event = event::POSITION_PEAKED, position.id = %id, %peak, "position {id} peaked at {peak}");
            true
        }
        Err(StoreError::Conflict { .. }) => true,
        Err(error) => {
            tracing::warn!(event = event::ROBOT_BLIND, position.id = %id, %error,
                "peak of position {id} is not on record: {error}");
            false
        }
    }
}
