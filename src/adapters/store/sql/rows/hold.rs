//! Rows of holds.

use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::{EntrySeq, Hold, HoldState};
use domain::time::Timestamp;
use entity::hold;

use super::Row;
use crate::ports::store::StoreError;

pub fn hold_row(hold: &Hold) -> hold::Model {
    let end = hold.state.end();
    hold::Model {
        position_id: hold.position.0,
        user_id: hold.user.0,
        gift: hold.gift.units(),
        power: hold.power.units(),
        entry_seq: hold.entry.0,
        expires_at: hold.expires_at.0,
        state: hold.state.as_str().to_owned(),
        ended_entry: end.map(|(entry, _)| entry.0),
        ended_at: end.map(|(_, at)| at.0),
        created_at: hold.created_at.0,
    }
}

pub fn hold(row: hold::Model) -> Result<Hold, StoreError> {
    let name = Row::new("hold for position", row.position_id);
    let end = || -> Result<(EntrySeq, Timestamp), StoreError> {
        let entry = name.present("entry", row.ended_entry)?;
        Ok((EntrySeq(entry), Timestamp(name.present("end", row.ended_at)?)))
    };
    let state = match row.state.as_str() {
        "held" => HoldState::Held,
        "posted" => end().map(|(entry, at)| HoldState::Posted { entry, at })?,
        "voided" => end().map(|(entry, at)| HoldState::Voided { entry, at })?,
        "expired" => end().map(|(entry, at)| HoldState::Expired { entry, at })?,
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    Ok(Hold {
        position: PositionId(row.position_id),
        user: UserId(row.user_id),
        gift: name.fixed("gift", row.gift, Amount::from_units)?,
        power: name.fixed("power", row.power, Amount::from_units)?,
        entry: EntrySeq(row.entry_seq),
        expires_at: Timestamp(row.expires_at),
        state,
        created_at: Timestamp(row.created_at),
    })
}
