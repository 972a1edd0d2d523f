//! Two daemons on one database: one writes, the other waits, and takes over when the first is gone.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::books::Window;
use crate::daemon::{Daemon, Home, PATIENCE};
use crate::fleet;
use crate::payer::{Payer, recharge};
use crate::shared::Shared;
use crate::whole::{assert_exact, assert_kept};

const ROBOTS: u32 = 8;
/// What a take-over after a kill may cost at most, on a busy machine: half a second to notice, and a start.
const TAKE_OVER: Duration = Duration::from_secs(15);

/// Two daemons: the first with robots that trade and a client that pays, the second waiting.
struct Pair {
    homes: [Home; 2],
    first: Daemon,
    second: Daemon,
    user: i64,
    payer: Payer,
}

impl Pair {
    fn start(shared: &Shared) -> Self {
        Self::start_failing(shared, "")
    }

    /// The same, with crash points of the first.
    fn start_failing(shared: &Shared, points: &str) -> Self {
        let homes = [shared.home(), shared.home()];
        let mut first = homes[0].bursar(&["run"]).failing_at(points).start();
        first.wait_ready();
        let user = fleet::start(&first.caller().unwrap(), ROBOTS, 1_000);
        let payer = Payer::start(homes[0].folder().to_owned(), user, "first");
        // There is a token already, so the second makes none.
        fs::copy(
            homes[0].folder().join("admin.token"),
            homes[1].folder().join("admin.token"),
        )
        .unwrap();
        let mut second = homes[1].bursar(&["run"]).start();
        second.wait_until("waiting", |_| waiting(&homes[1]).map(drop));
        Self {
            homes,
            first,
            second,
            user,
            payer,
        }
    }

    fn second_waits(&mut self) {
        assert_eq!(self.second.ended(), None, "{}", self.second.stderr());
        let why = waiting(&self.homes[1]).expect("the second does not wait any more");
        assert!(why.contains("waiting to become the writer"), "{why}");
        assert!(why.starts_with("HTTP/1.1 503"), "{why}");
    }

    fn charged(daemon: &Daemon) -> Option<u64> {
        let statistics = daemon.caller()?.get("/ledger/statistics").ok()?;
        statistics.body["charged_count"].as_u64()
    }

    /// Ends with the daemon that writes: it goes on trading, settles all, stops, and nothing is missing or double.
    fn ends_whole(home: &Home, mut daemon: Daemon, user: i64, payers: Vec<Payer>) {
        let mut paid: Vec<String> = payers.into_iter().flat_map(Payer::end).collect();
        let later = Payer::start(home.folder().to_owned(), user, "later");
        let before = daemon.wait_until("figures", Self::charged);
        daemon.wait_until("settling on", |daemon| (Self::charged(daemon)? > before).then_some(()));
        paid.extend(later.end());
        let caller = daemon.caller().unwrap();
        daemon.wait_until("settled", |_| {
            caller.post("/ledger/sweep", &json!({})).ok()?;
            let statistics = caller.get("/ledger/statistics").ok()?.body;
            (statistics["unsettled_count"] == 0).then_some(())
        });
        daemon.stop();
        let books = assert_exact(home);
        assert_kept(&books, &paid);
        assert!(paid.iter().any(|key| key.starts_with("recharge:first-")), "{paid:?}");
        assert!(paid.iter().any(|key| key.starts_with("recharge:later-")), "{paid:?}");
    }
}

/// What a waiting daemon answers to the question whether it is ready; `None` where nobody waits.
fn waiting(home: &Home) -> Option<String> {
    ask(home, "/health/ready")
}

fn ask(home: &Home, path: &str) -> Option<String> {
    let url = fs::read_to_string(home.folder().join("waiting.url")).ok()?;
    let mut stream = TcpStream::connect(url.trim().strip_prefix("http://")?).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: bursar\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn killed(shared: &Shared) {
    let mut pair = Pair::start(shared);
    pair.second_waits();
    let why = waiting(&pair.homes[1]).unwrap();
    assert!(why.contains(&format!("(pid {}, since ", pair.first.pid())), "{why}");
    assert!(ask(&pair.homes[1], "/health/live").unwrap().starts_with("HTTP/1.1 200"));
    assert!(pair.second.told("lease.waiting"), "{}", pair.second.stderr());
    // A command that would write straight to the database is refused, too.
    let mut command = pair.homes[1].bursar(&["user", "create", "mallory"]).start();
    assert_eq!(command.wait(PATIENCE).code(), Some(1), "{}", command.stderr());
    let said = command.stderr();
    assert!(said.contains(&format!("(pid {}, since ", pair.first.pid())), "{said}");
    assert!(
        said.contains("writes to this database; only one process may at a time"),
        "{said}"
    );
    pair.first
        .wait_until("settling", |first| (Pair::charged(first)? > 0).then_some(()));
    pair.first.kill9();
    let begin = Instant::now();
    pair.second.wait_ready();
    let took = begin.elapsed();
    eprintln!("took over {took:?} after the kill");
    assert!(took < TAKE_OVER, "the take-over took {took:?}");
    assert!(pair.second.told("lease.taken"), "{}", pair.second.stderr());
    assert!(!pair.homes[1].folder().join("waiting.url").exists());
    let [_, home] = pair.homes;
    Pair::ends_whole(&home, pair.second, pair.user, vec![pair.payer]);
}

#[test]
fn s0_10_on_sqlite_the_second_daemon_waits_and_takes_over_when_the_first_is_killed() {
    killed(&Shared::sqlite());
}

#[test]
fn s0_10_on_postgres_the_second_daemon_waits_and_takes_over_when_the_first_is_killed() {
    if let Some(shared) = Shared::postgres() {
        killed(&shared);
    }
}

#[test]
fn s0_10_on_mariadb_the_second_daemon_waits_and_takes_over_when_the_first_is_killed() {
    if let Some(shared) = Shared::mariadb("killed") {
        killed(&shared);
    }
}

/// A frozen writer has not ended: the lease stays with it. Stopped in order, it lets the next one in at once.
fn frozen(shared: &Shared) {
    let mut pair = Pair::start(shared);
    pair.first.signal("STOP");
    for _ in 0..30 {
        sleep(Duration::from_millis(100));
        pair.second_waits();
    }
    pair.first.signal("CONT");
    pair.first.wait_until("paid", |first| {
        let answer = recharge(&first.caller()?, pair.user, "after-frost").ok()?;
        (answer.status == 201).then_some(())
    });
    pair.second_waits();
    pair.first.stop();
    let begin = Instant::now();
    pair.second.wait_ready();
    assert!(begin.elapsed() < TAKE_OVER, "{:?}", begin.elapsed());
    let [_, home] = pair.homes;
    Pair::ends_whole(&home, pair.second, pair.user, vec![pair.payer]);
}

#[test]
fn on_sqlite_a_frozen_writer_keeps_the_lease_until_it_stops() {
    frozen(&Shared::sqlite());
}

#[test]
fn on_postgres_a_frozen_writer_keeps_the_lease_until_it_stops() {
    if let Some(shared) = Shared::postgres() {
        frozen(&shared);
    }
}

#[test]
fn on_mariadb_a_frozen_writer_keeps_the_lease_until_it_stops() {
    if let Some(shared) = Shared::mariadb("frozen") {
        frozen(&shared);
    }
}

/// Frozen and cut off, the writer loses the lease; when it wakes it writes nothing, and ends with 70.
fn superseded(shared: &Shared) {
    let mut pair = Pair::start(shared);
    pair.first
        .wait_until("settling", |first| (Pair::charged(first)? > 0).then_some(()));
    pair.first.signal("STOP");
    (shared.cut.as_ref().unwrap())();
    pair.second.wait_ready();
    pair.first.signal("CONT");
    let status = pair.first.wait(PATIENCE);
    assert_eq!(status.code(), Some(70), "{}", pair.first.stderr());
    assert!(pair.first.told("lease.lost"), "{}", pair.first.stderr());
    let [_, home] = pair.homes;
    Pair::ends_whole(&home, pair.second, pair.user, vec![pair.payer]);
}

#[test]
fn on_postgres_a_writer_that_was_superseded_while_frozen_writes_nothing_and_ends_with_70() {
    if let Some(shared) = Shared::postgres() {
        superseded(&shared);
    }
}

#[test]
fn on_mariadb_a_writer_that_was_superseded_while_frozen_writes_nothing_and_ends_with_70() {
    if let Some(shared) = Shared::mariadb("superseded") {
        superseded(&shared);
    }
}

/// Frozen between writing an order's intent and sending it, and cut off: the second looks the order up in vain, gives it up,
/// and trades on. When the first wakes it does not send that order.
fn superseded_with_an_order_in_hand(shared: &Shared) {
    let mut pair = Pair::start_failing(shared, "order.before_submit=8*off->1*sleep(25000)->off");
    let window = Window::open(&shared.url);
    let orders = |state: &str| window.count(&format!("SELECT COUNT(*) FROM trade_order WHERE state = '{state}'"));
    let held = |_: &Daemon| (orders("submitting") > 0).then_some(());
    // Seen twice, some time apart: it is not just on its way.
    pair.first.wait_until("an order in hand", |first| {
        held(first)?;
        sleep(Duration::from_secs(1));
        held(first)
    });
    let given_up = orders("refused");
    (shared.cut.as_ref().unwrap())();
    pair.second.wait_ready();
    pair.second
        .wait_until("given up", |_| (orders("refused") > given_up).then_some(()));
    assert!(!pair.first.told("order.not_sent"), "it woke too early to show anything");
    let status = pair.first.wait(PATIENCE);
    assert_eq!(status.code(), Some(70), "{}", pair.first.stderr());
    assert!(pair.first.told("order.not_sent"), "{}", pair.first.stderr());
    let [_, home] = pair.homes;
    Pair::ends_whole(&home, pair.second, pair.user, vec![pair.payer]);
}

#[test]
fn on_postgres_a_writer_that_was_superseded_with_an_order_in_hand_does_not_send_it() {
    if let Some(shared) = Shared::postgres() {
        superseded_with_an_order_in_hand(&shared);
    }
}

#[test]
fn on_mariadb_a_writer_that_was_superseded_with_an_order_in_hand_does_not_send_it() {
    if let Some(shared) = Shared::mariadb("in_hand") {
        superseded_with_an_order_in_hand(&shared);
    }
}

/// Cut again and again, one of the two has the lease in the end, and the other waits or has stepped down.
fn cut(shared: &Shared) {
    let mut pair = Pair::start(shared);
    pair.first
        .wait_until("settling", |first| (Pair::charged(first)? > 0).then_some(()));
    for _ in 0..15 {
        (shared.cut.as_ref().unwrap())();
        sleep(Duration::from_millis(200));
    }
    // Whoever lost the lease has noticed by the next heartbeat.
    sleep(Duration::from_secs(6));
    let [one, two] = pair.homes;
    match pair.first.ended() {
        None => {
            assert_eq!(pair.second.ended(), None, "{}", pair.second.stderr());
            let why = waiting(&two).expect("both write");
            assert!(why.starts_with("HTTP/1.1 503"), "{why}");
            pair.first.wait_ready();
            Pair::ends_whole(&one, pair.first, pair.user, vec![pair.payer]);
        }
        Some(status) => {
            assert_eq!(status.code(), Some(70), "{}", pair.first.stderr());
            // One whose start was cut, too, is started again, as systemd does.
            if let Some(status) = pair.second.ended() {
                assert_eq!(status.code(), Some(1), "{}", pair.second.stderr());
                pair.second = two.bursar(&["run"]).start();
            }
            pair.second.wait_ready();
            Pair::ends_whole(&two, pair.second, pair.user, vec![pair.payer]);
        }
    }
}

#[test]
fn on_postgres_connections_cut_while_a_second_waits_leave_exactly_one_writer() {
    if let Some(shared) = Shared::postgres() {
        cut(&shared);
    }
}

#[test]
fn on_mariadb_connections_cut_while_a_second_waits_leave_exactly_one_writer() {
    if let Some(shared) = Shared::mariadb("cut") {
        cut(&shared);
    }
}
