//! The board: which triggers are to be looked at, and when. Ids and times only; rows are read when it is a trigger's turn.

mod lane;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use domain::id::{SubscriptionId, TriggerId};
use tokio::time::Instant;

use lane::Lane;

/// A gate that was shut less than so long ago is not opened by a poke yet.
const SHUT: Duration = Duration::from_secs(1);

/// What is known of a trigger when it is put on the board.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighted {
    pub id: TriggerId,
    pub subscription: SubscriptionId,
    /// When it is to be looked at.
    pub due: Instant,
    /// When its patience ends.
    pub expires: Instant,
    /// Whether an order for it is on its way.
    pub is_ordering: bool,
}

/// A trigger whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub id: TriggerId,
    pub subscription: SubscriptionId,
    /// Whether an order for it is on its way.
    pub is_ordering: bool,
}

/// What comes of a trigger after it was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// There is nothing more to do for it here.
    Gone,
    /// It is looked at again after this time.
    After {
        wait: Duration,
        /// Whether an order for it is on its way.
        is_ordering: bool,
    },
    /// It waits with all of its listing for so long.
    Gate(Duration),
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    subscription: SubscriptionId,
    expires: Instant,
    place: Place,
    is_ordering: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Due,
    Gated,
    Later(Instant),
    /// Somebody works on it; whether it is to be looked at once more afterwards.
    Working {
        again: bool,
    },
}

/// Triggers that are not over, by listing.
#[derive(Debug, Default)]
pub(super) struct Board {
    entries: HashMap<TriggerId, Entry>,
    lanes: BTreeMap<SubscriptionId, Lane>,
    later: BTreeSet<(Instant, TriggerId)>,
    expiries: BTreeSet<(Instant, TriggerId)>,
    /// Whose turn it was last.
    turn: Option<SubscriptionId>,
    per_listing: usize,
}

impl Board {
    pub fn new(per_listing: usize) -> Self {
        Self {
            per_listing: per_listing.max(1),
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many are to be looked at now, by listings whose gate is open.
    pub fn due(&self) -> usize {
        self.lanes.values().map(|lane| lane.due.len()).sum()
    }

    /// Puts a trigger on the board; one that is there keeps its place, but is looked at no later than this.
    pub fn see(&mut self, sighted: Sighted, now: Instant) {
        let Sighted { id, due, .. } = sighted;
        match self.entries.get(&id).map(|entry| entry.place) {
            None => self.enter(sighted, now),
            Some(Place::Later(at)) if due < at => self.put(id, due, now),
            Some(Place::Later(_) | Place::Due | Place::Gated | Place::Working { .. }) => {}
        }
    }

    fn enter(&mut self, sighted: Sighted, now: Instant) {
        let Sighted { id, due, .. } = sighted;
        let entry = Entry {
            subscription: sighted.subscription,
            expires: sighted.expires,
            place: Place::Due,
            is_ordering: sighted.is_ordering,
        };
        self.entries.insert(id, entry);
        if sighted.expires > now && !sighted.is_ordering {
            self.expiries.insert((sighted.expires, id));
        }
        self.put(id, due, now);
    }

    /// Whatever has an order on its way, on any listing of these, is to be looked at now.
    pub fn wake_orders(&mut self, subscriptions: &[SubscriptionId]) {
        for subscription in subscriptions {
            let ordering = self.lanes.get(subscription).map(|lane| lane.ordering.clone());
            for id in ordering.unwrap_or_default() {
                let place = self.entries.get(&id).map(|entry| entry.place);
                match place {
                    Some(Place::Later(at)) => {
                        self.later.remove(&(at, id));
                        self.make_due(id);
                    }
                    Some(Place::Working { .. }) => self.set_place(id, Place::Working { again: true }),
                    Some(Place::Due | Place::Gated) | None => {}
                }
            }
        }
    }

    /// What kept listings waiting may be over.
    pub fn open_gates(&mut self, now: Instant) {
        for lane in self.lanes.values_mut() {
            lane.open_soon(now, SHUT);
        }
    }

    /// Time passed: what is due by it comes to its turn, and so does what has run out of patience.
    pub fn pass(&mut self, now: Instant) {
        while let Some((at, id)) = self.later.first().copied()
            && at <= now
        {
            self.later.pop_first();
            self.make_due(id);
        }
        while let Some((at, id)) = self.expiries.first().copied()
            && at <= now
        {
            self.expiries.pop_first();
            match self.entries.get(&id).map(|entry| entry.place) {
                Some(Place::Gated) => self.make_due(id),
                Some(Place::Later(later)) => {
                    self.later.remove(&(later, id));
                    self.make_due(id);
                }
                Some(Place::Working { .. }) => self.set_place(id, Place::Working { again: true }),
                Some(Place::Due) | None => {}
            }
        }
    }

    /// The next trigger whose turn it is, listing by listing, of each the oldest; somebody works on it from now on.
    pub fn take(&mut self, now: Instant) -> Option<Taken> {
        let order = self.lanes.keys().copied();
        let (before, after): (Vec<_>, Vec<_>) = order.partition(|id| self.turn.is_some_and(|turn| *id <= turn));
        for subscription in after.into_iter().chain(before) {
            let limit = self.per_listing;
            let Some(id) = self.lanes.get_mut(&subscription).and_then(|lane| lane.take(now, limit)) else {
                continue;
            };
            self.turn = Some(subscription);
            self.set_place(id, Place::Working { again: false });
            let is_ordering = self.entries.get(&id).is_some_and(|entry| entry.is_ordering);
            return Some(Taken {
                id,
                subscription,
                is_ordering,
            });
        }
        None
    }

    /// Somebody has worked on it.
    pub fn done(&mut self, id: TriggerId, rest: Rest, now: Instant) {
        let Some(entry) = self.entries.get(&id).copied() else {
            return;
        };
        let lane = self.lanes.entry(entry.subscription).or_default();
        lane.working = lane.working.saturating_sub(1);
        let again = entry.place == Place::Working { again: true };
        match rest {
            Rest::Gone => self.forget(id),
            Rest::After { wait, is_ordering } => {
                self.set_ordering(id, is_ordering);
                let wait = if again { Duration::ZERO } else { wait };
                self.put(id, now + wait, now);
            }
            Rest::Gate(wait) => {
                self.set_ordering(id, false);
                if let Some(lane) = self.lanes.get_mut(&entry.subscription) {
                    lane.shut(now, now + wait);
                    lane.gated.insert(id);
                }
                self.set_place(id, Place::Gated);
                if again && entry.expires <= now {
                    self.make_due(id);
                }
            }
        }
    }

    fn forget(&mut self, id: TriggerId) {
        if let Some(entry) = self.entries.remove(&id) {
            self.expiries.remove(&(entry.expires, id));
            if let Some(lane) = self.lanes.get_mut(&entry.subscription) {
                lane.forget(id);
            }
        }
    }

    fn put(&mut self, id: TriggerId, due: Instant, now: Instant) {
        if let Some(Place::Later(at)) = self.entries.get(&id).map(|entry| entry.place) {
            self.later.remove(&(at, id));
        }
        let ordering = self.entries.get(&id).is_some_and(|entry| entry.is_ordering);
        self.set_ordering(id, ordering);
        if due <= now {
            return self.make_due(id);
        }
        self.later.insert((due, id));
        self.set_place(id, Place::Later(due));
    }

    fn make_due(&mut self, id: TriggerId) {
        let Some(subscription) = self.entries.get(&id).map(|entry| entry.subscription) else {
            return;
        };
        let lane = self.lanes.entry(subscription).or_default();
        lane.gated.remove(&id);
        lane.due.insert(id);
        self.set_place(id, Place::Due);
    }

    fn set_place(&mut self, id: TriggerId, place: Place) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.place = place;
        }
    }

    fn set_ordering(&mut self, id: TriggerId, is_ordering: bool) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.is_ordering = is_ordering;
        let lane = self.lanes.entry(entry.subscription).or_default();
        if is_ordering {
            lane.ordering.insert(id);
        } else {
            lane.ordering.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
