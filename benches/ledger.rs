//! How many requests the ledger decides and writes: purely, and through its actor into an SQLite file.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::Recharge;
use bursar::adapters::store::{SqlStore, StoreOptions, schema};
use bursar::clock::{Clock, SystemClock};
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::UserId;
use domain::ledger::{Account, AccountKey, Facts, FreshIds, Head, Purse, Request, Rules, Transfer, decide};
use domain::settlement::PayOrder;
use domain::time::Timestamp;
use domain::user::User;
use futures::StreamExt;
use secrecy::SecretString;
use tokio::sync::watch;

const USERS: i64 = 1_000;
const GROUP: usize = 200;

fn rules() -> Rules {
    Rules {
        pay_order: PayOrder::GiftFirst,
        default_rate: "0.1".parse().unwrap(),
    }
}

fn main() {
    let groups = 200;
    let spent = purely(groups);
    report("decided, one hot account, pure", GROUP * groups, spent);
    for (name, users) in [("one hot wallet", 1), ("a thousand wallets", USERS)] {
        let requests = 20_000;
        let (spent, mut waits) = actix_rt::System::new().block_on(through_the_actor(requests, users));
        report(&format!("written to SQLite, {name}"), requests, spent);
        waits.sort_unstable();
        let at = |share: usize| waits[(waits.len() - 1) * share / 100];
        println!("  receipts: p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100));
    }
}

fn report(what: &str, count: usize, spent: Duration) {
    let count = u64::try_from(count).unwrap();
    let millis = u64::try_from(spent.as_millis()).unwrap().max(1);
    println!(
        "{what}: {count} requests in {millis} ms, {} per second",
        count * 1_000 / millis
    );
}

/// Groups of recharges to one account, decided one after the other.
fn purely(groups: usize) -> Duration {
    let mut accounts: Vec<Account> = Vec::new();
    let mut head = Head::EMPTY;
    let begun = Instant::now();
    for group in 0..groups {
        let requests: Vec<Request> = (0..GROUP).map(|number| recharge(group * GROUP + number)).collect();
        let facts = Facts {
            now: Timestamp(1),
            head: Some(head),
            accounts: accounts.clone(),
            fresh: FreshIds {
                accounts: 1..10,
                debts: 1..1,
            },
            users: vec![UserId(1)],
            ..Facts::default()
        };
        let decision = decide(facts, &rules(), &requests);
        assert_eq!(decision.write.entries.len(), GROUP);
        accounts = decision.touched;
        head = decision.head;
    }
    begun.elapsed()
}

fn recharge(number: usize) -> Request {
    Request::Recharge(Transfer {
        reference: format!("r{number}"),
        user: UserId(1),
        purse: Purse::Power,
        amount: Amount::ONE,
        by: "bench".to_owned(),
        remark: String::new(),
    })
}

/// Recharges by 400 senders at a time; answers the time spent, and each sender's wait.
async fn through_the_actor(requests: usize, users: i64) -> (Duration, Vec<Duration>) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(&folder).await;
    add_users(&*store).await;
    let ledger = start(Arc::clone(&store));
    let send = |number: usize| {
        let mail = Recharge {
            reference: format!("r{number}"),
            user: UserId(i64::try_from(number).unwrap() % users + 1),
            purse: Purse::Power,
            amount: Amount::ONE,
            by: "bench".to_owned(),
            remark: String::new(),
        };
        let ledger = ledger.clone();
        async move {
            let begun = Instant::now();
            ledger.send(mail).await.unwrap().unwrap();
            begun.elapsed()
        }
    };
    let begun = Instant::now();
    let waits = futures::stream::iter((0..requests).map(send))
        .buffer_unordered(2 * GROUP)
        .collect()
        .await;
    let spent = begun.elapsed();
    let verified = verify_ledger(&*store).await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!(verified.entries, u64::try_from(requests).unwrap());
    let issued = store.accounts_by_key(&[issuance()]).await.unwrap();
    assert_eq!(
        issued[0].balance.negated(),
        Amount::whole(i64::try_from(requests).unwrap()).unwrap()
    );
    (spent, waits)
}

fn issuance() -> AccountKey {
    Purse::Power.issuance()
}

async fn open(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let url = SecretString::from(format!("sqlite:{}", folder.path().join("bench.db").display()));
    schema::up(&url, None).await.unwrap();
    let options = StoreOptions {
        url,
        max_connections: 4,
        acquire_deadline: Duration::from_secs(20),
        statement_deadline: Duration::from_secs(20),
    };
    Arc::new(SqlStore::open(options).await.unwrap())
}

async fn add_users(store: &dyn Store) {
    let mut changes = ChangeSet::new();
    for id in 1..=USERS {
        changes.push(Change::AddUser(User {
            id: UserId(id),
            name: format!("user {id}"),
            created_at: Timestamp(1),
        }));
    }
    store.commit(changes).await.unwrap();
}

fn start(store: Arc<dyn Store>) -> Addr<LedgerActor> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let alerts = AlertActor::new(AlertDeps {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        retry_first: Duration::from_millis(100),
        retry_max: Duration::from_secs(10),
    });
    let alerts = alerts.start();
    let (fatal, _) = watch::channel(false);
    let options = LedgerOptions {
        rules: rules(),
        group_limit: GROUP,
        queue_limit: 10_000,
        retry_first: Duration::from_millis(100),
        retry_max: Duration::from_secs(10),
        deadline: Duration::from_secs(10),
    };
    let ledger = LedgerActor::new(LedgerDeps {
        store,
        clock,
        raises: alerts.clone().recipient(),
        resolves: alerts.recipient(),
        options,
        fatal,
    });
    ledger.start()
}
