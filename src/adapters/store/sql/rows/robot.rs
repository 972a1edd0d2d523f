//! Rows of robots.

use domain::fixed::Amount;
use domain::id::{RobotId, UserId, VenueAccountId};
use domain::market::Symbol;
use domain::robot::{RiskPreference, Robot, Wanted};
use domain::time::Timestamp;
use domain::venue::MarginMode;
use entity::robot;

use super::Row;
use crate::adapters::store::failure::{Cause, Failure};
use crate::ports::store::StoreError;

pub fn robot_row(robot: &Robot) -> Result<robot::Model, Failure> {
    let json = |error: serde_json::Error| Failure::Server(Cause::new(error));
    Ok(robot::Model {
        id: robot.id.0,
        user_id: robot.user.0,
        account_id: robot.account.0,
        symbol: robot.symbol.to_string(),
        strategy: serde_json::to_string(&robot.strategy).map_err(json)?,
        risk: robot.risk.as_str().to_owned(),
        stake: robot.stake.units(),
        leverage: robot.leverage.into(),
        margin_mode: robot.margin_mode.as_str().to_owned(),
        auto_open: robot.auto_open.into(),
        auto_close: robot.auto_close.into(),
        limits: serde_json::to_string(&robot.limits).map_err(json)?,
        wanted: robot.wanted.as_str().to_owned(),
        run_started_at: robot.run_started_at.map(|at| at.0),
        quarantined_at: robot.quarantined_at.map(|at| at.0),
        created_at: robot.created_at.0,
        updated_at: robot.updated_at.0,
        version: robot.version.into(),
    })
}

pub fn robot(row: robot::Model) -> Result<Robot, StoreError> {
    let name = Row::new("robot", row.id);
    Ok(Robot {
        id: RobotId(row.id),
        user: UserId(row.user_id),
        account: VenueAccountId(row.account_id),
        symbol: Symbol::new(&row.symbol),
        strategy: name.json("strategy", &row.strategy)?,
        risk: name.word("risk", &row.risk, RiskPreference::parse)?,
        stake: name.fixed("stake", row.stake, Amount::from_units)?,
        leverage: name.count("leverage", row.leverage)?,
        margin_mode: name.word("margin mode", &row.margin_mode, MarginMode::parse)?,
        auto_open: row.auto_open != 0,
        auto_close: row.auto_close != 0,
        limits: name.json("limits", &row.limits)?,
        wanted: name.word("wanted", &row.wanted, Wanted::parse)?,
        run_started_at: row.run_started_at.map(Timestamp),
        quarantined_at: row.quarantined_at.map(Timestamp),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}
