//! The errand of closing, and what is remembered between its attempts.

use std::time::Duration;

use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, OrderId, VenueAccountId};
use domain::outcome::Outcome;
use domain::position::{CloseReason, Position};
use domain::robot::net::{self, NetFacts, Reach};
use domain::robot::place::{self, close_delay};
use domain::time::Timestamp;
use domain::venue::VenueName;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::deps::{RobotDeps, RobotRules};
use super::rows;
use super::submit::{Intended, submit};
use crate::actors::mail::MailError;
use crate::event;
use crate::ports::store::StoreError;

/// How an attempt to close ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closing {
    /// The order was sent; the sync tells the rest.
    Sent,
    /// The venue refused the order.
    Refused(String),
    /// Nothing was sent: somebody else moved the rows meanwhile; they are to be read again.
    Overtaken,
    /// Nothing was sent: the rows could not be read or written.
    NotSent(String),
}

/// Closes all of the position, with one new order.
pub(super) async fn close(deps: &RobotDeps, position: &Position, reason: CloseReason, seen_at: Instant) -> Closing {
    let why = reason.as_str();
    tracing::info!(event = event::CLOSE_INTENDED, position.id = %position.id, reason = why,
        "position {} is to be closed: {why}", position.id);
    match try_close(deps, position, reason, seen_at).await {
        Ok(Outcome::Done(_) | Outcome::Unknown(_)) => Closing::Sent,
        Ok(Outcome::Refused(refusal)) => Closing::Refused(refusal.to_string()),
        Err(NotClosed::Store(StoreError::Conflict { what })) => {
            tracing::debug!(position.id = %position.id, what, "rows were moved meanwhile");
            Closing::Overtaken
        }
        Err(error) => {
            tracing::warn!(event = event::CLOSE_FAILED, position.id = %position.id,
                error = &error as &(dyn std::error::Error + 'static), "position {} is not closed: {error}", position.id);
            Closing::NotSent(error.to_string())
        }
    }
}

/// Why no close was sent.
#[derive(Debug, thiserror::Error)]
enum NotClosed {
    #[error(transparent)]
    Position(#[from] domain::position::PositionError),
    #[error("rows could not be read or written")]
    Store(#[from] StoreError),
    #[error("account {0} is not there")]
    NoAccount(VenueAccountId),
    #[error("{0} is not switched on")]
    NoVenue(VenueName),
    #[error("account {0} has not been compared with its venue since the start, and its position is shared")]
    NotCompared(VenueAccountId),
}

async fn try_close(
    deps: &RobotDeps,
    position: &Position,
    reason: CloseReason,
    seen_at: Instant,
) -> Result<Outcome<domain::venue::OrderReport>, NotClosed> {
    let venue = deps.venues.get(&position.venue);
    let venue = venue.ok_or(NotClosed::NoVenue(position.venue))?;
    // Who decides next on this market of the account sees this intent, and does not count on the same net.
    let claim = deps.shared.claim_closing(position.account, &position.symbol).await;
    let (reach, leverage) = reach(deps, position).await?;
    let order = OrderId(deps.store.reserve_ids(IdKind::Order, 1).await?);
    let intended = Intended::now(deps);
    let (closing, mut order) = place::closing(position, reason, reach, order, &deps.installation, intended.by_clock)?;
    order.leverage = leverage;
    let mut changes = ChangeSet::of(Change::UpdatePosition(Box::new(closing)));
    changes.push(Change::AddOrder(Box::new(order.clone())));
    deps.store.commit(changes).await?;
    drop(claim);
    metrics::histogram!("bursar_decision_seconds", "purpose" => "close").record(seen_at.elapsed().as_secs_f64());
    Ok(submit(deps, venue.as_ref(), &order, intended).await)
}

/// What the closing order may do, and with which leverage, by the account as it is on record and as its venue last reported it.
async fn reach(deps: &RobotDeps, position: &Position) -> Result<(Reach, u32), NotClosed> {
    let store = deps.store.as_ref();
    let (account, (positions, orders)) = futures::try_join!(
        store.venue_account(position.account),
        rows::live_on(store, position.account)
    )?;
    let mode = account.ok_or(NotClosed::NoAccount(position.account))?.mode;
    let sight = deps.sights.of(position.account);
    // Records that nobody compared since the start may be days old: the position may have been closed at the venue, and
    // an order that only shrinks would shrink somebody else's.
    if sight.is_none() && net::is_shared(position, mode, &positions) {
        return Err(NotClosed::NotCompared(position.account));
    }
    let facts = NetFacts {
        mode,
        positions: &positions,
        orders: &orders,
        seen: sight.as_ref().map(|sight| sight.positions.as_slice()),
    };
    let reach = net::reach(position, &facts);
    Ok((reach, net::closing_leverage(position, reach, &facts)))
}

/// Who asked for a close and what is known of its attempts.
#[derive(Debug, Default)]
pub(super) struct Request {
    reason: Option<CloseReason>,
    waiting: Vec<oneshot::Sender<Result<(), MailError>>>,
    refusals: u32,
    not_before: Option<Timestamp>,
}

impl Request {
    /// Somebody asks for a close and waits for what becomes of it.
    pub(super) fn ask(&mut self, reason: CloseReason) -> oneshot::Receiver<Result<(), MailError>> {
        let (answer, receipt) = oneshot::channel();
        self.reason.get_or_insert(reason);
        self.waiting.push(answer);
        receipt
    }

    /// The reason of the close that is asked for.
    pub(super) const fn reason(&self) -> Option<CloseReason> {
        self.reason
    }

    /// When a refused close may be tried again.
    pub(super) const fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// Tells those who wait. The request itself stands until it is over.
    pub(super) fn answer(&mut self, answer: &Result<(), MailError>) {
        for waiting in self.waiting.drain(..) {
            if waiting.send(answer.clone()).is_err() {
                tracing::debug!("who asked for a close has gone");
            }
        }
    }

    /// There is nothing to close (any more).
    pub(super) fn is_over(&mut self) {
        self.reason = None;
        self.refusals = 0;
        self.not_before = None;
    }

    /// The venue refused: how long to wait before the next attempt.
    pub(super) fn back_off(&mut self, rules: &RobotRules, now: Timestamp) -> Duration {
        self.refusals = self.refusals.saturating_add(1);
        let delay = close_delay(self.refusals, rules.close_retry_first, rules.close_retry_max);
        self.not_before = Some(now.after(delay));
        delay
    }
}
