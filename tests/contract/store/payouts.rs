//! What leaves: one payout per trigger and kind, one nonce per payout, and nothing signed is overwritten.

use std::sync::Arc;

use bursar::ports::store::PayoutFilter;
use domain::chain::{BlockNumber, ChainId, RawAmount};
use domain::change::{Change, ChangeSet};
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::page::Page;
use domain::payout::{Attempt, Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;

use super::chain_samples::*;
use super::databases::{FullStore, Ground};
use super::samples::{amount, commit, refused};

async fn with_payouts(ground: &Ground, payouts: Vec<Payout>) -> Arc<dyn FullStore> {
    let store = followed(ground, 4).await;
    commit(&*store, Change::AddPayouts(payouts)).await;
    store
}

pub async fn every_state_of_a_payout_is_read_back(ground: Arc<Ground>) {
    let store = with_payouts(&ground, vec![payout(1, 1, PayoutKind::Refund)]).await;
    let mut stored = payout(1, 1, PayoutKind::Refund);
    assert_eq!(store.payout(PayoutId(1)).await.unwrap(), Some(stored.clone()));
    let halted = |nonce| PayoutState::Halted {
        reason: "it's 不足".to_owned(),
        at: Timestamp(4),
        nonce,
    };
    for state in [
        PayoutState::Signed { nonce: 0 },
        PayoutState::Broadcast {
            nonce: 7,
            hash: hash("attempt", 7),
            since: Timestamp(3),
        },
        halted(Some(7)),
        halted(None),
        PayoutState::Confirmed {
            tx: hash("attempt", 7),
            block: BlockNumber(123),
            at: Timestamp(5),
        },
        PayoutState::Queued,
    ] {
        let mut next = Payout {
            state,
            ..stored.clone()
        };
        next.note = Some("waits for 'gas'".to_owned());
        next.attempts += 1;
        commit(&*store, update_payout(&next)).await;
        next.version += 1;
        assert_eq!(store.payout(PayoutId(1)).await.unwrap(), Some(next.clone()));
        stored = next;
    }
    assert_eq!(
        store.versions(&[GuardedRow::Payout(PayoutId(1))]).await.unwrap(),
        [(GuardedRow::Payout(PayoutId(1)), 6)]
    );
}

pub async fn one_payout_per_trigger_and_kind_and_one_name_on_chain(ground: Arc<Ground>) {
    let first = payout(1, 1, PayoutKind::Mint);
    let store = with_payouts(&ground, vec![first.clone(), payout(2, 1, PayoutKind::Refund)]).await;
    let mut same_name = payout(3, 2, PayoutKind::Mint);
    same_name.key = first.key;
    let mut again = payout(3, 1, PayoutKind::Mint);
    again.key = hash("another", 1);
    let nobodys = payout(3, 9, PayoutKind::Mint);
    let mut negative = payout(3, 2, PayoutKind::Mint);
    negative.amount = amount("-1");
    for wrong in [same_name, again, nobodys, negative] {
        refused(
            &*store,
            Change::AddPayouts(vec![payout(4, 3, PayoutKind::Remint), wrong]),
        )
        .await;
    }
    let change = |change: fn(&mut Payout)| {
        let mut next = first.clone();
        change(&mut next);
        update_payout(&next)
    };
    let wrong = [
        change(|next| next.version = 1),
        change(|next| next.kind = PayoutKind::Remint),
        change(|next| next.trigger = TriggerId(2)),
        change(|next| next.subscription = SubscriptionId(6)),
        change(|next| next.chain = ChainId(1)),
        change(|next| next.vault = address(1)),
        change(|next| next.recipient = address(1)),
        change(|next| next.raw = RawAmount::from_units(1)),
        change(|next| next.amount = amount("2.50000001")),
        change(|next| next.key = hash("another", 1)),
        change(|next| next.state = PayoutState::Signed { nonce: u64::MAX }),
    ];
    for wrong in wrong {
        refused(&*store, wrong).await;
    }
    let found = store
        .payouts_of(&[TriggerId(2), TriggerId(1), TriggerId(1)])
        .await
        .unwrap();
    assert_eq!(found, [first, payout(2, 1, PayoutKind::Refund)]);
}

pub async fn payouts_are_found_and_summed(ground: Arc<Ground>) {
    let mut late = payout(4, 2, PayoutKind::Proceeds);
    (late.created_at, late.recipient) = (Timestamp(14_000), address(8));
    let most = amount("90000000000");
    late.amount = most;
    let payouts = vec![
        payout(1, 1, PayoutKind::Mint),
        payout(2, 1, PayoutKind::Refund),
        payout(3, 2, PayoutKind::Remint),
        late,
    ];
    let store = with_payouts(&ground, payouts).await;
    let confirmed = PayoutState::Confirmed {
        tx: hash("x", 1),
        block: BlockNumber(1),
        at: Timestamp(1),
    };
    commit(
        &*store,
        update_payout(&Payout {
            state: confirmed,
            ..payout(2, 1, PayoutKind::Refund)
        }),
    )
    .await;
    let found = async |filter: PayoutFilter, page: Page| -> Vec<i64> {
        let found = store.payouts(filter, page).await.unwrap();
        found.iter().map(|payout| payout.id.0).collect()
    };
    let (all, ten) = (PayoutFilter::default(), Page::first(10));
    assert_eq!(found(all, Page::after(1, 2)).await, [2, 3]);
    assert_eq!(
        found(
            PayoutFilter {
                live: Some(true),
                chain: Some(CHAIN),
                ..all
            },
            ten
        )
        .await,
        [1, 3, 4]
    );
    assert_eq!(
        found(
            PayoutFilter {
                live: Some(true),
                ..all
            },
            Page::after(1, 1)
        )
        .await,
        [3]
    );
    assert_eq!(
        found(
            PayoutFilter {
                live: Some(false),
                ..all
            },
            ten
        )
        .await,
        [2]
    );
    assert_eq!(
        found(
            PayoutFilter {
                state: Some("queued"),
                subscription: Some(SUBSCRIPTION),
                ..all
            },
            ten
        )
        .await,
        [1, 3, 4]
    );
    assert_eq!(
        found(
            PayoutFilter {
                chain: Some(ChainId(1)),
                ..all
            },
            ten
        )
        .await,
        [0; 0]
    );
    assert_eq!(
        found(
            PayoutFilter {
                chain: Some(ChainId(u64::MAX)),
                ..all
            },
            ten
        )
        .await,
        [0; 0]
    );
    assert_eq!(
        found(
            PayoutFilter {
                subscription: Some(SubscriptionId(6)),
                ..all
            },
            ten
        )
        .await,
        [0; 0]
    );
    let paid = async |money: bool, recipient: Option<u8>, since: i64| {
        let recipient = recipient.map(address);
        let sum = store.paid_since(SUBSCRIPTION, money, recipient, Timestamp(since)).await;
        sum.map(|sum| sum.to_string()).unwrap_or("too much".to_owned())
    };
    assert_eq!(paid(false, None, 0).await, "5");
    assert_eq!(paid(true, Some(9), 13_000).await, "2.5");
    assert_eq!(paid(true, Some(9), 13_001).await, "0");
    assert_eq!(paid(true, Some(8), 0).await, "90000000000");
    // Beyond the bound a sum is an error, not a wrong number.
    assert_eq!(paid(true, None, 0).await, "too much");
    assert_eq!(paid(true, None, 14_000).await, "90000000000");
}

/// PAY-1: one nonce, one payout.
pub async fn what_was_signed_is_kept_and_a_nonce_is_of_one_payout(ground: Arc<Ground>) {
    let payouts = vec![payout(1, 1, PayoutKind::Mint), payout(2, 2, PayoutKind::Mint)];
    let store = with_payouts(&ground, payouts).await;
    assert_eq!(store.last_nonce(CHAIN, address(7)).await.unwrap(), None);
    let (first, second, gap) = (attempt(Some(1), 0, 1), attempt(Some(1), 0, 2), attempt(None, 1, 1));
    for signed in [&first, &second, &gap] {
        commit(&*store, add_attempt(signed)).await;
    }
    let mut hashed = attempt(Some(2), 5, 1);
    hashed.hash = first.hash;
    let wrong = [
        first.clone(),
        hashed,
        attempt(Some(2), 0, 3),
        attempt(Some(9), 5, 1),
        attempt(Some(2), 5, 0),
        attempt(Some(2), u64::MAX, 1),
    ];
    for wrong in wrong {
        refused(&*store, add_attempt(&wrong)).await;
    }
    // Nobody's fills a gap after somebody's, and the nonce stays whose it was.
    commit(&*store, add_attempt(&attempt(None, 0, 3))).await;
    refused(&*store, add_attempt(&attempt(Some(2), 0, 4))).await;
    let last = attempt(Some(2), u64::try_from(i64::MAX).unwrap(), 1);
    let other_payer = Attempt {
        payer: address(6),
        hash: hash("other", 1),
        ..attempt(Some(2), 9, 1)
    };
    let other_chain = Attempt {
        chain: ChainId(1),
        hash: hash("other", 2),
        ..attempt(Some(2), 0, 1)
    };
    let all = [&last, &other_payer, &other_chain].map(add_attempt);
    store.commit(ChangeSet { changes: all.to_vec() }).await.unwrap();
    assert_eq!(
        store.attempts_of(PayoutId(1)).await.unwrap(),
        [first.clone(), second.clone()]
    );
    let at = store.attempts_at(CHAIN, address(7), &[1, 0, 7, 1]).await.unwrap();
    assert_eq!(at, [first, second, attempt(None, 0, 3), gap]);
    assert_eq!(store.last_nonce(CHAIN, address(7)).await.unwrap(), Some(last.nonce));
    assert_eq!(store.last_nonce(CHAIN, address(6)).await.unwrap(), Some(9));
    assert_eq!(store.last_nonce(ChainId(1), address(7)).await.unwrap(), Some(0));
}
