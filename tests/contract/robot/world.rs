//! A world of one robot: a store in memory, a venue that answers as it is told, and paused time.

use std::sync::Arc;
use std::time::Duration;

use actix::Actor;
use bursar::actors::robot::{HoldMode, HoldRules, RobotActor, RobotDeps, RobotRules, Shared};
use bursar::actors::sights::Sights;
use bursar::actors::spawn::{Birth, Child, Generation};
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::clock::Clock;
use bursar::ports::market::Tape;
use bursar::ports::store::{OrderFilter, PositionFilter, Store};
use bursar::ports::venue::Venue;
use domain::change::{Change, ChangeSet};
use domain::exit::ExitRules;
use domain::fixed::{Amount, Quantity, Rounding};
use domain::id::{RobotId, UserId, VenueAccountId};
use domain::market::{Side, Symbol, Tick};
use domain::order::{Order, OrderEvent, Purpose};
use domain::page::Page;
use domain::position::{CloseReason, Exits, FillEffect, Position, PositionEvent, ProfitBasis};
use domain::risk::{OppositeRobots, RiskRules};
use domain::robot::Robot;
use domain::robot::draft::RobotDraft;
use domain::strategy::{Classifier, Template, Templates, TemplatesByRisk};
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{AccountReport, Cursor, PositionReport, VenueName};

use super::clock::WorldClock;
use super::script::{Answer, Freeze, ScriptedScheduler, ScriptedVenue, Supervisor, Told, report};

pub const ROBOT: RobotId = RobotId(7);
pub const ACCOUNT: VenueAccountId = VenueAccountId(2);
const START: Timestamp = Timestamp(1_800_000_000_000);

/// One robot and everything around it.
pub struct World {
    pub store: MemoryStore,
    pub venue: Arc<ScriptedVenue>,
    /// Another venue that lists the same market.
    pub other: Arc<ScriptedVenue>,
    pub told: Arc<Told>,
    pub robot: Child,
    deps: Arc<RobotDeps>,
    supervisor: actix::Addr<Supervisor>,
    tape: Arc<Tape>,
    clock: Arc<WorldClock>,
}

/// Runs a story in a world: opens when the price leaves the range of the last 10 seconds by 1 %; at 102 two of it with
/// a margin of 20.4, so that it stops at −4.08 and arms at 2.04; gives back 30 %.
pub async fn in_world<F: Future<Output = ()>>(story: impl FnOnce(World) -> F) {
    in_world_with(HoldMode::Required, story).await;
}

/// The same, with other rules for reserving power.
pub async fn in_world_with<F: Future<Output = ()>>(mode: HoldMode, story: impl FnOnce(World) -> F) {
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async move { story(World::with(mode).await).await })
        .await;
}

/// The same, with the robot's account at `at`, where the venue of the story is `on`.
pub async fn in_world_at<F: Future<Output = ()>>(at: VenueName, on: VenueName, story: impl FnOnce(World) -> F) {
    let local = tokio::task::LocalSet::new();
    let told = async move { story(World::built(HoldMode::Required, at, on).await).await };
    local.run_until(told).await;
}

impl World {
    async fn with(mode: HoldMode) -> Self {
        Self::built(mode, VenueName::Paper, VenueName::Paper).await
    }

    async fn built(mode: HoldMode, at: VenueName, on: VenueName) -> Self {
        let store = MemoryStore::new();
        let clock = Arc::new(WorldClock::new(START));
        let venue = ScriptedVenue::new(&store, on);
        let other = ScriptedVenue::new(&store, VenueName::Bybit);
        let tape = Arc::clone(&venue.tape);
        let told = Arc::new(Told::default());
        let shared = || Arc::clone(&told);
        let scheduler = ScriptedScheduler { told: shared() }.start();
        let supervisor = Supervisor { told: shared() }.start();
        let deps = Arc::new(RobotDeps {
            store: Arc::new(freezing(&store, &told, &clock)),
            venues: [&venue, &other]
                .map(|venue| (venue.name, Arc::clone(venue) as Arc<dyn Venue>))
                .into(),
            clock: clock.clone(),
            sync_now: scheduler.clone().recipient(),
            forced_sync: scheduler.clone().recipient(),
            ledger: scheduler.recipient(),
            installation: store.installation().await.unwrap(),
            rules: rules(mode),
            sights: Sights::default(),
            shared: Shared::default(),
        });
        let robot = seed(&store, at).await;
        let birth = Birth {
            robot,
            generation: Generation(1),
            exits: supervisor.clone().recipient(),
        };
        let robot = RobotActor::spawn(Arc::clone(&deps), birth);
        let world = Self {
            store,
            venue,
            other,
            told,
            robot,
            deps,
            supervisor,
            tape,
            clock,
        };
        world.settle().await;
        world
    }

    /// Lets everything that is under way come to rest.
    pub async fn settle(&self) {
        self.wait(Duration::from_millis(20)).await;
    }

    /// Lets time pass.
    pub async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// The market trades at `price`, a second later.
    pub async fn tick(&self, price: &str) {
        self.wait(Duration::from_millis(980)).await;
        self.tape.push(Tick {
            at: self.clock.now(),
            price: price.parse().unwrap(),
            quantity: Quantity::ZERO,
        });
        self.settle().await;
    }

    /// Ten quiet seconds at 100 and a rise to 102: a breakout.
    pub async fn break_out(&self) {
        for _ in 0..11 {
            self.tick("100").await;
        }
        self.tick("102").await;
    }

    /// Opens by a breakout, and fills at 102 as the sync would.
    pub async fn open(&self) -> Position {
        self.break_out().await;
        self.fill("102").await;
        self.position().await
    }

    /// What the sync does about a filled order: fills the position that it was for, and pokes the robot.
    pub async fn fill(&self, price: &str) {
        let position = self.live_position().await.unwrap();
        let orders = self.orders().await;
        let order = orders.last().unwrap();
        let notional = price.parse::<domain::fixed::Price>().unwrap();
        let realised = match order.purpose {
            Purpose::Open => Amount::ZERO,
            Purpose::Close => position.unrealised(notional).unwrap(),
        };
        let effect = FillEffect {
            venue_fill: Some("f1".to_owned()),
            reducing: order.purpose == Purpose::Close,
            quantity: order.quantity,
            notional: notional.notional(order.quantity, Rounding::HalfUp).unwrap(),
            fee: Amount::ZERO,
            realised,
            reason: CloseReason::Manual,
            at: self.clock.now(),
        };
        let filled = position.on(PositionEvent::Filled(effect), self.clock.now()).unwrap();
        let mut changes = ChangeSet::of(Change::UpdatePosition(Box::new(filled)));
        let reported = OrderEvent::Reported(report(&order.intent()));
        let moved = order.on(reported, self.clock.now()).unwrap();
        if moved != *order {
            changes.push(Change::UpdateOrder(Box::new(moved)));
        }
        self.store.commit(changes).await.unwrap();
        self.robot
            .rows_changed
            .try_send(bursar::actors::mail::RowsChanged)
            .unwrap();
        self.settle().await;
    }

    /// Changes the robot's row and tells it.
    pub async fn change(&self, change: impl FnOnce(Robot) -> Robot) {
        let robot = self.store.robot(ROBOT).await.unwrap().unwrap();
        let changes = ChangeSet::of(Change::UpdateRobot(Box::new(change(robot))));
        self.store.commit(changes).await.unwrap();
        self.robot
            .rows_changed
            .try_send(bursar::actors::mail::RowsChanged)
            .unwrap();
        self.settle().await;
    }

    /// Its actor is born anew, as after a crash.
    pub async fn restart(&mut self) {
        self.robot.stop.send(bursar::actors::mail::Stop).await.unwrap();
        let birth = Birth {
            robot: self.store.robot(ROBOT).await.unwrap().unwrap(),
            generation: Generation(2),
            exits: self.supervisor.clone().recipient(),
        };
        self.robot = RobotActor::spawn(Arc::clone(&self.deps), birth);
        self.settle().await;
    }

    /// All orders, oldest first.
    pub async fn orders(&self) -> Vec<Order> {
        self.store
            .orders(OrderFilter::default(), Page::first(100))
            .await
            .unwrap()
    }

    /// Purposes and states of all orders, oldest first.
    pub async fn order_words(&self) -> Vec<(&'static str, &'static str)> {
        let orders = self.orders().await;
        let word = |order: &Order| (order.purpose.as_str(), order.state.as_str());
        orders.iter().map(word).collect()
    }

    /// The last position.
    pub async fn position(&self) -> Position {
        let filter = PositionFilter::default();
        let positions = self.store.positions(filter, Page::first(100)).await.unwrap();
        positions.last().unwrap().clone()
    }

    async fn live_position(&self) -> Option<Position> {
        let filter = PositionFilter {
            live: Some(true),
            ..PositionFilter::default()
        };
        self.store.positions(filter, Page::first(2)).await.unwrap().pop()
    }

    /// The account was compared with its venue, which holds so much on a side, or nothing.
    pub fn compared(&self, held: Option<(Side, &str)>) {
        let price = "100".parse().unwrap();
        let held = held.map(|(side, quantity)| PositionReport {
            symbol: Symbol::new("BTCUSDT"),
            side,
            quantity: quantity.parse().unwrap(),
            entry_price: price,
            mark_price: price,
            leverage: 10,
            liquidation_price: None,
        });
        let report = AccountReport {
            at: self.clock.now(),
            balance: Amount::ZERO,
            available: Amount::ZERO,
            positions: held.into_iter().collect(),
            open_orders: Vec::new(),
            fills: Vec::new(),
            incomes: Vec::new(),
            cursor: Cursor::default(),
            more: false,
        };
        self.deps.sights.note(ACCOUNT, &report);
    }

    /// How often the venue was told to place.
    pub fn placed(&self) -> usize {
        self.venue.placed.lock().unwrap().len()
    }

    /// Tells the venue how to answer next.
    pub fn script(&self, answers: &[Answer]) {
        self.venue.answers.lock().unwrap().extend(answers);
    }
}

/// The store, in whose commits of orders the process freezes when it is told to.
fn freezing(store: &MemoryStore, told: &Arc<Told>, clock: &Arc<WorldClock>) -> MemoryStore {
    let (told, clock) = (Arc::clone(told), Arc::clone(clock));
    store.with_faults(Arc::new(move |changes| {
        let is_intent = changes
            .changes
            .iter()
            .any(|change| matches!(change, Change::AddOrder(_)));
        let freeze = told.freeze.lock().unwrap().take_if(|_| is_intent);
        match freeze {
            None => {}
            Some(Freeze::Asleep(time)) => clock.set_by(i64::try_from(time.as_millis()).unwrap()),
            Some(Freeze::SetBack(time)) => clock.set_by(-i64::try_from(time.as_millis()).unwrap()),
            Some(Freeze::Stopped(time)) => {
                tokio::spawn(tokio::time::advance(time));
            }
        }
        CommitFault::None
    }))
}

async fn seed(store: &MemoryStore, at: VenueName) -> Robot {
    let user = User {
        id: UserId(1),
        name: "ann".to_owned(),
        created_at: START,
    };
    let account = VenueAccount {
        id: ACCOUNT,
        user: UserId(1),
        venue: at,
        label: "ann".to_owned(),
        mode: PositionMode::OneWay,
        created_at: START,
    };
    let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 10, "stake": "20.4", "leverage": 10}"#;
    let draft: RobotDraft = serde_json::from_str(text).unwrap();
    let robot = draft.to_robot(ROBOT, START).start(START);
    let mut changes = ChangeSet::of(Change::AddUser(user));
    changes.push(Change::AddVenueAccount(account));
    changes.push(Change::AddRobot(Box::new(robot)));
    store.commit(changes).await.unwrap();
    store.robot(ROBOT).await.unwrap().unwrap()
}

fn hold(mode: HoldMode) -> HoldRules {
    HoldRules {
        mode,
        expected_profit: "0.5".parse().unwrap(),
        default_rate: "0.1".parse().unwrap(),
        expires_after: Duration::from_secs(3_600),
        deadline: Duration::from_secs(2),
    }
}

fn rules(mode: HoldMode) -> RobotRules {
    let template = Template {
        threshold: "0.01".parse().unwrap(),
        exits: Exits {
            stop_loss: "0.2".parse().unwrap(),
            arm: "0.1".parse().unwrap(),
            give_back: "0.3".parse().unwrap(),
        },
    };
    let by_risk = TemplatesByRisk {
        conservative: template,
        balanced: template,
        aggressive: template,
    };
    RobotRules {
        templates: Templates {
            trend: by_risk,
            ranging: by_risk,
            high_volatility: by_risk,
            low_volatility: by_risk,
        },
        classifier: Classifier {
            bars: 12,
            trend_strength: "0.6".parse().unwrap(),
            trend_votes: 3,
            high_volatility: "0.012".parse().unwrap(),
            low_volatility: "0.0015".parse().unwrap(),
        },
        risk: risk(),
        exit: ExitRules {
            liquidation_share: "0.9".parse().unwrap(),
            peak_step: "0.05".parse().unwrap(),
            maintenance_margin: "0.004".parse().unwrap(),
        },
        profit_basis: ProfitBasis::Net,
        hold: hold(mode),
        mailbox: 8,
        sync_deadline: Duration::from_secs(2),
        place_deadline: Duration::from_secs(5),
        send_within: Duration::from_secs(2),
        close_retry_first: Duration::from_secs(1),
        close_retry_max: Duration::from_secs(30),
        retry: Duration::from_secs(1),
    }
}

fn risk() -> RiskRules {
    RiskRules {
        max_price_age: Duration::from_secs(60),
        debt_limit: "100".parse().unwrap(),
        max_notional: "1000".parse().unwrap(),
        max_symbol_notional: "1000000".parse().unwrap(),
        opposite_robots: OppositeRobots::Refuse,
        max_open_positions: 50,
        max_orders_per_minute: 30,
    }
}
