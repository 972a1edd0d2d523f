//! Alerts and the messages about them.

use domain::alert::delivery::{Delivery, DeliveryState};
use domain::alert::{Alert, AlertKind};
use domain::id::AlertId;
use domain::page::Page;

use super::state::{State, open_key};
use crate::ports::store::AlertFilter;

fn most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

pub fn list(state: &State, filter: AlertFilter, page: Page) -> Vec<Alert> {
    let newest = state.alerts.values().rev();
    newest
        .filter(|alert| page.after <= 0 || alert.id.0 < page.after)
        .filter(|alert| match filter {
            AlertFilter::All => true,
            AlertFilter::Open => alert.resolved_at.is_none(),
            AlertFilter::In(state) => alert.state() == state,
        })
        .take(most(page.limit))
        .cloned()
        .collect()
}

pub fn open(state: &State, kind: AlertKind, subject: &str) -> Option<Alert> {
    let id = state.open_alerts.get(&open_key(kind, subject))?;
    state.alerts.get(id).cloned()
}

pub fn deliveries_of(state: &State, alert: AlertId) -> Vec<Delivery> {
    let all = state.deliveries.values();
    all.filter(|delivery| delivery.alert == alert).cloned().collect()
}

pub fn waiting(state: &State, target: &str, limit: u32) -> Vec<Delivery> {
    let to_target = state.deliveries.values().filter(|delivery| delivery.target == target);
    to_target
        .filter(|delivery| matches!(delivery.state, DeliveryState::Waiting { .. }))
        .take(most(limit))
        .cloned()
        .collect()
}
