//! Whoever owes too much power opens nothing more, and closes as before: by exits, on request, and once stopped.

use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{DebtId, LedgerAccountId, PositionId, UserId};
use domain::ledger::{
    Account, BalanceMove, Debt, DebtState, Digest, Entry, EntryKey, EntryKind, EntrySeq, LedgerWrite, Posting,
    clearing, debt_of,
};
use domain::position::{CloseReason, PositionState};
use domain::time::Timestamp;

use super::ASK;
use super::world::{World, in_world};

fn owed() -> Amount {
    "100.00000001".parse().unwrap()
}

/// What is owed, in the books.
fn booked() -> LedgerWrite {
    let owed = owed();
    let accounts = [(1, debt_of(UserId(1))), (2, clearing())].map(|(id, key)| Account {
        id: LedgerAccountId(id),
        key,
        balance: Amount::ZERO,
    });
    let amounts = [owed, owed.negated()];
    let lines = [0, 1].map(|line| Posting {
        account: accounts[line].id,
        amount: amounts[line],
        before: Amount::ZERO,
        after: amounts[line],
    });
    let balances = lines.map(|line| BalanceMove {
        account: line.account,
        before: line.before,
        after: line.after,
    });
    let entry = Entry {
        seq: EntrySeq(1),
        key: EntryKey::stored("settle:1".to_owned()),
        kind: EntryKind::PowerSettle,
        at: Timestamp(1),
        reference: "position:1".to_owned(),
        remark: String::new(),
        by: None,
        postings: lines.to_vec(),
        previous: Digest::default(),
        digest: Digest::default(),
    };
    LedgerWrite {
        opened: accounts.to_vec(),
        balances: balances.to_vec(),
        entries: vec![entry],
        ..LedgerWrite::default()
    }
}

/// The user owes a little more than this world's limit, for a position.
async fn owe(world: &World, position: PositionId) {
    let debt = Debt {
        id: DebtId(1),
        user: UserId(1),
        position,
        correction: 0,
        owed: owed(),
        entry: EntrySeq(1),
        state: DebtState::Owed,
        created_at: Timestamp(1),
    };
    let write = LedgerWrite {
        debts: vec![debt],
        ..booked()
    };
    let changes = ChangeSet::of(Change::Ledger(Box::new(write)));
    world.store.commit(changes).await.unwrap();
}

/// Flat again, and another direction: nothing is opened, nothing was reserved for it.
async fn opens_nothing_more(world: &World) {
    let orders = world.orders().await.len();
    let asked = world.told.asked.lock().unwrap().len();
    for _ in 0..11 {
        world.tick("100").await;
    }
    world.tick("97").await;
    assert_eq!(world.orders().await.len(), orders);
    assert_eq!(world.told.asked.lock().unwrap().len(), asked);
}

async fn closes_for(world: &World, reason: CloseReason) {
    assert_eq!(world.position().await.state, PositionState::Closing { reason });
    assert_eq!(world.order_words().await[1..], [("close", "filled")]);
    world.fill("100").await;
    assert_eq!(world.position().await.state.as_str(), "closed");
}

#[tokio::test(start_paused = true)]
async fn a_debtor_is_stopped_out_and_opens_nothing_more() {
    in_world(|world| async move {
        let position = world.open().await;
        owe(&world, position.id).await;
        world.tick("99.9").await;
        closes_for(&world, CloseReason::StopLoss).await;
        opens_nothing_more(&world).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_debtor_closes_on_request() {
    in_world(|world| async move {
        let position = world.open().await;
        owe(&world, position.id).await;
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Ok(()));
        closes_for(&world, CloseReason::Requested).await;
        opens_nothing_more(&world).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stopped_robot_of_a_debtor_takes_its_profit() {
    in_world(|world| async move {
        let position = world.open().await;
        owe(&world, position.id).await;
        world.change(|robot| robot.stop(Timestamp(2))).await;
        world.tick("107").await;
        world.tick("105.5").await;
        closes_for(&world, CloseReason::TakeProfit).await;
        world.change(|robot| robot.start(Timestamp(3))).await;
        opens_nothing_more(&world).await;
    })
    .await;
}
