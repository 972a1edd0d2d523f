//! A daemon beside served venues: its settings, accounts with their keys, and robots.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::spot::{MARKETS, Spot, key, keys, secret};
use crate::caller::Caller;
use crate::daemon::{Daemon, Home};
use crate::exchange::{Exchange, Opening};

/// Any master key.
const MASTER: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
/// Where prices by hand begin.
pub const START: i64 = 60_000;
/// A little longer than the window of the robots.
const WINDOW: Duration = Duration::from_millis(1_100);

/// The same home with a venue switched on, that is served there.
pub fn switched_on(home: Home, spot: &Spot, exchange: &Exchange) -> Home {
    let name = |part: &str| format!("BURSAR__VENUES__{}__{part}", spot.name().to_uppercase());
    let stream = |path: &str| format!("ws://{}{path}", exchange.address());
    let mut home = home
        .set(&name("ENABLED"), "true")
        .set(&name("REST"), exchange.url.clone())
        .set(&name("PUBLIC_STREAM"), stream(spot.streams[0]))
        .set(&name("PRIVATE_STREAM"), stream(spot.streams[1]));
    if spot.name() == "binance" {
        home = home.set(&name("WALLET"), exchange.url.clone());
    }
    home
}

/// A home in which keys can be set.
pub fn fresh() -> Home {
    Home::fresh().set("BURSAR__KEYS__MASTER", MASTER)
}

/// One served venue, and a home whose daemon trades there.
pub struct House {
    pub spot: &'static Spot,
    pub exchange: Exchange,
    pub home: Home,
}

impl House {
    /// With so many accounts, and prices by hand.
    pub fn by_hand(spot: &'static Spot, accounts: usize) -> Self {
        Self::opened(spot, &Opening::by_hand(spot.name(), keys(accounts, 10_000)))
    }

    pub fn opened(spot: &'static Spot, opening: &Opening) -> Self {
        let exchange = Exchange::open(opening);
        let home = switched_on(fresh(), spot, &exchange);
        exchange.price(MARKETS[0], START);
        Self { spot, exchange, home }
    }

    /// Starts the daemon, and with it one robot on each of so many accounts of one user with power. Account and robot
    /// `number` have key `number`.
    pub fn settled(&self, accounts: usize) -> Daemon {
        let mut daemon = self.home.bursar(&["run"]).start();
        daemon.wait_ready();
        let caller = daemon.caller().unwrap();
        let user = user(&caller);
        for number in 1..=accounts {
            let account = account(&caller, user, self.spot, number, "one_way");
            assert_eq!(account, i64::try_from(number).unwrap());
            robot(&caller, user, account, self.spot.markets[0], 1, 20);
        }
        self.wait_heard(&mut daemon, accounts);
        daemon
    }

    /// Waits until robots see prices, and the private streams of the accounts are up.
    pub fn wait_heard(&self, daemon: &mut Daemon, accounts: usize) {
        daemon.wait_until("robots that see prices", |daemon| {
            let health = daemon.caller()?.get("/health").ok()?.body;
            let states = &health["robots"]["by_state"];
            let living = ["flat", "open", "opening", "closing"].map(|state| states[state].as_u64().unwrap_or(0));
            (living.iter().sum::<u64>() >= accounts as u64).then_some(())
        });
        let caller = daemon.caller().unwrap();
        for number in 1..=accounts {
            caller.make(&format!("/venue-accounts/{number}/sync"), &json!({ "reason": "test" }));
        }
        for number in 1..=accounts {
            let up = format!("the private stream of account {number} is up");
            daemon.wait_until(&up, |daemon| daemon.says(&up).then_some(()));
        }
        let up = format!("the stream of prices of {} is up", self.spot.name());
        daemon.wait_until(&up, |daemon| daemon.says(&up).then_some(()));
    }

    /// The price stands for as long as the robots look back, and leaves that window at once.
    pub fn jump(&self, from: i64, to: i64) {
        self.exchange.price(MARKETS[0], from);
        sleep(WINDOW);
        self.exchange.price(MARKETS[0], from);
        self.exchange.price(MARKETS[0], to);
    }

    /// What an account did, as the venue has it.
    pub fn at_venue(&self, number: usize) -> Value {
        self.exchange.accounts().remove(&key(number)).unwrap()
    }
}

/// A user with power.
pub fn user(caller: &Caller) -> i64 {
    let user = id(&caller.make("/users", &json!({ "name": "erin" })));
    let recharge = json!({ "user": user, "purse": "power", "amount": "1000000", "reference": "first" });
    caller.make("/ledger/recharge", &recharge);
    user
}

/// An account with its key.
pub fn account(caller: &Caller, user: i64, spot: &Spot, number: usize, mode: &str) -> i64 {
    let account = json!({
        "user": user, "venue": spot.name(), "label": format!("{} {number}", spot.name()), "mode": mode,
    });
    let account = id(&caller.make("/venue-accounts", &account));
    let path = format!("/venue-accounts/{account}/key");
    caller.make(&path, &spot.credential(number, &secret(number)));
    account
}

/// A robot that is started.
pub fn robot(caller: &Caller, user: i64, account: i64, symbol: &str, window: u32, leverage: u32) -> i64 {
    let robot = json!({
        "user": user, "account": account, "symbol": symbol, "strategy": "window_breakout",
        "window_seconds": window, "risk": "aggressive", "stake": "200", "leverage": leverage,
    });
    let robot = id(&caller.make("/robots", &robot));
    caller.make(&format!("/robots/{robot}/start"), &json!({ "reason": "to trade" }));
    robot
}

fn id(made: &Value) -> i64 {
    made["id"].as_i64().unwrap_or_else(|| panic!("no id in {made}"))
}

/// The rows of a list, first page.
pub fn rows(daemon: &Daemon, path: &str) -> Option<Vec<Value>> {
    let answer = daemon.caller()?.get(path).ok()?;
    Some(answer.body["items"].as_array()?.clone())
}

/// Waits for rows that are as they should be.
pub fn wait_rows(
    daemon: &mut Daemon,
    path: &str,
    what: &str,
    fits: impl Fn(&[Value]) -> bool,
) -> (Vec<Value>, Duration) {
    let begin = Instant::now();
    let found = daemon.wait_until(what, |daemon| rows(daemon, path).filter(|rows| fits(rows)));
    (found, begin.elapsed())
}

/// Our id of an order, on record or at a venue. The simulated Gate keeps a mark behind it, as a text may be used again there.
pub fn client_id(order: &Value) -> Option<String> {
    let told = order["client_id"].as_str()?.trim_start_matches("t-");
    Some(told.split('~').next()?.to_owned())
}
