//! Looking at alerts, saying who looks after one, and trying whether a target works.

use domain::alert::delivery::AlertEvent;
use domain::alert::notice::{Content, Notice};
use domain::change::{Change, ChangeSet};
use domain::id::{AlertId, IdKind};
use serde::Serialize;
use tracing::info;
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, Listing, PageAsk, WrongField};
use crate::event;
use crate::ports::store::AlertFilter;
use crate::view::{AlertView, DeliveryView, TestView};

/// An alert with the messages about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertDetail {
    /// The alert.
    #[serde(flatten)]
    pub alert: AlertView,
    /// The messages about it, oldest first.
    pub deliveries: Vec<DeliveryView>,
}

impl Desk {
    /// Alerts, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn alerts(&self, filter: AlertFilter, ask: PageAsk) -> Result<Listing<AlertView>, DeskError> {
        let rows = self.store.alerts(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, AlertView::from))
    }

    /// One alert with the messages about it.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn alert(&self, id: AlertId) -> Result<AlertDetail, DeskError> {
        let alert = self.store.alert(id).await?;
        let alert = alert.ok_or_else(|| DeskError::absent("alert", id))?;
        let deliveries = self.store.deliveries_of(id).await?;
        Ok(AlertDetail {
            alert: alert.into(),
            deliveries: deliveries.into_iter().map(DeliveryView::from).collect(),
        })
    }

    /// Puts on record that somebody looks after an alert; targets are told. `asker.reason` is the note. Saying the same
    /// again changes nothing.
    ///
    /// # Errors
    /// When there is no such alert, it is over, somebody else was first, or the store does not take it.
    pub async fn acknowledge(&self, id: AlertId, asker: &Asker) -> Result<AlertView, DeskError> {
        let now = self.clock.now();
        let alert = self.store.alert(id).await?;
        let alert = alert.ok_or_else(|| DeskError::absent("alert", id))?;
        let taken = alert.acknowledge(&asker.by, &asker.reason, now);
        let taken = taken.map_err(|error| DeskError::Conflict { why: error.to_string() })?;
        if taken == alert {
            return Ok(taken.into());
        }
        let event = AlertEvent::Acknowledged;
        let messages = self.targets.messages(&*self.store, &taken, event, now).await?;
        let audit = self
            .audit(asker, "alert.acknowledge", format!("alert:{id}"), now)
            .await?;
        let mut changes = vec![Change::AcknowledgeAlert(taken.clone()), audit];
        changes.extend(messages);
        self.commit(ChangeSet { changes }).await?;
        info!(event = event::ALERT_ACKNOWLEDGED, alert.id = %id, alert.kind = taken.kind.as_str(),
            alert.subject = taken.subject, "{} looks after alert {id}: {}", asker.by, asker.reason);
        Ok(taken.into())
    }

    /// Sends a test message to a target, and says what happened. It is on record before it is sent.
    ///
    /// # Errors
    /// When there is no such target, or the store does not take it.
    pub async fn test_target(&self, name: &str, asker: &Asker) -> Result<TestView, DeskError> {
        let Some(target) = self.targets.named(name) else {
            let known: Vec<&str> = self
                .targets
                .all
                .iter()
                .map(|target| target.route.target.as_str())
                .collect();
            let rule = format!("must be a target in the settings; known: [{}]", known.join(", "));
            return Err(WrongField::new("target", rule).into());
        };
        self.note(asker, "alert.test", format!("target:{name}")).await?;
        let (installation, id) = (self.store.installation().await?, self.next_id(IdKind::Delivery).await?);
        let notice = Notice {
            id: format!("{installation}-{id}"),
            sender: self.targets.sender.clone(),
            at: self.clock.now(),
            content: Content::Test { by: asker.by.clone() },
        };
        Ok(TestView::of(name, target.notify.tell(&notice).await))
    }
}
