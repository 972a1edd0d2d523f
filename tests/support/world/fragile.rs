//! The venue as the daemon sees it in a bad world: its polls are counted, and now and then a robot panics at it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::venue::paper::PaperVenue;
use bursar::ports::keyring::Credential;
use bursar::ports::market::{Tape, Wake};
use bursar::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};

use super::{Chance, Line};

/// Longest time that a request may be on its way, in milliseconds: less than the grace, more than a sender waits.
const LONGEST_WAY: u64 = 4_500;
const MESSAGE: &str = "injected: a robot panics";

/// When robots panic.
pub struct Panics {
    chance: Mutex<Chance>,
    per_mille: u32,
    /// The next placements of this account panic, before or after they were accepted.
    next: Mutex<Vec<(VenueAccountId, bool)>>,
    struck: AtomicUsize,
}

impl Panics {
    pub fn new(seed: u64, per_mille: u32) -> Self {
        hush();
        let chance = Mutex::new(Chance::new(seed, "panics"));
        Self {
            chance,
            per_mille,
            next: Mutex::default(),
            struck: AtomicUsize::new(0),
        }
    }

    /// Lets a coming placement on an account panic, `after` or before the venue accepted it.
    pub fn expect(&self, account: VenueAccountId, after: bool) {
        self.next.lock().unwrap().push((account, after));
    }

    /// Expects nothing any more.
    pub fn forget(&self) {
        self.next.lock().unwrap().clear();
    }

    /// How often it struck.
    pub fn struck(&self) -> usize {
        self.struck.load(Ordering::Relaxed)
    }

    fn strikes(&self, chaos: &AtomicBool, account: VenueAccountId, after: bool) -> bool {
        let mut next = self.next.lock().unwrap();
        if let Some(index) = next.iter().position(|told| *told == (account, after)) {
            next.remove(index);
            return true;
        }
        chaos.load(Ordering::Relaxed) && self.chance.lock().unwrap().in_thousand(self.per_mille)
    }
}

/// Keeps the panics that are meant out of the test's output.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload_as_str() != Some(MESSAGE) {
                before(panic);
            }
        }));
    });
}

/// The venue with robots that panic.
pub struct FragileVenue {
    pub inner: Arc<PaperVenue>,
    pub chaos: Arc<AtomicBool>,
    pub panics: Arc<Panics>,
    pub polls: Arc<AtomicUsize>,
    pub line: Arc<Line>,
    pub late_per_mille: u32,
}

impl FragileVenue {
    /// How long a request is on its way, when that is long.
    fn delay(&self) -> Option<Duration> {
        let mut chance = self.panics.chance.lock().unwrap();
        let is_late = self.chaos.load(Ordering::Relaxed) && chance.in_thousand(self.late_per_mille);
        is_late.then(|| Duration::from_millis(chance.below(LONGEST_WAY)))
    }

    /// A request that arrives even when its sender has stopped waiting for the answer.
    async fn place_late(&self, account: VenueAccountId, intent: OrderIntent, delay: Duration) -> Outcome<OrderReport> {
        let venue = Arc::clone(&self.inner);
        let way = tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            venue.place(account, &intent).await
        });
        way.await.unwrap()
    }

    fn strike(&self, account: VenueAccountId, after: bool) {
        if self.panics.strikes(&self.chaos, account, after) {
            self.panics.struck.fetch_add(1, Ordering::Relaxed);
            std::panic::panic_any(MESSAGE);
        }
    }
}

#[async_trait]
impl Venue for FragileVenue {
    fn name(&self) -> VenueName {
        self.inner.name()
    }

    fn poll_weight(&self) -> u32 {
        if self.line.counts_itself() {
            return 0;
        }
        self.inner.poll_weight()
    }

    fn lookup_grace(&self) -> Duration {
        self.line.behind()
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        self.inner.instrument(symbol).await
    }

    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        self.inner.tape(symbol).await
    }

    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError> {
        self.inner.quote(symbol).await
    }

    async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError> {
        self.inner.bars(symbol, limit).await
    }

    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError> {
        self.inner.prepare(account).await
    }

    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        self.strike(account, false);
        let outcome = match self.delay() {
            None => self.inner.place(account, intent).await,
            Some(delay) => self.place_late(account, intent.clone(), delay).await,
        };
        self.strike(account, true);
        outcome
    }

    async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport> {
        self.inner.cancel(account, symbol, order).await
    }

    async fn cancel_all(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        self.inner.cancel_all(account, symbol).await
    }

    async fn protect(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId> {
        self.inner.protect(account, protection).await
    }

    async fn unprotect(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<()> {
        self.inner.unprotect(account, symbol, order).await
    }

    async fn lookup(&self, account: VenueAccountId, sought: &Sought<'_>) -> Result<Lookup, VenueError> {
        self.line.seek(sought);
        self.inner.lookup(account, sought).await
    }

    async fn poll(&self, account: VenueAccountId, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        self.line.look(account, look);
        self.inner.poll(account, look).await
    }

    fn heed(&self, account: VenueAccountId, wake: Wake) {
        self.line.heed(account, wake);
    }

    fn forget(&self, account: VenueAccountId) {
        self.line.forget(account);
    }

    fn is_heard(&self, account: VenueAccountId) -> bool {
        self.line.is_heard(account)
    }

    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        self.inner.rights(credential).await
    }

    fn supports(&self, mode: PositionMode) -> bool {
        self.inner.supports(mode)
    }
}
