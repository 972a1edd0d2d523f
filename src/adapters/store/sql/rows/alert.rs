//! Rows of pauses and alerts.

use domain::alert::{Alert, AlertKind};
use domain::id::AlertId;
use domain::pause::{Pause, PauseScope};
use domain::time::Timestamp;
use entity::{alert, pause};

use super::Row;
use crate::ports::store::StoreError;

pub fn pause_row(pause: &Pause) -> pause::Model {
    pause::Model {
        scope: pause.scope.to_string(),
        paused: pause.paused.into(),
        said_by: pause.by.clone(),
        reason: pause.reason.clone(),
        at: pause.at.0,
    }
}

pub fn pause(row: pause::Model) -> Result<Pause, StoreError> {
    let name = Row::new("pause", &row.scope);
    Ok(Pause {
        scope: name.word("scope", &row.scope, PauseScope::parse)?,
        paused: row.paused != 0,
        by: row.said_by,
        reason: row.reason,
        at: Timestamp(row.at),
    })
}

/// Kind and subject: unique among unresolved alerts.
pub fn open_key(kind: AlertKind, subject: &str) -> String {
    format!("{}|{subject}", kind.as_str())
}

pub fn alert_row(alert: &Alert) -> alert::Model {
    alert::Model {
        id: alert.id.0,
        kind: alert.kind.as_str().to_owned(),
        subject: alert.subject.clone(),
        message: alert.message.clone(),
        raised_at: alert.raised_at.0,
        resolved_at: alert.resolved_at.map(|at| at.0),
        open_key: alert
            .resolved_at
            .is_none()
            .then(|| open_key(alert.kind, &alert.subject)),
    }
}

pub fn alert(row: alert::Model) -> Result<Alert, StoreError> {
    let name = Row::new("alert", row.id);
    Ok(Alert {
        id: AlertId(row.id),
        kind: name.word("kind", &row.kind, AlertKind::parse)?,
        subject: row.subject,
        message: row.message,
        raised_at: Timestamp(row.raised_at),
        resolved_at: row.resolved_at.map(Timestamp),
    })
}
