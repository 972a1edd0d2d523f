//! Keeping the alerts on debtors true where a crash came between a commit of the ledger and its alert.

use std::collections::BTreeSet;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::id::UserId;
use domain::page::Page;

use crate::actors::mail::{Raise, Resolve};
use crate::jobs::{JobError, tell};
use crate::ports::store::{AlertFilter, Store};

/// Alerts read at once.
const PAGE: u32 = 500;
/// What the alerts are about, before the user's id.
const SUBJECT: &str = "user:";

/// Users on whom an alert on short power is open. To be read before the debts, so that a debt that is made
/// meanwhile is not taken for an alert without reason.
pub async fn open_alerts(store: &dyn Store) -> Result<BTreeSet<UserId>, JobError> {
    let mut users = BTreeSet::new();
    let mut page = Page::first(PAGE);
    loop {
        let alerts = store.alerts(AlertFilter::Open, page).await?;
        let Some(oldest) = alerts.last().map(|alert| alert.id.0).filter(|oldest| *oldest > 1) else {
            users.extend(alerts.iter().filter_map(debtor));
            return Ok(users);
        };
        users.extend(alerts.iter().filter_map(debtor));
        page = Page::after(oldest, PAGE);
    }
}

fn debtor(alert: &domain::alert::Alert) -> Option<UserId> {
    let user = alert.subject.strip_prefix(SUBJECT)?;
    (alert.kind == AlertKind::PowerShort)
        .then(|| user.parse().ok())
        .flatten()
}

/// Raises an alert on each debtor, which changes nothing where it is open, and resolves those of users who owe
/// nothing.
pub fn remind_debtors(
    before: &BTreeSet<UserId>,
    debtors: &[UserId],
    raises: &Recipient<Raise>,
    resolves: &Recipient<Resolve>,
) -> Result<(), JobError> {
    let kind = AlertKind::PowerShort;
    for user in debtors.iter().filter(|user| !before.contains(user)) {
        let message = format!("user {user} owes power");
        let subject = format!("{SUBJECT}{user}");
        tell(raises, kind, Raise { kind, subject, message })?;
    }
    for user in before.iter().filter(|user| !debtors.contains(user)) {
        let subject = format!("{SUBJECT}{user}");
        tell(resolves, kind, Resolve { kind, subject })?;
    }
    Ok(())
}
