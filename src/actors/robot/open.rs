//! The errand of opening: look again, ask the domain, write the intent, send it.

use std::time::Duration;

use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{IdKind, OrderId, PositionId};
use domain::ledger::debt_of;
use domain::outcome::Outcome;
use domain::page::Page;
use domain::pause::{PauseScope, stopped_by};
use domain::risk::{self, Approved, OpenDraft, OpenFacts, RiskRefusal};
use domain::robot::{Robot, place as intent};
use domain::venue::OrderReport;
use tokio::time::Instant;

use super::deps::{Claim, RobotDeps};
use super::market::Market;
use super::reserve::{NotReserved, give_back, reserve};
use super::rows;
use super::submit::{Intended, submit};
use super::watch::Signal;
use crate::actors::spawn;
use crate::ports::store::{OrderFilter, StoreError};
use crate::ports::venue::VenueError;
use crate::{crash, event};

const MINUTE: Duration = Duration::from_secs(60);

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotOpened {
    /// Other robots are opening on the same market of the same account, and it did not come to be its turn in time.
    #[error("other robots are opening there")]
    Taken,
    /// The sync before it did not come back in time.
    #[error("account could not be synced before: {0}")]
    NotSynced(String),
    /// A check of the risk module.
    #[error(transparent)]
    Refused(#[from] RiskRefusal),
    /// Power for it could not be reserved.
    #[error("power is not reserved: {0}")]
    NotReserved(#[from] NotReserved),
    /// The venue could not be asked.
    #[error(transparent)]
    Venue(#[from] VenueError),
    /// A row or a market is not there.
    #[error("{0} is not there")]
    Missing(String),
    /// The store could not be read or written.
    #[error("rows could not be read or written")]
    Store(#[from] StoreError),
}

impl NotOpened {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::NotSynced(_) => "not_synced",
            Self::Refused(refusal) => refusal.as_str(),
            Self::NotReserved(NotReserved::Refused(_)) => "power",
            Self::NotReserved(_) => "not_reserved",
            Self::Venue(_) => "venue",
            Self::Missing(_) => "missing",
            Self::Store(_) => "store",
        }
    }
}

/// Tries to open, once. `seen_at` is when the price was looked at.
pub(super) async fn open(deps: &RobotDeps, robot: &Robot, signal: Signal, market: &Market, seen_at: Instant) {
    let side = signal.side.as_str();
    tracing::info!(event = event::ROBOT_SIGNAL, robot.id = %robot.id, symbol = %robot.symbol, side,
        market_state = signal.state.as_str(), "robot {} would open {side} on {}", robot.id, robot.symbol);
    if let Err(why) = try_open(deps, robot, signal, market, seen_at).await {
        let reason = why.as_str();
        metrics::counter!("bursar_opens_refused_total", "reason" => reason).increment(1);
        match why {
            NotOpened::Refused(_) | NotOpened::Taken | NotOpened::NotReserved(NotReserved::Refused(_)) => {
                tracing::info!(event = event::OPEN_REFUSED, robot.id = %robot.id, reason,
                    "robot {} does not open: {why}", robot.id);
            }
            NotOpened::NotSynced(_)
            | NotOpened::NotReserved(_)
            | NotOpened::Venue(_)
            | NotOpened::Missing(_)
            | NotOpened::Store(_) => {
                tracing::warn!(event = event::OPEN_FAILED, robot.id = %robot.id, reason,
                    error = &why as &(dyn std::error::Error + 'static), "robot {} could not open: {why}", robot.id);
            }
        }
    }
}

async fn try_open(
    deps: &RobotDeps,
    robot: &Robot,
    signal: Signal,
    market: &Market,
    seen_at: Instant,
) -> Result<(), NotOpened> {
    let scopes = scopes(market, robot);
    // A paused platform is not to ask its venues for a sync at every signal; whether it is paused decides below.
    not_paused(deps, &scopes).await?;
    sync(deps, robot).await?;
    // From the facts to the intent nobody else may decide on this market of the account.
    let turn = deps.shared.claim_opening(robot.account, &robot.symbol);
    let turn = tokio::time::timeout(deps.rules.sync_deadline, turn).await;
    let claim = turn.map_err(|_| NotOpened::Taken)?;
    let (robot, approved) = approve(deps, robot, signal, market).await?;
    let position = PositionId(deps.store.reserve_ids(IdKind::Position, 1).await?);
    // The ledger may have reserved it although nobody was told.
    let reserved = reserve(deps, &robot, &approved, position).await;
    crash::point("open.after_hold");
    let placed = match reserved {
        Ok(()) => match place(deps, &robot, market, approved, (position, claim), seen_at).await {
            // Somebody may have pressed a switch since that was asked; then that is the reason.
            Err(NotOpened::Store(error @ StoreError::Conflict { .. })) => {
                Err(not_paused(deps, &scopes).await.err().unwrap_or(error.into()))
            }
            placed => placed,
        },
        Err(error) => Err(error.into()),
    };
    if !matches!(placed, Ok(Outcome::Done(_) | Outcome::Unknown(_))) {
        give_back(deps, position);
    }
    placed.map(drop)
}

/// The four scopes that cover a robot.
fn scopes(market: &Market, robot: &Robot) -> [PauseScope; 4] {
    PauseScope::over(market.venue.name(), robot.user, robot.id)
}

async fn not_paused(deps: &RobotDeps, scopes: &[PauseScope; 4]) -> Result<(), NotOpened> {
    match stopped_by(&deps.store.pauses_on(scopes).await?, scopes) {
        Some(scope) => Err(RiskRefusal::Paused(scope).into()),
        None => Ok(()),
    }
}

/// Writes the intent, lets the next one decide, and sends it.
async fn place(
    deps: &RobotDeps,
    robot: &Robot,
    market: &Market,
    approved: Approved<OpenDraft>,
    (position, claim): (PositionId, Claim),
    seen_at: Instant,
) -> Result<Outcome<OrderReport>, NotOpened> {
    let order = OrderId(deps.store.reserve_ids(IdKind::Order, 1).await?);
    let intended = Intended::now(deps);
    let (position, order) = intent::opening(
        robot,
        market.venue.name(),
        approved,
        (position, order),
        &deps.installation,
        deps.rules.profit_basis,
        intended.by_clock,
    );
    // Whoever pressed a switch since it was looked at is heard: this commit is refused.
    let mut changes = ChangeSet::of(Change::NotPaused(scopes(market, robot).to_vec()));
    changes.push(Change::AddPosition(Box::new(position)));
    changes.push(Change::AddOrder(Box::new(order.clone())));
    // When it is not known whether this was written, nothing is sent: the sync finds the order absent and ends it.
    deps.store.commit(changes).await?;
    drop(claim);
    metrics::histogram!("bursar_decision_seconds", "purpose" => "open").record(seen_at.elapsed().as_secs_f64());
    Ok(submit(deps, market.venue.as_ref(), &order, intended).await)
}

async fn sync(deps: &RobotDeps, robot: &Robot) -> Result<(), NotOpened> {
    let synced = spawn::synced(&deps.forced_sync, robot.account, deps.rules.sync_deadline);
    synced.await.map_err(|error| NotOpened::NotSynced(error.to_string()))
}

/// Gathers the facts as they are after the sync, and asks the risk module.
async fn approve(
    deps: &RobotDeps,
    robot: &Robot,
    signal: Signal,
    market: &Market,
) -> Result<(Robot, Approved<OpenDraft>), NotOpened> {
    let store = deps.store.as_ref();
    let now = deps.clock.now();
    let debts = [debt_of(robot.user)];
    let recent = OrderFilter {
        robot: Some(robot.id),
        since: Some(now.before(MINUTE)),
        ..OrderFilter::default()
    };
    let scopes = scopes(market, robot);
    let most = Page::first(deps.rules.risk.max_orders_per_minute);
    let (stored, account, pauses, owed, closes, (positions, orders), recent) = futures::try_join!(
        store.robot(robot.id),
        store.venue_account(robot.account),
        store.pauses_on(&scopes),
        store.accounts_by_key(&debts),
        store.past_closes(robot.id, risk::closes_since(robot, now)),
        rows::live_on(store, robot.account),
        store.orders(recent, most),
    )?;
    let robot = stored.ok_or_else(|| NotOpened::Missing(format!("robot {}", robot.id)))?;
    let account = account.ok_or_else(|| NotOpened::Missing(format!("account {}", robot.account)))?;
    let listed = market.venue.instrument(&robot.symbol).await?;
    let instrument = listed.ok_or_else(|| NotOpened::Missing(format!("market {}", robot.symbol)))?;
    let facts = OpenFacts {
        now: deps.clock.now(),
        robot: &robot,
        venue: market.venue.name(),
        mode: account.mode,
        instrument: &instrument,
        last: market.tape.last(),
        pauses: &pauses,
        owed: owed.first().map_or(Amount::ZERO, |account| account.balance),
        closes: &closes,
        positions: &positions,
        orders: &orders,
        recent_orders: u32::try_from(recent.len()).unwrap_or(u32::MAX),
    };
    let Signal { side, exits, .. } = signal;
    let approved = risk::consider(side, exits, &facts, &deps.rules.risk)?;
    Ok((robot, approved))
}
