//! Telling people outside: targets of alerts, and which messages each of them is to get.

use std::sync::Arc;

use async_trait::async_trait;
use domain::alert::Alert;
use domain::alert::delivery::{AlertEvent, Told};
use domain::alert::notice::Notice;
use domain::alert::route::{self, Route};
use domain::change::Change;
use domain::id::{DeliveryId, IdKind};
use domain::time::Timestamp;

use crate::ports::store::{Store, StoreError};

/// Where messages go.
#[async_trait]
pub trait Notify: Send + Sync + 'static {
    /// Sends one message, within the adapter's own deadline, and says what came of it. The answer holds no secrets.
    async fn tell(&self, notice: &Notice) -> Told;
}

/// A target by name, with what it is told of.
#[derive(Clone)]
pub struct Target {
    /// Its name, and which alerts it is told of.
    pub route: Route,
    /// Where its messages go.
    pub notify: Arc<dyn Notify>,
}

/// All targets of a daemon.
#[derive(Clone, Default)]
pub struct Targets {
    /// Who speaks, in every message.
    pub sender: String,
    /// One after the other, as in the settings.
    pub all: Arc<Vec<Target>>,
}

impl Targets {
    /// The target of this name.
    pub fn named(&self, name: &str) -> Option<&Target> {
        self.all.iter().find(|target| target.route.target == name)
    }

    /// The messages that an event of an alert makes, to be committed together with it.
    ///
    /// # Errors
    /// When the store hands out no ids.
    pub async fn messages(
        &self,
        store: &dyn Store,
        alert: &Alert,
        event: AlertEvent,
        now: Timestamp,
    ) -> Result<Vec<Change>, StoreError> {
        let takers: Vec<&Route> = self.all.iter().map(|target| &target.route).collect();
        let count = takers.iter().filter(|route| route.takes(alert)).count();
        let Some(count) = u32::try_from(count).ok().filter(|count| *count > 0) else {
            return Ok(Vec::new());
        };
        let first = DeliveryId(store.reserve_ids(IdKind::Delivery, count).await?);
        let made = route::deliveries(takers, alert, event, first, now);
        Ok(made.into_iter().map(Change::AddDelivery).collect())
    }
}
