//! A long life on five served venues at once: faults all the time, people who close, kills; at the end both sides agree.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use domain::outcome::Outcome;
use domain::user::PositionMode;
use serde_json::{Value, json};

use crate::daemon::{Daemon, Home, PATIENCE, count};
use crate::dice::Dice;
use crate::exchange::{Exchange, Opening};
use crate::venues::hand::Hand;
use crate::venues::house::{account, fresh, robot, switched_on, user};
use crate::venues::sides::{self, Seat};
use crate::venues::spot::{self, Spot, keys};
use crate::whole::assert_exact;

/// How long everything may take to get flat and to agree at the end.
const LONGEST: Duration = Duration::from_secs(240);
/// Kinds of warnings that are shown.
const WARNINGS: usize = 20;
/// So high that exits come within seconds.
const LEVERAGE: u32 = 20;
/// What goes wrong: what, where (orders only, or anywhere), in so many of a thousand cases, and what belongs to it.
const TROUBLES: [(&str, bool, u32, &str); 13] = [
    ("lose_request", true, 20, "{}"),
    ("lose_reply", true, 30, "{}"),
    ("lose_reply_after_fill", true, 20, "{}"),
    ("broken_after", true, 10, r#"{"status":503}"#),
    ("broken", false, 5, r#"{"status":502}"#),
    ("delay", false, 10, r#"{"milliseconds":700}"#),
    ("limited", false, 1, r#"{"seconds":1}"#),
    ("stale", false, 5, "{}"),
    ("silence", false, 1, r#"{"milliseconds":2000}"#),
    ("duplicate", false, 20, "{}"),
    ("reorder", false, 20, "{}"),
    ("lose_push", false, 20, "{}"),
    ("cut", false, 1, "{}"),
];

/// How long and how large.
struct Plan {
    length: Duration,
    /// At each venue.
    accounts: usize,
    /// On each account.
    robots: usize,
    /// Milliseconds between two prices of a market.
    tick: u32,
    seed: u64,
}

impl Plan {
    fn of_environment() -> Self {
        let number = |name: &str, usual| usize::try_from(count(name, usual)).unwrap();
        Self {
            length: Duration::from_secs(u64::from(count("BURSAR_E2E_SOAK_SECONDS", 50))),
            accounts: number("BURSAR_E2E_SOAK_ACCOUNTS", 2),
            robots: number("BURSAR_E2E_SOAK_ROBOTS", 2),
            tick: count("BURSAR_E2E_SOAK_TICK_MS", 20),
            seed: u64::from(count("BURSAR_E2E_SEED", 1)),
        }
    }

    fn mode(number: usize) -> PositionMode {
        if number.is_multiple_of(3) {
            PositionMode::Hedge
        } else {
            PositionMode::OneWay
        }
    }
}

/// Five venues, one home.
struct World {
    plan: Plan,
    venues: Vec<(&'static Spot, Exchange)>,
    home: Home,
    seats: Vec<Seat>,
}

impl World {
    fn open(plan: Plan) -> Self {
        let mut home = fresh()
            .set("BURSAR__SETTLEMENT__SWEEP_INTERVAL", "5s")
            .set("BURSAR__LOG__FILTER", "warn,bursar::actors=info");
        let mut venues = Vec::new();
        for (index, spot) in spot::ALL.into_iter().enumerate() {
            let exchange = Exchange::open(&Opening {
                tick_interval: format!("{}ms", plan.tick),
                seed: u32::try_from(plan.seed).unwrap() * 10 + u32::try_from(index).unwrap(),
                ..Opening::by_hand(spot.name(), keys(plan.accounts, 1_000_000))
            });
            // An account leaves from an address of its own, as at a venue that counts by address.
            let egress: Vec<String> = (0..plan.accounts)
                .map(|number| format!("127.0.0.{}", 2 + number))
                .collect();
            let name = format!("BURSAR__VENUES__{}__EGRESS", spot.name().to_uppercase());
            home = switched_on(home, spot, &exchange).set(&name, egress.join(","));
            venues.push((spot, exchange));
        }
        Self {
            plan,
            venues,
            home,
            seats: Vec::new(),
        }
    }

    /// Accounts and robots everywhere.
    fn people(&mut self, daemon: &Daemon) {
        let caller = daemon.caller().unwrap();
        let user = user(&caller);
        for (venue, (spot, _)) in self.venues.iter().enumerate() {
            for number in 1..=self.plan.accounts {
                let account = account(&caller, user, spot, number, Plan::mode(number).as_str());
                self.seats.push(Seat { venue, number, account });
                for index in 0..self.plan.robots {
                    let window = 3 + u32::try_from((number + index) % 5).unwrap();
                    robot(&caller, user, account, spot.markets[index % 2], window, LEVERAGE);
                }
            }
        }
    }

    /// Things go wrong from now on.
    fn trouble(&self) {
        for (index, (spot, exchange)) in self.venues.iter().enumerate() {
            for (number, (what, only_orders, per_mille, rest)) in TROUBLES.into_iter().enumerate() {
                let mut script: Value = serde_json::from_str(rest).unwrap();
                script["what"] = json!(what);
                script["times"] = Value::Null;
                script["per_mille"] = json!(per_mille);
                script["seed"] = json!(self.plan.seed * 1_000 + (index * 20 + number) as u64);
                if only_orders {
                    script["endpoint"] = json!(spot.order);
                }
                exchange.fault(&script);
            }
        }
    }

    fn differences(&self) -> Vec<String> {
        sides::differences(&self.seats, &self.venues, &self.home.database())
    }
}

/// People who close what robots opened, here and there, until they are told to stop. How often they did.
fn hands(world: &World, over: &Arc<AtomicBool>) -> JoinHandle<u32> {
    let hands: Vec<Hand> = world
        .venues
        .iter()
        .map(|(spot, exchange)| Hand::at(spot, exchange))
        .collect();
    let (over, accounts) = (Arc::clone(over), world.plan.accounts as u64);
    let mut dice = Dice(world.plan.seed);
    spawn(move || {
        let mut closed = 0;
        while !over.load(Ordering::Acquire) {
            sleep(Duration::from_millis(dice.between(500, 2_500)));
            let hand = &hands[usize::try_from(dice.between(0, hands.len() as u64)).unwrap()];
            let number = usize::try_from(dice.between(1, accounts + 1)).unwrap();
            // What goes wrong for the robots goes wrong for people, too; they try another time.
            let held = hand.sit(number, Plan::mode(number)).and_then(|()| hand.holds(number));
            let Ok(held) = held else { continue };
            if let Some(position) = held.first() {
                closed += u32::from(matches!(hand.close(number, position), Outcome::Done(_)));
            }
        }
        closed
    })
}

/// Resident memory in KiB, and open files.
fn weight(pid: u32) -> (u64, usize) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    let memory = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (memory, fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count())
}

/// Waits longer than for anything else.
fn wait_long(daemon: &mut Daemon, what: &str, is_so: impl Fn(&Daemon) -> bool) {
    let begin = Instant::now();
    while !is_so(daemon) {
        let late = begin.elapsed() > LONGEST;
        assert!(daemon.ended().is_none() && !late, "not {what}\n{}", daemon.stderr());
        sleep(Duration::from_millis(200));
    }
}

/// How often it warned of what, the most frequent first; numbers in the words are left out.
fn warnings(log: &str) -> String {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for line in log.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let words = ["error", "why", "refusal", "seen", "message"]
            .into_iter()
            .find_map(|name| line[name].as_str());
        if let (Some("WARN" | "ERROR"), Some(event), Some(words)) =
            (line["level"].as_str(), line["event"].as_str(), words)
        {
            let words = words.replace(|c: char| c.is_ascii_digit(), "");
            *counts.entry(format!("{event}: {words}")).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let lines = counts
        .iter()
        .take(WARNINGS)
        .map(|(words, count)| format!("  {count} {words}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Lives through the plan, with two kills; gives the last life, and its memory and open files now and then.
fn live(world: &mut World) -> (Daemon, Vec<(u64, usize)>) {
    let mut daemon = world.home.bursar(&["run"]).start();
    daemon.wait_ready();
    world.people(&daemon);
    let begin = Instant::now();
    let length = world.plan.length;
    let until = |part: u32| sleep((length * part / 12).saturating_sub(begin.elapsed()));
    until(1);
    world.trouble();
    let over = Arc::new(AtomicBool::new(false));
    let people = hands(world, &over);
    let mut weights = Vec::new();
    for part in 2..=12 {
        until(part);
        match part {
            2 | 3 => {
                daemon.kill9();
                daemon = world.home.bursar(&["run"]).start();
                daemon.wait_ready();
            }
            4 | 8 | 12 => weights.push(weight(daemon.pid())),
            _ => {}
        }
        assert_eq!(daemon.ended(), None, "{}", daemon.stderr());
    }
    over.store(true, Ordering::Release);
    eprintln!("people closed {} positions", people.join().unwrap());
    (daemon, weights)
}

/// Everything is closed, and settled.
fn end(world: &World, daemon: &mut Daemon) {
    for (_, exchange) in &world.venues {
        exchange.heal();
    }
    let words = [
        "close-all",
        "ask",
        "--everywhere",
        "--external",
        "true",
        "--reason",
        "the end",
        "--json",
    ];
    let mut asked = world.home.bursar(&words).start();
    assert!(asked.wait(PATIENCE).success(), "{}", asked.stderr());
    wait_long(daemon, "flat", |daemon| {
        let shown = daemon
            .caller()
            .and_then(|caller| caller.get("/control/close-all/1").ok());
        shown.is_some_and(|shown| shown.body["state"] == "flat")
    });
    wait_long(daemon, "settled", |daemon| {
        let told = daemon.caller().and_then(|caller| caller.get("/ledger/statistics").ok());
        told.is_some_and(|told| told.body["unsettled_count"] == 0)
    });
    let begin = Instant::now();
    loop {
        let found = world.differences();
        if found.is_empty() {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "{}", found.join("\n"));
        sleep(Duration::from_secs(1));
    }
}

#[test]
fn on_five_venues_at_once_with_faults_kills_and_people_nothing_is_lost_or_doubled() {
    let mut world = World::open(Plan::of_environment());
    let (mut daemon, weights) = live(&mut world);
    end(&world, &mut daemon);
    let plan = &world.plan;
    let prices = plan.length.as_millis() / u128::from(plan.tick);
    eprintln!(
        "soak: {} s, seed {}, {} robots on {} accounts, {prices} prices of each market",
        plan.length.as_secs(),
        plan.seed,
        plan.robots * plan.accounts * world.venues.len(),
        world.seats.len()
    );
    eprintln!("{}", sides::table(&world.seats, &world.venues, &world.home.database()));
    eprintln!("memory in KiB and open files at a third, two thirds and the end: {weights:?}");
    eprintln!("warnings of the last life:\n{}", warnings(&daemon.log()));
    for (spot, exchange) in &world.venues {
        let banned: u64 = ["403", "418"]
            .map(|status| exchange.answers().get(status).copied().unwrap_or(0))
            .iter()
            .sum();
        assert_eq!(banned, 0, "{} banned us", spot.name());
    }
    daemon.stop();
    let books = assert_exact(&world.home);
    books.assert_settled();
    books.assert_orders_agree();
    eprintln!(
        "closes of robots with a profit: {}, of these charged or owed: {}",
        books.profitable(),
        books.count("settle:")
    );
    assert!(books.profitable() > 0, "nothing was shown");
}
