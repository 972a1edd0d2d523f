//! The database's server allows no further connection: at the start that is said, and later it is lived with until it is over.

use std::thread::sleep;
use std::time::Duration;

use crate::books::Window;
use crate::daemon::{Home, PATIENCE};
use crate::database::{ends_whole, wait_health};
use crate::fleet;
use crate::payer::{Payer, recharge};
use crate::shared::Shared;

const ROBOTS: u32 = 10;

/// A database with a user who may only have so many connections.
struct Crowded {
    shared: Shared,
    window: Window,
    user: String,
    /// With that user.
    url: String,
    /// What allows so many, and what allows any number.
    most: fn(&str, u32) -> String,
    any: fn(&str) -> String,
    /// What the server says when it has had enough.
    words: &'static str,
}

impl Crowded {
    fn postgres() -> Option<Self> {
        let shared = Shared::postgres()?;
        let window = Window::open(&shared.url);
        let user = "bursar_few".to_owned();
        // Those who may do anything are not counted.
        window.run(&format!("CREATE ROLE {user} LOGIN")).unwrap();
        window.run(&format!("GRANT ALL ON SCHEMA public TO {user}")).unwrap();
        Some(Self {
            url: shared.url.replace("bursar@", &format!("{user}@")),
            most: |user, count| format!("ALTER ROLE {user} CONNECTION LIMIT {count}"),
            any: |user| format!("ALTER ROLE {user} CONNECTION LIMIT -1"),
            words: "too many connections for role",
            user,
            window,
            shared,
        })
    }

    /// Tests of one process share the server, so each has a name for its database and its user.
    fn mariadb(name: &str) -> Option<Self> {
        let shared = Shared::mariadb(name)?;
        let window = Window::open(&shared.url);
        let user = format!("bursar_few_{}_{name}", std::process::id());
        let (_, place) = shared.url.rsplit_once('@').unwrap();
        let (_, database) = place.rsplit_once('/').unwrap();
        window.run(&format!("CREATE OR REPLACE USER '{user}'@'%'")).unwrap();
        window
            .run(&format!("GRANT ALL ON {database}.* TO '{user}'@'%'"))
            .unwrap();
        Some(Self {
            url: format!("mysql://{user}@{place}"),
            most: |user, count| format!("ALTER USER '{user}'@'%' WITH MAX_USER_CONNECTIONS {count}"),
            any: |user| format!("ALTER USER '{user}'@'%' WITH MAX_USER_CONNECTIONS 0"),
            words: "max_user_connections",
            user,
            window,
            shared,
        })
    }

    fn allow(&self, count: u32) {
        self.window.run(&(self.most)(&self.user, count)).unwrap();
    }

    fn allow_any(&self) {
        self.window.run(&(self.any)(&self.user)).unwrap();
    }

    fn home(&self) -> Home {
        self.shared.home().set("BURSAR__STORE__URL", self.url.clone())
    }
}

impl Drop for Crowded {
    fn drop(&mut self) {
        if self.url.starts_with("mysql:") {
            let away = format!("DROP USER IF EXISTS '{}'@'%'", self.user);
            self.window.run(&away).unwrap_or_default();
        }
    }
}

/// T5. With one connection the daemon can write but not read: it ends, and says what the server said.
fn says_so_at_start(place: &Crowded) {
    place.allow(1);
    let home = place.home().set("BURSAR__STORE__ACQUIRE_DEADLINE", "2s");
    let mut daemon = home.bursar(&["run"]).start();
    let status = daemon.wait(PATIENCE);
    assert_eq!(status.code(), Some(1), "{}", daemon.stderr());
    assert!(daemon.stderr().contains(place.words), "{}", daemon.stderr());
    // A daemon has that one: a command is told so, too.
    place.allow_any();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    place.allow(1);
    let mut command = home.bursar(&["ledger", "verify"]).start();
    assert_eq!(command.wait(PATIENCE).code(), Some(1), "{}", command.stderr());
    assert!(command.stderr().contains(place.words), "{}", command.stderr());
    assert_eq!(daemon.ended(), None, "{}", daemon.stderr());
    place.allow_any();
    daemon.stop();
}

/// T5. Connections that it has it keeps; those that are cut do not come back before there is room for them.
fn lives_with_it(place: &Crowded) {
    let home = place.home();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let user = fleet::start(&daemon.caller().unwrap(), ROBOTS, 1_000);
    let payer = Payer::start(home.folder().to_owned(), user, "crowded");
    daemon.wait_until("settling", |daemon| {
        let statistics = daemon.caller()?.get("/ledger/statistics").ok()?.body;
        (statistics["charged_count"].as_u64()? > 0).then_some(())
    });
    let caller = daemon.caller().unwrap();
    place.allow(1);
    sleep(Duration::from_secs(2));
    let answer = recharge(&caller, user, "with-what-it-has").unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    for round in 0..3 {
        (place.shared.cut.as_ref().unwrap())();
        wait_health(&mut daemon, 503);
        let answer = recharge(&caller, user, &format!("crowded-{round}")).unwrap();
        assert!([200, 201, 503, 504].contains(&answer.status), "{answer:?}");
        assert_eq!(caller.get("/health/live").unwrap().status, 200);
        sleep(Duration::from_secs(2));
        assert_eq!(daemon.ended(), None, "{}", daemon.stderr());
    }
    place.allow_any();
    wait_health(&mut daemon, 200);
    for round in 0..3 {
        let answer = recharge(&caller, user, &format!("crowded-{round}")).unwrap();
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
    ends_whole(&home, daemon, payer);
}

#[test]
fn t5_on_postgres_a_daemon_without_connections_says_so_at_start() {
    if let Some(place) = Crowded::postgres() {
        says_so_at_start(&place);
    }
}

#[test]
fn t5_on_mariadb_a_daemon_without_connections_says_so_at_start() {
    if let Some(place) = Crowded::mariadb("crowded_start") {
        says_so_at_start(&place);
    }
}

#[test]
fn t5_on_postgres_a_daemon_lives_with_too_few_connections_and_heals_when_there_are_enough() {
    if let Some(place) = Crowded::postgres() {
        lives_with_it(&place);
    }
}

#[test]
fn t5_on_mariadb_a_daemon_lives_with_too_few_connections_and_heals_when_there_are_enough() {
    if let Some(place) = Crowded::mariadb("crowded_life") {
        lives_with_it(&place);
    }
}
