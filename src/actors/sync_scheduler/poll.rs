//! One sync of one account: ask the venue, reconcile, commit, tell. The same path for event and period.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix::WeakAddr;
use domain::id::{IdKind, OrderId, PositionId, VenueAccountId};
use domain::market::Symbol;
use domain::reconcile::{Context, LookedUp, ReconcileError, Reconciled, Records, Rules, reconcile};
use domain::user::VenueAccount;
use domain::venue::{AccountReport, VenueName};
use tokio::time::Instant;

use super::memory::Memory;
use super::{SyncDeps, SyncSchedulerActor, records, told};
use crate::actors::mail::SyncNow;
use crate::crash;
use crate::ports::market::Wake;
use crate::ports::store::StoreError;
use crate::ports::venue::{Look, Lookup, Sought, Venue, VenueError};

/// How often a sync is begun anew because somebody else changed its rows meanwhile.
const ATTEMPTS: u32 = 4;
/// Pages of history that one sync reads; the rest waits for the next, which comes at once.
const PAGES: u32 = 50;
/// Orders that one page asks the venue for; the rest waits for the next sync.
const LOOKUPS: usize = 20;

/// Why a sync did not succeed. What was committed before stays; the next sync goes on from there.
#[derive(Debug, thiserror::Error)]
pub(super) enum SyncError {
    #[error("venue account {0} is not on record")]
    NoAccount(VenueAccountId),
    #[error("venue {0} is not connected")]
    NoVenue(VenueName),
    #[error("venue did not answer within {}ms", .0.as_millis())]
    Deadline(Duration),
    #[error(transparent)]
    Venue(#[from] VenueError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("sync was interrupted")]
    Interrupted,
}

impl SyncError {
    /// How long the venue wants to be left alone, where that is why.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Venue(VenueError::RateLimited { retry_after }) => Some(*retry_after),
            Self::Venue(VenueError::Unreachable(_) | VenueError::Refused(_) | VenueError::Malformed(_)) => None,
            Self::NoAccount(_) | Self::NoVenue(_) | Self::Deadline(_) | Self::Store(_) | Self::Interrupted => None,
        }
    }
}

/// With what a sync is begun.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    /// Whether to compare even when the venue shows nothing new.
    pub dirty: bool,
    /// Whether something happened that makes it urgent.
    pub is_event: bool,
    /// Whom venues wake.
    pub to: WeakAddr<SyncSchedulerActor>,
}

impl Errand {
    /// Wakes the scheduler for an account. A poke that finds the mailbox full is made up for by the next turn.
    fn wake(&self, account: VenueAccountId) -> Wake {
        let to = self.to.clone();
        Arc::new(move || {
            let sent = to.upgrade().is_some_and(|to| to.try_send(SyncNow { account }).is_ok());
            if !sent {
                metrics::counter!("bursar_pokes_dropped_total").increment(1);
            }
        })
    }
}

/// What a sync did.
#[derive(Debug, Default)]
pub(super) struct Synced {
    /// Request weight that it spent.
    pub weight: u32,
    /// Whether the store was asked at all.
    pub compared: bool,
    /// Whether history is left that this sync did not get to.
    pub more: bool,
    /// What a lookup failed with; everything else is done.
    pub trouble: Option<SyncError>,
}

/// Syncs an account.
pub(super) async fn sync(
    deps: &SyncDeps,
    id: VenueAccountId,
    memory: &mut Memory,
    errand: &Errand,
) -> (Result<(), SyncError>, Synced) {
    let mut synced = Synced::default();
    let mut attempt = 1;
    loop {
        let result = pages(deps, id, memory, errand, &mut synced).await;
        if let Err(SyncError::Store(_)) = &result {
            memory.doubt();
        }
        match result {
            Err(SyncError::Store(StoreError::Conflict { what })) if attempt < ATTEMPTS => {
                tracing::debug!(account.id = %id, "sync begins anew: {what} was changed");
                attempt += 1;
            }
            other => return (other, synced),
        }
    }
}

async fn pages(
    deps: &SyncDeps,
    id: VenueAccountId,
    memory: &mut Memory,
    errand: &Errand,
    synced: &mut Synced,
) -> Result<(), SyncError> {
    let account = account(deps, id, memory, errand).await?;
    let venue = venue_of(deps, &account)?;
    for _ in 0..PAGES {
        let cursor = match &memory.cursor {
            Some(cursor) => cursor.clone(),
            None => deps.store.cursor(id).await?,
        };
        memory.cursor = Some(cursor.clone());
        let markets = markets(deps, id, memory).await?;
        let look = Look {
            cursor: &cursor,
            markets: &markets,
            limit: deps.options.fills_page,
            is_event: errand.is_event,
        };
        let asked = venue.poll(id, &look);
        synced.weight = synced.weight.saturating_add(venue.poll_weight());
        let report = within(deps.options.poll_deadline, asked).await?;
        if !errand.dirty && memory.is_unchanged(&report, deps.options.full_pass_interval, Instant::now()) {
            memory.last_report = memory.last_report.max(Some(report.at));
            deps.sights.note(id, &report);
            return Ok(());
        }
        synced.compared = true;
        learn_lots(deps, venue.as_ref(), memory, &report).await;
        let read = records::read(deps.store.as_ref(), &account, &report, cursor).await?;
        // What is held and not on record yet is about to be.
        let held = report.positions.iter().map(|position| position.symbol.clone());
        let on_record = records::markets_of(&read.positions, &read.orders);
        memory.markets = Some(held.chain(on_record).collect());
        let records = Records {
            lots: memory.lots.clone(),
            ..read
        };
        apply(deps, venue.as_ref(), memory, &records, &report, synced).await?;
        synced.more = report.more;
        if !report.more {
            deps.sights.note(id, &report);
            return Ok(());
        }
    }
    Ok(())
}

/// The markets in which something of ours may rest or have been executed: those of what is not over on record, which no
/// poll has to read again, and those of living robots.
async fn markets(deps: &SyncDeps, id: VenueAccountId, memory: &mut Memory) -> Result<Vec<Symbol>, StoreError> {
    let on_record = match memory.markets.take() {
        Some(known) => known,
        None => records::markets(deps.store.as_ref(), id).await?,
    };
    let living = deps.robots.markets(id).into_iter();
    let all: BTreeSet<Symbol> = living.chain(on_record.iter().cloned()).collect();
    memory.markets = Some(on_record);
    Ok(all.into_iter().collect())
}

/// Learns the smallest steps of the markets that the report has fills of. A market that cannot be asked for now is asked
/// for again; until then the fills themselves tell a step that fits.
async fn learn_lots(deps: &SyncDeps, venue: &dyn Venue, memory: &mut Memory, report: &AccountReport) {
    for symbol in report.fills.iter().map(|fill| &fill.symbol) {
        if memory.lots.contains_key(symbol) {
            continue;
        }
        match within(deps.options.poll_deadline, venue.instrument(symbol)).await {
            Ok(Some(instrument)) => {
                memory.lots.insert(symbol.clone(), instrument.lot);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%symbol, %error, "step of quantities is not known");
                return;
            }
        }
    }
}

/// The account's row. Its venue is told of it once, and is to say from then on when something happens.
async fn account(
    deps: &SyncDeps,
    id: VenueAccountId,
    memory: &mut Memory,
    errand: &Errand,
) -> Result<VenueAccount, SyncError> {
    let account = match &memory.account {
        Some(account) => account.clone(),
        None => deps.store.venue_account(id).await?.ok_or(SyncError::NoAccount(id))?,
    };
    memory.account = Some(account.clone());
    if !memory.prepared {
        let venue = venue_of(deps, &account)?;
        within(deps.options.poll_deadline, venue.prepare(&account)).await?;
        venue.heed(id, errand.wake(id));
        memory.prepared = true;
    }
    Ok(account)
}

fn venue_of(deps: &SyncDeps, account: &VenueAccount) -> Result<Arc<dyn Venue>, SyncError> {
    let venue = deps
        .venues
        .get(&account.venue)
        .ok_or(SyncError::NoVenue(account.venue))?;
    Ok(Arc::clone(venue))
}

async fn within<T>(deadline: Duration, asked: impl Future<Output = Result<T, VenueError>>) -> Result<T, SyncError> {
    match tokio::time::timeout(deadline, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(SyncError::Deadline(deadline)),
    }
}

/// Decides on a report, commits and tells.
async fn apply(
    deps: &SyncDeps,
    venue: &dyn Venue,
    memory: &mut Memory,
    records: &Records,
    report: &AccountReport,
    synced: &mut Synced,
) -> Result<(), SyncError> {
    let rules = rules(deps, venue);
    let first = decide(deps, memory, rules, records, report, &BTreeMap::new()).await?;
    let decided = if first.lookups.is_empty() {
        memory.absent.clear();
        first
    } else {
        let lookups = look_up(deps, venue, memory, records, &first.lookups, synced).await;
        decide(deps, memory, rules, records, report, &lookups).await?
    };
    if !decided.changes.is_empty() {
        crash::point("sync.before_commit");
        deps.store.commit(decided.changes.clone()).await?;
        crash::point("sync.after_commit");
    }
    memory.note(report, &decided, Instant::now());
    told::consequences(deps, records.account.id, memory, &decided, rules.lookup_grace);
    Ok(())
}

/// How to reconcile with this venue: absence counts only after it cannot be behind any more.
fn rules(deps: &SyncDeps, venue: &dyn Venue) -> Rules {
    let rules = deps.options.rules;
    Rules {
        lookup_grace: rules.lookup_grace.max(venue.lookup_grace()),
        ..rules
    }
}

/// Reconciles, with as many new ids as that needs.
async fn decide(
    deps: &SyncDeps,
    memory: &Memory,
    rules: Rules,
    records: &Records,
    report: &AccountReport,
    lookups: &BTreeMap<OrderId, LookedUp>,
) -> Result<Reconciled, SyncError> {
    let mut spare = Vec::new();
    loop {
        let context = Context {
            lookups,
            unexplained: &memory.unexplained,
            last_report: memory.last_report,
            spare: &spare,
            rules,
            now: deps.clock.now(),
        };
        let ReconcileError::ShortOfIds { needed } = match reconcile(records, report, &context) {
            Ok(decided) => return Ok(decided),
            Err(error) => error,
        };
        let missing = u32::try_from(needed.saturating_sub(spare.len()))
            .unwrap_or(u32::MAX)
            .max(1);
        let first = deps.store.reserve_ids(IdKind::Position, missing).await?;
        spare.extend((first..).map(PositionId).take(needed.saturating_sub(spare.len())));
    }
}

/// Asks the venue for orders. What cannot be answered now is asked again by the next sync.
async fn look_up(
    deps: &SyncDeps,
    venue: &dyn Venue,
    memory: &mut Memory,
    records: &Records,
    wanted: &[OrderId],
    synced: &mut Synced,
) -> BTreeMap<OrderId, LookedUp> {
    let mut answers = BTreeMap::new();
    memory.absent.retain(|order, _| wanted.contains(order));
    let orders = records.orders.iter().filter(|order| wanted.contains(&order.id));
    for order in orders.take(LOOKUPS) {
        synced.weight = synced.weight.saturating_add(1);
        let sought = Sought {
            symbol: &order.symbol,
            client_id: &order.client_id,
            since: order.created_at,
        };
        let (asked_at, asked) = (Instant::now(), venue.lookup(records.account.id, &sought));
        match within(deps.options.poll_deadline, asked).await {
            Ok(Lookup::Found(report)) => {
                memory.absent.remove(&order.id);
                answers.insert(order.id, LookedUp::Found(report));
            }
            Ok(Lookup::Absent) => {
                // An answer speaks of the moment when it was asked for: the order may have arrived while it was on its way.
                let since = asked_at - *memory.absent.entry(order.id).or_insert(asked_at);
                answers.insert(order.id, LookedUp::Absent { since });
            }
            Err(error) => {
                tracing::warn!(event = crate::event::LOOKUP_FAILED, order.id = %order.id, %error,
                    "could not look up order {}", order.id);
                synced.trouble = Some(error);
                break;
            }
        }
    }
    answers
}
