//! A chain that pays what it is told to, once per key, and a payer that confirms it in the ledger.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr, Context, Handler};
use bursar::actors::ledger::LedgerActor;
use bursar::actors::mail::{Look, Post};
use bursar::ports::store::{PayoutFilter, Store};
use domain::chain::{BlockNumber, Hash};
use domain::ledger::{AccountKey, AccountKind, EntryKey, EntryKind, EscrowEntry, EscrowPosting, Request};
use domain::payout::{Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;
use domain::trigger::{Listing, TriggerEvent};

use super::ALL;

/// What the chain has paid, by key.
#[derive(Debug, Default)]
pub struct FakeChain(Mutex<BTreeMap<Hash, Payout>>);

impl FakeChain {
    fn pay(&self, payout: &Payout) {
        self.0
            .lock()
            .unwrap()
            .entry(payout.key)
            .or_insert_with(|| payout.clone());
    }

    /// Each payout on record was paid, as it is on record, and nothing else was.
    pub fn check(&self, payouts: &[Payout]) {
        let paid = self.0.lock().unwrap();
        assert_eq!(paid.len(), payouts.len());
        for payout in payouts {
            let on_chain = &paid[&payout.key];
            assert_eq!(
                (&on_chain.raw, on_chain.kind, on_chain.recipient),
                (&payout.raw, payout.kind, payout.recipient)
            );
        }
    }
}

/// Who is poked when there is something to pay, and does nothing but be there.
pub struct Ear;

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Handler<Look> for Ear {
    type Result = ();

    fn handle(&mut self, _: Look, _: &mut Self::Context) {}
}

/// Pays whatever is on record.
pub async fn pay_on(store: Arc<dyn Store>, ledger: Addr<LedgerActor>, chain: Arc<FakeChain>, pays: Arc<AtomicBool>) {
    let listing = super::listing();
    loop {
        tokio::time::sleep(Duration::from_millis(700)).await;
        if !pays.load(Ordering::Relaxed) {
            continue;
        }
        let filter = PayoutFilter {
            live: Some(true),
            ..PayoutFilter::default()
        };
        for payout in store.payouts(filter, ALL).await.unwrap() {
            chain.pay(&payout);
            let posting = confirmed(&*store, &listing, payout).await;
            let request = Request::Escrow(Arc::new(posting));
            // What fails is confirmed the next time.
            drop(ledger.send(Post { request }).await);
        }
    }
}

async fn confirmed(store: &dyn Store, listing: &Listing, payout: Payout) -> EscrowPosting {
    let asset = if payout.kind.is_money() {
        &listing.money
    } else {
        &listing.share
    };
    let (kind, other) = match payout.kind {
        PayoutKind::Mint | PayoutKind::Remint => (EntryKind::Mint, AccountKind::ShareSupply),
        PayoutKind::Refund | PayoutKind::Proceeds => (EntryKind::Payout, AccountKind::ChainCustody),
    };
    let account = |kind| AccountKey {
        kind,
        owner: listing.subscription.0,
        asset: asset.clone(),
    };
    let entry = EscrowEntry {
        key: EntryKey::payout(payout.id),
        kind,
        reference: format!("payout:{}", payout.id),
        remark: String::new(),
        lines: vec![
            (account(AccountKind::ChainEscrow), payout.amount.negated()),
            (account(other), payout.amount),
        ],
    };
    let trigger = store.trigger(payout.trigger).await.unwrap().unwrap();
    let payouts = store.payouts_of(&[trigger.id]).await.unwrap();
    let is_last = payouts.iter().all(|one| one.id == payout.id || one.state.is_final());
    let at = Timestamp(trigger.updated_at.0 + 1);
    let state = PayoutState::Confirmed {
        tx: payout.key,
        block: BlockNumber(1),
        at,
    };
    let entries = if payout.amount.is_zero() {
        Vec::new()
    } else {
        vec![entry]
    };
    let posting = EscrowPosting {
        entries,
        ..EscrowPosting::default()
    };
    let posting = posting.with_payout(Payout { state, ..payout });
    if is_last {
        return posting.with_trigger(trigger.on(&TriggerEvent::PaidOut, at).unwrap());
    }
    posting
}
