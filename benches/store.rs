//! How many intents of robots the store commits per second, and how many closed positions a sweep settles.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "support/spread.rs"]
mod spread;

use std::path::Path;
use std::time::{Duration, Instant};

use bursar::actors::mail::{Purse, Recharge, RunJob};
use bursar::adapters::store::{SqlStore, StoreOptions, schema};
use bursar::assemble::{self, Ending};
use bursar::config::{self, Settings, Sources};
use bursar::jobs::sweep_unsettled;
use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{IdKind, OrderId, PositionId, UserId, VenueAccountId};
use domain::market::{Side, Symbol};
use domain::order::{Order, OrderState, Purpose, client_order_id};
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, Provenance};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{MarginMode, OrderKind, VenueName};
use futures::StreamExt;
use spread::tell;

const USERS: i64 = 1_000;
const INTENTS: u32 = 20_000;
const SETTLEMENTS: u32 = 20_000;
/// Changes per commit of rows that are there before anything is measured.
const CHUNK: usize = 500;

fn main() {
    for at_once in [1, 16, 256] {
        let directory = tempfile::tempdir().unwrap();
        actix::System::new().block_on(intents(directory.path(), at_once));
    }
    let directory = tempfile::tempdir().unwrap();
    actix::System::new().block_on(settlements(directory.path()));
}

/// Commits as robots make them before they send an order: a position and an order in one transaction.
async fn intents(directory: &Path, at_once: usize) {
    let settings = settings(directory);
    schema::up(&settings.database_url(), None).await.unwrap();
    let options = StoreOptions {
        url: settings.database_url(),
        max_connections: settings.store.max_connections,
        acquire_deadline: settings.store.acquire_deadline,
        statement_deadline: settings.store.statement_deadline,
    };
    let store = SqlStore::open(options).await.unwrap();
    write(&store, people()).await;
    let first = store.reserve_ids(IdKind::Order, INTENTS).await.unwrap();
    let ids = first..first + i64::from(INTENTS) / if at_once == 1 { 10 } else { 1 };
    let count = usize::try_from(ids.end - ids.start).unwrap();
    let begun = Instant::now();
    let commits = futures::stream::iter(ids.map(|id| commit(&store, id)));
    let waits: Vec<Duration> = commits.buffer_unordered(at_once).collect().await;
    rate(&format!("intents, {at_once} at once"), count, begun.elapsed());
    tell("  one commit", waits);
    store.close().await;
}

async fn commit(store: &SqlStore, id: i64) -> Duration {
    let position = position(id);
    let order = order(&position, id);
    let mut changes = ChangeSet::of(Change::AddPosition(Box::new(position)));
    changes.push(Change::AddOrder(Box::new(order)));
    let begun = Instant::now();
    store.commit(changes).await.unwrap();
    begun.elapsed()
}

/// The sweep over positions that closed with a profit, through the ledger's actor.
async fn settlements(directory: &Path) {
    let daemon = assemble::start(&settings(directory)).await.unwrap();
    let store = daemon.store.as_ref();
    write(store, people()).await;
    for user in 1..=USERS {
        let recharge = Recharge {
            reference: format!("first-{user}"),
            user: UserId(user),
            purse: Purse::Power,
            amount: Amount::whole(1_000).unwrap(),
            by: "bench".to_owned(),
            remark: String::new(),
        };
        daemon.actors.recharge().send(recharge).await.unwrap().unwrap();
    }
    let first = store.reserve_ids(IdKind::Position, SETTLEMENTS).await.unwrap();
    let ids = first..first + i64::from(SETTLEMENTS);
    let closed = ids.map(|id| Change::AddPosition(Box::new(closed(id))));
    write(store, closed.collect()).await;
    let name = sweep_unsettled::NAME.to_owned();
    let begun = Instant::now();
    let swept = daemon
        .actors
        .run_job()
        .send(RunJob::asked(&name, "bench"))
        .await
        .unwrap()
        .unwrap();
    rate(
        "settlements by the sweep",
        SETTLEMENTS.try_into().unwrap(),
        begun.elapsed(),
    );
    println!("  it says: {swept}");
    assert_eq!(store.unsettled().await.unwrap().count, 0);
    assert_eq!(daemon.stop(Ending::Asked).await, Ending::Asked);
}

fn settings(directory: &Path) -> Settings {
    let sources = Sources::default()
        .with_variable("BURSAR__DAEMON__STATE_DIRECTORY", &directory.display().to_string())
        .with_variable("BURSAR__HTTP__LISTEN", "127.0.0.1:0");
    config::load(&sources).unwrap()
}

fn rate(what: &str, count: usize, spent: Duration) {
    let per_second = u128::try_from(count).unwrap() * 1_000_000 / spent.as_micros();
    println!("{what}: {count} in {spent:.2?}, {per_second} per second");
}

fn people() -> Vec<Change> {
    let created_at = Timestamp(1);
    let users = (1..=USERS).map(|id| {
        Change::AddUser(User {
            id: UserId(id),
            name: format!("user-{id}"),
            created_at,
        })
    });
    let accounts = (1..=USERS).map(|id| {
        Change::AddVenueAccount(VenueAccount {
            id: VenueAccountId(id),
            user: UserId(id),
            venue: VenueName::Paper,
            label: format!("account-{id}"),
            mode: PositionMode::OneWay,
            created_at,
        })
    });
    users.chain(accounts).collect()
}

async fn write(store: &dyn Store, changes: Vec<Change>) {
    for chunk in changes.chunks(CHUNK) {
        let changes = chunk.to_vec();
        store.commit(ChangeSet { changes }).await.unwrap();
    }
}

fn position(id: i64) -> Position {
    let owner = id % USERS + 1;
    Position {
        id: PositionId(id),
        robot: None,
        user: UserId(owner),
        account: VenueAccountId(owner),
        venue: VenueName::Paper,
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Opening,
        quantity: "0".parse().unwrap(),
        entered: "0".parse().unwrap(),
        entry_notional: Amount::ZERO,
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Isolated,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement: Settlement::NotYet,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: None,
        created_at: Timestamp(2),
        updated_at: Timestamp(2),
        version: 0,
    }
}

fn closed(id: i64) -> Position {
    let profit = Amount::whole(7).unwrap();
    Position {
        state: PositionState::Closed {
            at: Timestamp(3),
            reason: CloseReason::TakeProfit,
            profit,
        },
        entered: "0.1".parse().unwrap(),
        entry_notional: Amount::whole(5_000).unwrap(),
        exit_notional: Amount::whole(5_007).unwrap(),
        realised: profit,
        provenance: Provenance::default(),
        settlement: Settlement::Pending,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: Some(Timestamp(2)),
        ..position(id)
    }
}

fn order(position: &Position, id: i64) -> Order {
    Order {
        id: OrderId(id),
        client_id: client_order_id("bench0", OrderId(id)),
        venue_id: None,
        position: position.id,
        robot: None,
        user: position.user,
        account: position.account,
        venue: position.venue,
        symbol: position.symbol.clone(),
        action: position.side.opening(),
        position_side: position.side,
        purpose: Purpose::Open,
        reduce_only: false,
        kind: OrderKind::Market,
        quantity: "0.1".parse().unwrap(),
        filled: "0".parse().unwrap(),
        average_price: None,
        leverage: position.leverage,
        margin_mode: position.margin_mode,
        state: OrderState::Submitting,
        created_at: position.created_at,
        updated_at: position.created_at,
        version: 0,
    }
}
