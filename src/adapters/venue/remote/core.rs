//! What a connected venue's parts share: the way to ask it, and what is known of its markets and accounts.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};
use tokio::time::Instant;

use super::budget::Urgency;
use super::caller::{Caller, Said, Wish};
use crate::adapters::venue::dialect::{Contracts, Listing, Owner};
use crate::ports::keyring::Credential;
use crate::ports::venue::VenueError;

/// Orders of which it is remembered whose they are.
const OWNERS: usize = 10_000;

/// How long a question waits for our own limits; whoever asks has a deadline of his own.
pub(super) const PATIENCE: Duration = Duration::from_millis(2_500);

/// For how long what is held may differ from the sum of executions before it counts: lists lag behind.
pub const STRAYS: Duration = Duration::from_secs(30);

/// Leverage and margin mode of a market on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Leverage.
    pub leverage: u32,
    /// How margin is shared.
    pub margin_mode: MarginMode,
}

impl Terms {
    /// The sides that have a leverage of their own, where an isolated market has one for each in hedge mode; else one for both.
    pub const fn sides(self, mode: PositionMode) -> &'static [Option<&'static str>] {
        match (mode, self.margin_mode) {
            (PositionMode::Hedge, MarginMode::Isolated) => &[Some("long"), Some("short")],
            (PositionMode::Hedge, MarginMode::Cross) | (PositionMode::OneWay, _) => &[None],
        }
    }
}

/// The markets of a venue, by name.
#[derive(Debug, Default)]
pub struct Markets {
    by_symbol: HashMap<Symbol, Listing>,
    contracts: Contracts,
}

impl Markets {
    /// From what the venue lists.
    pub fn of(listings: Vec<Listing>) -> Self {
        Self {
            contracts: Contracts::of(&listings),
            by_symbol: listings
                .into_iter()
                .map(|listing| (listing.symbol.clone(), listing))
                .collect(),
        }
    }

    /// One market, whether or not it trades now.
    pub fn get(&self, symbol: &Symbol) -> Option<&Listing> {
        self.by_symbol.get(symbol)
    }

    /// The same, which must be there.
    ///
    /// # Errors
    /// When it is not listed.
    pub fn listed(&self, symbol: &Symbol) -> Result<&Listing, VenueError> {
        self.get(symbol)
            .ok_or_else(|| VenueError::Refused(format!("{symbol} is not listed")))
    }

    /// Coins per contract, of all markets.
    pub const fn contracts(&self) -> &Contracts {
        &self.contracts
    }
}

#[derive(Default)]
struct Facts {
    markets: Option<(Instant, Arc<Markets>)>,
    max_leverages: BTreeMap<Symbol, u32>,
    modes: HashMap<VenueAccountId, PositionMode>,
    terms: HashMap<(VenueAccountId, Symbol), Terms>,
    owners: BTreeMap<(VenueAccountId, VenueOrderId), Owner>,
    payments_read: HashMap<VenueAccountId, Instant>,
    spans: HashMap<VenueAccountId, Duration>,
    strays: HashMap<(VenueAccountId, Symbol), Instant>,
}

/// The way to a venue, and what is known of it. What is forgotten here is asked for again.
pub struct Core {
    /// Asks where trading is.
    pub caller: Caller,
    /// Asks at the host that tells what keys may do.
    pub wallet: Caller,
    facts: Mutex<Facts>,
}

impl Core {
    /// Nothing is known yet.
    pub fn new(caller: Caller, wallet: Caller) -> Self {
        Self {
            caller,
            wallet,
            facts: Mutex::default(),
        }
    }

    /// Asks as an account.
    pub async fn ask(&self, account: VenueAccountId, wish: &Wish) -> Said {
        self.caller.ask_as(account, wish).await
    }

    /// Asks for a key's rights, with the key itself.
    pub async fn ask_with(&self, credential: &Credential, wish: &Wish) -> Said {
        self.wallet.ask_with(credential, None, wish).await
    }

    /// The time at the venue, as far as it is known.
    pub fn now(&self) -> Timestamp {
        self.caller.now()
    }

    /// The mode that an account was prepared with.
    ///
    /// # Errors
    /// When it was not.
    pub fn mode(&self, account: VenueAccountId) -> Result<PositionMode, VenueError> {
        let mode = self.facts().modes.get(&account).copied();
        mode.ok_or_else(|| VenueError::Refused(format!("venue account {account} is not prepared")))
    }

    /// An account is prepared with this mode.
    pub fn mode_is(&self, account: VenueAccountId, mode: PositionMode) {
        self.facts().modes.insert(account, mode);
    }

    /// Leverage and margin mode of a market, where they are known.
    pub fn terms(&self, account: VenueAccountId, symbol: &Symbol) -> Option<Terms> {
        self.facts().terms.get(&(account, symbol.clone())).copied()
    }

    /// Leverage and margin mode of a market are these now; `None`: nobody knows.
    pub fn terms_are(&self, account: VenueAccountId, symbol: &Symbol, terms: Option<Terms>) {
        let place = (account, symbol.clone());
        match terms {
            Some(terms) => self.facts().terms.insert(place, terms),
            None => self.facts().terms.remove(&place),
        };
    }

    /// Nobody knows leverage and margin mode of any market of an account any more.
    pub fn terms_changed(&self, account: VenueAccountId) {
        self.facts().terms.retain(|(of, _), _| *of != account);
    }

    /// Whose order it is, where that is known.
    pub fn owner(&self, account: VenueAccountId, order: &VenueOrderId) -> Option<Owner> {
        self.facts().owners.get(&(account, order.clone())).cloned()
    }

    /// An order is this one's.
    pub fn owner_is(&self, account: VenueAccountId, order: &VenueOrderId, owner: Owner) {
        let owners = &mut self.facts().owners;
        if owners.len() >= OWNERS {
            owners.clear();
        }
        owners.insert((account, order.clone()), owner);
    }

    /// Whether payments were read so long ago that it is time again.
    pub fn is_time_for_payments(&self, account: VenueAccountId, every: Duration) -> bool {
        let read = self.facts().payments_read.get(&account).copied();
        read.is_none_or(|at| at.elapsed() >= every)
    }

    /// All payments so far were read.
    pub fn payments_were_read(&self, account: VenueAccountId) {
        self.facts().payments_read.insert(account, Instant::now());
    }

    /// How long a stretch of an account's history is read at once.
    pub(super) fn span(&self, account: VenueAccountId) -> Option<Duration> {
        self.facts().spans.get(&account).copied()
    }

    pub(super) fn span_is(&self, account: VenueAccountId, span: Duration) {
        self.facts().spans.insert(account, span);
    }

    /// For how long what is held of a market has not been what its executions sum to; zero where it is.
    pub fn strays_for(&self, account: VenueAccountId, symbol: &Symbol, strays: bool) -> Duration {
        let (place, mut facts) = ((account, symbol.clone()), self.facts());
        if strays {
            facts.strays.entry(place).or_insert_with(Instant::now).elapsed()
        } else {
            facts.strays.remove(&place);
            Duration::ZERO
        }
    }

    /// The markets, where they were read not longer than this ago.
    pub(super) fn kept_markets(&self, kept: Duration) -> Option<Arc<Markets>> {
        let facts = self.facts();
        let (at, markets) = facts.markets.as_ref()?;
        (at.elapsed() < kept).then(|| Arc::clone(markets))
    }

    pub(super) fn keep_markets(&self, markets: &Arc<Markets>) {
        self.facts().markets = Some((Instant::now(), Arc::clone(markets)));
    }

    /// The highest leverage of a market, where it was told.
    pub(super) fn max_leverage(&self, symbol: &Symbol) -> Option<u32> {
        self.facts().max_leverages.get(symbol).copied()
    }

    /// Whether the highest leverages were told.
    pub fn knows_max_leverages(&self) -> bool {
        !self.facts().max_leverages.is_empty()
    }

    /// The highest leverages are these.
    pub fn max_leverages_are(&self, most: BTreeMap<Symbol, u32>) {
        self.facts().max_leverages = most;
    }

    /// Nobody cares for an account any more.
    pub(super) fn forget(&self, account: VenueAccountId) {
        let mut facts = self.facts();
        facts.payments_read.remove(&account);
        facts.spans.remove(&account);
        facts.terms.retain(|(of, _), _| *of != account);
        facts.strays.retain(|(of, _), _| *of != account);
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An account as it is asked about.
#[derive(Clone, Copy)]
pub struct Seat<'a> {
    /// The way to its venue.
    pub core: &'a Core,
    /// Which account.
    pub account: VenueAccountId,
    /// Whether somebody waits for the answers.
    pub is_event: bool,
    /// Whether a question that our own limits hold back for a moment waits: what comes before an order does not.
    pub is_patient: bool,
}

impl Seat<'_> {
    /// The mode that the account was prepared with.
    ///
    /// # Errors
    /// When it was not.
    pub fn mode(&self) -> Result<PositionMode, VenueError> {
        self.core.mode(self.account)
    }

    /// Asks as the account. A look that needs more questions than a short window allows, and did not wait, would begin anew for
    /// ever.
    pub async fn ask(&self, wish: Wish) -> Said {
        let wish = wish.hastened(self.is_event);
        loop {
            let said = self.core.ask(self.account, &wish).await;
            match said.held().filter(|wait| self.is_patient && *wait <= PATIENCE) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return said,
            }
        }
    }
}

impl Wish {
    /// The same for somebody who waits: it may use as much of a budget as an opening.
    #[must_use]
    pub fn hastened(self, is_event: bool) -> Self {
        let urgency = if is_event {
            self.urgency.max(Urgency::Order)
        } else {
            self.urgency
        };
        Self { urgency, ..self }
    }
}
