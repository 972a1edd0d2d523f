//! Delivering what waits for one target: at least once, in order, not too much, and not for ever.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::alert::delivery::{Delivery, DeliveryRules, DeliveryState, Told};
use domain::alert::flood::{self, Plan, Summary};
use domain::alert::notice::{Content, Notice};
use domain::alert::route::target_subject;
use domain::change::{Change, ChangeSet};
use tokio::time::Instant;
use tracing::{debug, error, info, warn};

use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::event;
use crate::ports::notify::Target;
use crate::ports::store::{Store, StoreError};

/// Messages that are looked at together.
const PAGE: u32 = 500;
/// The span in which messages are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// How messages are delivered.
#[derive(Debug, Clone, Copy)]
pub struct Delivering {
    /// How often and how long, and how many.
    pub rules: DeliveryRules,
    /// Longest time for one message.
    pub deadline: Duration,
    /// How often it is looked for messages that wait.
    pub look_every: Duration,
}

/// What a courier needs.
pub struct CourierDeps {
    /// Where messages wait.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who speaks.
    pub sender: String,
    /// To whom.
    pub target: Target,
    /// How.
    pub delivering: Delivering,
    /// Who is told that the target does not take messages.
    pub raises: Recipient<Raise>,
    /// Who is told that it does again.
    pub resolves: Recipient<Resolve>,
}

/// Delivers to one target.
pub struct Courier {
    deps: CourierDeps,
    /// Begins every id, so that those of two daemons differ.
    installation: Option<String>,
    /// When messages were sent within the last minute.
    sent: VecDeque<Instant>,
    /// Failures in a row.
    failures: u32,
    /// Until when the target is left alone.
    rest: Option<Instant>,
    /// Whether the last message arrived; unknown at first.
    works: bool,
}

/// Names the figures.
pub fn describe() {
    metrics::describe_counter!(
        "bursar_alert_deliveries_total",
        "Messages about alerts, by target and result: delivered, failed (and tried again), given_up, summarised"
    );
    metrics::describe_gauge!(
        "bursar_alert_deliveries_waiting",
        "Messages about alerts that wait, by target; at most 500 are counted"
    );
}

impl Courier {
    /// A courier that has delivered nothing yet.
    pub fn new(deps: CourierDeps) -> Self {
        Self {
            deps,
            installation: None,
            sent: VecDeque::new(),
            failures: 0,
            rest: None,
            works: false,
        }
    }

    /// The target's name.
    pub fn name(&self) -> &str {
        &self.deps.target.route.target
    }

    /// Delivers what is due now; answers how many messages were sent.
    ///
    /// # Errors
    /// When the store does not answer; what was begun is tried again later.
    pub async fn pass(&mut self) -> Result<u32, StoreError> {
        if self.rest.is_some_and(|until| Instant::now() < until) {
            return Ok(0);
        }
        let waiting = self.deps.store.waiting_deliveries(self.name(), PAGE).await?;
        let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_alert_deliveries_waiting", "target" => self.name().to_owned()).set(count);
        if waiting.is_empty() {
            return Ok(0);
        }
        let (left, now) = (self.left(), self.deps.clock.now());
        let Plan { mut each, summary } = flood::plan(waiting, &self.deps.delivering.rules, left, now);
        if let Some(summary) = summary {
            each.push(self.summarise(summary).await?);
        }
        let mut sent = 0;
        for delivery in each {
            sent += 1;
            if !self.deliver(delivery).await? {
                break;
            }
        }
        Ok(sent)
    }

    /// How many messages still fit into this minute.
    fn left(&mut self) -> u32 {
        let now = Instant::now();
        while self.sent.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.sent.pop_front();
        }
        let sent = u32::try_from(self.sent.len()).unwrap_or(u32::MAX);
        self.deps.delivering.rules.per_minute.saturating_sub(sent)
    }

    /// Puts on record that one message stands for the others, before it is sent.
    async fn summarise(&self, summary: Summary) -> Result<Delivery, StoreError> {
        let count = u64::try_from(summary.covered.len()).unwrap_or(u64::MAX);
        let mut changes = ChangeSet::of(Change::UpdateDelivery(summary.carrier.clone()));
        changes
            .changes
            .extend(summary.covered.into_iter().map(Change::UpdateDelivery));
        self.deps.store.commit(changes).await?;
        self.count("summarised", count);
        warn!(
            event = event::ALERTS_SUMMARISED,
            alert.target = self.name(),
            "{} messages to {} become one",
            count + 1,
            self.name()
        );
        Ok(written(summary.carrier))
    }

    /// Intent, act, outcome. Answers whether to go on with the next message.
    async fn deliver(&mut self, delivery: Delivery) -> Result<bool, StoreError> {
        let Some(content) = self.content(&delivery).await? else {
            return Ok(true);
        };
        let salt = self.salt(&delivery).await?;
        let rules = self.deps.delivering.rules;
        let begun = delivery.begin(&rules, salt, self.deps.clock.now());
        self.write(&begun).await?;
        let begun = written(begun);
        let notice = Notice {
            id: self.id(&begun).await?,
            sender: self.deps.sender.clone(),
            at: self.deps.clock.now(),
            content,
        };
        self.sent.push_back(Instant::now());
        crate::crash::point("alert.before_delivery");
        let told = self.tell(&notice).await;
        crate::crash::point("alert.after_delivery");
        let ended = begun.end(&told, &rules, self.deps.clock.now());
        self.write(&ended).await?;
        self.conclude(&ended, &told, salt);
        Ok(!matches!(told, Told::Unknown { .. }))
    }

    async fn tell(&self, notice: &Notice) -> Told {
        let telling = self.deps.target.notify.tell(notice);
        match tokio::time::timeout(self.deps.delivering.deadline, telling).await {
            Ok(told) => told,
            Err(_) => Told::Unknown {
                why: "it did not answer in time".to_owned(),
                after: None,
            },
        }
    }

    async fn content(&self, delivery: &Delivery) -> Result<Option<Content>, StoreError> {
        if delivery.covers > 0 {
            let count = delivery.covers.saturating_add(1);
            return Ok(Some(Content::More { count }));
        }
        let alert = self.deps.store.alert(delivery.alert).await?;
        Ok(alert.map(|alert| Content::of(delivery.event, alert)))
    }

    /// Says what came of an attempt to whom it concerns.
    fn conclude(&mut self, ended: &Delivery, told: &Told, salt: u64) {
        let (id, target, attempts) = (ended.id, self.name().to_owned(), ended.attempts);
        let (why, after) = match told {
            Told::Done => {
                self.count("delivered", 1);
                info!(event = event::ALERT_DELIVERED, alert.id = %ended.alert, alert.target = target,
                    "{target} was told that alert {} was {}", ended.alert, ended.event.as_str());
                self.worked();
                return;
            }
            Told::Refused { why } => (why, None),
            Told::Unknown { why, after } => (why, *after),
        };
        self.failures = self.failures.saturating_add(1);
        self.works = false;
        let given_up = matches!(ended.state, DeliveryState::GivenUp { .. });
        if given_up {
            self.count("given_up", 1);
            error!(event = event::DELIVERY_GIVEN_UP, alert.id = %ended.alert, alert.target = target,
                "message {id} to {target} is given up after {attempts} attempts: {why}");
        } else {
            self.count("failed", 1);
            warn!(event = event::DELIVERY_FAILED, alert.id = %ended.alert, alert.target = target,
                "message {id} to {target} did not arrive at attempt {attempts}: {why}");
        }
        if matches!(told, Told::Unknown { .. }) {
            let rules = &self.deps.delivering.rules;
            let asked = after.unwrap_or_default().min(rules.longest);
            self.rest = Some(Instant::now() + rules.wait(self.failures, salt).max(asked));
        }
        if given_up || self.failures >= self.deps.delivering.rules.failures_until_alert {
            self.alert(why);
        }
    }

    fn alert(&self, why: &str) {
        let (kind, subject) = (AlertKind::DeliveryFailing, target_subject(self.name()));
        let message = format!("target {} does not take alerts: {why}", self.name());
        if let Err(error) = self.deps.raises.try_send(Raise { kind, subject, message }) {
            error!(event = event::ALERT_LOST, %error, "the alert on target {} could not be raised", self.name());
        }
    }

    fn worked(&mut self) {
        self.failures = 0;
        self.rest = None;
        if self.works {
            return;
        }
        let (kind, subject) = (AlertKind::DeliveryFailing, target_subject(self.name()));
        match self.deps.resolves.try_send(Resolve { kind, subject }) {
            Ok(()) => self.works = true,
            Err(error) => debug!(%error, "the alert on target {} is resolved later", self.name()),
        }
    }

    async fn write(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let changes = ChangeSet::of(Change::UpdateDelivery(delivery.clone()));
        self.deps.store.commit(changes).await
    }

    async fn id(&mut self, delivery: &Delivery) -> Result<String, StoreError> {
        let installation = match self.installation.take() {
            Some(installation) => installation,
            None => self.deps.store.installation().await?,
        };
        let id = format!("{installation}-{}", delivery.id);
        self.installation = Some(installation);
        Ok(id)
    }

    /// Spreads attempts: differs between installations, messages and attempts.
    async fn salt(&mut self, delivery: &Delivery) -> Result<u64, StoreError> {
        let text = format!("{}-{}", self.id(delivery).await?, delivery.attempts);
        // FNV-1a: nobody gains by guessing it.
        let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Ok(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    fn count(&self, result: &'static str, by: u64) {
        metrics::counter!("bursar_alert_deliveries_total", "target" => self.name().to_owned(), "result" => result)
            .increment(by);
    }
}

/// The row as it is after the commit.
fn written(delivery: Delivery) -> Delivery {
    Delivery {
        version: delivery.version.saturating_add(1),
        ..delivery
    }
}
