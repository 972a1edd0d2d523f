//! How many requests the ledger decides and writes: purely, and through its actor into an SQLite file.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{Actor, Addr, MailboxError};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::{MailError, Recharge, Settle};
use bursar::adapters::store::{SqlStore, StoreOptions, schema};
use bursar::clock::{Clock, SystemClock};
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Quantity};
use domain::id::{PositionId, UserId, VenueAccountId};
use domain::ledger::{Account, Facts, FreshIds, Head, Purse, Request, Rules, Transfer, decide};
use domain::market::{Side, Symbol};
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{MarginMode, VenueName};
use futures::StreamExt;
use secrecy::SecretString;
use tokio::sync::watch;

const USERS: i64 = 1_000;
const GROUP: usize = 200;
const REQUESTS: usize = 20_000;

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
        let (spent, waits) = actix_rt::System::new().block_on(recharges(REQUESTS, users));
        report(&format!("recharges written to SQLite, {name}"), REQUESTS, spent);
        report_waits(waits);
    }
    let (spent, waits) = actix_rt::System::new().block_on(settlements(REQUESTS));
    report("settlements written to SQLite, a thousand users", REQUESTS, spent);
    report_waits(waits);
}

fn report_waits(mut waits: Vec<Duration>) {
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100];
    println!("  receipts: p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100));
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
async fn recharges(requests: usize, users: i64) -> (Duration, Vec<Duration>) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(&folder).await;
    add_users(&*store).await;
    let ledger = start(Arc::clone(&store));
    let send = |number: usize| ledger.send(brings(number, i64::try_from(number).unwrap() % users + 1));
    let timed = timed(requests, send).await;
    let verified = verify_ledger(&*store).await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!(verified.entries, u64::try_from(requests).unwrap());
    let issued = store.accounts_by_key(&[Purse::Power.issuance()]).await.unwrap();
    assert_eq!(
        issued[0].balance.negated(),
        Amount::whole(i64::try_from(requests).unwrap()).unwrap()
    );
    timed
}

/// Settlements of closed positions by 400 senders at a time.
async fn settlements(requests: usize) -> (Duration, Vec<Duration>) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = open(&folder).await;
    add_users(&*store).await;
    let ledger = start(Arc::clone(&store));
    for user in 1..=USERS {
        ledger
            .send(brings(usize::try_from(user).unwrap(), user))
            .await
            .unwrap()
            .unwrap();
    }
    let ids: Vec<i64> = (1..=i64::try_from(requests).unwrap()).collect();
    for ids in ids.chunks(500) {
        let positions = ids.iter().map(|id| Change::AddPosition(Box::new(closed(*id))));
        let changes = positions.collect();
        store.commit(ChangeSet { changes }).await.unwrap();
    }
    let send = |number: usize| {
        let position = PositionId(i64::try_from(number).unwrap() + 1);
        ledger.send(Settle { position })
    };
    let timed = timed(requests, send).await;
    let verified = verify_ledger(&*store).await.unwrap();
    assert_eq!((verified.finding, verified.pending), (None, 0));
    assert_eq!(
        verified.entries,
        u64::try_from(requests).unwrap() + USERS.unsigned_abs()
    );
    timed
}

/// Sends all, 400 at a time.
async fn timed<F, R, T>(requests: usize, send: F) -> (Duration, Vec<Duration>)
where
    F: Fn(usize) -> R,
    R: Future<Output = Result<Result<T, MailError>, MailboxError>>,
{
    let one = |number: usize| {
        let sent = send(number);
        async move {
            let begun = Instant::now();
            sent.await.unwrap().unwrap();
            begun.elapsed()
        }
    };
    let begun = Instant::now();
    let sent = futures::stream::iter((0..requests).map(one)).buffer_unordered(2 * GROUP);
    let waits = sent.collect().await;
    (begun.elapsed(), waits)
}

fn brings(number: usize, user: i64) -> Recharge {
    Recharge {
        reference: format!("r{number}"),
        user: UserId(user),
        purse: Purse::Power,
        amount: Amount::ONE,
        by: "bench".to_owned(),
        remark: String::new(),
    }
}

/// A closed position of which half can be paid.
fn closed(id: i64) -> Position {
    let profit = if id <= USERS * 10 { "1" } else { "1.00000001" };
    let profit: Amount = profit.parse().unwrap();
    let user = id % USERS + 1;
    Position {
        id: PositionId(id),
        robot: None,
        user: UserId(user),
        account: VenueAccountId(user),
        venue: VenueName::parse("paper").unwrap(),
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Closed {
            at: Timestamp(1),
            reason: CloseReason::TakeProfit,
            profit,
        },
        quantity: Quantity::ZERO,
        entered: Quantity::ONE,
        entry_notional: Amount::ONE,
        exit_notional: Amount::ONE,
        realised: profit,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        settlement: Settlement::Pending,
        opened_at: Some(Timestamp(1)),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 1,
    }
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
        changes.push(Change::AddVenueAccount(VenueAccount {
            id: VenueAccountId(id),
            user: UserId(id),
            venue: VenueName::parse("paper").unwrap(),
            label: format!("account {id}"),
            mode: PositionMode::OneWay,
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
