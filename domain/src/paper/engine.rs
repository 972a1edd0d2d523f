//! The engine: all accounts and boards, and the acts upon them.

use std::collections::{BTreeMap, BTreeSet};

use crate::fixed::{Amount, NumberError, Price};
use crate::id::VenueAccountId;
use crate::market::{Symbol, Tick};
use crate::paper::account::{PaperAccount, PaperPosition};
use crate::paper::board::Board;
use crate::paper::draft::Draft;
use crate::paper::income::{PaperFill, PaperIncome};
use crate::paper::liquidation::{Terms, available};
use crate::paper::market::PaperMarket;
use crate::paper::order::PaperOrder;
use crate::paper::refused::Refused;
use crate::time::Timestamp;
use crate::user::PositionMode;

/// The matching engine. Every act returns what it changed; nothing else changes.
#[derive(Debug)]
pub struct Engine {
    pub(super) accounts: BTreeMap<VenueAccountId, PaperAccount>,
    pub(super) boards: Boards,
}

/// All markets.
#[derive(Debug)]
pub(super) struct Boards(pub BTreeMap<Symbol, Board>);

/// Rows that an act changed, and what was there before.
#[derive(Debug, Default)]
pub struct Effects {
    /// Accounts whose row changed.
    pub accounts: BTreeSet<VenueAccountId>,
    /// Positions as they are now; closed ones have a quantity of zero.
    pub positions: Vec<PaperPosition>,
    /// Orders as they are now.
    pub orders: Vec<PaperOrder>,
    /// New fills.
    pub fills: Vec<PaperFill>,
    /// New incomes.
    pub incomes: Vec<PaperIncome>,
    /// The market whose funding was charged, and the time of funding.
    pub funded: Option<(Symbol, Timestamp)>,
    /// Accounts on which nothing was done because a number left its range.
    pub failed: Vec<(VenueAccountId, NumberError)>,
    before: Vec<Before>,
}

/// What was there before an act.
#[derive(Debug)]
enum Before {
    Account(Box<PaperAccount>),
    NoAccount(VenueAccountId),
    Funded(Symbol, Option<Timestamp>),
}

/// An accepted order and its effects.
#[derive(Debug)]
pub struct Placed {
    /// The order after matching.
    pub order: PaperOrder,
    /// What changed.
    pub effects: Effects,
}

impl Terms for Boards {
    fn market(&self, symbol: &Symbol) -> Option<&PaperMarket> {
        self.0.get(symbol).map(|board| &board.market)
    }

    fn last(&self, symbol: &Symbol) -> Option<Price> {
        self.0.get(symbol)?.last.map(|tick| tick.price)
    }
}

impl Effects {
    /// Whether nothing was changed.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// Remembers that a market's funding was charged.
    pub(super) fn fund(&mut self, symbol: &Symbol, due: Timestamp, before: Option<Timestamp>) {
        self.before.push(Before::Funded(symbol.clone(), before));
        self.funded = Some((symbol.clone(), due));
    }

    /// Adds what happened after this.
    pub fn absorb(&mut self, later: Self) {
        self.accounts.extend(later.accounts);
        self.positions.extend(later.positions);
        self.orders.extend(later.orders);
        self.fills.extend(later.fills);
        self.incomes.extend(later.incomes);
        self.funded = later.funded.or(self.funded.take());
        self.failed.extend(later.failed);
        self.before.extend(later.before);
    }
}

impl Engine {
    /// An engine without accounts.
    pub fn new(markets: impl IntoIterator<Item = PaperMarket>) -> Self {
        let boards = markets
            .into_iter()
            .map(|market| (market.instrument.symbol.clone(), Board::new(market)));
        Self {
            accounts: BTreeMap::new(),
            boards: Boards(boards.collect()),
        }
    }

    /// Takes in an account as it was stored, with its positions and resting orders.
    pub fn admit(&mut self, account: PaperAccount) {
        if let Some(before) = self.accounts.remove(&account.id) {
            self.boards.leave(&before);
        }
        self.boards.enter(&account);
        self.accounts.insert(account.id, account);
    }

    /// Makes an account known, with a starting balance the first time, and sets its position mode.
    pub fn prepare(&mut self, id: VenueAccountId, mode: PositionMode, credit: Amount) -> Result<Effects, Refused> {
        let mut effects = Effects::default();
        let Some(account) = self.accounts.get(&id) else {
            effects.before.push(Before::NoAccount(id));
            effects.accounts.insert(id);
            self.admit(PaperAccount::new(id, mode, credit));
            return Ok(effects);
        };
        if account.mode == mode {
            return Ok(effects);
        }
        if !account.positions.is_empty() {
            return Err(Refused::PositionModeWithPosition);
        }
        if !account.orders.is_empty() {
            return Err(Refused::PositionModeWithOrders);
        }
        effects.before.push(Before::Account(Box::new(account.clone())));
        effects.accounts.insert(id);
        let changed = PaperAccount {
            mode,
            ..account.clone()
        };
        self.admit(changed);
        Ok(effects)
    }

    /// One account.
    pub fn account(&self, id: VenueAccountId) -> Option<&PaperAccount> {
        self.accounts.get(&id)
    }

    /// All accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &PaperAccount> {
        self.accounts.values()
    }

    /// One market's terms.
    pub fn market(&self, symbol: &Symbol) -> Option<&PaperMarket> {
        self.boards.market(symbol)
    }

    /// The listed markets.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.boards.0.keys()
    }

    /// A market's last tick.
    pub fn last(&self, symbol: &Symbol) -> Option<Tick> {
        self.boards.0.get(symbol)?.last
    }

    /// When a market's funding was last charged.
    pub fn funded_at(&self, symbol: &Symbol) -> Option<Timestamp> {
        self.boards.0.get(symbol)?.funded_at
    }

    /// Sets when a market's funding was last charged, as it was stored.
    pub fn set_funded_at(&mut self, symbol: &Symbol, at: Timestamp) {
        if let Some(board) = self.boards.0.get_mut(symbol) {
            board.funded_at = Some(at);
        }
    }

    /// Balance free for new positions; `None` for an unknown account.
    pub fn available(&self, id: VenueAccountId) -> Option<Result<Amount, NumberError>> {
        self.accounts.get(&id).map(|account| available(account, &self.boards))
    }

    /// Undoes what these effects did. Nothing else may have happened since to the accounts they name.
    pub fn undo(&mut self, effects: Effects) {
        for before in effects.before.into_iter().rev() {
            match before {
                Before::Account(account) => self.admit(*account),
                Before::NoAccount(id) => {
                    if let Some(account) = self.accounts.remove(&id) {
                        self.boards.leave(&account);
                    }
                }
                Before::Funded(symbol, at) => {
                    if let Some(board) = self.boards.0.get_mut(&symbol) {
                        board.funded_at = at;
                    }
                }
            }
        }
    }

    /// Puts a draft in the place of its account and tells what changed.
    pub(super) fn adopt(&mut self, draft: Draft) -> Effects {
        let Draft {
            account,
            orders,
            fills,
            incomes,
            ..
        } = draft;
        let mut effects = Effects {
            orders,
            fills,
            incomes,
            ..Effects::default()
        };
        effects.accounts.insert(account.id);
        if let Some(before) = self.accounts.get(&account.id) {
            effects.positions = changed_positions(before, &account);
            effects.before.push(Before::Account(Box::new(before.clone())));
        }
        self.admit(account);
        effects
    }
}

impl Boards {
    fn enter(&mut self, account: &PaperAccount) {
        for symbol in symbols_of(account) {
            if let Some(board) = self.0.get_mut(&symbol) {
                board.enter(account);
            }
        }
    }

    fn leave(&mut self, account: &PaperAccount) {
        for symbol in symbols_of(account) {
            if let Some(board) = self.0.get_mut(&symbol) {
                board.leave(account);
            }
        }
    }
}

fn symbols_of(account: &PaperAccount) -> BTreeSet<Symbol> {
    let positions = account.positions.iter().map(|position| &position.symbol);
    let orders = account.orders.iter().map(|order| &order.symbol);
    positions.chain(orders).cloned().collect()
}

fn changed_positions(before: &PaperAccount, after: &PaperAccount) -> Vec<PaperPosition> {
    let kept = after
        .positions
        .iter()
        .filter(|position| !before.positions.contains(position));
    let gone = before
        .positions
        .iter()
        .filter(|position| after.position(&position.symbol, position.side).is_none());
    let closed = gone.map(|position| PaperPosition {
        quantity: crate::fixed::Quantity::ZERO,
        cost: Amount::ZERO,
        margin: Amount::ZERO,
        ..position.clone()
    });
    kept.cloned().chain(closed).collect()
}
