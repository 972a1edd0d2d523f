//! One round: what was read for it, and what it has found to do so far.

use std::collections::{HashMap, HashSet};

use domain::chain::{Block, BlockNumber, FollowState, Hash};
use domain::id::{PayoutId, SubscriptionId};
use domain::page::Page;
use domain::payout::fees::Market;
use domain::payout::nonces::Nonces;
use domain::payout::{Attempt, Payout, PayoutState, decide};
use domain::time::Timestamp;

use super::alerts::Wanted;
use super::cashier::Looked;
use super::deps::{PayoutDeps, PayoutError};
use crate::ports::chain::{BlockAt, ChainError};
use crate::ports::store::PayoutFilter;

/// Rows per read.
const PAGE: u32 = 500;

/// A transaction that is to go out.
pub(super) struct Parcel {
    /// The payout that it is for; `None` for one that fills a gap.
    pub payout: Option<Payout>,
    /// The transaction.
    pub attempt: Attempt,
}

/// A payout that is on the chain, deep enough.
pub(super) struct Done {
    pub payout: Payout,
    pub tx: Hash,
    pub block: BlockNumber,
}

/// What one look is decided on.
pub(super) struct Round {
    pub now: Timestamp,
    pub head: Block,
    pub nonces: Nonces,
    /// What gas costs; `None` while nobody tells.
    pub market: Option<Market>,
    /// Every payout of the chain that is not final.
    pub payouts: Vec<Payout>,
    pub follow: HashMap<SubscriptionId, FollowState>,
    /// Units of the money token in each vault; those that do not answer are left out.
    pub balances: HashMap<SubscriptionId, u128>,
    /// Wei that the payer holds; `None` while nobody tells.
    pub funds: Option<u128>,
    /// Payouts of which a transaction that succeeded is in a block.
    pub mined: HashSet<PayoutId>,
    /// Wei that transactions which wait may cost at most.
    pub gas_promised: u128,
    pub parcels: Vec<Parcel>,
    pub done: Vec<Done>,
    pub wanted: Wanted,
    /// What is on record about nonces is not known any more: nothing is signed until it is read again.
    pub is_blind: bool,
    pub looked: Looked,
}

impl Round {
    pub async fn read(deps: &PayoutDeps) -> Result<Self, PayoutError> {
        let payer = deps.payer();
        let (head, (latest, pending)) = futures::try_join!(
            deps.ask(deps.chain.block(BlockAt::Latest)),
            deps.ask(deps.chain.nonces(payer))
        )?;
        let head = head.ok_or_else(|| ChainError::Malformed("a chain without a newest block".to_owned()))?;
        let signed = deps.store.last_nonce(deps.chain.id(), payer).await?;
        let payouts = live(deps).await?;
        let subscriptions = deps.store.subscriptions().await?;
        let follow = subscriptions.into_iter().map(|row| (row.id, row.follow)).collect();
        let prices = deps.ask(deps.chain.gas_prices()).await;
        let live = payouts.len();
        Ok(Self {
            now: deps.clock.now(),
            head,
            nonces: Nonces {
                latest,
                pending,
                signed,
            },
            market: prices.ok().map(|prices| Market {
                base: prices.base,
                tip: prices.tip,
            }),
            payouts,
            follow,
            balances: HashMap::new(),
            funds: None,
            mined: HashSet::new(),
            gas_promised: 0,
            parcels: Vec::new(),
            done: Vec::new(),
            wanted: Wanted::default(),
            is_blind: false,
            looked: Looked {
                live,
                ..Looked::default()
            },
        })
    }

    /// Why nothing is signed or sent for a payout; `None` when something may be.
    pub fn barred(&self, payout: &Payout, deps: &PayoutDeps) -> Option<String> {
        let follow = deps
            .vault(payout.subscription)
            .and_then(|vault| self.follow.get(&vault.listing.subscription));
        decide::barred(follow, &deps.rules)
    }

    /// Payouts that something is signed for.
    pub fn flying(&self) -> Vec<Payout> {
        let is_flying =
            |state: &PayoutState| matches!(state, PayoutState::Signed { .. } | PayoutState::Broadcast { .. });
        let flying = self.payouts.iter().filter(|payout| is_flying(&payout.state));
        flying.cloned().collect()
    }

    /// Payouts that nothing is signed for, oldest first.
    pub fn queued(&self) -> Vec<Payout> {
        let queued = self.payouts.iter();
        let queued = queued.filter(|payout| payout.state == PayoutState::Queued);
        queued.cloned().collect()
    }

    /// Puts a payout in the place of what it was.
    pub fn replace(&mut self, changed: &Payout) {
        if let Some(place) = self.payouts.iter_mut().find(|payout| payout.id == changed.id) {
            place.clone_from(changed);
        }
    }

    /// Blocks from this one to the newest.
    pub const fn since(&self, block: BlockNumber) -> u64 {
        self.head.number.0.saturating_sub(block.0)
    }

    /// Sets the figures that operators watch.
    pub fn show(&self, deps: &PayoutDeps) {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let chain = deps.chain.id().to_string();
        for state in ["queued", "signed", "broadcast", "halted"] {
            let here = self.payouts.iter().filter(|payout| payout.state.as_str() == state);
            metrics::gauge!("bursar_payouts", "chain" => chain.clone(), "state" => state).set(count(here.count()));
        }
        let oldest = self.payouts.iter().map(|payout| payout.created_at).min();
        let age = oldest.map_or(0, |at| self.now.since(at).as_secs());
        metrics::gauge!("bursar_payouts_oldest_seconds", "chain" => chain.clone())
            .set(u32::try_from(age).unwrap_or(u32::MAX));
        let open = self.nonces.next().unwrap_or(u64::MAX) - self.nonces.latest;
        metrics::gauge!("bursar_payout_nonces_open", "chain" => chain).set(u32::try_from(open).unwrap_or(u32::MAX));
    }
}

/// Every payout of the chain that is not final, oldest first.
async fn live(deps: &PayoutDeps) -> Result<Vec<Payout>, PayoutError> {
    let filter = PayoutFilter {
        chain: Some(deps.chain.id()),
        live: Some(true),
        ..PayoutFilter::default()
    };
    let (mut all, mut page) = (Vec::new(), Page::first(PAGE));
    loop {
        let rows = deps.store.payouts(filter, page).await?;
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        page = Page::after(last.id.0, PAGE);
        all.extend(rows);
    }
}
