//! Binance as the port needs it: accounts with their modes, markets, leverage, orders.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::outcome::{Outcome, Refusal};
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderReport, VenueOrderId};
use tokio::time::Instant;

use super::super::dialect::{Call, Listing, Owner};
use super::super::remote::{Caller, Link, Manners, Said, Urgency, Wish};
use super::poll::{BOOKINGS_EVERY, Owners};
use super::{ask, limits, parse, questions, sign, verdict};
use crate::clock::Clock;
use crate::event;
use crate::ports::keyring::{Credential, Keyring};
use crate::ports::venue::{Lookup, VenueError};

/// How long after its own time a request may arrive; the venue refuses it then, so that an old one does nothing.
const WINDOW: Duration = Duration::from_millis(5_000);
/// How long the list of markets is taken as it is.
const LISTINGS_KEPT: Duration = Duration::from_secs(3_600);
/// The leverage that every account may use where nobody has told the market's own.
const SAFE_LEVERAGE: u32 = 20;
/// Orders of which it is remembered whose they are.
const OWNERS: usize = 10_000;

/// How Binance signs, answers and tells its time.
pub const MANNERS: Manners = Manners {
    public: sign::public,
    signed: |request, credential, now| sign::signed(request, credential, now, WINDOW),
    verdict,
    ask_time: questions::time,
    time: parse::server_time,
    time_cost: limits::LIGHT,
};

type Markets = Arc<HashMap<Symbol, Listing>>;

#[derive(Default)]
struct Known {
    markets: Option<(Instant, Markets)>,
    max_leverages: BTreeMap<Symbol, u32>,
    modes: HashMap<VenueAccountId, PositionMode>,
    leverages: HashMap<(VenueAccountId, Symbol), (u32, MarginMode)>,
    owners: Owners,
    payments_read: HashMap<VenueAccountId, Instant>,
}

/// A connected Binance.
pub struct Client {
    pub(super) caller: Caller,
    /// Keys are asked about at another host.
    wallet: Caller,
    known: Mutex<Known>,
}

impl Client {
    /// Nothing is known of any account yet. `wallet` leads to the host that tells what keys may do.
    pub fn new(trading: Link, wallet: Link, keyring: Arc<dyn Keyring>, clock: Arc<dyn Clock>) -> Self {
        Self {
            caller: Caller::new(trading, MANNERS, Arc::clone(&keyring), Arc::clone(&clock)),
            wallet: Caller::new(wallet, MANNERS, keyring, clock),
            known: Mutex::default(),
        }
    }

    /// What a key may do.
    ///
    /// # Errors
    /// When the venue does not tell.
    pub async fn rights(&self, credential: &Credential) -> Result<KeyRights, VenueError> {
        let said = self.wallet.ask_with(credential, None, &questions::rights()).await;
        said.answer(parse::rights)
    }

    /// The filters of a market; `None` when it is not listed, or nothing trades there.
    ///
    /// # Errors
    /// When the venue does not tell.
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        let markets = self.markets().await?;
        let listing = markets.get(symbol).filter(|listing| listing.is_trading);
        let most = self.known().max_leverages.get(symbol).copied();
        Ok(listing.map(|listing| listing.instrument(most.unwrap_or(SAFE_LEVERAGE))))
    }

    /// Makes sure that the account is one-way or hedge, as it is to be.
    ///
    /// # Errors
    /// When that is not known, or the venue refuses to change it: it does with an open position or order.
    pub async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError> {
        let mode = self
            .ask(account.id, &questions::position_mode())
            .await
            .answer(parse::position_mode)?;
        if mode != account.mode {
            self.ask(account.id, &questions::set_position_mode(account.mode))
                .await
                .stands()?;
        }
        // Only who has a key is told the highest leverages. They are alike for all accounts.
        if self.known().max_leverages.is_empty() {
            let most = self.ask(account.id, &questions::max_leverages()).await;
            self.known().max_leverages = most.answer(parse::max_leverages)?;
        }
        self.known().modes.insert(account.id, account.mode);
        Ok(())
    }

    /// Sends one instruction, once. Leverage and margin mode are set before where they are others; where that fails the
    /// order was never sent.
    pub async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        let ready = match self.ready(account, intent).await {
            Ok(ready) => ready,
            Err(error) => return not_sent(&error),
        };
        self.ask(account, &ready).await.outcome(parse::order)
    }

    /// Cancels a resting order.
    pub async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport> {
        let wish = Wish {
            request: ask::cancel(symbol, order),
            call: Call::Cancel,
            cost: limits::LIGHT,
            urgency: Urgency::Close,
        };
        self.ask(account, &wish).await.outcome(parse::order)
    }

    /// Looks an order up by our own id.
    ///
    /// # Errors
    /// When the question has no answer.
    pub async fn lookup(
        &self,
        account: VenueAccountId,
        symbol: &Symbol,
        client_id: &ClientOrderId,
    ) -> Result<Lookup, VenueError> {
        let request = ask::lookup(symbol, client_id).map_err(|error| VenueError::Refused(error.to_string()))?;
        let wish = Wish {
            request,
            call: Call::Look,
            cost: limits::LIGHT,
            urgency: Urgency::Risk,
        };
        let said = self.ask(account, &wish).await;
        said.lookup(|body| parse::order(body).map(Lookup::Found))
    }

    /// Leverage and margin mode of a market, as they stand.
    pub(super) async fn leverage_of(
        &self,
        account: VenueAccountId,
        symbol: &Symbol,
    ) -> Result<(u32, MarginMode), VenueError> {
        let place = (account, symbol.clone());
        if let Some(known) = self.known().leverages.get(&place) {
            return Ok(*known);
        }
        let said = self.ask(account, &questions::leverage_of(symbol)).await;
        let stands = said
            .answer(parse::leverages)?
            .into_iter()
            .find(|(of, _, _)| of == symbol);
        let missing = || VenueError::Malformed(format!("no leverage is told of {symbol}"));
        let (_, leverage, mode) = stands.ok_or_else(missing)?;
        self.known().leverages.insert(place, (leverage, mode));
        Ok((leverage, mode))
    }

    pub(super) async fn ask(&self, account: VenueAccountId, wish: &Wish) -> Said {
        self.caller.ask_as(account, wish).await
    }

    pub(super) fn owner_of(&self, account: VenueAccountId, order: &VenueOrderId) -> Option<Owner> {
        self.known().owners.get(&(account, order.clone())).cloned()
    }

    pub(super) fn owner_is(&self, account: VenueAccountId, order: &VenueOrderId, owner: Owner) {
        let owners = &mut self.known().owners;
        if owners.len() >= OWNERS {
            owners.clear();
        }
        owners.insert((account, order.clone()), owner);
    }

    pub(super) fn is_time_for_payments(&self, account: VenueAccountId) -> bool {
        let read = self.known().payments_read.get(&account).copied();
        read.is_none_or(|at| at.elapsed() >= BOOKINGS_EVERY)
    }

    pub(super) fn payments_were_read(&self, account: VenueAccountId) {
        self.known().payments_read.insert(account, Instant::now());
    }

    /// Sets what must stand before an order, and words it.
    async fn ready(&self, account: VenueAccountId, intent: &OrderIntent) -> Result<Wish, VenueError> {
        let mode = self.known().modes.get(&account).copied();
        let mode = mode.ok_or_else(|| VenueError::Refused(format!("venue account {account} is not prepared")))?;
        if !intent.reduce_only {
            self.set_leverage(account, intent).await?;
        }
        let markets = self.markets().await?;
        let listing = markets.get(&intent.symbol);
        let listing = listing.ok_or_else(|| VenueError::Refused(format!("{} is not listed", intent.symbol)))?;
        let request = ask::place(intent, mode, listing).map_err(|error| VenueError::Refused(error.to_string()))?;
        let urgency = if intent.reduce_only {
            Urgency::Close
        } else {
            Urgency::Order
        };
        Ok(Wish {
            request,
            call: Call::Place,
            cost: limits::ORDER,
            urgency,
        })
    }

    async fn set_leverage(&self, account: VenueAccountId, intent: &OrderIntent) -> Result<(), VenueError> {
        let symbol = &intent.symbol;
        let (leverage, mode) = self.leverage_of(account, symbol).await?;
        if (leverage, mode) == (intent.leverage, intent.margin_mode) {
            return Ok(());
        }
        // Whatever comes of it, what stood before does not count any more.
        let place = (account, symbol.clone());
        self.known().leverages.remove(&place);
        if mode != intent.margin_mode {
            self.ask(account, &questions::set_margin_mode(symbol, intent.margin_mode))
                .await
                .stands()?;
        }
        if leverage != intent.leverage {
            self.ask(account, &questions::set_leverage(symbol, intent.leverage))
                .await
                .stands()?;
        }
        self.known()
            .leverages
            .insert(place, (intent.leverage, intent.margin_mode));
        Ok(())
    }

    async fn markets(&self) -> Result<Markets, VenueError> {
        let kept = self.known().markets.clone();
        match kept {
            Some((at, markets)) if at.elapsed() < LISTINGS_KEPT => return Ok(markets),
            Some(_) | None => {}
        }
        let listings = self.caller.ask(&questions::listings()).await.answer(parse::listings)?;
        let (listed, left_out) = (listings.markets.len(), listings.left_out.len());
        tracing::info!(
            event = event::VENUE_LISTINGS,
            listed,
            left_out,
            "read the markets of binance"
        );
        let by_symbol = listings
            .markets
            .into_iter()
            .map(|listing| (listing.symbol.clone(), listing));
        let markets: Markets = Arc::new(by_symbol.collect());
        self.known().markets = Some((Instant::now(), Arc::clone(&markets)));
        Ok(markets)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What must stand before an order does not stand: the order itself was not sent.
fn not_sent<T>(error: &VenueError) -> Outcome<T> {
    Outcome::Refused(Refusal {
        code: "not_sent".to_owned(),
        reason: error.to_string(),
    })
}
