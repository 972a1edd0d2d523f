//! What all robots share: ports, rules, and what is known of markets and accounts for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix::Recipient;
use domain::exit::ExitRules;
use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::position::ProfitBasis;
use domain::risk::RiskRules;
use domain::strategy::{Classifier, MarketState, Templates};
use domain::venue::VenueName;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::market::Market;
use super::reserve::HoldRules;
use crate::actors::mail::{Post, SyncAndWait, SyncNow};
use crate::actors::sights::Sights;
use crate::clock::Clock;
use crate::ports::store::Store;
use crate::ports::venue::Venue;

/// How every robot decides.
#[derive(Debug, Clone)]
pub struct RobotRules {
    /// Thresholds and exits.
    pub templates: Templates,
    /// How the state of a market is told.
    pub classifier: Classifier,
    /// What must hold before an open.
    pub risk: RiskRules,
    /// What holds for every exit.
    pub exit: ExitRules,
    /// Which profit counts on new positions.
    pub profit_basis: ProfitBasis,
    /// How power is reserved before an open.
    pub hold: HoldRules,
    /// Mails that may wait for one robot.
    pub mailbox: usize,
    /// Longest wait for the sync before an open.
    pub sync_deadline: Duration,
    /// Longest wait for a venue's answer to an order; after it the outcome is unknown. Below the sync's lookup
    /// grace: an order that is still on its way must not count as never placed.
    pub place_deadline: Duration,
    /// How old an intent may be when it is sent. With `place_deadline` no more than the sync's lookup grace: whoever
    /// looked for the order meanwhile, as a daemon that took over does, believes after that time that it never was.
    pub send_within: Duration,
    /// Wait before a refused close is tried again; doubles up to `close_retry_max`.
    pub close_retry_first: Duration,
    /// Longest wait before a refused close is tried again.
    pub close_retry_max: Duration,
    /// Wait after the store or the venue did not answer.
    pub retry: Duration,
}

/// What a robot needs; one for all of them.
pub struct RobotDeps {
    /// Rows.
    pub store: Arc<dyn Store>,
    /// Where they trade: the venues that are switched on.
    pub venues: HashMap<VenueName, Arc<dyn Venue>>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Is poked after every placement.
    pub sync_now: Recipient<SyncNow>,
    /// Is asked before every open.
    pub forced_sync: Recipient<SyncAndWait>,
    /// Is asked to reserve power before an open, and to give it back.
    pub ledger: Recipient<Post>,
    /// This installation's tag in client order ids.
    pub installation: String,
    /// How they decide.
    pub rules: RobotRules,
    /// What venues last reported of accounts.
    pub sights: Sights,
    /// What they know together; starts empty.
    pub shared: Shared,
}

/// What robots know together, so that each market is classified once a minute and not once per robot, and those on one
/// account's market decide one after the other: the next one sees the intent of the one before.
#[derive(Debug, Default)]
pub struct Shared {
    states: Mutex<HashMap<(VenueName, Symbol), (i64, MarketState)>>,
    openings: Mutex<Turns>,
    closings: Mutex<Turns>,
}

/// Who decides on an account's market. As many as there are markets in use.
type Turns = HashMap<(VenueAccountId, Symbol), Arc<AsyncMutex<()>>>;

/// The right to decide on an account's market, until it is dropped.
pub(super) type Claim = OwnedMutexGuard<()>;

impl Shared {
    /// The state of a market in this minute (counted since 1970).
    pub(super) fn market_state(&self, market: &Market, minute: i64, classifier: &Classifier) -> MarketState {
        let place = (market.venue.name(), market.tape.symbol().clone());
        let known = lock(&self.states).get(&place).copied();
        if let Some((_, state)) = known.filter(|(at, _)| *at == minute) {
            return state;
        }
        let state = market.tape.with_bars(|bars| classifier.classify(bars));
        if known.is_some_and(|(_, before)| before != state) {
            let (venue, symbol) = (place.0.as_str(), place.1.as_str().to_owned());
            metrics::counter!("bursar_market_state_changes_total",
                "venue" => venue, "symbol" => symbol, "state" => state.as_str())
            .increment(1);
        }
        lock(&self.states).insert(place, (minute, state));
        state
    }

    /// The right to decide on an opening, in its turn.
    pub(super) async fn claim_opening(&self, account: VenueAccountId, symbol: &Symbol) -> Claim {
        claim(&self.openings, account, symbol).await
    }

    /// The right to decide on a close, in its turn. It is another one, so that no close waits for an opening.
    pub(super) async fn claim_closing(&self, account: VenueAccountId, symbol: &Symbol) -> Claim {
        claim(&self.closings, account, symbol).await
    }
}

async fn claim(turns: &Mutex<Turns>, account: VenueAccountId, symbol: &Symbol) -> Claim {
    let key = (account, symbol.clone());
    let turn = Arc::clone(lock(turns).entry(key).or_default());
    turn.lock_owned().await
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
