//! The board of open alerts: what is open is known by heart, and each change of it is one commit.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use domain::alert::delivery::AlertEvent;
use domain::alert::{Alert, AlertKind};
use domain::change::{Change, ChangeSet};
use domain::id::{AlertId, IdKind};
use domain::page::Page;
use domain::time::Timestamp;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::AlertDeps;
use crate::actors::mail::{Raise, Resolve};
use crate::event;
use crate::ports::notify::Targets;
use crate::ports::store::{AlertFilter, Store, StoreError};

/// Open alerts read per page.
const PAGE: u32 = 500;

/// One word to the board.
#[derive(Debug, Clone)]
pub(super) struct Word {
    kind: AlertKind,
    subject: String,
    /// What was seen; `None` says that it is over.
    message: Option<String>,
    at: Timestamp,
}

impl Word {
    pub fn raised(mail: Raise, at: Timestamp) -> Self {
        Self {
            kind: mail.kind,
            subject: mail.subject,
            message: Some(mail.message),
            at,
        }
    }

    pub fn resolved(mail: Resolve, at: Timestamp) -> Self {
        Self {
            kind: mail.kind,
            subject: mail.subject,
            message: None,
            at,
        }
    }

    pub const fn at(&self) -> Timestamp {
        self.at
    }

    pub fn is_about(&self, other: &Self) -> bool {
        self.kind == other.kind && self.subject == other.subject
    }

    pub const fn says_the_same_as(&self, other: &Self) -> bool {
        self.message.is_some() == other.message.is_some()
    }

    pub fn log_lost(&self, why: &str) {
        error!(
            event = event::ALERT_LOST,
            alert.kind = self.kind.as_str(),
            alert.subject = self.subject,
            "an alert is not written down because {why}: {}",
            self.message.as_deref().unwrap_or("over")
        );
    }
}

type Subject = (AlertKind, String);

/// Knows what is open; nobody else writes alerts.
pub(super) struct Board {
    store: Arc<dyn Store>,
    retry_first: Duration,
    retry_max: Duration,
    stopping: Rc<Cell<bool>>,
    targets: Targets,
    /// Says that messages were written.
    written: watch::Sender<()>,
    /// `None` until it was read, and after every doubt.
    open: Option<HashMap<Subject, Alert>>,
}

impl Board {
    pub fn new(deps: AlertDeps, stopping: Rc<Cell<bool>>, written: watch::Sender<()>) -> Self {
        Self {
            targets: deps.outbox.map(|outbox| outbox.targets).unwrap_or_default(),
            written,
            store: deps.store,
            retry_first: deps.retry_first,
            retry_max: deps.retry_max,
            stopping,
            open: None,
        }
    }

    /// Writes a word down, however long the store is away; gives up only when the daemon stops.
    pub async fn write(&mut self, word: Word) {
        let mut wait = self.retry_first;
        while let Err(error) = self.try_write(&word).await {
            self.open = None;
            if self.stopping.get() || matches!(error, StoreError::Corrupt { .. }) {
                word.log_lost(&error.to_string());
                return;
            }
            warn!(alert.kind = word.kind.as_str(), alert.subject = word.subject, error = %error,
                "an alert is not written down yet: {}", word.message.as_deref().unwrap_or("over"));
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2).min(self.retry_max);
        }
    }

    /// Ends what the process before this one saw; what lasts is seen again soon.
    pub async fn end_sightings(&mut self, at: Timestamp) {
        let mut wait = self.retry_first;
        let open = loop {
            match self.read_open().await {
                Ok(open) => break open,
                Err(_) if self.stopping.get() => return,
                Err(error) => warn!(error = %error, "the open alerts cannot be read yet"),
            }
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2).min(self.retry_max);
        };
        let mut sightings: Vec<Alert> = open.into_values().filter(|alert| alert.kind.is_sighting()).collect();
        sightings.sort_by_key(|alert| alert.id);
        for Alert { kind, subject, .. } in sightings {
            self.write(Word::resolved(Resolve { kind, subject }, at)).await;
        }
    }

    async fn try_write(&mut self, word: &Word) -> Result<(), StoreError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.read_open().await?,
        };
        let subject = (word.kind, word.subject.clone());
        match (&word.message, open.get(&subject)) {
            (Some(_), Some(_)) | (None, None) => {}
            (Some(message), None) => {
                let alert = self.raise(word, message).await?;
                open.insert(subject, alert);
            }
            (None, Some(alert)) => {
                self.resolve(alert.clone(), word.at).await?;
                open.remove(&subject);
            }
        }
        count_open(&open);
        self.open = Some(open);
        Ok(())
    }

    async fn read_open(&self) -> Result<HashMap<Subject, Alert>, StoreError> {
        let mut open = HashMap::new();
        let mut page = Page::first(PAGE);
        loop {
            let alerts = self.store.alerts(AlertFilter::Open, page).await?;
            let Some(oldest) = alerts.last().map(|alert| alert.id) else {
                return Ok(open);
            };
            open.extend(
                alerts
                    .into_iter()
                    .map(|alert| ((alert.kind, alert.subject.clone()), alert)),
            );
            // Alerts come newest first, so the next page is below the oldest of this one; ids begin at one.
            if oldest.0 <= 1 {
                return Ok(open);
            }
            page = Page::after(oldest.0, PAGE);
        }
    }

    async fn raise(&self, word: &Word, message: &str) -> Result<Alert, StoreError> {
        let id = self.store.reserve_ids(IdKind::Alert, 1).await?;
        let alert = Alert {
            id: AlertId(id),
            kind: word.kind,
            subject: word.subject.clone(),
            message: message.to_owned(),
            raised_at: word.at,
            acknowledged: None,
            resolved_at: None,
        };
        self.commit(Change::RaiseAlert(alert.clone()), &alert, AlertEvent::Raised, word.at)
            .await?;
        warn!(event = event::ALERT_RAISED, alert.id = %alert.id, alert.kind = word.kind.as_str(),
            alert.severity = word.kind.severity().as_str(), alert.subject = word.subject, "{message}");
        Ok(alert)
    }

    async fn resolve(&self, mut alert: Alert, at: Timestamp) -> Result<(), StoreError> {
        alert.resolved_at = Some(at.max(alert.raised_at));
        self.commit(Change::ResolveAlert(alert.clone()), &alert, AlertEvent::Resolved, at)
            .await?;
        info!(event = event::ALERT_RESOLVED, alert.id = %alert.id, alert.kind = alert.kind.as_str(),
            alert.subject = alert.subject, "over: {}", alert.message);
        Ok(())
    }

    /// What happened to an alert, and the messages about it, in one commit.
    async fn commit(&self, change: Change, alert: &Alert, event: AlertEvent, at: Timestamp) -> Result<(), StoreError> {
        let messages = self.targets.messages(&*self.store, alert, event, at).await?;
        let told = !messages.is_empty();
        let mut changes = ChangeSet::of(change);
        changes.changes.extend(messages);
        self.store.commit(changes).await?;
        if told {
            crate::crash::point("alert.written");
            self.written.send_replace(());
        }
        Ok(())
    }
}

fn count_open(open: &HashMap<Subject, Alert>) {
    for kind in AlertKind::ALL {
        let count = open.keys().filter(|(open, _)| *open == kind).count();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_alerts_open", "kind" => kind.as_str()).set(count);
    }
}
