//! What a venue says after a close: it reaches the position through the scheduler and the store.

use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Fault, Target};
use bursar::ports::store::{PaperVault, PositionFilter, Store};
use domain::fixed::Amount;
use domain::id::{RobotId, VenueAccountId};
use domain::market::Side;
use domain::page::Page;
use domain::paper::{PaperAccount, PaperFill, PaperIncome};
use domain::position::Position;
use domain::robot::Wanted;
use domain::settlement::Settlement;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::world::{Daemon, RICH, ROBOTS, Troubles, World, btc, check};

const ACCOUNT: VenueAccountId = VenueAccountId(1);

async fn only_position(rows: &MemoryStore) -> Position {
    let mut found = rows.positions(PositionFilter::default(), Page::first(9)).await.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// Robot 1 opens a long in a rising market, and after so many quiet seconds a hand closes it with a profit that is charged.
async fn charge_one(daemon: &Daemon, quiet: u32) {
    for (robot, ..) in ROBOTS.iter().skip(1) {
        let stopped = daemon.change_robot(RobotId(*robot), |robot| robot.wanted = Wanted::Stopped);
        assert!(stopped.await);
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(25).await;
    for _ in 0..6 {
        daemon.second(&[(btc(), 50)]).await;
    }
    daemon.seconds(quiet).await;
    daemon.second(&[(btc(), 150)]).await;
    drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await);
    let stopped = daemon.change_robot(RobotId(1), |robot| robot.wanted = Wanted::Stopped);
    assert!(stopped.await);
    daemon.seconds(10).await;
    daemon.stop().await;
}

/// Changes a row of the venue behind everybody's back.
async fn rewrite<T: Serialize + DeserializeOwned>(
    rows: &MemoryStore,
    table: &'static str,
    key: &str,
    change: impl FnOnce(&mut T),
) {
    let mut row = rows.row(table, key).await.unwrap().unwrap();
    let mut content = serde_json::from_str(&row.content).unwrap();
    change(&mut content);
    row.content = serde_json::to_string(&content).unwrap();
    rows.save(vec![row]).await.unwrap();
}

/// The venue now says that its last fill was worth so much more.
async fn take_back(rows: &MemoryStore, more: Amount) {
    let fills = rows.rows_after("fill", ACCOUNT, 0, 100).await.unwrap();
    let last = fills.last().unwrap().key.clone();
    rewrite(rows, "fill", &last, |fill: &mut PaperFill| {
        fill.realised = fill.realised.plus(more).unwrap();
    })
    .await;
    rewrite_account(rows, |account| {
        account.realised = account.realised.plus(more).unwrap();
        account.balance = account.balance.plus(more).unwrap();
    })
    .await;
}

/// The venue now says that its last payment was so much more.
async fn pay_more(rows: &MemoryStore, more: Amount) {
    let paid = rows.rows_after("income", ACCOUNT, 0, 100).await.unwrap();
    let last = paid.last().expect("nothing was paid").key.clone();
    rewrite(rows, "income", &last, |income: &mut PaperIncome| {
        income.amount = income.amount.plus(more).unwrap();
    })
    .await;
    rewrite_account(rows, |account| {
        account.incomes = account.incomes.plus(more).unwrap();
        account.balance = account.balance.plus(more).unwrap();
    })
    .await;
}

async fn rewrite_account(rows: &MemoryStore, change: impl FnOnce(&mut PaperAccount)) {
    let accounts = rows.load().await.unwrap();
    let account = accounts
        .iter()
        .find(|row| row.table == "account" && row.account == ACCOUNT.0)
        .unwrap();
    rewrite(rows, "account", &account.key, change).await;
}

/// Reports repeat what they told before, several times.
async fn hear_again(daemon: &Daemon) {
    let repeats = (Target::Account(ACCOUNT), Fault::DuplicateFills);
    daemon.venue.faults().expect(repeats.0, repeats.1, 3);
    for _ in 0..3 {
        assert!(daemon.sync(ACCOUNT).await);
    }
    daemon.sweep().await;
    daemon.stop().await;
}

#[test]
fn s0_08_venue_that_takes_its_word_back_is_followed_once_and_the_charge_is_due_for_a_correction() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| charge_one(daemon, 0).await);
    let five: Amount = "5".parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (before, fills) = runtime.block_on(async {
        let position = only_position(&rows).await;
        assert!(
            matches!(position.settlement, Settlement::Charged { .. }),
            "{position:?}"
        );
        assert_eq!(position.settled_profit, position.closed_profit());
        take_back(&rows, five).await;
        (
            position,
            rows.fills_of(only_position(&rows).await.id).await.unwrap().len(),
        )
    });
    world.live(hear_again);
    runtime.block_on(async {
        let position = only_position(&rows).await;
        let more = before.closed_profit().unwrap().plus(five).unwrap();
        assert_eq!(position.closed_profit(), Some(more));
        assert_eq!(position.realised, before.realised.plus(five).unwrap());
        let recorded = rows.fills_of(position.id).await.unwrap();
        assert_eq!(recorded.len(), fills + 1, "one row more, however often it was told");
        assert!(position.provenance == before.provenance);
        assert!(position.correction_due() || position.corrections == 1, "{position:?}");
        assert_eq!(check(&rows, &world.witness).await, []);
    });
}

#[test]
fn s0_08_venue_that_paid_another_amount_after_all_is_followed_once_and_the_charge_is_corrected() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    // Funding is paid every two minutes.
    world.live(async |daemon| charge_one(daemon, 120).await);
    let five: Amount = "5".parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let before = runtime.block_on(async {
        let position = only_position(&rows).await;
        assert!(
            matches!(position.settlement, Settlement::Charged { .. }),
            "{position:?}"
        );
        pay_more(&rows, five).await;
        position
    });
    world.live(hear_again);
    runtime.block_on(async {
        let position = only_position(&rows).await;
        let more = before.closed_profit().unwrap().plus(five).unwrap();
        assert_eq!(position.closed_profit(), Some(more));
        assert_eq!(position.funding, before.funding.plus(five).unwrap());
        assert_eq!(position.provenance, before.provenance, "it is the same payment");
        assert_eq!((position.settled_profit, position.corrections), (Some(more), 1));
        assert_eq!(check(&rows, &world.witness).await, []);
    });
}
