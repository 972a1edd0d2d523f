//! The outbox: what was written with an alert is delivered at least once, in order, not too much, and not for ever.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr};
use async_trait::async_trait;
use bursar::actors::alert::{AlertActor, AlertDeps, Outbox};
use bursar::actors::mail::{HowAreYou, Raise, Resolve, Stop};
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::jobs::deliver_alerts::Delivering;
use bursar::ports::notify::{Notify, Target, Targets};
use bursar::ports::store::{AlertFilter, Store};
use domain::alert::delivery::{Delivery, DeliveryRules, Told};
use domain::alert::notice::Notice;
use domain::alert::route::Route;
use domain::alert::{Alert, AlertKind, Severity};
use domain::id::AlertId;
use domain::page::Page;

use crate::databases::{Ground, Kind};
use crate::ledger::world::{HandClock, simulate, tell as tell_on};

/// A target that writes down what it is told, and answers as the test says.
#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<(String, String)>>,
    /// The next answers; then it takes everything.
    answers: Mutex<Vec<Told>>,
    /// Never answers while above zero.
    deaf: AtomicU32,
}

#[async_trait]
impl Notify for Ear {
    async fn tell(&self, notice: &Notice) -> Told {
        let line = notice.text().lines().next().unwrap_or_default().to_owned();
        self.heard.lock().unwrap().push((notice.id.clone(), line));
        if self.deaf.load(Ordering::SeqCst) > 0 {
            std::future::pending::<()>().await;
        }
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() {
            Told::Done
        } else {
            answers.remove(0)
        }
    }
}

impl Ear {
    fn lines(&self) -> Vec<String> {
        self.heard
            .lock()
            .unwrap()
            .iter()
            .map(|(_, line)| line.clone())
            .collect()
    }

    fn ids(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    }
}

fn failed() -> Told {
    Told::Unknown {
        why: "status 500".to_owned(),
        after: None,
    }
}

const RULES: DeliveryRules = DeliveryRules {
    attempts: 4,
    first: Duration::from_secs(10),
    longest: Duration::from_secs(60),
    per_minute: 5,
    failures_until_alert: 2,
};

struct Desk {
    store: Arc<dyn Store>,
    clock: Arc<HandClock>,
    alerts: Addr<AlertActor>,
}

impl Desk {
    fn open(store: Arc<dyn Store>, clock: Arc<HandClock>, ears: &[(&str, &Arc<Ear>)]) -> Self {
        let targets = ears.iter().map(|(name, ear)| Target {
            route: Route {
                target: (*name).to_owned(),
                least: Severity::Info,
                kinds: Vec::new(),
            },
            notify: (*ear).clone(),
        });
        let outbox = Outbox {
            targets: Targets {
                sender: "test".to_owned(),
                all: Arc::new(targets.collect()),
            },
            delivering: Some(Delivering {
                rules: RULES,
                deadline: Duration::from_secs(3),
                look_every: Duration::from_millis(50),
            }),
        };
        let alerts = AlertActor::new(AlertDeps {
            store: Arc::clone(&store),
            clock: clock.clone(),
            retry_first: Duration::from_millis(10),
            retry_max: Duration::from_millis(100),
            outbox: Some(outbox),
        });
        let alerts = alerts.start();
        Self { store, clock, alerts }
    }

    async fn raise(&self, subject: &str) {
        let (kind, subject, message) = (AlertKind::JobFailing, subject.to_owned(), "seen".to_owned());
        self.alerts.send(Raise { kind, subject, message }).await.unwrap();
    }

    async fn resolve(&self, subject: &str) {
        let (kind, subject) = (AlertKind::JobFailing, subject.to_owned());
        self.alerts.send(Resolve { kind, subject }).await.unwrap();
    }

    /// Lets time pass, on the clock and for timers alike; only in simulated time.
    async fn pass(&self, seconds: u32) {
        for _ in 0..seconds * 2 {
            self.clock.advance(Duration::from_millis(500));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn idle(&self) {
        while self.alerts.send(HowAreYou).await.unwrap().state != "idle" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn open_alerts(&self) -> Vec<Alert> {
        self.store.alerts(AlertFilter::Open, Page::first(100)).await.unwrap()
    }

    /// State and attempts of the messages about an alert.
    async fn messages(&self, alert: i64) -> Vec<(&'static str, u32)> {
        let told = |delivery: &Delivery| (delivery.state.as_str(), delivery.attempts);
        let found = self.store.deliveries_of(AlertId(alert)).await.unwrap();
        found.iter().map(told).collect()
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..2_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never {what}");
}

/// On a real clock: each event of an alert comes once, in order, under ids that differ.
async fn each_event_of_an_alert_is_delivered_once(ground: Arc<Ground>) {
    let ear = Arc::new(Ear::default());
    let desk = Desk::open(ground.open().await, HandClock::new(), &[("ops", &ear)]);
    desk.raise("job:a").await;
    desk.raise("job:a").await;
    desk.resolve("job:a").await;
    until("delivered", async || {
        desk.messages(1).await == [("delivered", 1), ("delivered", 1)]
    })
    .await;
    assert_eq!(
        ear.lines(),
        [
            "[warning] test: job_failing raised on job:a",
            "[warning] test: job_failing resolved on job:a"
        ]
    );
    assert_ne!(ear.ids()[0], ear.ids()[1]);
    desk.alerts.send(Stop).await.unwrap();
}

mod memory {
    #[test]
    fn each_event_of_an_alert_is_delivered_once() {
        super::tell_on(super::Kind::Memory, super::each_event_of_an_alert_is_delivered_once);
    }
}

mod sqlite {
    #[test]
    fn each_event_of_an_alert_is_delivered_once() {
        super::tell_on(super::Kind::Sqlite, super::each_event_of_an_alert_is_delivered_once);
    }
}

mod postgres {
    #[test]
    fn each_event_of_an_alert_is_delivered_once() {
        super::tell_on(super::Kind::Postgres, super::each_event_of_an_alert_is_delivered_once);
    }
}

mod mariadb {
    #[test]
    fn each_event_of_an_alert_is_delivered_once() {
        super::tell_on(super::Kind::MariaDb, super::each_event_of_an_alert_is_delivered_once);
    }
}

fn world(ears: &[(&str, &Arc<Ear>)]) -> Desk {
    Desk::open(Arc::new(MemoryStore::new()), HandClock::new(), ears)
}

#[test]
fn a_message_that_does_not_arrive_is_sent_again_under_the_same_id_and_later_ones_wait_for_it() {
    simulate(async {
        let ear = Arc::new(Ear::default());
        *ear.answers.lock().unwrap() = vec![failed()];
        let desk = world(&[("ops", &ear)]);
        desk.raise("job:a").await;
        desk.resolve("job:a").await;
        desk.pass(2).await;
        assert_eq!(desk.messages(1).await, [("waiting", 1), ("waiting", 0)]);
        desk.pass(11).await;
        assert_eq!(desk.messages(1).await, [("delivered", 2), ("delivered", 1)]);
        let ids = ear.ids();
        assert_eq!(ids.len(), 3);
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ear.lines()[2], "[warning] test: job_failing resolved on job:a");
    });
}

#[test]
fn a_target_that_hangs_is_one_alert_which_others_are_told_and_it_keeps_nobody_waiting() {
    simulate(async {
        let (deaf, well) = (Arc::new(Ear::default()), Arc::new(Ear::default()));
        deaf.deaf.store(1, Ordering::SeqCst);
        let desk = world(&[("deaf", &deaf), ("well", &well)]);
        desk.raise("job:a").await;
        desk.pass(2).await;
        assert_eq!(well.lines(), ["[warning] test: job_failing raised on job:a"]);
        desk.pass(60).await;
        let open: Vec<(&str, String)> = desk
            .open_alerts()
            .await
            .into_iter()
            .map(|alert| (alert.kind.as_str(), alert.subject))
            .collect();
        let failing = ("delivery_failing", "target:deaf".to_owned());
        assert_eq!(open, [failing, ("job_failing", "job:a".to_owned())]);
        assert_eq!(
            well.lines()[1],
            "[warning] test: delivery_failing raised on target:deaf"
        );
        assert!(
            !deaf.lines().iter().any(|line| line.contains("delivery_failing")),
            "{:?}",
            deaf.lines()
        );
        // It is given up after its attempts, and there is still one alert.
        desk.pass(240).await;
        assert_eq!(desk.messages(1).await, [("given_up", 4), ("delivered", 1)]);
        assert_eq!(desk.open_alerts().await.len(), 2);
        // The next message that arrives ends the alert.
        deaf.deaf.store(0, Ordering::SeqCst);
        desk.pass(60).await;
        desk.resolve("job:a").await;
        desk.pass(5).await;
        assert_eq!(desk.open_alerts().await, []);
        assert_eq!(
            deaf.lines().last().unwrap(),
            "[warning] test: job_failing resolved on job:a"
        );
    });
}

#[test]
fn a_message_that_a_target_refuses_is_given_up_at_once_and_the_next_goes_on() {
    simulate(async {
        let ear = Arc::new(Ear::default());
        let why = "status 400".to_owned();
        *ear.answers.lock().unwrap() = vec![Told::Refused { why }];
        let desk = world(&[("ops", &ear)]);
        desk.raise("job:a").await;
        desk.raise("job:b").await;
        desk.pass(3).await;
        assert_eq!(desk.messages(1).await, [("given_up", 1)]);
        assert_eq!(desk.messages(2).await, [("delivered", 1)]);
        let kept = desk.store.deliveries_of(AlertId(1)).await.unwrap();
        assert_eq!(kept[0].error.as_deref(), Some("status 400"));
    });
}

#[test]
fn a_flood_becomes_as_many_messages_as_fit_into_a_minute_and_the_last_says_how_many_more() {
    simulate(async {
        let ear = Arc::new(Ear::default());
        ear.deaf.store(1, Ordering::SeqCst);
        let desk = world(&[("ops", &ear)]);
        // While the first one hangs, the others gather.
        for number in 1..=30 {
            desk.raise(&format!("job:{number:02}")).await;
        }
        desk.idle().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        ear.deaf.store(0, Ordering::SeqCst);
        desk.pass(50).await;
        let lines = ear.lines();
        assert_eq!(lines.len(), 5, "{lines:?}");
        let more: Vec<&String> = lines.iter().filter(|line| line.contains("more alerts")).collect();
        assert_eq!(more.len(), 1, "{lines:?}");
        let mut states = std::collections::BTreeMap::new();
        for alert in 1..=30 {
            *states.entry(desk.messages(alert).await[0].0).or_insert(0) += 1;
        }
        let told: u32 = more[0].split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(states["delivered"] + states["summarised"], 30, "{states:?}");
        assert_eq!(told, states["summarised"] + 1, "{states:?} {lines:?}");
        // In the next minute it is business as usual.
        desk.pass(60).await;
        desk.raise("job:99").await;
        desk.pass(2).await;
        assert_eq!(
            ear.lines().last().unwrap(),
            "[warning] test: job_failing raised on job:99"
        );
    });
}

#[test]
fn commits_that_fail_or_lose_their_answer_lose_no_message() {
    simulate(async {
        let ear = Arc::new(Ear::default());
        let turn = AtomicU32::new(0);
        let store = MemoryStore::new().with_faults(Arc::new(move |_| match turn.fetch_add(1, Ordering::SeqCst) % 5 {
            1 => CommitFault::Before,
            3 => CommitFault::After,
            _ => CommitFault::None,
        }));
        let desk = Desk::open(Arc::new(store), HandClock::new(), &[("ops", &ear)]);
        for subject in ["job:a", "job:b", "job:c"] {
            desk.raise(subject).await;
            desk.pass(20).await;
            desk.resolve(subject).await;
            desk.pass(20).await;
        }
        desk.pass(300).await;
        for alert in desk.store.alerts(AlertFilter::All, Page::first(9)).await.unwrap() {
            assert!(alert.resolved_at.is_some());
            let messages = desk.messages(alert.id.0).await;
            assert_eq!(messages.len(), 2);
            assert!(messages.iter().all(|(state, _)| *state == "delivered"), "{messages:?}");
        }
        for subject in ["job:a", "job:b", "job:c"] {
            for event in ["raised", "resolved"] {
                let line = format!("[warning] test: job_failing {event} on {subject}");
                assert!(ear.lines().contains(&line), "{line} in {:?}", ear.lines());
            }
        }
    });
}

#[test]
fn a_process_that_dies_between_commit_and_delivery_delivers_after_its_next_start() {
    let rows = MemoryStore::new();
    let clock = HandClock::new();
    // Each life is long enough for one attempt.
    for (life, seconds) in [1, 11, 21].into_iter().enumerate() {
        let (store, clock) = (rows.clone(), Arc::clone(&clock));
        // The process ends with its system, wherever its tasks are: the target has been told, and does not answer.
        simulate(async move {
            let ear = Arc::new(Ear::default());
            ear.deaf.store(1, Ordering::SeqCst);
            let desk = Desk::open(Arc::new(store), clock, &[("ops", &ear)]);
            if life == 0 {
                desk.raise("job:a").await;
            }
            desk.pass(seconds).await;
            assert!(!ear.ids().is_empty(), "life {life}");
        });
    }
    simulate(async move {
        let ear = Arc::new(Ear::default());
        let desk = Desk::open(Arc::new(rows), clock, &[("ops", &ear)]);
        desk.pass(45).await;
        assert_eq!(ear.lines(), ["[warning] test: job_failing raised on job:a"]);
        assert_eq!(desk.messages(1).await, [("delivered", 4)]);
    });
}
