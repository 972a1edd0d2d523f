//! Orders that were taken and never came to the book: they are told as cancelled, as at Bybit, where the exchange refuses
//! them.
//!
//! They are kept in memory, and forgotten with the simulator's end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::fixed::{Amount, Quantity};
use domain::id::VenueAccountId;
use domain::paper::{PaperOrder, Setting};
use domain::time::Timestamp;
use domain::venue::{OrderKind, ReportedState};

use crate::simulator::exchange::Ask;

/// Ghosts that are kept of an account.
const KEPT: usize = 1_000;

/// An order that never came to the book, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ghost {
    /// As it would have been; its number is negative.
    pub order: PaperOrder,
    /// In Bybit's words.
    pub reason: &'static str,
}

/// The ghosts of all accounts.
#[derive(Debug, Default)]
pub(super) struct Ghosts(Mutex<BTreeMap<VenueAccountId, VecDeque<Ghost>>>);

impl Ghosts {
    /// Writes one down.
    pub fn add(
        &self,
        account: VenueAccountId,
        ask: &Ask,
        setting: Setting,
        now: Timestamp,
        reason: &'static str,
    ) -> PaperOrder {
        let mut all = self.lock();
        let own = all.entry(account).or_default();
        let last = own.back().map_or(0, |ghost| -ghost.order.number);
        let order = PaperOrder {
            account,
            number: -(last + 1).max(now.0),
            client_id: Some(ask.client_id.clone()),
            symbol: ask.symbol.clone(),
            action: ask.action,
            position_side: ask.position_side,
            limit: match ask.kind {
                OrderKind::Limit { price } => Some(price),
                OrderKind::Market => None,
            },
            quantity: ask.quantity,
            filled: Quantity::ZERO,
            reduce_only: ask.reduce_only,
            leverage: setting.leverage,
            margin_mode: setting.margin_mode,
            state: ReportedState::Cancelled,
            updated_at: now,
            rules: ask.rules,
            placed_at: now,
            spent: Amount::ZERO,
            fired: None,
            parent: None,
        };
        if own.len() == KEPT {
            own.pop_front();
        }
        let kept = order.clone();
        own.push_back(Ghost { order: kept, reason });
        order
    }

    /// Those of an account, oldest first.
    pub fn of(&self, account: VenueAccountId) -> Vec<Ghost> {
        self.lock()
            .get(&account)
            .map_or_else(Vec::new, |own| own.iter().cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<VenueAccountId, VecDeque<Ghost>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
