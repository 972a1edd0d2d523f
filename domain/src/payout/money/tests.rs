//! What confirmed payouts post.

use super::*;
use crate::chain::{Address, ChainId, LogKey, RawAmount};
use crate::fixed::Quantity;
use crate::id::{PayoutId, SubscriptionId, TriggerId};
use crate::ledger::GuardedRow;
use crate::market::Symbol;
use crate::payout::PayoutKind;
use crate::payout::moves::tests::{NOW, payout};
use crate::trigger::TriggerKind;

fn trigger(state: TriggerState) -> Trigger {
    Trigger {
        id: TriggerId(3),
        log: LogKey {
            chain: ChainId(31_337),
            tx: Hash([5; 32]),
            index: 0,
        },
        subscription: SubscriptionId(2),
        kind: TriggerKind::Deposit,
        user: Address([2; 20]),
        symbol: Symbol::new("US.AAPL"),
        block: BlockNumber(10),
        block_hash: Hash([6; 32]),
        block_at: Timestamp(1_000),
        raw: RawAmount::from_units(5_000_000),
        amount: "5".parse().unwrap(),
        dust: RawAmount::zero(),
        price: None,
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 1,
        state,
        error: None,
        next_at: None,
        expires_at: Timestamp(9_000_000),
        created_at: Timestamp(1_000),
        updated_at: Timestamp(1_000),
        version: 8,
    }
}

fn assets() -> VaultAssets {
    VaultAssets {
        money: Asset::new("USDT").unwrap(),
        share: Asset::new("AAPL").unwrap(),
    }
}

fn broadcast(kind: PayoutKind, id: i64) -> Payout {
    let base = payout(PayoutState::Broadcast {
        nonce: 5,
        hash: Hash([9; 32]),
        since: Timestamp(2_000),
    });
    Payout {
        id: PayoutId(id),
        kind,
        ..base
    }
}

fn posted(payout: &Payout, siblings: &[Payout], state: TriggerState) -> Result<EscrowPosting, ConfirmError> {
    let trigger = trigger(state);
    let assets = assets();
    let seen = Confirmation {
        payout,
        tx: Hash([9; 32]),
        block: BlockNumber(40),
        trigger: &trigger,
        siblings,
        moves: 4,
        assets: &assets,
    };
    confirmed(&seen, NOW)
}

fn words(entry: &EscrowEntry) -> Vec<String> {
    entry
        .lines
        .iter()
        .map(|(account, amount)| format!("{account} {amount}"))
        .collect()
}

#[test]
fn s3_13_a_confirmed_refund_is_one_posting_with_its_row_and_leaves_the_trigger_until_the_last() {
    let (refund, mint) = (broadcast(PayoutKind::Refund, 7), broadcast(PayoutKind::Mint, 8));
    let siblings = [refund.clone(), mint.clone()];
    let posting = posted(&refund, &siblings, TriggerState::Paying).unwrap();
    let [entry] = posting.entries.as_slice() else {
        panic!("{posting:?}")
    };
    assert_eq!(entry.key.as_str(), "payout:7");
    assert_eq!(words(entry), ["chain_escrow:2:USDT -1.5", "chain_custody:2:USDT 1.5"]);
    assert_eq!(posting.guards, [(GuardedRow::Payout(PayoutId(7)), 4)]);
    // The mint comes last.
    let done = refund
        .on(
            PayoutEvent::Confirmed {
                tx: Hash([9; 32]),
                block: BlockNumber(40),
            },
            NOW,
        )
        .unwrap();
    let posting = posted(&mint, &[done, mint.clone()], TriggerState::Paying).unwrap();
    assert_eq!(
        words(&posting.entries[0]),
        ["chain_escrow:2:AAPL -1.5", "share_supply:2:AAPL 1.5"]
    );
    let guards = [
        (GuardedRow::Payout(PayoutId(8)), 4),
        (GuardedRow::Trigger(TriggerId(3)), 8),
    ];
    assert_eq!(posting.guards, guards);
    let ended = posting.rows.iter().find_map(|row| match row {
        Change::UpdateTrigger(trigger) => Some(trigger.state),
        _ => None,
    });
    assert_eq!(ended, Some(TriggerState::Settled { at: NOW }));
    let lines = posting.rows.iter().find_map(|row| match row {
        Change::AddTriggerMoves(lines) => Some(lines.clone()),
        _ => None,
    });
    let told: Vec<(u32, String)> = lines
        .unwrap()
        .into_iter()
        .map(|line| (line.number, line.what))
        .collect();
    let told_so = [(5, "payout 8 confirmed".to_owned()), (6, "trigger settled".to_owned())];
    assert_eq!(told, told_so);
}

#[test]
fn s3_14_what_goes_back_ends_the_trigger_as_returned() {
    let remint = broadcast(PayoutKind::Remint, 7);
    let posting = posted(&remint, std::slice::from_ref(&remint), TriggerState::Returning).unwrap();
    assert!(posting.rows.iter().any(
        |row| matches!(row, Change::UpdateTrigger(trigger) if trigger.state == TriggerState::Returned { at: NOW })
    ));
    let early = posted(&remint, std::slice::from_ref(&remint), TriggerState::Ready);
    assert!(matches!(early, Err(ConfirmError::Trigger { .. })));
}

#[test]
fn s3_18_dust_alone_is_paid_and_moves_nothing_in_the_ledger() {
    let dust = Payout {
        amount: Amount::ZERO,
        raw: RawAmount::from_units(12),
        ..broadcast(PayoutKind::Refund, 7)
    };
    let posting = posted(&dust, std::slice::from_ref(&dust), TriggerState::Paying).unwrap();
    assert!(posting.entries.is_empty());
    assert_eq!(posting.rows.len(), 3);
    assert_eq!(open_money([&dust]), 12);
}
