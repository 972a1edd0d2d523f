//! Sample rows of chains, complete and valid; stories change what they are about.

use std::sync::Arc;

use domain::chain::{
    Address, Block, BlockNumber, ChainEvent, ChainId, ChainLog, FollowState, Hash, LogKey, RawAmount, SeenLog,
    StoredLog, Subscription,
};
use domain::change::Change;
use domain::id::{PayoutId, StockOrderId, SubscriptionId, TriggerId};
use domain::market::{Action, Symbol};
use domain::payout::{Attempt, Payout, PayoutKind, PayoutState, payout_key};
use domain::stock::OrderMark;
use domain::time::Timestamp;
use domain::trigger::{StockOrder, StockOrderState, Trigger, TriggerKind, TriggerMove, TriggerState};
use domain::venue::VenueName;

use super::databases::{FullStore, Ground};
use super::samples::{amount, commit, furnished};

pub const CHAIN: ChainId = ChainId(31_337);
pub const SUBSCRIPTION: SubscriptionId = SubscriptionId(5);
/// 2^256 − 1.
pub const MOST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

pub fn hash(of: &str, number: u64) -> Hash {
    let mut bytes = [0xab; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    for (place, letter) in bytes[8..].iter_mut().zip(of.bytes()) {
        *place = letter;
    }
    Hash(bytes)
}

pub fn address(number: u8) -> Address {
    Address([number; 20])
}

pub fn subscription(id: i64) -> Subscription {
    Subscription {
        id: SubscriptionId(id),
        name: format!("apple {id}"),
        chain: CHAIN,
        contract: Address([u8::try_from(id).unwrap(); 20]),
        start: BlockNumber(99),
        cursor: BlockNumber(99),
        cursor_hash: None,
        genesis: None,
        follow: FollowState::Following,
        reorgs: 0,
        late_logs: 0,
        malformed: 0,
        updated_at: Timestamp(10_000),
        version: 0,
    }
}

pub fn block(number: u64) -> Block {
    Block {
        number: BlockNumber(number),
        hash: hash("block", number),
        parent: hash("block", number - 1),
        at: Timestamp(1_000 * i64::try_from(number).unwrap()),
    }
}

/// The log with this number in a transaction of its own: a deposit.
pub fn log(number: i64) -> StoredLog {
    let place = u64::try_from(number).unwrap();
    let block = block(100 + place / 10);
    StoredLog {
        subscription: SUBSCRIPTION,
        seen: SeenLog {
            log: ChainLog {
                key: LogKey {
                    chain: CHAIN,
                    tx: hash("tx", place),
                    index: 3,
                },
                block: block.number,
                block_hash: block.hash,
                address: address(5),
                topics: vec![hash("deposit", 0), hash("user", 1)],
                data: vec![0, 1, 2, 0xff],
                removed: false,
            },
            block,
            event: Ok(ChainEvent::Deposit {
                user: address(9),
                amount: RawAmount::from_units(100_000_000),
            }),
        },
        trigger: Some(TriggerId(number)),
        read_at: Timestamp(11_000),
        orphaned: false,
    }
}

/// The trigger of the log with this number.
pub fn trigger(number: i64) -> Trigger {
    let log = log(number);
    Trigger {
        id: TriggerId(number),
        log: log.seen.log.key,
        subscription: SUBSCRIPTION,
        kind: TriggerKind::Deposit,
        user: address(9),
        symbol: Symbol::new("US.AAPL"),
        block: log.seen.block.number,
        block_hash: log.seen.block.hash,
        block_at: log.seen.block.at,
        raw: RawAmount::from_units(100_000_000),
        amount: amount("100"),
        dust: RawAmount::zero(),
        price: None,
        filled: "0".parse().unwrap(),
        value: amount("0"),
        fee: amount("0"),
        orders: 0,
        state: TriggerState::Ready,
        error: None,
        next_at: None,
        expires_at: Timestamp(90_000),
        created_at: Timestamp(11_000),
        updated_at: Timestamp(11_000),
        version: 0,
    }
}

pub fn step(trigger: i64, number: u32) -> TriggerMove {
    TriggerMove {
        trigger: TriggerId(trigger),
        number,
        what: "trigger ready".to_owned(),
        note: "it's 准备好了".to_owned(),
        at: Timestamp(11_000),
        by: (number > 1).then(|| "ann".to_owned()),
    }
}

pub fn stock_order(id: i64, trigger: i64) -> StockOrder {
    StockOrder {
        id: StockOrderId(id),
        trigger: TriggerId(trigger),
        venue: VenueName::Futu,
        mark: OrderMark::new(&format!("bmem0ry{id}")).unwrap(),
        venue_id: None,
        symbol: Symbol::new("US.AAPL"),
        action: Action::Buy,
        quantity: "3".parse().unwrap(),
        limit: "33.25".parse().unwrap(),
        filled: "0".parse().unwrap(),
        average_price: None,
        fee: amount("0"),
        state: StockOrderState::Submitting,
        created_at: Timestamp(12_000),
        updated_at: Timestamp(12_000),
        version: 0,
    }
}

pub fn payout(id: i64, trigger: i64, kind: PayoutKind) -> Payout {
    Payout {
        id: PayoutId(id),
        kind,
        trigger: TriggerId(trigger),
        subscription: SUBSCRIPTION,
        chain: CHAIN,
        vault: address(5),
        recipient: address(9),
        raw: RawAmount::parse(MOST).unwrap(),
        amount: amount("2.5"),
        key: payout_key("mem0ry", TriggerId(trigger), kind),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: Timestamp(13_000),
        updated_at: Timestamp(13_000),
        version: 0,
    }
}

pub fn attempt(payout: Option<i64>, nonce: u64, number: u32) -> Attempt {
    Attempt {
        chain: CHAIN,
        payer: address(7),
        payout: payout.map(PayoutId),
        nonce,
        number,
        hash: hash("attempt", nonce.wrapping_mul(100).wrapping_add(u64::from(number))),
        raw: vec![2, 0xf8, 0, 0xff],
        gas: 90_000,
        max_fee: u128::MAX,
        tip: 1,
        signed_at: Timestamp(14_000),
    }
}

pub fn add_subscription(subscription: &Subscription) -> Change {
    Change::AddSubscription(Box::new(subscription.clone()))
}

pub fn update_subscription(subscription: &Subscription) -> Change {
    Change::UpdateSubscription(Box::new(subscription.clone()))
}

pub fn update_trigger(trigger: &Trigger) -> Change {
    Change::UpdateTrigger(Box::new(trigger.clone()))
}

pub fn add_order(order: &StockOrder) -> Change {
    Change::AddStockOrder(Box::new(order.clone()))
}

pub fn update_order(order: &StockOrder) -> Change {
    Change::UpdateStockOrder(Box::new(order.clone()))
}

pub fn update_payout(payout: &Payout) -> Change {
    Change::UpdatePayout(Box::new(payout.clone()))
}

pub fn add_attempt(attempt: &Attempt) -> Change {
    Change::AddAttempt(Box::new(attempt.clone()))
}

/// A store with the subscription, and the logs and triggers 1 to `count`.
pub async fn followed(ground: &Ground, count: i64) -> Arc<dyn FullStore> {
    let store = furnished(ground).await;
    commit(&*store, add_subscription(&subscription(SUBSCRIPTION.0))).await;
    commit(&*store, Change::AddLogs((1..=count).map(log).collect())).await;
    commit(&*store, Change::AddTriggers((1..=count).map(trigger).collect())).await;
    store
}
