//! Closes, from the columns of positions that tell of them.

use domain::alert::rules::Close;
use domain::fixed::Amount;
use domain::id::{PositionId, RobotId, UserId};
use domain::position::CloseReason;
use domain::time::Timestamp;
use sea_orm::FromQueryResult;

use super::Row;
use crate::ports::store::StoreError;

/// The columns of a close.
#[derive(Debug, FromQueryResult)]
pub struct CloseRow {
    id: i64,
    user_id: i64,
    robot_id: Option<i64>,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    profit: Option<i64>,
}

pub fn close(row: CloseRow) -> Result<Close, StoreError> {
    let name = Row::new("position", row.id);
    let reason = name.present("close reason", row.close_reason)?;
    Ok(Close {
        position: PositionId(row.id),
        user: UserId(row.user_id),
        robot: row.robot_id.map(RobotId),
        at: Timestamp(name.present("close time", row.closed_at)?),
        reason: name.word("close reason", &reason, CloseReason::parse)?,
        profit: name.fixed("profit", name.present("profit", row.profit)?, Amount::from_units)?,
    })
}
