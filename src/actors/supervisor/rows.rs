//! What the supervisor reads: robots by page, who holds a position, and the quarantine that it writes.

use std::collections::BTreeSet;

use domain::change::{Change, ChangeSet};
use domain::id::RobotId;
use domain::page::Page;
use domain::robot::Robot;
use domain::time::Timestamp;

use crate::ports::store::{PositionFilter, Store, StoreError};

/// Rows per page.
pub(super) const ROWS: u32 = 500;
/// How often a quarantine is tried when somebody else changes the row.
const ATTEMPTS: u32 = 3;

/// Robots with a position that is not final.
pub(super) async fn holders(store: &dyn Store) -> Result<BTreeSet<RobotId>, StoreError> {
    let filter = PositionFilter {
        live: Some(true),
        ..PositionFilter::default()
    };
    let (mut holders, mut page) = (BTreeSet::new(), Page::first(ROWS));
    loop {
        let positions = store.positions(filter, page).await?;
        let Some(last) = positions.last() else {
            return Ok(holders);
        };
        page = Page::after(last.id.0, ROWS);
        holders.extend(positions.iter().filter_map(|position| position.robot));
    }
}

/// Whether this robot has a position that is not final.
pub(super) async fn holds(store: &dyn Store, robot: RobotId) -> Result<bool, StoreError> {
    let filter = PositionFilter {
        robot: Some(robot),
        live: Some(true),
        ..PositionFilter::default()
    };
    Ok(!store.positions(filter, Page::first(1)).await?.is_empty())
}

/// Puts a robot's quarantine on record; answers its row, or nothing when the robot is gone.
pub(super) async fn quarantine(store: &dyn Store, id: RobotId, now: Timestamp) -> Result<Option<Robot>, StoreError> {
    let mut attempt = 1;
    loop {
        let Some(robot) = store.robot(id).await? else {
            return Ok(None);
        };
        if robot.quarantined_at.is_some() {
            return Ok(Some(robot));
        }
        let changes = ChangeSet::of(Change::UpdateRobot(Box::new(robot.quarantine(now))));
        match store.commit(changes).await {
            Err(StoreError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error),
            Ok(()) => {}
        }
    }
}
