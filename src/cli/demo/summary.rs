//! What the demo says at its end: counted from the store and the venue, not from memory.

use std::collections::BTreeSet;
use std::path::Path;

use domain::fixed::Amount;
use domain::ledger::AccountKind;
use domain::order::OrderState;
use domain::page::Page;
use domain::position::{ClosedBy, Origin, PositionState};
use domain::settlement::Settlement;
use domain::venue::ClientOrderId;
use serde::Serialize;

use crate::cli::demo::pool::PoolSummary;
use crate::cli::demo::vault::{self, VaultSummary};
use crate::ports::store::{OrderFilter, PositionFilter, Store, StoreError};

const PAGE: u32 = 500;

/// The demo in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Positions that were filled at least in part.
    pub positions_opened: u64,
    /// Positions that are flat again.
    pub positions_closed: u64,
    /// Of these, robots' positions with a profit.
    pub positions_profitable: u64,
    /// Of the closed ones, those that were closed by hand.
    pub positions_closed_by_hand: u64,
    /// Positions that nobody of ours opened.
    pub positions_external: u64,
    /// Profitable positions that are charged.
    pub charged: u64,
    /// Power that was charged.
    pub charged_power: Amount,
    /// Profitable positions whose power is owed.
    pub owed: u64,
    /// Power that is owed.
    pub owed_power: Amount,
    /// Profitable positions whose settlement is still pending.
    pub unsettled: u64,
    /// Entries in the ledger.
    pub entries: i64,
    /// Whether every invariant of the ledger holds.
    pub ledger_ok: bool,
    /// Orders that the venue accepted from us.
    pub orders_at_venue: u64,
    /// Orders on record that the venue accepted.
    pub orders_in_store: u64,
    /// What came of deposits and redemptions on a chain.
    pub vault: VaultSummary,
    /// What came of the pool.
    pub pool: PoolSummary,
}

impl Summary {
    /// Counts what the store alone can tell of robots and the ledger, while the demo runs.
    pub async fn so_far(store: &dyn Store) -> Result<Self, StoreError> {
        let mut summary = Self::default();
        summary.count_positions(store).await?;
        let settled = store.settled().await?;
        summary.charged = settled.charged_count;
        summary.charged_power = settled.charged_power;
        summary.owed = settled.owed_count;
        summary.owed_power = settled.owed_power;
        summary.entries = store.last_entry().await?.0;
        Ok(summary)
    }

    /// Counts everything; `accepted` are our ids that the venue has accepted, `ledger_ok` is the verifier's word.
    pub async fn at_the_end(
        store: &dyn Store,
        accepted: &BTreeSet<ClientOrderId>,
        ledger_ok: bool,
    ) -> Result<Self, StoreError> {
        let mut summary = Self {
            ledger_ok,
            ..Self::so_far(store).await?
        };
        summary.orders_at_venue = accepted.len() as u64;
        summary.orders_in_store = count_orders(store).await?;
        summary.vault = vault::outcome(store).await?.summary;
        Ok(summary)
    }

    /// Whether the demo kept its promises: the ledger holds, venue and store know the same orders, every profitable
    /// close is charged or owed, and every deposit and redemption has ended, with its shares on the chain.
    pub fn is_right(&self) -> bool {
        self.ledger_ok
            && self.orders_at_venue == self.orders_in_store
            && self.unsettled == 0
            && self.charged + self.owed == self.positions_profitable
            && self.vault.is_right()
            && self.pool.is_right()
    }

    /// For people.
    pub fn text(&self, directory: &Path) -> String {
        let verdict = if self.is_right() {
            "everything adds up"
        } else {
            "SOMETHING DOES NOT ADD UP"
        };
        format!(
            "\n{verdict}\n\
             positions   {} opened, {} closed ({} by hand), {} profitable, {} external\n\
             settlement  {} charged ({} power), {} owed ({} power), {} unsettled\n\
             ledger      {} entries, {}\n\
             orders      {} at the venue, {} in the store\n\
             {}\
             {}\
             kept in     {} (continue with --dir)\n",
            self.positions_opened,
            self.positions_closed,
            self.positions_closed_by_hand,
            self.positions_profitable,
            self.positions_external,
            self.charged,
            self.charged_power,
            self.owed,
            self.owed_power,
            self.unsettled,
            self.entries,
            if self.ledger_ok { "verified" } else { "NOT VERIFIED" },
            self.orders_at_venue,
            self.orders_in_store,
            self.vault.text(),
            self.pool.text(),
            directory.display(),
        )
    }

    async fn count_positions(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let mut page = Page::first(PAGE);
        loop {
            let positions = store.positions(PositionFilter::default(), page).await?;
            for position in &positions {
                self.positions_opened += u64::from(position.opened_at.is_some());
                self.positions_external += u64::from(position.origin == Origin::External);
                self.unsettled += u64::from(position.settlement == Settlement::Pending);
                if let PositionState::Closed { profit, reason, .. } = position.state {
                    self.positions_closed += 1;
                    let profitable = position.origin == Origin::Robot && profit.is_positive();
                    self.positions_profitable += u64::from(profitable);
                    self.positions_closed_by_hand += u64::from(reason.by() == ClosedBy::Manual);
                }
            }
            match positions.last() {
                Some(last) if positions.len() == PAGE as usize => page = Page::after(last.id.0, PAGE),
                _ => return Ok(()),
            }
        }
    }
}

/// Orders on record that the venue accepted: all but the refused ones.
async fn count_orders(store: &dyn Store) -> Result<u64, StoreError> {
    let mut count = 0;
    let mut page = Page::first(PAGE);
    loop {
        let orders = store.orders(OrderFilter::default(), page).await?;
        let accepted = |state: &OrderState| !matches!(state, OrderState::Refused { .. });
        count += orders.iter().filter(|order| accepted(&order.state)).count() as u64;
        match orders.last() {
            Some(last) if orders.len() == PAGE as usize => page = Page::after(last.id.0, PAGE),
            _ => return Ok(count),
        }
    }
}

/// A user's balances in one line of the view and the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purse {
    /// User.
    pub name: String,
    /// Gift power.
    pub gift: Amount,
    /// Power.
    pub power: Amount,
    /// Power owed.
    pub debt: Amount,
}

/// The balances of all users, in order of id.
pub async fn purses(store: &dyn Store) -> Result<Vec<Purse>, StoreError> {
    let users = store.users(Page::first(PAGE)).await?;
    let accounts = store.accounts(Page::first(PAGE)).await?;
    let balance = |owner: i64, kind: AccountKind| {
        let found = accounts
            .iter()
            .find(|account| account.key.owner == owner && account.key.kind == kind);
        found.map_or(Amount::ZERO, |account| account.balance)
    };
    Ok(users
        .into_iter()
        .map(|user| Purse {
            gift: balance(user.id.0, AccountKind::UserGiftPower),
            power: balance(user.id.0, AccountKind::UserPower),
            debt: balance(user.id.0, AccountKind::UserDebt),
            name: user.name,
        })
        .collect())
}
