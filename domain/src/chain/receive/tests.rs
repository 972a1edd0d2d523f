//! Pages of logs, and what they put on record.

use super::*;
use crate::chain::{ChainId, FollowState, Hash};
use crate::id::SubscriptionId;
use crate::ledger::GuardedRow;
use crate::market::Symbol;
use crate::trigger::{Fees, Late, PriceSource};
use crate::venue::VenueName;

pub const ID: SubscriptionId = SubscriptionId(3);
pub const USER: Address = Address([9; 20]);
pub const MOST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

pub fn listing() -> Listing {
    Listing {
        subscription: ID,
        name: "aapl".to_owned(),
        chain: ChainId(1),
        vault: Address([7; 20]),
        money_token: Address([1; 20]),
        money_decimals: 6,
        money: Asset::new("USDT").unwrap(),
        share_token: Address([2; 20]),
        share_decimals: 18,
        share: Asset::new("AAPL").unwrap(),
        venue: VenueName::Futu,
        symbol: Symbol::new("US.AAPL"),
        lot: "1".parse().unwrap(),
        min_deposit: Amount::ZERO,
        min_redeem: Amount::ZERO,
        slippage: "0.01".parse().unwrap(),
        fees: Fees::default(),
        price_source: PriceSource::Venue,
        feed: None,
        max_price_age_ms: 60_000,
        max_deviation: "0".parse().unwrap(),
        late_after_ms: 600_000,
        late: Late::Quote,
        patience_ms: 86_400_000,
    }
}

pub fn subscription() -> Subscription {
    Subscription {
        id: ID,
        name: "aapl".to_owned(),
        chain: ChainId(1),
        contract: Address([7; 20]),
        start: BlockNumber(10),
        cursor: BlockNumber(10),
        cursor_hash: None,
        genesis: None,
        follow: FollowState::Following,
        reorgs: 0,
        late_logs: 0,
        malformed: 0,
        updated_at: Timestamp(0),
        version: 4,
    }
}

pub fn block(number: u64, branch: u8) -> Block {
    let hash = |number: u64| {
        let mut bytes = [branch; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Hash(bytes)
    };
    Block {
        number: BlockNumber(number),
        hash: hash(number),
        parent: hash(number.saturating_sub(1)),
        at: Timestamp(i64::try_from(number).unwrap() * 12_000),
    }
}

pub fn deposit(units: &str) -> Result<ChainEvent, String> {
    Ok(ChainEvent::Deposit {
        user: USER,
        amount: RawAmount::parse(units).unwrap(),
    })
}

pub fn redeem(units: &str) -> Result<ChainEvent, String> {
    Ok(ChainEvent::Redeem {
        user: USER,
        shares: RawAmount::parse(units).unwrap(),
    })
}

pub fn log(block: Block, tx: u8, index: u32, event: Result<ChainEvent, String>) -> SeenLog {
    let log = ChainLog {
        key: LogKey {
            chain: ChainId(1),
            tx: Hash([tx; 32]),
            index,
        },
        block: block.number,
        block_hash: block.hash,
        address: Address([7; 20]),
        topics: Vec::new(),
        data: Vec::new(),
        removed: false,
    };
    SeenLog { log, block, event }
}

fn received(is_paused: bool, seen: Vec<SeenLog>, reach: Reach) -> Received {
    let (subscription, listing) = (subscription(), listing());
    let reception = Reception {
        subscription: &subscription,
        listing: &listing,
        is_paused,
        first_trigger: TriggerId(70),
        now: Timestamp(1_000_000),
    };
    receive(reception, seen, reach)
}

fn to(number: u64) -> Reach {
    Reach::To {
        last: block(number, 1),
        blocks: (11..=number).map(|number| block(number, 1)).collect(),
        back: Vec::new(),
    }
}

fn logs(received: &Received) -> Vec<StoredLog> {
    let rows = received.posting.rows.iter();
    let logs = rows.filter_map(|row| match row {
        Change::AddLogs(logs) => Some(logs.clone()),
        _ => None,
    });
    logs.flatten().collect()
}

fn triggers(received: &Received) -> Vec<Trigger> {
    let rows = received.posting.rows.iter();
    let triggers = rows.filter_map(|row| match row {
        Change::AddTriggers(triggers) => Some(triggers.clone()),
        _ => None,
    });
    triggers.flatten().collect()
}

#[test]
fn s3_01_each_event_of_one_transaction_is_an_entry_and_a_trigger_of_its_own() {
    let seen = (0..50).map(|index| log(block(12, 1), 5, index, deposit("1000000")));
    let received = received(false, seen.collect(), to(12));
    assert_eq!((received.triggers, received.posting.entries.len()), (50, 50));
    let ids: Vec<i64> = triggers(&received).iter().map(|trigger| trigger.id.0).collect();
    assert_eq!(ids, (70..120).collect::<Vec<_>>());
    let keys: std::collections::HashSet<_> = received.posting.entries.iter().map(|entry| &entry.key).collect();
    assert_eq!(keys.len(), 50);
}

#[test]
fn a_deposit_and_a_redemption_are_booked_into_escrow_and_wait_for_their_orders() {
    let seen = vec![
        log(block(12, 1), 5, 0, deposit("1500000")),
        log(block(13, 1), 6, 4, redeem("2000000000123456789")),
    ];
    let received = received(false, seen, to(14));
    let lines: Vec<Vec<String>> = received
        .posting
        .entries
        .iter()
        .map(|entry| {
            entry
                .lines
                .iter()
                .map(|(account, amount)| format!("{account} {amount}"))
                .collect()
        })
        .collect();
    assert_eq!(lines[0], ["chain_escrow:3:USDT 1.5", "chain_custody:3:USDT -1.5"]);
    assert_eq!(lines[1], ["chain_escrow:3:AAPL 2", "share_supply:3:AAPL -2"]);
    let triggers = triggers(&received);
    assert_eq!(triggers[1].dust.as_str(), "123456789");
    assert_eq!(triggers[0].state, TriggerState::Ready);
    assert_eq!(triggers[0].block_at, Timestamp(144_000));
    assert_eq!(triggers[0].expires_at, Timestamp(87_400_000));
    assert_eq!(received.posting.entries[1].reference, "trigger:71");
    let after = &received.subscription;
    assert_eq!(
        (after.cursor.0, after.cursor_hash, after.version),
        (14, Some(block(14, 1).hash), 5)
    );
    assert_eq!(received.posting.guards, [(GuardedRow::Subscription(ID), 4)]);
}

#[test]
fn s3_05_what_arrives_while_paused_is_recorded_and_held() {
    let received = received(true, vec![log(block(12, 1), 5, 0, deposit("1500000"))], to(12));
    assert_eq!(triggers(&received)[0].state, TriggerState::Held);
    assert_eq!((received.posting.entries.len(), logs(&received).len()), (1, 1));
}

#[test]
fn t8_what_cannot_be_counted_is_recorded_with_the_reason_and_acts_on_nothing() {
    let bad = [
        (deposit("0"), "the amount is zero".to_owned()),
        (redeem("0"), "the amount is zero".to_owned()),
        (deposit(MOST), format!("the amount {MOST} is beyond the ledger's range")),
        (
            redeem("9999999999"),
            "the amount 9999999999 is finer than the ledger counts".to_owned(),
        ),
        (Err("unknown topic".to_owned()), "unknown topic".to_owned()),
    ];
    let seen = bad
        .iter()
        .zip(0..)
        .map(|((event, _), index)| log(block(12, 1), 5, index, event.clone()));
    let received = received(false, seen.collect(), to(12));
    assert_eq!((received.triggers, received.malformed), (0, 5));
    assert_eq!(received.subscription.malformed, 5);
    assert!(received.posting.entries.is_empty());
    for (stored, (_, why)) in logs(&received).iter().zip(&bad) {
        assert_eq!((&stored.seen.event, stored.trigger), (&Err(why.clone()), None));
    }
}

#[test]
fn s3_08_the_cursor_moves_in_the_same_commit_as_the_logs_below_it() {
    let empty = received(false, Vec::new(), to(300));
    assert!(empty.posting.entries.is_empty());
    let Change::AddAnchors {
        anchors,
        keep_from,
        keep_to,
        ..
    } = &empty.posting.rows[0]
    else {
        panic!("{:?}", empty.posting.rows);
    };
    assert_eq!((keep_from.0, keep_to.0, anchors.len()), (45, 300, 256));
    assert!(
        matches!(&empty.posting.rows[1], Change::UpdateSubscription(row) if row.cursor.0 == 300 && row.version == 4)
    );
    assert_eq!(empty.posting.rows.len(), 2);
}

#[test]
fn t8_a_log_that_is_found_below_the_cursor_is_received_late_and_moves_no_cursor() {
    let late = received(false, vec![log(block(9, 1), 5, 0, deposit("1"))], Reach::Below);
    assert_eq!(
        (late.subscription.cursor, late.subscription.late_logs, late.triggers),
        (BlockNumber(10), 1, 1)
    );
    assert!(
        !late
            .posting
            .rows
            .iter()
            .any(|row| matches!(row, Change::AddAnchors { .. }))
    );
}

#[test]
fn a_search_begins_so_many_blocks_below_the_cursor_but_not_below_the_start() {
    let at = |cursor: u64| Subscription {
        cursor: BlockNumber(cursor),
        cursor_hash: Some(Hash([1; 32])),
        ..subscription()
    };
    assert_eq!(scan_from(&at(100), 20), Some(BlockNumber(81)));
    assert_eq!(scan_from(&at(15), 20), Some(BlockNumber(11)));
    assert_eq!(scan_from(&subscription(), 20), None);
}
