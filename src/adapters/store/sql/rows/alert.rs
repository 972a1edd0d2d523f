//! Rows of pauses, alerts and what is delivered of them.

use domain::alert::delivery::{AlertEvent, Delivery, DeliveryState};
use domain::alert::{Acknowledgement, Alert, AlertKind, Severity};
use domain::id::{AlertId, DeliveryId};
use domain::pause::{Pause, PauseScope};
use domain::time::Timestamp;
use entity::{alert, alert_delivery, pause};

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
    let acknowledged = alert.acknowledged.as_ref();
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
        acknowledged_at: acknowledged.map(|taken| taken.at.0),
        acknowledged_by: acknowledged.map(|taken| taken.by.clone()),
        acknowledged_note: acknowledged.map(|taken| taken.note.clone()),
    }
}

pub fn alert(row: alert::Model) -> Result<Alert, StoreError> {
    let name = Row::new("alert", row.id);
    let acknowledged = match row.acknowledged_at {
        None => None,
        Some(at) => Some(Acknowledgement {
            by: name.present("name of who acknowledged it", row.acknowledged_by)?,
            note: name.present("note of who acknowledged it", row.acknowledged_note)?,
            at: Timestamp(at),
        }),
    };
    Ok(Alert {
        id: AlertId(row.id),
        kind: name.word("kind", &row.kind, AlertKind::parse)?,
        subject: row.subject,
        message: row.message,
        raised_at: Timestamp(row.raised_at),
        acknowledged,
        resolved_at: row.resolved_at.map(Timestamp),
    })
}

pub fn delivery_row(delivery: &Delivery) -> alert_delivery::Model {
    let (next_at, ended_at, summary_id) = match delivery.state {
        DeliveryState::Waiting { next_at } => (Some(next_at.0), None, None),
        DeliveryState::Delivered { at } | DeliveryState::GivenUp { at } => (None, Some(at.0), None),
        DeliveryState::Summarised { by } => (None, None, Some(by.0)),
    };
    alert_delivery::Model {
        id: delivery.id.0,
        alert_id: delivery.alert.0,
        target: delivery.target.clone(),
        event: delivery.event.as_str().to_owned(),
        severity: delivery.severity.as_str().to_owned(),
        state: delivery.state.as_str().to_owned(),
        next_at,
        ended_at,
        summary_id,
        attempts: delivery.attempts.into(),
        covers: delivery.covers.into(),
        error: delivery.error.clone(),
        created_at: delivery.created_at.0,
        version: delivery.version.into(),
    }
}

pub fn delivery(row: alert_delivery::Model) -> Result<Delivery, StoreError> {
    let name = Row::new("delivery", row.id);
    Ok(Delivery {
        state: delivery_state(&name, &row)?,
        id: DeliveryId(row.id),
        alert: AlertId(row.alert_id),
        target: row.target,
        event: name.word("event", &row.event, AlertEvent::parse)?,
        severity: name.word("severity", &row.severity, Severity::parse)?,
        attempts: name.count("attempts", row.attempts)?,
        covers: name.count("covers", row.covers)?,
        error: row.error,
        created_at: Timestamp(row.created_at),
        version: name.count("version", row.version)?,
    })
}

fn delivery_state(name: &Row, row: &alert_delivery::Model) -> Result<DeliveryState, StoreError> {
    let ended = || name.present("end", row.ended_at).map(Timestamp);
    Ok(match row.state.as_str() {
        "waiting" => DeliveryState::Waiting {
            next_at: Timestamp(name.present("time of the next attempt", row.next_at)?),
        },
        "delivered" => DeliveryState::Delivered { at: ended()? },
        "summarised" => DeliveryState::Summarised {
            by: DeliveryId(name.present("summary", row.summary_id)?),
        },
        "given_up" => DeliveryState::GivenUp { at: ended()? },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}
