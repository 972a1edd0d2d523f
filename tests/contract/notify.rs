//! The promises of telling people outside: what is sent, what an answer means, and that what waits is delivered.

mod adapters;
mod courier;

use std::time::Duration;

use domain::alert::delivery::AlertEvent;
use domain::alert::notice::{Content, Notice};
use domain::alert::{Alert, AlertKind};
use domain::id::AlertId;
use domain::time::Timestamp;

/// How long a target may take in these tests.
const DEADLINE: Duration = Duration::from_millis(300);

pub fn notice() -> Notice {
    let alert = Alert {
        id: AlertId(17),
        kind: AlertKind::JobFailing,
        subject: "job:sweep".to_owned(),
        message: "failed <3> times & more @here".to_owned(),
        raised_at: Timestamp(0),
        acknowledged: None,
        resolved_at: None,
    };
    Notice {
        id: "mem0ry-7".to_owned(),
        sender: "live".to_owned(),
        at: Timestamp(1_000),
        content: Content::of(AlertEvent::Raised, alert),
    }
}
