//! Postings with rows beside them, through the ledger and the store: all of it in one commit, or nothing.

use std::sync::Arc;

use bursar::actors::mail::Post;
use domain::chain::{
    Address, Block, BlockNumber, ChainEvent, ChainId, ChainLog, FollowState, Hash, LogKey, RawAmount, SeenLog,
    StoredLog, Subscription,
};
use domain::change::Change;
use domain::fixed::Amount;
use domain::id::{SubscriptionId, TriggerId, UserId};
use domain::ledger::{
    AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting, PostAnswer, Purse, Request,
};
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::trigger::{Trigger, TriggerKind, TriggerMove, TriggerState};

use super::world::{World, commit};
use crate::databases::Ground;

const SUBSCRIPTION: SubscriptionId = SubscriptionId(5);

fn subscription() -> Subscription {
    Subscription {
        id: SUBSCRIPTION,
        name: "apple".to_owned(),
        chain: ChainId(1),
        contract: Address([5; 20]),
        start: BlockNumber(1),
        cursor: BlockNumber(1),
        cursor_hash: None,
        genesis: None,
        follow: FollowState::Following,
        reorgs: 0,
        late_logs: 0,
        malformed: 0,
        updated_at: Timestamp(1),
        version: 0,
    }
}

fn log(id: u8) -> StoredLog {
    let block = Block {
        number: BlockNumber(7),
        hash: Hash([7; 32]),
        parent: Hash([6; 32]),
        at: Timestamp(7),
    };
    StoredLog {
        subscription: SUBSCRIPTION,
        seen: SeenLog {
            log: ChainLog {
                key: LogKey {
                    chain: ChainId(1),
                    tx: Hash([id; 32]),
                    index: 0,
                },
                block: block.number,
                block_hash: block.hash,
                address: Address([5; 20]),
                topics: vec![Hash([1; 32])],
                data: vec![id],
                removed: false,
            },
            block,
            event: Ok(ChainEvent::Deposit {
                user: Address([9; 20]),
                amount: RawAmount::from_units(100_000_000),
            }),
        },
        trigger: Some(TriggerId(i64::from(id))),
        read_at: Timestamp(8),
        orphaned: false,
    }
}

fn trigger(id: u8) -> Trigger {
    let log = log(id);
    Trigger {
        id: TriggerId(i64::from(id)),
        log: log.seen.log.key,
        subscription: SUBSCRIPTION,
        kind: TriggerKind::Deposit,
        user: Address([9; 20]),
        symbol: Symbol::new("US.AAPL"),
        block: log.seen.block.number,
        block_hash: log.seen.block.hash,
        block_at: log.seen.block.at,
        raw: RawAmount::from_units(100_000_000),
        amount: "100".parse().unwrap(),
        dust: RawAmount::zero(),
        price: None,
        filled: "0".parse().unwrap(),
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 0,
        state: TriggerState::Ready,
        error: None,
        next_at: None,
        expires_at: Timestamp(90_000),
        created_at: Timestamp(8),
        updated_at: Timestamp(8),
        version: 0,
    }
}

fn account(kind: AccountKind) -> AccountKey {
    AccountKey {
        kind,
        owner: SUBSCRIPTION.0,
        asset: Asset::new("USDT").unwrap(),
    }
}

fn entry(key: EntryKey, kind: EntryKind, reference: &str, into_escrow: &str) -> EscrowEntry {
    let amount: Amount = into_escrow.parse().unwrap();
    EscrowEntry {
        key,
        kind,
        reference: reference.to_owned(),
        remark: "a test".to_owned(),
        lines: vec![
            (account(AccountKind::ChainEscrow), amount),
            (account(AccountKind::ChainCustody), amount.negated()),
        ],
    }
}

/// A page with these logs, read up to a block.
fn page(ids: &[u8], version: u32, cursor: u64) -> EscrowPosting {
    let given = |id: &u8| {
        let key = EntryKey::log(&log(*id).seen.log.key);
        entry(key, EntryKind::Contract, &format!("trigger:{id}"), "100")
    };
    let posting = EscrowPosting {
        entries: ids.iter().map(given).collect(),
        ..EscrowPosting::default()
    };
    posting
        .with(Change::AddLogs(ids.iter().map(|id| log(*id)).collect()))
        .with(Change::AddTriggers(ids.iter().map(|id| trigger(*id)).collect()))
        .with_subscription(Subscription {
            cursor: BlockNumber(cursor),
            cursor_hash: Some(Hash([7; 32])),
            version,
            ..subscription()
        })
}

async fn world(ground: &Ground) -> World {
    let world = World::on(ground).await;
    commit(&*world.store, Change::AddSubscription(Box::new(subscription()))).await;
    world
}

async fn post(world: &World, posting: EscrowPosting) -> Result<PostAnswer, String> {
    let request = Request::Escrow(Arc::new(posting));
    let receipt = world.ledger.send(Post { request }).await.unwrap();
    receipt.map(|receipt| receipt.answer).map_err(|error| error.to_string())
}

/// Cursor, triggers on record, and what is in escrow.
async fn written(world: &World) -> (u64, usize, String) {
    let subscriptions = world.store.subscriptions().await.unwrap();
    let mut triggers = 0;
    for id in 1..=9 {
        triggers += usize::from(world.store.trigger(TriggerId(id)).await.unwrap().is_some());
    }
    let held = world.balance(account(AccountKind::ChainEscrow)).await;
    (subscriptions[0].cursor.0, triggers, held)
}

pub async fn chn_1_a_page_of_logs_is_booked_once_with_its_triggers_and_its_cursor(ground: Arc<Ground>) {
    let world = world(&ground).await;
    let first = post(&world, page(&[1, 2], 0, 8)).await.unwrap();
    assert!(matches!(first, PostAnswer::Created { .. }), "{first:?}");
    assert_eq!(written(&world).await, (8, 2, "200".to_owned()));
    // The same once more, as after an answer that was lost.
    let again = post(&world, page(&[1, 2], 0, 8)).await.unwrap();
    assert!(matches!(again, PostAnswer::Exists { .. }), "{again:?}");
    // Another page on what is no more: of two that read, one is heard.
    let stale = post(&world, page(&[3], 0, 9)).await.unwrap();
    let reason = "Subscription(SubscriptionId(5)) was changed by somebody else".to_owned();
    assert_eq!(stale, PostAnswer::Rejected { reason });
    assert_eq!(written(&world).await, (8, 2, "200".to_owned()));
    post(&world, page(&[3], 1, 9)).await.unwrap();
    assert_eq!(written(&world).await, (9, 3, "300".to_owned()));
    assert_eq!(world.finding().await, "");
    world.stop().await;
}

pub async fn a_page_whose_second_entry_is_short_leaves_nothing(ground: Arc<Ground>) {
    let world = world(&ground).await;
    let mut posting = page(&[1], 0, 8);
    let key = EntryKey::treasury("too-much").unwrap();
    posting
        .entries
        .push(entry(key, EntryKind::Treasury, "subscription:5", "-100.00000001"));
    let answer = post(&world, posting).await.unwrap();
    let reason = "chain_escrow:5:USDT holds 100, too little for 100.00000001".to_owned();
    assert_eq!(answer, PostAnswer::Rejected { reason });
    assert_eq!(written(&world).await, (1, 0, "none".to_owned()));
    assert!(matches!(
        post(&world, page(&[1], 0, 8)).await,
        Ok(PostAnswer::Created { .. })
    ));
    world.stop().await;
}

/// Rows that the store refuses whatever is looked up again: their sender is told, and nobody else waits for it.
pub async fn a_posting_whose_rows_are_refused_writes_nothing_and_holds_up_nobody(ground: Arc<Ground>) {
    let world = world(&ground).await;
    post(&world, page(&[1], 0, 8)).await.unwrap();
    let line = TriggerMove {
        trigger: TriggerId(77),
        number: 1,
        what: "of nobody's trigger".to_owned(),
        note: String::new(),
        at: Timestamp(1),
        by: None,
    };
    let poisoned = page(&[2], 1, 9).with(Change::AddTriggerMoves(vec![line]));
    let recharge = world.recharge("beside", 7, Purse::Power, "5");
    let (answer, _) = tokio::join!(post(&world, poisoned), recharge);
    let told = answer.unwrap_err();
    assert!(told.contains("contradict each other"), "{told}");
    assert_eq!(world.balance(Purse::Power.account(UserId(7))).await, "5");
    assert_eq!(written(&world).await, (8, 1, "100".to_owned()));
    // What is within the bounds is posted afterwards.
    post(&world, page(&[2], 1, 9)).await.unwrap();
    assert_eq!(written(&world).await, (9, 2, "200".to_owned()));
    assert_eq!(world.finding().await, "");
    world.stop().await;
}

/// The audit compares rows and entries: a row that was changed past the ledger is found.
pub async fn trg_1_a_trigger_that_was_changed_past_the_ledger_is_found(ground: Arc<Ground>) {
    let world = world(&ground).await;
    post(&world, page(&[1, 2], 0, 8)).await.unwrap();
    assert_eq!(world.finding().await, "");
    let executed = Trigger {
        filled: "3".parse().unwrap(),
        state: TriggerState::Paying,
        ..trigger(2)
    };
    commit(&*world.store, Change::UpdateTrigger(Box::new(executed))).await;
    let found = world.finding().await;
    assert_eq!(found, "TRG-1: trigger 2 executed 3 and has 0 entries of a trade");
    world.stop().await;
}
