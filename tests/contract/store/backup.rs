//! A backup holds all tables at one moment, is restored on any database, and never half.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bursar::adapters::store::SqlStore;
use bursar::adapters::store::backup::{BackupError, Manifest, back_up, restore};
use bursar::adapters::store::schema;
use bursar::ports::store::{PaperRow, StoreError};
use domain::chain::{Anchor, BlockNumber};
use domain::change::{Change, ChangeSet};
use domain::id::VenueAccountId;
use domain::page::Page;
use domain::payout::PayoutKind;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use super::chain_samples::{
    SUBSCRIPTION, add_attempt, add_subscription, attempt, hash, log, payout, step, stock_order, subscription, trigger,
};
use super::databases::{FullStore, Ground, Kind, tell};
use super::job_samples::{add, begin, job, run};
use super::samples::*;

fn paper_row(number: i64) -> PaperRow {
    PaperRow {
        table: "fill",
        account: 70,
        key: format!("f{number}"),
        number,
        live: number % 2 == 0,
        content: format!("{{\"of\":\"it's \\\"多谢\\\" \\n {number}\"}}"),
    }
}

/// Something in every corner: more rows than a page, absent values, odd letters.
async fn filled(ground: &Ground) -> Arc<dyn FullStore> {
    let store = furnished(ground).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_position(&closed(2, 5, "1.00000001"))).await;
    let mut balance = 0;
    for seq in 1..=30 {
        let group = transfer(seq, &format!("key {seq} 😀"), (1, -balance), (2, balance), seq);
        commit(&*store, ledger(group)).await;
        balance += seq;
    }
    for start in (1..=2_500).step_by(500) {
        store.save((start..start + 500).map(paper_row).collect()).await.unwrap();
    }
    commit(&*store, add_subscription(&subscription(SUBSCRIPTION.0))).await;
    let mut unknown = log(3);
    (unknown.seen.event, unknown.trigger) = (Err("unknown".to_owned()), None);
    commit(&*store, Change::AddLogs(vec![log(1), log(2), unknown])).await;
    commit(&*store, Change::AddTriggers(vec![trigger(1), trigger(2)])).await;
    commit(&*store, Change::AddTriggerMoves(vec![step(1, 1), step(1, 2)])).await;
    commit(&*store, Change::AddStockOrder(Box::new(stock_order(1, 1)))).await;
    commit(&*store, Change::AddPayouts(vec![payout(1, 1, PayoutKind::Mint)])).await;
    commit(&*store, add_attempt(&attempt(Some(1), 0, 1))).await;
    let block = Anchor {
        subscription: SUBSCRIPTION,
        number: BlockNumber(7),
        hash: hash("block", 7),
    };
    let blocks = Change::AddAnchors {
        anchors: vec![block],
        subscription: SUBSCRIPTION,
        keep_from: BlockNumber(1),
        keep_to: BlockNumber(9),
    };
    commit(&*store, blocks).await;
    commit(&*store, add(&job("nightly"))).await;
    commit(&*store, begin(&run(1, 10))).await;
    store
}

async fn backed_up(ground: &Ground, folder: &Path) -> (PathBuf, Manifest) {
    let file = folder.join("bursar.backup");
    let manifest = back_up(&ground.options(), &file).await.unwrap();
    (file, manifest)
}

fn rows(manifest: &Manifest, table: &str) -> u64 {
    let mut tables = manifest.tables.iter();
    tables
        .find(|counted| counted.name == table)
        .map(|counted| counted.rows)
        .unwrap()
}

fn assert_chains_are_in(manifest: &Manifest) {
    let of_chains = [
        ("chain_subscription", 1),
        ("chain_anchor", 1),
        ("chain_log", 3),
        ("chain_trigger", 2),
        ("trigger_move", 2),
        ("stock_order", 1),
        ("payout", 1),
        ("payout_attempt", 1),
    ];
    for (table, count) in of_chains {
        assert_eq!(rows(manifest, table), count, "{table}");
    }
}

async fn assert_chains_go_on(store: &dyn FullStore, next: &dyn FullStore) {
    let (from, to) = (BlockNumber(0), BlockNumber(1_000));
    let logs = store.logs_between(SUBSCRIPTION, from, to).await.unwrap();
    assert_eq!(next.logs_between(SUBSCRIPTION, from, to).await.unwrap(), logs);
    assert_eq!(next.trigger(trigger(1).id).await.unwrap(), Some(trigger(1)));
    assert_eq!(
        next.attempts_of(payout(1, 1, PayoutKind::Mint).id).await.unwrap(),
        [attempt(Some(1), 0, 1)]
    );
    // Logs are counted on from where they were.
    let mut later = log(4);
    (later.seen.event, later.trigger) = (Err("unknown".to_owned()), None);
    commit(next, Change::AddLogs(vec![later.clone()])).await;
    assert_eq!(next.malformed_logs(Page::first(1)).await.unwrap()[0].1, later);
}

async fn restored_on(ground: Arc<Ground>, kind: Kind) {
    let store = filled(&ground).await;
    let folder = TempDir::new().unwrap();
    let (file, manifest) = backed_up(&ground, folder.path()).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((rows(&manifest, "entry"), rows(&manifest, "posting")), (30, 60));
    assert_eq!((rows(&manifest, "position"), rows(&manifest, "paper_row")), (2, 2_500));
    assert_eq!(
        (manifest.head.seq, manifest.head.digest.clone()),
        (30, digest(30).to_string())
    );
    assert_chains_are_in(&manifest);
    tell(kind, true, move |other| async move {
        let restored = restore(&other.options(), &file).await.unwrap();
        // Nobody opens it before somebody says that it holds.
        let answer = SqlStore::open(other.options()).await;
        let Err(StoreError::Unavailable(cause)) = answer else {
            panic!("{answer:?}");
        };
        let expected = "database holds a restore that was not verified: drop it, and restore into a new one";
        assert_eq!(cause.to_string(), expected);
        restored.accept().await.unwrap();
        let again = back_up(&other.options(), &folder.path().join("again")).await.unwrap();
        assert_eq!(again.tables, manifest.tables);
        assert_eq!(again.head, manifest.head);
        // What was there is read as before, and it goes on.
        let next = other.open().await;
        for id in [position(1).id, closed(2, 5, "1").id] {
            assert_eq!(next.position(id).await.unwrap(), store.position(id).await.unwrap());
        }
        assert_eq!(next.row("fill", "f7").await.unwrap(), Some(paper_row(7)));
        assert_eq!(next.jobs().await.unwrap(), [job("nightly")]);
        assert_eq!(next.job_run(run(1, 10).id).await.unwrap(), Some(run(1, 10)));
        assert_chains_go_on(&*store, &*next).await;
        commit(&*next, ledger(transfer(31, "k31", (1, -465), (2, 465), 1))).await;
        next.save(vec![paper_row(2_501)]).await.unwrap();
        let fills = next.rows_after("fill", VenueAccountId(70), 2_499, 9).await.unwrap();
        assert_eq!(fills, [paper_row(2_500), paper_row(2_501)]);
    })
    .await;
}

pub async fn s1_11_a_backup_is_restored_whole_on_sqlite(ground: Arc<Ground>) {
    restored_on(ground, Kind::Sqlite).await;
}

pub async fn s1_11_a_backup_is_restored_whole_on_postgres(ground: Arc<Ground>) {
    restored_on(ground, Kind::Postgres).await;
}

pub async fn s1_11_a_backup_is_restored_whole_on_mariadb(ground: Arc<Ground>) {
    restored_on(ground, Kind::MariaDb).await;
}

/// Each group moves a balance; a backup that saw two moments would hold entries that its balances do not know.
pub async fn s1_11_a_backup_sees_one_moment_while_commits_go_on(ground: Arc<Ground>) {
    let store = filled(&ground).await;
    let folder = TempDir::new().unwrap();
    let writing = Arc::clone(&store);
    let writer = tokio::spawn(async move {
        let mut balance = 465;
        for seq in 31..=230 {
            let group = transfer(seq, &format!("k{seq}"), (1, -balance), (2, balance), seq);
            commit(&*writing, ledger(group)).await;
            balance += seq;
        }
    });
    for round in 0..4 {
        let file = folder.path().join(format!("{round}.backup"));
        let manifest = back_up(&ground.options(), &file).await.unwrap();
        let head = manifest.head.seq;
        assert_eq!(rows(&manifest, "entry"), u64::try_from(head).unwrap());
        assert_eq!(rows(&manifest, "posting"), 2 * u64::try_from(head).unwrap());
        tell(Kind::Sqlite, true, move |other| async move {
            restore(&other.options(), &file).await.unwrap().accept().await.unwrap();
            let accounts = other.open().await.accounts(domain::page::Page::first(2)).await.unwrap();
            let sum = head * (head + 1) / 2;
            let balances: Vec<i64> = accounts.iter().map(|account| account.balance.units()).collect();
            assert_eq!(balances, [-sum, sum], "at entry {head}");
        })
        .await;
    }
    writer.await.unwrap();
}

/// S1-10: money tables are never overwritten.
pub async fn s1_10_only_an_empty_database_is_restored_into(ground: Arc<Ground>) {
    let store = filled(&ground).await;
    let folder = TempDir::new().unwrap();
    let (file, _) = backed_up(&ground, folder.path()).await;
    drop(store);
    let answer = restore(&ground.options(), &file).await;
    assert!(matches!(answer, Err(BackupError::NotEmpty(_))), "{answer:?}");
    let again = back_up(&ground.options(), &folder.path().join("after")).await.unwrap();
    assert_eq!(again.head.seq, 30);
    commit(&*ground.open().await, Change::AddUser(user(70))).await;
    // Nor is a backup overwritten.
    let answer = back_up(&ground.options(), &file).await;
    assert!(matches!(answer, Err(BackupError::File { .. })), "{answer:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// Tells what an empty database says to this file, and that it is still empty.
async fn refusal(file: PathBuf) -> String {
    let (said, heard) = std::sync::mpsc::channel();
    tell(Kind::Sqlite, true, move |other| async move {
        let error = restore(&other.options(), &file).await.unwrap_err();
        let BackupError::File { why, .. } = error else {
            panic!("{error:?}");
        };
        said.send(why.to_string()).unwrap();
        schema::up(&other.secret_url(), None).await.unwrap();
    })
    .await;
    heard.recv().unwrap()
}

fn unpacked(file: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(file).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn packed(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("changed");
    let mut out = GzEncoder::new(fs::File::create(&file).unwrap(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap();
    file
}

pub async fn s1_11_a_backup_that_was_damaged_changed_or_cut_is_refused(ground: Arc<Ground>) {
    drop(filled(&ground).await);
    let folder = TempDir::new().unwrap();
    let (file, _) = backed_up(&ground, folder.path()).await;
    let bytes = fs::read(&file).unwrap();
    let broken = folder.path().join("broken");
    for place in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 6] {
        let mut bytes = bytes.clone();
        bytes[place] ^= 4;
        fs::write(&broken, &bytes).unwrap();
        refusal(broken.clone()).await;
    }
    fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(refusal(broken.clone()).await, "it ends before its manifest");
    fs::write(&broken, "no backup").unwrap();
    assert_eq!(refusal(broken).await, "it is no backup that this binary reads");

    let text = unpacked(&file);
    let lines: Vec<&str> = text.lines().collect();
    let changed = text.replacen(
        "[\"POWER\",465,2,\"user_power\",",
        "[\"POWER\",999,2,\"user_power\",",
        1,
    );
    assert_ne!(changed, text);
    let table = "table `ledger_account` does not agree with its checksum: the file was damaged or changed";
    assert_eq!(refusal(packed(folder.path(), &changed)).await, table);
    // A row that is missing, two that changed places, and a table that is missing.
    let row = lines.iter().position(|line| line.contains("\"key 9 ")).unwrap();
    let without = [&lines[..row], &lines[row + 1..]].concat().join("\n") + "\n";
    let table = "table `entry` does not agree with its checksum: the file was damaged or changed";
    assert_eq!(refusal(packed(folder.path(), &without)).await, table);
    let mut swapped = lines.clone();
    swapped.swap(row, row + 1);
    let whole = "the whole does not agree with its checksum: the file was damaged or changed";
    assert_eq!(
        refusal(packed(folder.path(), &(swapped.join("\n") + "\n"))).await,
        whole
    );
    let first = lines.iter().position(|line| line.starts_with("{\"table\"")).unwrap();
    let end = lines.iter().position(|line| line.starts_with("{\"end\"")).unwrap();
    let without = [&lines[..first], &lines[end + 1..]].concat().join("\n") + "\n";
    assert_eq!(refusal(packed(folder.path(), &without)).await, whole);
}

/// The mark that is left by a process that died in the middle.
pub async fn a_restore_that_broke_off_leaves_a_database_that_nothing_opens(ground: Arc<Ground>) {
    drop(filled(&ground).await);
    let folder = TempDir::new().unwrap();
    let (file, _) = backed_up(&ground, folder.path()).await;
    let side = ground.connection().await;
    side.execute_unprepared("CREATE TABLE restore_unverified (started_at BIGINT NOT NULL)")
        .await
        .unwrap();
    let expected = "database holds a restore that was not verified: drop it, and restore into a new one";
    let answer = SqlStore::open(ground.options()).await;
    assert!(
        matches!(&answer, Err(StoreError::Unavailable(cause)) if cause.to_string() == expected),
        "{answer:?}"
    );
    let error = schema::up(&ground.secret_url(), None).await.unwrap_err();
    assert_eq!(error.to_string(), expected);
    let error = back_up(&ground.options(), &folder.path().join("x")).await.unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert!(restore(&ground.options(), &file).await.is_err());
}

/// The backup of rows that the tables refuse: whatever went wrong, the database is empty afterwards.
pub async fn a_restore_that_fails_leaves_an_empty_database(ground: Arc<Ground>) {
    drop(filled(&ground).await);
    let folder = TempDir::new().unwrap();
    let side = ground.connection().await;
    // One commit past the store: a posting whose account does not exist, which no database takes back.
    let ruin = match side.get_database_backend() {
        sea_orm::DbBackend::Sqlite => {
            "PRAGMA foreign_keys = OFF; UPDATE posting SET account_id = 99 WHERE entry_seq = 7"
        }
        _ => return,
    };
    side.execute_unprepared(ruin).await.unwrap();
    let (file, _) = backed_up(&ground, folder.path()).await;
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::MariaDb] {
        let file = file.clone();
        tell(kind, true, move |other| async move {
            let answer = restore(&other.options(), &file).await;
            assert!(matches!(answer, Err(BackupError::Database(_))), "{answer:?}");
            schema::up(&other.secret_url(), None).await.unwrap();
            let store = other.open().await;
            store.commit(ChangeSet::of(Change::AddUser(user(7)))).await.unwrap();
        })
        .await;
    }
}
