//! What systemd is told, and when; the test plays systemd with a socket of its own.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::daemon::{Daemon, Home, Launch, Load, PATIENCE};

const LOAD: Load = Load {
    robots: 8,
    speed: 120,
    seed: 17,
};
/// How long systemd waits for a sign of life in these tests.
const WATCHDOG: Duration = Duration::from_secs(3);

/// The other end of `NOTIFY_SOCKET`.
struct Systemd(UnixDatagram);

impl Systemd {
    /// Listens in the home, and lets the process know.
    fn listening(home: &Home, launch: Launch) -> (Self, Daemon) {
        let path = home.folder().join("notify.sock");
        let socket = UnixDatagram::bind(&path).unwrap();
        let launch = launch
            .set("NOTIFY_SOCKET", path.to_str().unwrap())
            .set("WATCHDOG_USEC", &WATCHDOG.as_micros().to_string());
        (Self(socket), launch.start())
    }

    /// Waits for a line such as `READY=1`, or until the time is over.
    fn hears(&self, line: &str, longest: Duration) -> bool {
        let begin = Instant::now();
        let mut text = [0; 4_096];
        while begin.elapsed() < longest {
            self.0.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            let Ok(length) = self.0.recv(&mut text) else { continue };
            let message = std::str::from_utf8(&text[..length]).unwrap();
            if message.lines().any(|told| told == line) {
                return true;
            }
        }
        false
    }

    /// Forgets what was told so far.
    fn forget(&self) {
        while self.hears("", Duration::from_millis(1)) {}
        self.0.set_nonblocking(true).unwrap();
        while self.0.recv(&mut [0; 16]).is_ok() {}
        self.0.set_nonblocking(false).unwrap();
    }
}

/// T19: ready is told when work is taken, signs of life keep coming, and the stop is told.
#[test]
fn systemd_is_told_when_it_is_ready_that_it_lives_and_that_it_stops() {
    let home = Home::fresh();
    let (systemd, mut daemon) = Systemd::listening(&home, home.bursar(&["run"]));
    assert!(systemd.hears("READY=1", PATIENCE), "{}", daemon.stderr());
    let ready = daemon.caller().unwrap().get("/health/ready").unwrap();
    assert_eq!(ready.status, 200, "{ready:?}");
    for _ in 0..3 {
        assert!(systemd.hears("WATCHDOG=1", WATCHDOG), "{}", daemon.stderr());
    }
    daemon.signal("TERM");
    assert!(systemd.hears("STOPPING=1", PATIENCE), "{}", daemon.stderr());
    assert_eq!(daemon.wait(PATIENCE).code(), Some(0), "{}", daemon.stderr());
}

/// T19: what happened while it was away must be known first; here the venue takes its time to tell.
#[test]
fn it_is_not_ready_before_the_first_sync_of_what_it_holds() {
    let home = Home::fresh();
    let mut demo = home.demo(LOAD, 3_600).start();
    demo.wait_until("trading", |daemon| {
        let answer = daemon.caller()?.get("/positions").ok()?;
        answer.body["items"]
            .as_array()?
            .iter()
            .find(|position| position["state"] == "open")
            .map(drop)
    });
    demo.kill9();
    let launch = home
        .bursar(&["run"])
        .set("BURSAR__PAPER__FAULTS__DELAYED", "1000")
        .set("BURSAR__PAPER__FAULTS__LONGEST_DELAY", "9s");
    let (systemd, daemon) = Systemd::listening(&home, launch);
    assert!(
        !systemd.hears("READY=1", Duration::from_millis(700)),
        "{}",
        daemon.stderr()
    );
    assert!(
        daemon.caller().is_none(),
        "it tells where it listens before it is ready"
    );
    assert!(systemd.hears("READY=1", PATIENCE), "{}", daemon.stderr());
    let ready = daemon.caller().unwrap().get("/health/ready").unwrap();
    assert_eq!(ready.status, 200, "{ready:?}");
}

/// T19: it is not ready, asks systemd to wait on, and stops in order when it is told to.
#[test]
fn a_daemon_that_waits_to_become_the_writer_tells_so_and_ends_with_0() {
    let home = Home::fresh();
    let mut writer = home.bursar(&["run"]).start();
    writer.wait_ready();
    let other = Home::fresh().set("BURSAR__STORE__URL", home.database());
    let (systemd, mut waiting) = Systemd::listening(&other, other.bursar(&["run"]));
    for _ in 0..3 {
        assert!(
            systemd.hears("EXTEND_TIMEOUT_USEC=30000000", PATIENCE),
            "{}",
            waiting.stderr()
        );
    }
    assert!(
        !systemd.hears("READY=1", Duration::from_secs(1)),
        "{}",
        waiting.stderr()
    );
    waiting.signal("TERM");
    assert_eq!(waiting.wait(PATIENCE).code(), Some(0), "{}", waiting.stderr());
    writer.stop();
}

/// T19: a ledger that hangs no longer feeds the watchdog, although the process lives.
#[test]
fn a_ledger_that_is_stuck_stops_the_signs_of_life() {
    let home = Home::fresh();
    let launch = home.bursar(&["run"]).failing_at("ledger.pulse=3*off->pause");
    let (systemd, mut daemon) = Systemd::listening(&home, launch);
    assert!(systemd.hears("READY=1", PATIENCE), "{}", daemon.stderr());
    std::thread::sleep(WATCHDOG * 2);
    systemd.forget();
    assert!(!systemd.hears("WATCHDOG=1", WATCHDOG), "{}", daemon.stderr());
    assert_eq!(daemon.ended(), None);
    let health = daemon.caller().unwrap().get("/health").unwrap();
    assert_eq!(
        (health.status, &health.body["dead"]),
        (503, &serde_json::json!(["ledger"])),
        "{health:?}"
    );
}
