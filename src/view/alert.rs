//! Alerts, as the outside sees them.

use domain::alert::delivery::{Delivery, DeliveryState, Told};
use domain::alert::{Acknowledgement, Alert};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertView {
    /// Identity.
    pub id: i64,
    /// What is wrong; the runbook has a page of this name.
    pub kind: &'static str,
    /// How bad it is: `info`, `warning` or `critical`.
    pub severity: &'static str,
    /// Where it stands: `raised`, `acknowledged` or `resolved`.
    pub state: &'static str,
    /// With what, such as `robot:7`.
    pub subject: String,
    /// What was seen.
    pub message: String,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    /// Who looks after it, once somebody does.
    pub acknowledged: Option<AcknowledgementView>,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
}

/// Who looks after an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcknowledgementView {
    /// Name of the token, or `cli`.
    pub by: String,
    /// Their own words.
    pub note: String,
    /// When they said so.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A message about an alert to one target.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Identity.
    pub id: i64,
    /// To whom, by name.
    pub target: String,
    /// Of what: `raised`, `acknowledged` or `resolved`.
    pub event: &'static str,
    /// Where it stands: `waiting`, `delivered`, `summarised` or `given_up`.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// The message that stands for it, when it is summarised.
    pub summary: Option<i64>,
    /// When it was delivered or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// What was seen at the last failure.
    pub error: Option<String>,
}

/// What came of a test message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TestView {
    /// To whom, by name.
    pub target: String,
    /// `delivered`, `refused`, or `unknown` where no answer or another one came: it may or may not have arrived.
    pub result: &'static str,
    /// What was seen, where it was not delivered.
    pub why: Option<String>,
}

impl TestView {
    /// What a target answered.
    pub fn of(target: &str, told: Told) -> Self {
        let (result, why) = match told {
            Told::Done => ("delivered", None),
            Told::Refused { why } => ("refused", Some(why)),
            Told::Unknown { why, .. } => ("unknown", Some(why)),
        };
        Self {
            target: target.to_owned(),
            result,
            why,
        }
    }
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        Self {
            id: alert.id.0,
            kind: alert.kind.as_str(),
            severity: alert.kind.severity().as_str(),
            state: alert.state().as_str(),
            subject: alert.subject,
            message: alert.message,
            raised_at: alert.raised_at,
            acknowledged: alert.acknowledged.map(AcknowledgementView::from),
            resolved_at: alert.resolved_at,
        }
    }
}

impl From<Acknowledgement> for AcknowledgementView {
    fn from(taken: Acknowledgement) -> Self {
        Self {
            by: taken.by,
            note: taken.note,
            at: taken.at,
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let (next_at, ended_at, summary) = match delivery.state {
            DeliveryState::Waiting { next_at } => (Some(next_at), None, None),
            DeliveryState::Delivered { at } | DeliveryState::GivenUp { at } => (None, Some(at), None),
            DeliveryState::Summarised { by } => (None, None, Some(by.0)),
        };
        Self {
            id: delivery.id.0,
            target: delivery.target,
            event: delivery.event.as_str(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_at,
            summary,
            ended_at,
            error: delivery.error,
        }
    }
}
