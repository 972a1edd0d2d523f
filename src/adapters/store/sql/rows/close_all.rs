//! Rows of orders to close all.

use domain::close_all::{CloseAll, CloseAllState, Ended};
use domain::id::CloseAllId;
use domain::pause::PauseScope;
use domain::time::Timestamp;
use entity::close_all;

use super::Row;
use crate::ports::store::StoreError;

pub fn close_all_row(close_all: &CloseAll) -> close_all::Model {
    let flat_at = match close_all.state {
        CloseAllState::Flat { at } => Some(at.0),
        CloseAllState::Closing | CloseAllState::CalledOff => None,
    };
    close_all::Model {
        id: close_all.id.0,
        scope: close_all.scope.to_string(),
        external: close_all.external.into(),
        state: close_all.state.as_str().to_owned(),
        said_by: close_all.by.clone(),
        reason: close_all.reason.clone(),
        asked_at: close_all.asked_at.0,
        flat_at,
        ended_at: close_all.ended.as_ref().map(|ended| ended.at.0),
        ended_by: close_all.ended.as_ref().map(|ended| ended.by.clone()),
        open_key: close_all.stands().then(|| close_all.scope.to_string()),
        version: close_all.version.into(),
    }
}

pub fn close_all(row: close_all::Model) -> Result<CloseAll, StoreError> {
    let name = Row::new("close-all", row.id);
    let state = match row.state.as_str() {
        "closing" => CloseAllState::Closing,
        "flat" => CloseAllState::Flat {
            at: Timestamp(name.present("flat_at", row.flat_at)?),
        },
        "called_off" => CloseAllState::CalledOff,
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    let ended = row.ended_at.map(|at| {
        Ok::<_, StoreError>(Ended {
            at: Timestamp(at),
            by: name.present("ended_by", row.ended_by.clone())?,
        })
    });
    Ok(CloseAll {
        id: CloseAllId(row.id),
        scope: name.word("scope", &row.scope, PauseScope::parse)?,
        external: row.external != 0,
        state,
        by: row.said_by,
        reason: row.reason,
        asked_at: Timestamp(row.asked_at),
        ended: ended.transpose()?,
        version: name.count("version", row.version)?,
    })
}
