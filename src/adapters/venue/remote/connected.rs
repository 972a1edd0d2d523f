//! A connected venue behind the port: what is alike for all of them, around one venue's own way.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Bar, Symbol};
use domain::outcome::{Outcome, Refusal};
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};

use super::core::{Core, Markets, Seat, Terms};
use super::dead_man;
use super::prices::Prices;
use super::private::Privates;
use super::speech::{Speech, seat};
use crate::event;
use crate::ports::keyring::Credential;
use crate::ports::market::{Tape, Wake};
use crate::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};

/// How long the list of markets is taken as it is.
const MARKETS_KEPT: Duration = Duration::from_secs(3_600);
/// The leverage that every account may use where nobody has told the market's own.
const SAFE_LEVERAGE: u32 = 20;

/// Where a venue's streams are, and how it is to be minded.
#[derive(Debug, Clone)]
pub struct Streams {
    /// The stream of prices, in whole or what its path is added to.
    pub public: String,
    /// Private streams, in whole or what their paths are added to.
    pub private: String,
    /// Addresses of this machine that sockets may leave from; none leaves it to the system.
    pub egress: Vec<IpAddr>,
    /// After how long without a word from us the venue is to cancel resting orders; `None`: never.
    pub dead_man: Option<Duration>,
}

/// A venue, and the way to it. Its streams end with the last hold on it.
pub struct Wire<S> {
    /// Its own way.
    pub speech: S,
    /// The way to ask it.
    pub core: Core,
    /// Where its streams are.
    pub streams: Streams,
    reading_markets: tokio::sync::Mutex<()>,
}

/// A connected venue.
pub struct Connected<S: Speech> {
    pub(super) wire: Arc<Wire<S>>,
    prices: Prices<S>,
    privates: Privates<S>,
}

impl<S: Speech> Wire<S> {
    /// The markets; they are read anew every hour.
    ///
    /// # Errors
    /// When they are not known and the venue does not tell.
    pub async fn markets(&self) -> Result<Arc<Markets>, VenueError> {
        if let Some(markets) = self.core.kept_markets(MARKETS_KEPT) {
            return Ok(markets);
        }
        let _turn = self.reading_markets.lock().await;
        if let Some(markets) = self.core.kept_markets(MARKETS_KEPT) {
            return Ok(markets);
        }
        let listings = self.speech.listings(&self.core).await?;
        let (listed, left_out) = (listings.markets.len(), listings.left_out.len());
        let venue = self.speech.name();
        tracing::info!(event = event::VENUE_LISTINGS, %venue, listed, left_out, "read the markets of {venue}");
        let markets = Arc::new(Markets::of(listings.markets));
        self.core.keep_markets(&markets);
        Ok(markets)
    }

    /// The address that an account's sockets leave from.
    pub(super) fn exit(&self, account: Option<VenueAccountId>) -> Option<IpAddr> {
        let egress = &self.streams.egress;
        let count = i64::try_from(egress.len()).ok().filter(|count| *count > 0)?;
        let index = account.map_or(0, |account| account.0.rem_euclid(count));
        egress.get(usize::try_from(index).ok()?).copied()
    }
}

impl<S: Speech> Connected<S> {
    /// Nothing is asked and no stream is opened yet.
    pub fn new(speech: S, core: Core, streams: Streams) -> Self {
        describe();
        let dead_man = streams.dead_man;
        let wire = Arc::new(Wire {
            speech,
            core,
            streams,
            reading_markets: tokio::sync::Mutex::default(),
        });
        let privates = Privates::new(Arc::clone(&wire));
        if let Some(after) = dead_man {
            dead_man::mind(Arc::downgrade(&wire), privates.accounts(), after);
        }
        Self {
            prices: Prices::new(Arc::clone(&wire)),
            privates,
            wire,
        }
    }

    pub(super) fn core(&self) -> &Core {
        &self.wire.core
    }

    /// Sets what must stand before an opening. Where it stands already nothing is asked.
    async fn set_terms(&self, account: VenueAccountId, intent: &OrderIntent) -> Result<(), VenueError> {
        let (speech, core, symbol) = (&self.wire.speech, self.core(), &intent.symbol);
        let wanted = Terms {
            leverage: intent.leverage,
            margin_mode: intent.margin_mode,
        };
        let stands = match core.terms(account, symbol) {
            Some(terms) => terms,
            None => speech.terms(&seat(core, account), symbol, wanted).await?,
        };
        core.terms_are(account, symbol, Some(stands));
        if stands == wanted {
            return Ok(());
        }
        // Whatever comes of it, what stood before does not count any more.
        core.terms_are(account, symbol, None);
        let seat = seat(core, account);
        speech.set_terms(&seat, symbol, stands, wanted).await?;
        core.terms_are(account, symbol, Some(wanted));
        Ok(())
    }

    /// Sends an order, once.
    async fn send(&self, account: VenueAccountId, intent: &OrderIntent) -> Result<Outcome<OrderReport>, VenueError> {
        let mode = self.core().mode(account)?;
        if !intent.reduce_only {
            self.set_terms(account, intent).await?;
        }
        let markets = self.wire.markets().await?;
        let listing = markets.listed(&intent.symbol)?;
        let wish = self.wire.speech.place(intent, mode, listing);
        let wish = wish.map_err(|error| VenueError::Refused(error.to_string()))?;
        let said = self.core().ask(account, &wish).await;
        let now = self.core().now();
        let taken = said.outcome(|body| self.wire.speech.placed(body, &markets));
        Ok(taken.map(|taken| taken.report(intent, now)))
    }

    async fn order(
        &self,
        account: VenueAccountId,
        symbol: &Symbol,
        order: &VenueOrderId,
        markets: &Markets,
    ) -> Result<Lookup, VenueError> {
        let said = self.core().ask(account, &self.wire.speech.order(symbol, order)).await;
        said.lookup(|body| self.wire.speech.found(body, markets, None))
    }
}

#[async_trait]
impl<S: Speech> Venue for Connected<S> {
    fn name(&self) -> VenueName {
        self.wire.speech.name()
    }

    /// The venue's own limits are kept where requests leave.
    fn poll_weight(&self) -> u32 {
        0
    }

    fn lookup_grace(&self) -> Duration {
        self.wire.speech.lookup_grace()
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        let markets = self.wire.markets().await?;
        let listing = markets.get(symbol).filter(|listing| listing.is_trading);
        let most = self.core().max_leverage(symbol).unwrap_or(SAFE_LEVERAGE);
        Ok(listing.map(|listing| listing.instrument(most)))
    }

    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        self.prices.tape(symbol).await
    }

    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError> {
        self.wire.speech.quote(self.core(), symbol).await
    }

    async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError> {
        self.prices.bars(symbol, limit).await
    }

    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError> {
        let seat = seat(self.core(), account.id);
        self.wire.speech.prepare(&seat, account.mode).await?;
        self.core().mode_is(account.id, account.mode);
        Ok(())
    }

    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        match self.send(account, intent).await {
            Ok(outcome) => outcome,
            // What must stand before an order does not stand: the order itself was not sent.
            Err(error) => Outcome::Refused(not_sent(&error)),
        }
    }

    async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport> {
        let markets = match self.wire.markets().await {
            Ok(markets) => markets,
            Err(error) => return Outcome::Refused(not_sent(&error)),
        };
        let said = self.core().ask(account, &self.wire.speech.cancel(symbol, order)).await;
        match said.outcome(|body| self.wire.speech.cancelled(body, &markets)) {
            Outcome::Done(Some(report)) => Outcome::Done(report),
            // It was heard; what the order had become by then is asked for.
            Outcome::Done(None) => match self.order(account, symbol, order, &markets).await {
                Ok(Lookup::Found(report)) => Outcome::Done(report),
                Ok(Lookup::Absent) => Outcome::Unknown("the cancel was heard, and the order is not known".to_owned()),
                Err(error) => Outcome::Unknown(format!("the cancel was heard: {error}")),
            },
            Outcome::Refused(refusal) => Outcome::Refused(refusal),
            Outcome::Unknown(seen) => Outcome::Unknown(seen),
        }
    }

    async fn cancel_all(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        match self.wire.markets().await {
            Ok(markets) => {
                let seat = seat(self.core(), account);
                self.wire.speech.cancel_all(&seat, &markets, symbol).await
            }
            Err(error) => Outcome::Refused(not_sent(&error)),
        }
    }

    async fn protect(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId> {
        match self.guard(account, protection).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Refused(not_sent(&error)),
        }
    }

    async fn unprotect(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<()> {
        self.unguard(account, symbol, order).await
    }

    async fn lookup(&self, account: VenueAccountId, sought: &Sought<'_>) -> Result<Lookup, VenueError> {
        let markets = self.wire.markets().await?;
        let questions = self.wire.speech.lookups(sought);
        let questions = questions.map_err(|error| VenueError::Refused(error.to_string()))?;
        for question in questions {
            let said = self.core().ask(account, &question).await;
            let found = said.lookup(|body| self.wire.speech.found(body, &markets, Some(sought)))?;
            if found != Lookup::Absent {
                return Ok(found);
            }
        }
        Ok(Lookup::Absent)
    }

    async fn poll(&self, account: VenueAccountId, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        let markets = self.wire.markets().await?;
        let seat = Seat {
            core: self.core(),
            account,
            is_event: look.is_event,
            is_patient: true,
        };
        let report = self.wire.speech.look(seat, &markets, look).await?;
        self.privates.holds(account, look.markets, &report);
        Ok(report)
    }

    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        self.wire.speech.rights(self.core(), credential).await
    }

    fn supports(&self, mode: PositionMode) -> bool {
        match mode {
            PositionMode::OneWay | PositionMode::Hedge => true,
        }
    }

    fn heed(&self, account: VenueAccountId, wake: Wake) {
        self.privates.heed(account, wake);
    }

    fn forget(&self, account: VenueAccountId) {
        self.privates.forget(account);
        self.core().forget(account);
    }

    fn is_heard(&self, account: VenueAccountId) -> bool {
        self.privates.is_heard(account)
    }
}

fn describe() {
    metrics::describe_counter!(
        "bursar_stream_breaks_total",
        "Streams of venues that ended, by venue and stream (`prices`, `account`)."
    );
    metrics::describe_counter!(
        "bursar_stream_unread_total",
        "Messages of streams that could not be read, by stream."
    );
    metrics::describe_counter!(
        "bursar_dead_man_failures_total",
        "Times that a venue's dead-man's switch was not held, by venue."
    );
}

/// What was to be done did not leave.
fn not_sent(error: &VenueError) -> Refusal {
    Refusal {
        code: "not_sent".to_owned(),
        reason: error.to_string(),
    }
}
