//! Pressing what was told to close all: each live position in scope is closed by the way that closes take, again and again
//! until it is flat. What is to be done is on record, so that a restart only looks again.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::change::{Change, ChangeSet};
use domain::close_all::CloseAll;
use domain::id::RobotId;
use domain::page::Page;
use domain::position::{CloseReason, Position, PositionState};
use futures::StreamExt;

use crate::actors::job_scheduler::Job;
use crate::actors::mail::{ClosePosition, Raise, Resolve};
use crate::actors::robot::{RobotDeps, close_outside};
use crate::clock::Clock;
use crate::event;
use crate::jobs::judge_closes::Ears;
use crate::jobs::{JobError, JobReport, tell};
use crate::ports::store::{AlertFilter, PositionFilter, Store, StoreError};

/// Name of the job.
pub const NAME: &str = "press_close_alls";
/// Rows per read.
const PAGE: u32 = 500;
/// Longest run.
const LIMIT: Duration = Duration::from_secs(600);
/// Robots that are asked at once.
const PARALLEL: usize = 64;

/// What the job needs.
#[derive(Clone)]
pub struct CloseAllPress {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who passes a close on to the robot that holds the position.
    pub closes: Recipient<ClosePosition>,
    /// With what positions are closed that no robot holds.
    pub outside: Arc<RobotDeps>,
    /// Who keeps alerts.
    pub ears: Ears,
    /// Whatever is not flat after so long is told.
    pub flat_within: Duration,
    /// On what alerts are open; `None` until that was read. Starts empty.
    pub told: Arc<Mutex<Option<BTreeSet<String>>>>,
}

/// What a run saw and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pressed {
    /// Orders to close all that stand.
    pub standing: usize,
    /// Positions in their scopes that are not flat.
    pub live: usize,
    /// Closes that were asked for now.
    pub asked: usize,
    /// Those that were not taken; they are asked for again.
    pub failed: usize,
}

impl fmt::Display for Pressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            standing,
            live,
            asked,
            failed,
        } = self;
        write!(
            f,
            "{standing} stand, {live} positions are live, {asked} were asked to close, {failed} not taken"
        )
    }
}

/// Names the figures.
fn describe() {
    use metrics::{describe_counter, describe_gauge};
    describe_gauge!("bursar_close_alls_standing", "Orders to close all that stand");
    describe_gauge!(
        "bursar_close_all_positions",
        "Positions that orders to close all are about and that are not flat, by state"
    );
    describe_counter!(
        "bursar_close_all_closes_total",
        "Closes that orders to close all asked for, by outcome"
    );
}

/// The job, run so often.
pub fn job(press: CloseAllPress, every: Duration) -> Job {
    describe();
    Job::new(NAME, every, LIMIT, move || {
        let press = press.clone();
        async move { press_close_alls(&press).await.map(JobReport::Pressed) }
    })
}

/// Looks once at every order to close all that stands.
pub async fn press_close_alls(press: &CloseAllPress) -> Result<Pressed, JobError> {
    let standing = press.store.standing_close_alls().await?;
    let mut pressed = Pressed {
        standing: standing.len(),
        ..Pressed::default()
    };
    let (mut seen, mut late) = (BTreeSet::new(), BTreeSet::new());
    let mut live = Vec::new();
    for close_all in &standing {
        let about = live_positions(press.store.as_ref(), close_all).await?;
        press.note(close_all, !about.is_empty()).await?;
        if let Some(message) = press.lateness(close_all, &about) {
            late.insert(subject(close_all));
            press.raise(subject(close_all), message)?;
        }
        live.extend(about.into_iter().filter(|position| seen.insert(position.id)));
    }
    press.resolve_others(late).await?;
    show(standing.len(), &live);
    pressed.live = live.len();
    let open = live
        .into_iter()
        .filter(|position| position.state == PositionState::Open);
    let asked = open.map(|position| press.close(position));
    let answers: Vec<bool> = futures::stream::iter(asked).buffer_unordered(PARALLEL).collect().await;
    pressed.asked = answers.len();
    pressed.failed = answers.iter().filter(|taken| !**taken).count();
    Ok(pressed)
}

/// Positions that an order to close all is about and that are not final.
pub async fn live_positions(store: &dyn Store, close_all: &CloseAll) -> Result<Vec<Position>, StoreError> {
    let filter = PositionFilter {
        live: Some(true),
        ..PositionFilter::within(close_all.scope)
    };
    let (mut about, mut page) = (Vec::new(), Page::first(PAGE));
    loop {
        let positions = store.positions(filter, page).await?;
        let Some(last) = positions.last() else {
            return Ok(about);
        };
        page = Page::after(last.id.0, PAGE);
        about.extend(positions.into_iter().filter(|position| close_all.covers(position)));
    }
}

impl CloseAllPress {
    /// Puts on record that all is flat, or that something came to light again.
    async fn note(&self, close_all: &CloseAll, live: bool) -> Result<(), JobError> {
        let Some(next) = close_all.seen(live, self.clock.now()) else {
            return Ok(());
        };
        let (id, scope, state) = (close_all.id, close_all.scope, next.state.as_str());
        match self.store.commit(ChangeSet::of(Change::UpdateCloseAll(next))).await {
            Ok(()) => {
                tracing::warn!(event = event::CLOSE_ALL_MOVED, close_all.id = %id, scope = %scope, state,
                    "close-all {id} of {scope} is {state}");
                Ok(())
            }
            // Somebody ended it meanwhile.
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn lateness(&self, close_all: &CloseAll, about: &[Position]) -> Option<String> {
        let age = self.clock.now().since(close_all.asked_at);
        let is_late = !about.is_empty() && age > self.flat_within;
        is_late.then(|| {
            format!(
                "close-all {} of {} is not flat after {} s: {} positions are live",
                close_all.id,
                close_all.scope,
                self.flat_within.as_secs(),
                about.len()
            )
        })
    }

    fn raise(&self, subject: String, message: String) -> Result<(), JobError> {
        let kind = AlertKind::CloseAllLate;
        tell(&self.ears.raises, kind, Raise { kind, subject, message })
    }

    /// Ends alerts without a reason any more: their orders became flat, or were ended. Which are open is read once, and
    /// again after anything went wrong.
    async fn resolve_others(&self, late: BTreeSet<String>) -> Result<(), JobError> {
        let known = self.told().take();
        let open = match known {
            Some(told) => told,
            None => self.open_alerts().await?,
        };
        let kind = AlertKind::CloseAllLate;
        for subject in open.difference(&late).cloned() {
            tell(&self.ears.resolves, kind, Resolve { kind, subject })?;
        }
        *self.told() = Some(late);
        Ok(())
    }

    fn told(&self) -> MutexGuard<'_, Option<BTreeSet<String>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open_alerts(&self) -> Result<BTreeSet<String>, StoreError> {
        let (mut open, mut page) = (BTreeSet::new(), Page::first(PAGE));
        loop {
            let alerts = self.store.alerts(AlertFilter::Open, page).await?;
            let oldest = alerts.last().map_or(0, |alert| alert.id.0);
            let ours = alerts.into_iter().filter(|alert| alert.kind == AlertKind::CloseAllLate);
            open.extend(ours.map(|alert| alert.subject));
            if oldest <= 1 {
                return Ok(open);
            }
            page = Page::after(oldest, PAGE);
        }
    }

    /// Asks for one close; whether it was taken. One that is under way, or whose outcome is not known, is never doubled: it
    /// is not open then.
    async fn close(&self, position: Position) -> bool {
        let answer = match position.robot {
            Some(robot) => self.ask(robot).await,
            None => close_outside(&self.outside, &position).await,
        };
        let outcome = if answer.is_ok() { "taken" } else { "not_taken" };
        metrics::counter!("bursar_close_all_closes_total", "outcome" => outcome).increment(1);
        if let Err(why) = &answer {
            tracing::info!(event = event::CLOSE_ALL_NOT_TAKEN, position.id = %position.id, why,
                "position {} is not closed yet: {why}", position.id);
        }
        answer.is_ok()
    }

    async fn ask(&self, robot: RobotId) -> Result<(), String> {
        let reason = CloseReason::Requested;
        match self.closes.send(ClosePosition { robot, reason }).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What the alert on an order to close all is about.
fn subject(close_all: &CloseAll) -> String {
    format!("close_all:{}", close_all.id)
}

fn show(standing: usize, live: &[Position]) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    metrics::gauge!("bursar_close_alls_standing").set(count(standing));
    for state in ["opening", "open", "closing"] {
        let here = live.iter().filter(|position| position.state.as_str() == state);
        metrics::gauge!("bursar_close_all_positions", "state" => state).set(count(here.count()));
    }
}
