//! What is read from chains, guarded as in the SQL store: subscriptions, blocks and logs.

use std::collections::BTreeMap;

use domain::chain::{Address, Anchor, BlockNumber, ChainId, Hash, LogKey, MovedLog, StoredLog, Subscription};
use domain::id::SubscriptionId;
use domain::ledger::GuardedRow;
use domain::payout::{Attempt, Payout, PayoutKind};
use domain::stock::OrderMark;
use domain::trigger::{StockOrder, Trigger, TriggerMove};
use domain::venue::{VenueName, VenueOrderId};

use super::super::sql::SLOTS;
use super::chain_rules::{is_log, is_narrow, is_subscription};
use super::journal::{Journal, Refusal};
use super::state::State;

/// The tables of chains. Keys are ids unless said otherwise.
#[derive(Debug, Default)]
pub struct Chains {
    pub subscriptions: BTreeMap<i64, Subscription>,
    pub subscription_names: BTreeMap<String, i64>,
    pub contracts: BTreeMap<(ChainId, Address), i64>,
    /// By subscription and slot; what is kept.
    pub anchors: BTreeMap<(i64, u64), Anchor>,
    /// By order of arrival, from 1.
    pub logs: BTreeMap<i64, StoredLog>,
    pub log_keys: BTreeMap<LogKey, i64>,
    pub triggers: BTreeMap<i64, Trigger>,
    pub trigger_logs: BTreeMap<LogKey, i64>,
    pub live_triggers: BTreeMap<i64, ()>,
    /// By trigger and number.
    pub moves: BTreeMap<(i64, u32), TriggerMove>,
    pub stock_orders: BTreeMap<i64, StockOrder>,
    pub marks: BTreeMap<OrderMark, i64>,
    pub stock_ids: BTreeMap<(VenueName, VenueOrderId), i64>,
    /// By trigger.
    pub open_stock_orders: BTreeMap<i64, i64>,
    pub payouts: BTreeMap<i64, Payout>,
    pub payout_kinds: BTreeMap<(i64, PayoutKind), i64>,
    pub payout_keys: BTreeMap<Hash, i64>,
    pub live_payouts: BTreeMap<i64, ()>,
    /// By chain, payer, nonce and number.
    pub attempts: BTreeMap<(ChainId, Address, u64, u32), Attempt>,
    pub attempt_hashes: BTreeMap<Hash, ()>,
}

impl Journal<'_> {
    pub fn add_subscription(&mut self, subscription: &Subscription) -> Result<(), Refusal> {
        self.require(is_subscription(subscription))?;
        let (id, contract) = (subscription.id.0, (subscription.chain, subscription.contract));
        self.add(
            |state| &mut state.chains.subscription_names,
            subscription.name.clone(),
            id,
        )?;
        self.add(|state| &mut state.chains.contracts, contract, id)?;
        self.add(|state| &mut state.chains.subscriptions, id, subscription.clone())
    }

    pub fn update_subscription(&mut self, subscription: &Subscription) -> Result<(), Refusal> {
        let id = subscription.id.0;
        let stored = self.state.chains.subscriptions.get(&id).cloned();
        let same = stored.filter(|stored| {
            stored.version == subscription.version
                && stored.chain == subscription.chain
                && stored.contract == subscription.contract
        });
        let stored = same.ok_or_else(|| Refusal(self.what.clone()))?;
        self.require(is_subscription(subscription))?;
        self.remove(|state| &mut state.chains.subscription_names, stored.name);
        self.add(
            |state| &mut state.chains.subscription_names,
            subscription.name.clone(),
            id,
        )?;
        let next = Subscription {
            version: subscription.version + 1,
            ..subscription.clone()
        };
        self.put(|state| &mut state.chains.subscriptions, id, next);
        Ok(())
    }

    pub fn add_anchors(
        &mut self,
        anchors: &[Anchor],
        subscription: SubscriptionId,
        keep_from: BlockNumber,
        keep_to: BlockNumber,
    ) -> Result<(), Refusal> {
        let own = self
            .state
            .chains
            .anchors
            .range((subscription.0, 0)..=(subscription.0, SLOTS));
        let beyond = own.filter(|(_, anchor)| anchor.number < keep_from || anchor.number > keep_to);
        let forgotten: Vec<(i64, u64)> = beyond.map(|(key, _)| *key).collect();
        for key in forgotten {
            self.remove(|state| &mut state.chains.anchors, key);
        }
        for anchor in anchors.iter().filter(|anchor| anchor.number >= keep_from) {
            let id = anchor.subscription.0;
            self.require(is_narrow(anchor.number.0) && self.state.chains.subscriptions.contains_key(&id))?;
            self.put(
                |state| &mut state.chains.anchors,
                (id, anchor.number.0 % SLOTS),
                *anchor,
            );
        }
        Ok(())
    }

    pub fn add_log(&mut self, log: &StoredLog) -> Result<(), Refusal> {
        self.require(is_log(log))?;
        self.require(self.state.chains.subscriptions.contains_key(&log.subscription.0))?;
        let last = self.state.chains.logs.keys().next_back();
        let seq = last.map_or(1, |last| last + 1);
        self.add(|state| &mut state.chains.log_keys, log.seen.log.key, seq)?;
        self.add(|state| &mut state.chains.logs, seq, log.clone())
    }

    /// All of them leave their places before the first takes its new one.
    pub fn move_logs(&mut self, moved: &[MovedLog]) -> Result<(), Refusal> {
        let mut left = Vec::with_capacity(moved.len());
        for one in moved {
            let seq = self.state.chains.log_keys.get(&one.from).copied();
            left.push(seq.ok_or_else(|| Refusal(self.what.clone()))?);
            self.remove(|state| &mut state.chains.log_keys, one.from);
        }
        for (one, seq) in moved.iter().zip(left) {
            let stored = self.state.chains.logs.get(&seq).cloned();
            let mut log = stored.ok_or_else(|| Refusal(self.what.clone()))?;
            log.orphaned = one.block.is_none();
            if let Some(block) = one.block {
                self.require(is_narrow(block.number.0))?;
                log.seen.log.key.index = one.index;
                log.seen.log.block = block.number;
                log.seen.log.block_hash = block.hash;
                log.seen.block = block;
            }
            self.add(|state| &mut state.chains.log_keys, log.seen.log.key, seq)?;
            self.put(|state| &mut state.chains.logs, seq, log);
        }
        Ok(())
    }
}

/// The version of a guarded row.
pub fn version(state: &State, row: GuardedRow) -> Option<u32> {
    let chains = &state.chains;
    match row {
        GuardedRow::Subscription(id) => chains.subscriptions.get(&id.0).map(|row| row.version),
        GuardedRow::Trigger(id) => chains.triggers.get(&id.0).map(|row| row.version),
        GuardedRow::Payout(id) => chains.payouts.get(&id.0).map(|row| row.version),
        GuardedRow::Product(id) => state.pools.products.get(&id.0).map(|row| row.version),
        GuardedRow::Holding(id) => state.pools.holdings.get(&id.0).map(|row| row.version),
    }
}

/// Blocks that are kept, newest first.
pub fn anchors(state: &State, subscription: SubscriptionId, limit: u32) -> Vec<Anchor> {
    let own = state
        .chains
        .anchors
        .range((subscription.0, 0)..=(subscription.0, SLOTS));
    let mut own: Vec<Anchor> = own.map(|(_, anchor)| *anchor).collect();
    own.sort_unstable_by_key(|anchor| std::cmp::Reverse(anchor.number));
    own.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    own
}

/// Logs of a subscription in a range of blocks, in order.
pub fn logs_between(state: &State, subscription: SubscriptionId, from: BlockNumber, to: BlockNumber) -> Vec<StoredLog> {
    let logs = state.chains.logs.values();
    let own = logs.filter(|log| log.subscription == subscription && (from..=to).contains(&log.seen.log.block));
    let mut own: Vec<StoredLog> = own.cloned().collect();
    own.sort_by_key(|log| (log.seen.log.block, log.seen.log.key.index));
    own
}
