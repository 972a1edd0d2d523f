//! Work on one trigger: its rows are read, `domain` says what is next, that is committed, and then it is done; until it has to wait.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use domain::change::ChangeSet;
use domain::id::TriggerId;
use domain::pause::{PauseScope, stopped_by};
use domain::trigger::decide::{self, Deal, Known, Next, Wait};
use domain::trigger::{Case, Listing, Step, Trigger, TriggerEvent, TriggerState};

use super::board::{Rest, Taken};
use super::deps::{TriggerDeps, Turn};
use super::{ends, follow, market, place, told};
use crate::ports::stocks::StockVenue;
use crate::ports::store::StoreError;
use crate::ports::venue::VenueError;

/// Steps of one trigger at most, before others have their turn.
const STEPS: u32 = 16;
/// How soon a market that could not be seen is looked at again.
const SEE_AGAIN: Duration = Duration::from_secs(5);

/// What comes of one step.
pub(super) enum Flow {
    /// Look again at once: at the rows as they are now known, or as they are stored.
    On(Option<Box<Case>>),
    /// It waits, or it is over.
    Rest(Rest),
}

/// One trigger at work.
pub(super) struct Job<'a> {
    pub deps: &'a TriggerDeps,
    pub listing: &'a Arc<Listing>,
    pub venue: &'a dyn StockVenue,
    /// Whether its order was on its way when it was taken up: then it needs no turn.
    pub is_ordering: bool,
    /// Kept until its order is on record, or it has to wait.
    pub turn: RefCell<Option<Turn>>,
}

/// Works on a trigger until it has to wait.
pub(super) async fn work(deps: &TriggerDeps, taken: Taken) -> Rest {
    let Taken {
        id,
        subscription,
        is_ordering,
    } = taken;
    let again = Rest::After {
        wait: deps.options.retry,
        is_ordering,
    };
    let Some(listing) = deps.listings.get(&subscription) else {
        return Rest::Gone;
    };
    let Some(venue) = deps.venue(listing) else {
        return Rest::Gate(decide::LOOK);
    };
    let job = Job {
        deps,
        listing,
        venue: &**venue,
        is_ordering,
        turn: RefCell::new(None),
    };
    let mut known = None;
    for _ in 0..STEPS {
        match job.step(id, known.take()).await {
            Ok(Flow::On(case)) => known = case,
            Ok(Flow::Rest(rest)) => return rest,
            // Somebody else was faster: look again.
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => {
                told::failed(id, &error);
                return again;
            }
        }
    }
    again
}

impl Job<'_> {
    async fn step(&self, id: TriggerId, known: Option<Box<Case>>) -> Result<Flow, StoreError> {
        let (case, paused) = match known {
            Some(case) => (*case, None),
            None => match self.read_in_turn(id).await? {
                Some((case, paused)) => (case, paused),
                None => return Ok(Flow::Rest(Rest::Gone)),
            },
        };
        let next = decide::next(&Known {
            trigger: &case.trigger,
            order: case.order.as_ref().map(|order| &order.state),
            listing: self.listing,
            paused,
            is_halted: (self.deps.halted)(self.listing.subscription),
            now: self.deps.clock.now(),
        });
        match next {
            Next::Nothing => Ok(Flow::Rest(self.nothing(&case))),
            Next::Wait(wait) => self.wait(&case, wait).await,
            Next::Hold => {
                self.moved(&case, &TriggerEvent::Paused).await?;
                Ok(Flow::Rest(Rest::Gate(decide::LOOK)))
            }
            Next::Resume { expires_at } => self.moved(&case, &TriggerEvent::Resumed { expires_at }).await,
            Next::GiveUp { why } => ends::give_up(self, &case, None, why).await,
            // An order that the venue's limits leave no room for would only be refused, and use up a try.
            Next::Market => match self.venue.room() {
                Duration::ZERO => self.deal(case).await,
                room => Ok(Flow::Rest(Rest::Gate(room))),
            },
            Next::Follow { cancel } => follow::follow(self, case, cancel).await,
        }
    }

    /// The rows, read while the turn is waited for: whoever was taken up first has it first.
    async fn read_in_turn(&self, id: TriggerId) -> Result<Option<(Case, Option<PauseScope>)>, StoreError> {
        if self.is_ordering || self.turn.borrow().is_some() {
            return self.read(id).await;
        }
        let (turn, read) = futures::join!(self.deps.turn(self.listing.subscription), self.read(id));
        self.turn.replace(Some(turn));
        read
    }

    /// A trigger with what belongs to it, and the first pause that covers it.
    async fn read(&self, id: TriggerId) -> Result<Option<(Case, Option<PauseScope>)>, StoreError> {
        let scopes = PauseScope::over_subscription(self.listing.venue, self.listing.subscription);
        let (store, ids) = (&self.deps.store, [id]);
        let (trigger, orders, moves, pauses) = futures::try_join!(
            store.trigger(id),
            store.stock_orders_of(&ids),
            store.moves_of(id),
            store.pauses_on(&scopes)
        )?;
        let case = trigger.map(|trigger| Case {
            trigger,
            order: orders.into_iter().next_back(),
            lines: moves.last().map_or(0, |line| line.number),
        });
        Ok(case.map(|case| (case, stopped_by(&pauses, &scopes))))
    }

    /// What nobody here does anything for any more: it is over, others pay, or a person has to look.
    fn nothing(&self, case: &Case) -> Rest {
        if matches!(case.trigger.state, TriggerState::Ordering { .. }) {
            told::fill_cancelled(self.deps, case);
            return Rest::After {
                wait: decide::LOOK,
                is_ordering: false,
            };
        }
        told::over(self.deps, &case.trigger);
        Rest::Gone
    }

    async fn wait(&self, case: &Case, wait: Wait) -> Result<Flow, StoreError> {
        let rest = if wait.is_common {
            Rest::Gate(self.until(wait.until))
        } else {
            Rest::After {
                wait: self.until(wait.until),
                is_ordering: false,
            }
        };
        let is_new = case.trigger.error.as_deref() != Some(wait.why.as_str());
        if wait.is_common && is_new && case.trigger.state == TriggerState::Ready {
            self.moved(case, &TriggerEvent::Waits { why: wait.why }).await?;
        }
        Ok(Flow::Rest(rest))
    }

    /// How long until then, by the timers.
    pub(super) fn until(&self, then: domain::time::Timestamp) -> Duration {
        then.since(self.deps.clock.now()) / self.deps.clock.speed()
    }

    async fn moved(&self, case: &Case, event: &TriggerEvent) -> Result<Flow, StoreError> {
        let trigger = self.on(&case.trigger, event)?;
        let step = Step {
            trigger: Some(trigger),
            ..Step::default()
        };
        self.commit(case, &step).await?;
        Ok(Flow::On(Some(Box::new(case.after(step, self.deps.clock.now())))))
    }

    async fn deal(&self, case: Case) -> Result<Flow, StoreError> {
        let market = match market::look(self.deps, self.venue, self.listing).await {
            Ok(market) => market,
            Err(error) => return self.unseen(&case, &error).await,
        };
        self.deps.reached(self.listing.venue);
        let now = self.deps.clock.now();
        match decide::deal(&case.trigger, self.listing, &market, now) {
            Ok(Deal::Wait(wait)) => self.wait(&case, wait).await,
            Ok(Deal::GiveUp { why }) => ends::give_up(self, &case, None, why).await,
            Ok(Deal::Order(intent)) => place::place(self, case, &intent).await,
            Err(error) => ends::give_up(self, &case, None, format!("no order can be made of it: {error}")).await,
        }
    }

    /// The venue could not be asked: nothing is concluded from it.
    async fn unseen(&self, case: &Case, error: &VenueError) -> Result<Flow, StoreError> {
        let wait = self.not_answered(error);
        let until = self
            .deps
            .clock
            .now()
            .after(wait.saturating_mul(self.deps.clock.speed()));
        let why = unseen_because(error, case.trigger.error.as_deref());
        let is_common = true;
        self.wait(case, Wait { until, is_common, why }).await
    }

    /// Tells that the venue did not answer; how long to wait before it is asked again.
    pub(super) fn not_answered(&self, error: &VenueError) -> Duration {
        told::not_answered(self.listing.venue, error);
        if let VenueError::RateLimited { retry_after } = error {
            return (*retry_after).max(self.deps.options.retry);
        }
        self.deps.not_reached(self.listing.venue, &error.to_string());
        SEE_AGAIN
    }

    /// The trigger after an event; what its table does not allow is a row that cannot be.
    pub(super) fn on(&self, trigger: &Trigger, event: &TriggerEvent) -> Result<Trigger, StoreError> {
        let moved = trigger.on(event, self.deps.clock.now());
        moved.map_err(|error| impossible(trigger.id, &error))
    }

    /// Commits a step.
    pub(super) async fn commit(&self, case: &Case, step: &Step) -> Result<(), StoreError> {
        let rows: ChangeSet = case.rows(step, self.deps.clock.now());
        self.deps.store.commit(rows).await?;
        told::moved(case, step);
        Ok(())
    }
}

/// Why the market could not be seen. That our own limit of requests is reached hides no reason that was told before: it is still so.
fn unseen_because(error: &VenueError, before: Option<&str>) -> String {
    match (error, before) {
        (VenueError::RateLimited { .. }, Some(before)) => before.to_owned(),
        (VenueError::RateLimited { .. }, None) => "the venue limits how often it is asked".to_owned(),
        (VenueError::Unreachable(_), _) => "the venue does not answer".to_owned(),
        (VenueError::Refused(_) | VenueError::Malformed(_), _) => {
            "the venue's answer about the market cannot be used".to_owned()
        }
    }
}

/// Rows that contradict the tables: nothing is done on them.
pub(super) fn impossible(id: TriggerId, error: &dyn std::error::Error) -> StoreError {
    StoreError::Corrupt {
        what: format!("trigger {id}"),
        why: error.to_string(),
    }
}
