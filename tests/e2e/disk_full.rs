//! The disk under the database is full for a while: nothing wrong is written, all of it is told, and it heals by itself.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::caller::Caller;
use crate::daemon::{Daemon, Home};
use crate::fleet;
use crate::payer::{Payer, recharge};
use crate::skipped::{skip, tell};
use crate::user::is_root;
use crate::whole::{assert_exact, assert_kept};

const ROBOTS: u32 = 10;
/// As big as the database is after some thousand entries, so that little is left to fill.
const SIZE: &str = "size=24m";

/// A disk of its own, in memory; it is gone when this is dropped.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// `None`, with the reason, where nothing may be mounted.
    fn mount(folder: PathBuf) -> Option<Self> {
        fs::create_dir(&folder).unwrap();
        let arguments = ["-t", "tmpfs", "-o", SIZE, "tmpfs", folder.to_str().unwrap()];
        let mounted = Command::new("mount").args(arguments).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder });
        }
        let why = "tests of a full disk; run them where they may mount one to turn them on";
        // Who is nobody special may never mount, wherever it is.
        if is_root() {
            skip(why);
        } else {
            tell(why);
        }
        None
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Takes what is left but so many MiB.
    fn fill_but(&self, left: u64) {
        let told = Command::new("df")
            .args(["--output=avail", "-B1"])
            .arg(&self.folder)
            .output();
        let told = String::from_utf8(told.unwrap().stdout).unwrap();
        let free: u64 = told.lines().last().unwrap().trim().parse().unwrap();
        let taken = usize::try_from(free - left * 1024 * 1024).unwrap();
        fs::write(self.filler(), vec![0_u8; taken]).unwrap();
    }

    /// Takes what is left, to the last page.
    fn fill(&self) {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.filler())
            .unwrap();
        let page = [0_u8; 4_096];
        while file.write_all(&page).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A process that is still ending may hold it for a moment.
        drop(Command::new("umount").arg("-l").arg(&self.folder).status());
    }
}

fn home_on(disk: &Path) -> Home {
    let url = format!("sqlite://{}/bursar.sqlite?mode=rwc", disk.display());
    Home::fresh()
        .set("BURSAR__STORE__URL", url)
        .set("BURSAR__PAPER__SPEED", "60")
        .set("BURSAR__HTTP__REQUEST_DEADLINE", "3s")
        .set("BURSAR__SETTLEMENT__SWEEP_INTERVAL", "15s")
}

/// Alerts of this kind on the disk of the database, newest first: whether each is over.
fn alerts(caller: &Caller, kind: &str) -> Vec<bool> {
    let listed = caller.get("/alerts").unwrap().body;
    let ours = |alert: &&Value| alert["kind"] == kind && alert["subject"] == "disk:database";
    let all = listed["items"].as_array().unwrap();
    all.iter()
        .filter(ours)
        .map(|alert| !alert["resolved_at"].is_null())
        .collect()
}

fn wait_ready(daemon: &mut Daemon, status: u16) {
    daemon.wait_until(&format!("{status} at /health/ready"), |daemon| {
        let answer = daemon.caller()?.get("/health/ready").ok()?;
        (answer.status == status).then_some(())
    });
}

/// A small write may still find a place where a big one does not, so it takes a while until nothing does.
fn wait_full(daemon: &mut Daemon, user: i64, round: u32) {
    daemon.wait_until("full", |daemon| {
        let caller = daemon.caller()?;
        let refused = || {
            let answer = recharge(&caller, user, &format!("probe-{round}")).ok()?;
            let ready = caller.get("/health/ready").ok()?;
            sleep(Duration::from_millis(600));
            (answer.status == 503 && ready.status == 503).then_some(())
        };
        refused().and_then(|()| refused())
    });
}

/// While nothing can be written, whoever asks is told so at once, and reading goes on.
fn assert_refused(caller: &Caller, user: i64, reference: &str) {
    let begin = Instant::now();
    let answer = recharge(caller, user, reference).unwrap();
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (503, &503.into()),
        "{answer:?}"
    );
    assert_eq!(answer.body["detail"], "store is unavailable", "{answer:?}");
    assert!(
        begin.elapsed() < Duration::from_secs(4),
        "it took {:?}",
        begin.elapsed()
    );
    assert_eq!(caller.get("/health").unwrap().status, 503);
    assert_eq!(caller.get("/health/live").unwrap().status, 200);
    assert_eq!(caller.get("/ledger/statistics").unwrap().status, 200);
}

/// T4. The disk is full twice in one life, so that what healed once can heal again.
#[test]
fn t4_full_disk_is_told_writes_nothing_wrong_and_heals_by_itself() {
    let folder = tempfile::TempDir::new().unwrap();
    let Some(disk) = Disk::mount(folder.path().join("disk")) else {
        return;
    };
    let home = home_on(&disk.folder);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let user = fleet::start(&daemon.caller().unwrap(), ROBOTS, 1_000);
    let payers = ["full", "fuller", "fullest"].map(|name| Payer::start(home.folder().to_owned(), user, name));
    for round in 1..=2 {
        sleep(Duration::from_secs(2));
        disk.fill();
        wait_full(&mut daemon, user, round);
        let caller = daemon.caller().unwrap();
        assert_refused(&caller, user, &format!("while-full-{round}"));
        sleep(Duration::from_secs(2));
        assert_eq!(daemon.ended(), None, "{}", daemon.stderr());
        assert!(daemon.told("store.disk_full"), "{}", daemon.stderr());
        let gauge = caller.get("/metrics").unwrap().body;
        assert!(gauge.as_str().unwrap().contains("bursar_store_disk_full 1"), "{gauge}");
        disk.free();
        wait_ready(&mut daemon, 200);
        let again = recharge(&caller, user, &format!("while-full-{round}")).unwrap();
        assert_eq!(
            (again.status, &again.body["answer"]),
            (201, &"created".into()),
            "{again:?}"
        );
    }
    assert!(daemon.told("store.disk_has_room"), "{}", daemon.stderr());
    // Nothing could be written while it was full; that it was is on record now, as something that is over.
    daemon.wait_until("an alert that is over", |daemon| {
        let told = alerts(&daemon.caller()?, "disk_full");
        (!told.is_empty() && told.iter().all(|over| *over)).then_some(())
    });
    ends_whole(&home, daemon, payers);
}

/// Nothing is missing and nothing is double, once it had the time to settle what it closed.
fn ends_whole(home: &Home, mut daemon: Daemon, payers: [Payer; 3]) {
    let caller = daemon.caller().unwrap();
    daemon.wait_until("trading", |_| {
        let statistics = caller.get("/ledger/statistics").ok()?.body;
        (statistics["charged_count"].as_u64()? > 0).then_some(())
    });
    let mut paid: Vec<String> = payers.into_iter().flat_map(Payer::end).collect();
    assert!(!paid.is_empty(), "the client was never answered");
    paid.extend(["recharge:while-full-1".to_owned(), "recharge:while-full-2".to_owned()]);
    daemon.wait_until("settled", |_| {
        caller.post("/ledger/sweep", &serde_json::json!({})).ok()?;
        let statistics = caller.get("/ledger/statistics").ok()?.body;
        (statistics["unsettled_count"] == 0).then_some(())
    });
    daemon.stop();
    assert_kept(&assert_exact(home), &paid);
}

/// T4. Once it is full nothing can be written down, so it is told before, and over when there is room.
#[test]
fn t4_disk_that_fills_is_told_while_there_is_room() {
    let folder = tempfile::TempDir::new().unwrap();
    let Some(disk) = Disk::mount(folder.path().join("disk")) else {
        return;
    };
    let home = home_on(&disk.folder).set("BURSAR__ALERTS__DISK_LOW_MIB", "8");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let low = |daemon: &Daemon| Some(alerts(&daemon.caller()?, "disk_low"));
    assert_eq!(low(&daemon), Some(vec![]));
    disk.fill_but(7);
    daemon.wait_until("told", |daemon| (low(daemon)? == [false]).then_some(()));
    let gauge = daemon.caller().unwrap().get("/metrics").unwrap().body;
    let shown = "bursar_disk_free_mebibytes{of=\"database\"} ";
    assert!(gauge.as_str().unwrap().contains(shown), "{gauge}");
    disk.free();
    daemon.wait_until("over", |daemon| (low(daemon)? == [true]).then_some(()));
    daemon.stop();
}
