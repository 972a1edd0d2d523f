//! Faults that the venue can be told to have, one by one or at random.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;

use super::random::Random;

/// Something that goes wrong once, at the next act of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The next place never arrives; the sender does not learn that.
    LoseBeforeAccept,
    /// The next place is accepted, and the answer is lost.
    LoseAfterAccept,
    /// The next place is refused.
    Reject,
    /// The next poll gets no answer.
    PollUnreachable,
    /// The next poll is told to come again later.
    PollRateLimited(Duration),
    /// The next poll brings fills and incomes that were told before.
    DuplicateFills,
    /// The next poll tells positions, orders and balance as they were at the poll before.
    StalePositions,
}

/// Whom a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Whoever comes first.
    Anyone,
    /// One account.
    Account(VenueAccountId),
}

/// Faults at random, each in so many of a thousand acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chaos {
    /// Seed of the draws.
    pub seed: u64,
    /// A place, cancel or question never arrives.
    pub lose_before: u32,
    /// A place or cancel happens, and its answer is lost.
    pub lose_after: u32,
    /// A place is refused.
    pub reject: u32,
    /// A poll is told to come again in a second.
    pub rate_limited: u32,
    /// A poll repeats fills.
    pub duplicate_fills: u32,
    /// A poll tells old positions.
    pub stale_positions: u32,
    /// An act is answered late.
    pub delayed: u32,
    /// Longest such delay.
    pub longest_delay: Duration,
}

/// What happens to one place or cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActFate {
    Well,
    LoseBefore,
    LoseAfter,
    Reject,
}

/// What happens to one poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PollFate {
    Well { duplicate: bool, stale: bool },
    Unreachable,
    RateLimited(Duration),
}

/// Where faults are told to the venue.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    places: BTreeMap<Target, VecDeque<Fault>>,
    polls: BTreeMap<Target, VecDeque<Fault>>,
    delays: BTreeMap<Target, Duration>,
    chaos: Option<(Chaos, Random)>,
}

impl Faults {
    /// Lets a fault happen `times` times, after those told before.
    pub fn expect(&self, target: Target, fault: Fault, times: usize) {
        let mut told = self.told();
        let queues = match fault {
            Fault::LoseBeforeAccept | Fault::LoseAfterAccept | Fault::Reject => &mut told.places,
            Fault::PollUnreachable | Fault::PollRateLimited(_) | Fault::DuplicateFills | Fault::StalePositions => {
                &mut told.polls
            }
        };
        queues
            .entry(target)
            .or_default()
            .extend(std::iter::repeat_n(fault, times));
    }

    /// Delays every answer by this much; zero ends it.
    pub fn delay(&self, target: Target, by: Duration) {
        self.told().delays.insert(target, by);
    }

    /// Lets faults happen at random, or no longer.
    pub fn chaos(&self, chaos: Option<Chaos>) {
        self.told().chaos = chaos.map(|chaos| (chaos, Random::new(chaos.seed)));
    }

    /// Forgets everything that was told.
    pub fn clear(&self) {
        *self.told() = Told::default();
    }

    pub(super) fn of_place(&self, account: VenueAccountId) -> ActFate {
        let mut told = self.told();
        match next(&mut told.places, account) {
            Some(Fault::LoseBeforeAccept) => return ActFate::LoseBefore,
            Some(Fault::LoseAfterAccept) => return ActFate::LoseAfter,
            Some(Fault::Reject) => return ActFate::Reject,
            _ => {}
        }
        let Some((chaos, random)) = &mut told.chaos else {
            return ActFate::Well;
        };
        if random.chance(chaos.reject) {
            return ActFate::Reject;
        }
        lost(chaos, random)
    }

    pub(super) fn of_cancel(&self) -> ActFate {
        match &mut self.told().chaos {
            Some((chaos, random)) => lost(chaos, random),
            None => ActFate::Well,
        }
    }

    /// Whether a question gets no answer.
    pub(super) fn of_question(&self) -> bool {
        match &mut self.told().chaos {
            Some((chaos, random)) => random.chance(chaos.lose_before),
            None => false,
        }
    }

    pub(super) fn of_poll(&self, account: VenueAccountId) -> PollFate {
        let mut told = self.told();
        let (mut duplicate, mut stale) = (false, false);
        match next(&mut told.polls, account) {
            Some(Fault::PollUnreachable) => return PollFate::Unreachable,
            Some(Fault::PollRateLimited(wait)) => return PollFate::RateLimited(wait),
            Some(Fault::DuplicateFills) => duplicate = true,
            Some(Fault::StalePositions) => stale = true,
            _ => {}
        }
        if let Some((chaos, random)) = &mut told.chaos {
            if random.chance(chaos.lose_before) {
                return PollFate::Unreachable;
            }
            if random.chance(chaos.rate_limited) {
                return PollFate::RateLimited(Duration::from_secs(1));
            }
            duplicate |= random.chance(chaos.duplicate_fills);
            stale |= random.chance(chaos.stale_positions);
        }
        PollFate::Well { duplicate, stale }
    }

    /// How long the answer is held back.
    pub(super) fn delay_of(&self, account: VenueAccountId) -> Duration {
        let mut told = self.told();
        let of = |target| told.delays.get(&target).copied().unwrap_or_default();
        let fixed = of(Target::Anyone).max(of(Target::Account(account)));
        let Some((chaos, random)) = &mut told.chaos else {
            return fixed;
        };
        if !random.chance(chaos.delayed) {
            return fixed;
        }
        let longest = u64::try_from(chaos.longest_delay.as_millis()).unwrap_or(u64::MAX);
        fixed + Duration::from_millis(random.below(longest.saturating_add(1)))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(chaos: &Chaos, random: &mut Random) -> ActFate {
    if random.chance(chaos.lose_before) {
        ActFate::LoseBefore
    } else if random.chance(chaos.lose_after) {
        ActFate::LoseAfter
    } else {
        ActFate::Well
    }
}

fn next(queues: &mut BTreeMap<Target, VecDeque<Fault>>, account: VenueAccountId) -> Option<Fault> {
    let own = queues.get_mut(&Target::Account(account)).and_then(VecDeque::pop_front);
    own.or_else(|| queues.get_mut(&Target::Anyone).and_then(VecDeque::pop_front))
}
