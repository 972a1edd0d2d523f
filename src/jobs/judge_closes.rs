//! Looking at the latest closes and at what was charged for them, and raising or resolving the alerts on what is unusual.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::rules::{Close, DebtLimits, HandLimits, SpikeLimits, by_hand, owed_share, spikes};
use domain::alert::{Alert, AlertKind};
use domain::id::{PositionId, UserId};
use domain::page::Page;
use domain::time::Timestamp;

use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::jobs::{JobError, tell};
use crate::ports::store::{AlertFilter, Store, StoreError};

/// Name of the job.
pub const NAME: &str = "judge_closes";
/// Rows read at once.
const PAGE: u32 = 500;
/// Most alerts that are raised in one run; the next run raises what is left.
const MOST: usize = 100;
/// What the alert on debts is about.
const DEBTS: &str = "settlement";

/// What is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseRules {
    /// How far back closes are looked for.
    pub window: Duration,
    /// When closes by hand are too many.
    pub hand: HandLimits,
    /// When a profit is a spike.
    pub spike: SpikeLimits,
    /// How long an alert on a spike stays open.
    pub spike_open_for: Duration,
    /// When too much is owed.
    pub debt: DebtLimits,
    /// How far back it is looked at what was charged and what is owed.
    pub debt_window: Duration,
}

impl CloseRules {
    /// How many closes of a user are read: among them are enough profitable ones, as a rule.
    fn each(&self) -> u32 {
        let profitable = self.spike.closes.saturating_mul(2).saturating_add(1);
        self.hand.closes.max(profitable)
    }
}

/// Who is told.
#[derive(Clone)]
pub struct Ears {
    /// That something is wrong.
    pub raises: Recipient<Raise>,
    /// That it is over.
    pub resolves: Recipient<Resolve>,
}

/// One run.
struct Look {
    ears: Ears,
    rules: CloseRules,
    /// Open alerts of these rules by kind and subject.
    open: BTreeMap<(&'static str, String), Timestamp>,
    /// Users who were judged already.
    seen: BTreeSet<UserId>,
    raised: usize,
}

/// Judges the latest closes once; answers how many alerts it raised.
///
/// # Errors
/// When the store or the alert actor does not answer.
pub async fn judge_closes(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    rules: CloseRules,
    ears: Ears,
) -> Result<usize, JobError> {
    let now = clock.now();
    let mut look = Look {
        open: open_alerts(&*store).await?,
        ears,
        rules,
        seen: BTreeSet::new(),
        raised: 0,
    };
    look.debts(&*store, now).await?;
    let (mut since, mut after) = (now.before(rules.window), PositionId(0));
    loop {
        let closes = store.closes_since(since, after, PAGE).await?;
        let Some(last) = closes.last() else {
            break;
        };
        (since, after) = (last.at, last.position);
        look.closes(&*store, &closes).await?;
    }
    look.end_spikes(now)?;
    Ok(look.raised)
}

impl Look {
    async fn debts(&mut self, store: &dyn Store, now: Timestamp) -> Result<(), JobError> {
        let dues = store.dues_since(now.before(self.rules.debt_window)).await?;
        let verdict = owed_share(dues.charged, dues.owed, &self.rules.debt);
        self.say(verdict.kind, DEBTS.to_owned(), verdict.raised)
    }

    async fn closes(&mut self, store: &dyn Store, closes: &[Close]) -> Result<(), JobError> {
        let users: BTreeSet<UserId> = closes.iter().map(|close| close.user).collect();
        let users: Vec<UserId> = users.into_iter().collect();
        let last = store.last_closes(&users, self.rules.each()).await?;
        for user in users {
            let last: Vec<Close> = last.iter().filter(|close| close.user == user).copied().collect();
            let judged: Vec<Close> = closes.iter().filter(|close| close.user == user).copied().collect();
            if self.seen.insert(user) {
                let verdict = by_hand(&last, &self.rules.hand);
                self.say(verdict.kind, format!("user:{user}"), verdict.raised)?;
            }
            for spike in spikes(&judged, &last, &self.rules.spike) {
                let subject = format!("position:{}", spike.position);
                self.say(AlertKind::ProfitSpike, subject, Some(spike.message))?;
            }
        }
        Ok(())
    }

    /// A spike is not over by itself: it was, and its alert ends when it has been open for long enough.
    fn end_spikes(&self, now: Timestamp) -> Result<(), JobError> {
        let kind = AlertKind::ProfitSpike;
        let spikes = self.open.iter().filter(|((name, _), _)| *name == kind.as_str());
        for ((_, subject), raised_at) in spikes.take(MOST) {
            if now.since(*raised_at) >= self.rules.spike_open_for {
                let subject = subject.clone();
                tell(&self.ears.resolves, kind, Resolve { kind, subject })?;
            }
        }
        Ok(())
    }

    /// Says only what is new.
    fn say(&mut self, kind: AlertKind, subject: String, raised: Option<String>) -> Result<(), JobError> {
        let is_open = self.open.contains_key(&(kind.as_str(), subject.clone()));
        match raised {
            Some(message) if !is_open && self.raised < MOST => {
                self.raised += 1;
                tell(&self.ears.raises, kind, Raise { kind, subject, message })
            }
            None if is_open => tell(&self.ears.resolves, kind, Resolve { kind, subject }),
            Some(_) | None => Ok(()),
        }
    }
}

async fn open_alerts(store: &dyn Store) -> Result<BTreeMap<(&'static str, String), Timestamp>, StoreError> {
    let ours = |alert: &Alert| match alert.kind {
        AlertKind::ManualCloser | AlertKind::ProfitSpike | AlertKind::DebtRatio => true,
        AlertKind::RobotQuarantined
        | AlertKind::PowerShort
        | AlertKind::UnsettledCount
        | AlertKind::UnsettledPower
        | AlertKind::UnsettledAge
        | AlertKind::JobFailing
        | AlertKind::LedgerInvariant
        | AlertKind::OrderInDoubt
        | AlertKind::ReconcileMismatch
        | AlertKind::SyncFailing
        | AlertKind::DeliveryFailing
        | AlertKind::DiskLow
        | AlertKind::DiskFull
        | AlertKind::CloseAllLate
        | AlertKind::ChainLag
        | AlertKind::ChainMalformed
        | AlertKind::ChainUnreachable
        | AlertKind::ChainQuarantined
        | AlertKind::ChainReorg
        | AlertKind::ChainOrphans
        | AlertKind::TriggerStuck
        | AlertKind::TriggerInDoubt
        | AlertKind::TriggerFillCancelled
        | AlertKind::StocksUnreachable
        | AlertKind::PayoutHalted
        | AlertKind::PayoutStuck
        | AlertKind::PayoutNoGas
        | AlertKind::PayoutLimited
        | AlertKind::PayoutReserve
        | AlertKind::PayoutForeignNonce
        | AlertKind::SolvencyDifference
        | AlertKind::PoolFunding
        | AlertKind::PoolUnreconciled => false,
    };
    let mut open = BTreeMap::new();
    let mut page = Page::first(PAGE);
    loop {
        let alerts = store.alerts(AlertFilter::Open, page).await?;
        let oldest = alerts.last().map_or(0, |alert| alert.id.0);
        let found = alerts.into_iter().filter(ours);
        open.extend(found.map(|alert| ((alert.kind.as_str(), alert.subject), alert.raised_at)));
        if oldest <= 1 {
            return Ok(open);
        }
        page = Page::after(oldest, PAGE);
    }
}
