//! The accounts that are kept in sync, and whose turn it is.

use std::collections::{BTreeSet, HashMap};

use domain::id::VenueAccountId;
use domain::venue::VenueName;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::memory::Memory;
use crate::actors::mail::MailError;

/// Senders that may wait for one sync of one account.
const WAITERS: usize = 64;

/// Who waits for a sync.
pub(super) type Waiter = oneshot::Sender<Result<(), MailError>>;

/// One account.
#[derive(Debug)]
pub(super) struct Watch {
    /// Here while it is not being synced.
    pub memory: Option<Memory>,
    /// When its turn is.
    pub due: Instant,
    /// Since when somebody wants it out of turn.
    pub forced: Option<Instant>,
    /// Whether something happened that no sync has come to the end of.
    pub is_event: bool,
    /// Whether the store may know what the last comparison did not.
    pub dirty: bool,
    /// Whether somebody who lived on it has left, and may not have told what was written last.
    left: bool,
    /// Whether it must be synced; one that need not is dropped when it is flat.
    pub wanted: bool,
    /// Whether it may hold a position; assumed until the venue says otherwise (S2-02).
    pub has_position: bool,
    /// Its venue, once known.
    pub venue: Option<VenueName>,
    /// Failures in a row.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Instant>,
    /// Syncs in a row that left something for the next.
    pub unresolved: u32,
    /// Whether its failing was told.
    pub told: bool,
    /// Waiting for a sync that has not begun.
    waiting: Vec<Waiter>,
    /// Waiting for the one in flight.
    served: Vec<Waiter>,
}

impl Watch {
    fn new(due: Instant) -> Self {
        Self {
            memory: Some(Memory::default()),
            due,
            forced: None,
            is_event: false,
            dirty: true,
            left: false,
            wanted: true,
            has_position: true,
            venue: None,
            failures: 0,
            failing_since: None,
            unresolved: 0,
            told: false,
            waiting: Vec::new(),
            served: Vec::new(),
        }
    }

    fn is_in_flight(&self) -> bool {
        self.memory.is_none()
    }

    /// Lets somebody wait for the next sync that begins.
    pub fn wait(&mut self, waiter: Waiter) -> Result<(), Waiter> {
        self.waiting.retain(|waiter| !waiter.is_closed());
        if self.waiting.len() >= WAITERS {
            return Err(waiter);
        }
        self.waiting.push(waiter);
        Ok(())
    }
}

/// The accounts by turn.
#[derive(Debug, Default)]
pub(super) struct Watches {
    all: HashMap<VenueAccountId, Watch>,
    turns: BTreeSet<(Instant, VenueAccountId)>,
    forced: BTreeSet<(Instant, VenueAccountId)>,
}

/// An account whose turn it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub account: VenueAccountId,
    /// Since when it is due.
    pub due: Instant,
    pub forced: bool,
}

/// What a sync begins with.
#[derive(Debug)]
pub(super) struct Begun {
    pub memory: Memory,
    /// Whether to compare even when the venue shows nothing new.
    pub dirty: bool,
    /// Whether something happened that makes it urgent.
    pub is_event: bool,
}

impl Watches {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn watch(&mut self, account: VenueAccountId) -> Option<&mut Watch> {
        self.all.get_mut(&account)
    }

    /// Begins to watch an account; one that is watched stays as it is.
    pub fn add(&mut self, account: VenueAccountId, due: Instant) -> &mut Watch {
        self.all.entry(account).or_insert_with(|| {
            self.turns.insert((due, account));
            Watch::new(due)
        })
    }

    /// Makes it the account's turn now; after the sync in flight, when there is one.
    pub fn force(&mut self, account: VenueAccountId, now: Instant) {
        let Some(watch) = self.all.get_mut(&account) else {
            return;
        };
        watch.dirty = true;
        if watch.forced.is_none() {
            watch.forced = Some(now);
            if !watch.is_in_flight() {
                self.forced.insert((now, account));
            }
        }
    }

    /// Somebody who lived on the account has left: it is looked at now, and its rows are.
    pub fn leave(&mut self, account: VenueAccountId, now: Instant) {
        self.add(account, now).left = true;
        self.force(account, now);
    }

    /// Whose turn it is: forced ones first, then the longest overdue; of no venue that is blocked for its kind.
    pub fn next_due(&self, now: Instant, blocked: &BTreeSet<(VenueName, bool)>) -> Option<Turn> {
        let is_free = |turn: &Turn| {
            let venue = self.all.get(&turn.account).and_then(|watch| watch.venue);
            venue.is_none_or(|venue| !blocked.contains(&(venue, turn.forced)))
        };
        self.due(now).find(is_free)
    }

    fn due(&self, now: Instant) -> impl Iterator<Item = Turn> {
        let turn = |(due, account): &(Instant, VenueAccountId), forced| Turn {
            account: *account,
            due: *due,
            forced,
        };
        let forced = self.forced.iter().map(move |place| turn(place, true));
        let by_turn = self.turns.iter().take_while(move |(due, _)| *due <= now);
        // Whoever could not be synced when something happened is still in a hurry.
        let hurries = |account| self.all.get(account).is_some_and(|watch| watch.is_event);
        forced.chain(by_turn.map(move |place| turn(place, hurries(&place.1))))
    }

    /// Since when the longest overdue waits.
    pub fn oldest_due(&self) -> Option<Instant> {
        let forced = self.forced.first().map(|(due, _)| *due);
        let by_turn = self.turns.first().map(|(due, _)| *due);
        forced.into_iter().chain(by_turn).min()
    }

    /// Takes the account for a sync. `None` while one is in flight.
    pub fn begin(&mut self, account: VenueAccountId) -> Option<Begun> {
        let watch = self.all.get_mut(&account)?;
        let mut memory = watch.memory.take()?;
        self.turns.remove(&(watch.due, account));
        if let Some(since) = watch.forced.take() {
            self.forced.remove(&(since, account));
            watch.is_event = true;
        }
        if std::mem::take(&mut watch.left) {
            memory.markets = None;
        }
        watch.served.append(&mut watch.waiting);
        Some(Begun {
            memory,
            dirty: std::mem::take(&mut watch.dirty),
            is_event: watch.is_event,
        })
    }

    /// Gives the account back after a sync, answers who waited for it, and sets its next turn.
    pub fn end(&mut self, account: VenueAccountId, memory: Memory, answer: Result<(), MailError>, due: Instant) {
        let Some(watch) = self.all.get_mut(&account) else {
            return;
        };
        for waiter in watch.served.drain(..) {
            if waiter.send(answer.clone()).is_err() {
                tracing::debug!(account.id = %account, "who waited for the sync has gone");
            }
        }
        watch.dirty |= answer.is_err();
        watch.memory = Some(memory);
        watch.due = due;
        self.turns.insert((due, account));
        if let Some(since) = watch.forced {
            self.forced.insert((since, account));
        }
    }

    /// Takes which accounts have anything on record that is not over. One that seemed flat is looked at anew, now:
    /// somebody wrote a row and could not say so any more.
    pub fn are_busy(&mut self, busy: &[VenueAccountId], now: Instant) {
        for account in busy {
            if self.all.get(account).is_some_and(|watch| !watch.has_position) {
                self.force(*account, now);
            }
        }
    }

    /// Keeps these and whatever is not flat, in flight or waited for; begins to watch the new ones. Gives those that are not
    /// watched any more, with their venues.
    pub fn want(
        &mut self,
        wanted: &BTreeSet<VenueAccountId>,
        due: impl Fn(VenueAccountId) -> Instant,
    ) -> Vec<(VenueAccountId, Option<VenueName>)> {
        for account in wanted {
            self.add(*account, due(*account));
        }
        let (turns, forced) = (&mut self.turns, &mut self.forced);
        let mut gone = Vec::new();
        self.all.retain(|account, watch| {
            watch.wanted = wanted.contains(account);
            let is_idle = !watch.has_position && !watch.is_in_flight() && watch.forced.is_none();
            let is_over = !watch.wanted && is_idle && watch.waiting.is_empty();
            if is_over {
                turns.remove(&(watch.due, *account));
                forced.retain(|(_, other)| other != account);
                gone.push((*account, watch.venue));
            }
            !is_over
        });
        gone
    }

    /// Those that are watched, with their venues.
    pub fn all(&self) -> impl Iterator<Item = (VenueAccountId, Option<VenueName>)> {
        self.all.iter().map(|(account, watch)| (*account, watch.venue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const A: VenueAccountId = VenueAccountId(1);
    const B: VenueAccountId = VenueAccountId(2);

    fn accounts(turns: impl Iterator<Item = Turn>) -> Vec<(VenueAccountId, bool)> {
        turns.map(|turn| (turn.account, turn.forced)).collect()
    }

    #[test]
    fn forced_account_comes_before_the_longest_overdue() {
        let start = Instant::now();
        let mut watches = Watches::default();
        watches.add(A, start);
        watches.add(B, start + Duration::from_secs(9));
        let now = start + Duration::from_secs(5);
        watches.force(B, now);
        assert_eq!(accounts(watches.due(now)), [(B, true), (A, false)]);
    }

    #[test]
    fn s2_07_account_is_never_synced_twice_at_once_and_a_poke_meanwhile_is_kept() {
        let start = Instant::now();
        let mut watches = Watches::default();
        watches.add(A, start);
        let Begun {
            memory,
            dirty,
            is_event,
        } = watches.begin(A).unwrap();
        assert_eq!((dirty, is_event), (true, false));
        assert!(watches.begin(A).is_none());
        watches.force(A, start);
        assert_eq!(accounts(watches.due(start)), []);
        watches.end(A, memory, Ok(()), start + Duration::from_secs(30));
        assert_eq!(accounts(watches.due(start)), [(A, true)]);
        let again = watches.begin(A).unwrap();
        assert_eq!((again.dirty, again.is_event), (true, true), "it must be compared again");
    }

    #[test]
    fn waiter_is_answered_by_a_sync_that_began_after_it_came() {
        let start = Instant::now();
        let mut watches = Watches::default();
        watches.add(A, start);
        let (early, mut early_answer) = oneshot::channel();
        watches.watch(A).unwrap().wait(early).unwrap();
        let memory = watches.begin(A).unwrap().memory;
        let (late, mut late_answer) = oneshot::channel();
        watches.watch(A).unwrap().wait(late).unwrap();
        watches.end(A, memory, Ok(()), start);
        assert_eq!(early_answer.try_recv(), Ok(Ok(())));
        assert!(late_answer.try_recv().is_err());
        let memory = watches.begin(A).unwrap().memory;
        watches.end(A, memory, Err(MailError::Silent("venue")), start);
        assert_eq!(late_answer.try_recv(), Ok(Err(MailError::Silent("venue"))));
    }

    #[test]
    fn s2_09_account_that_nobody_wants_is_watched_until_it_is_flat() {
        let start = Instant::now();
        let mut watches = Watches::default();
        let gone = watches.want(&BTreeSet::from([A, B]), |_| start);
        assert_eq!(gone, []);
        watches.watch(B).unwrap().has_position = false;
        let gone = watches.want(&BTreeSet::new(), |_| start);
        assert_eq!(gone, [(B, None)], "what is not known to be flat stays");
        watches.watch(A).unwrap().has_position = false;
        watches.watch(A).unwrap().venue = Some(VenueName::Okx);
        let gone = watches.want(&BTreeSet::new(), |_| start);
        assert_eq!(gone, [(A, Some(VenueName::Okx))]);
        assert_eq!((watches.len(), watches.due(start).count()), (0, 0));
    }

    #[test]
    fn event_that_could_not_be_synced_stays_urgent_until_it_is() {
        let start = Instant::now();
        let mut watches = Watches::default();
        watches.add(A, start + Duration::from_secs(30));
        watches.force(A, start);
        let memory = watches.begin(A).unwrap().memory;
        let retry = start + Duration::from_secs(1);
        watches.end(A, memory, Err(MailError::Silent("venue")), retry);
        assert_eq!(accounts(watches.due(retry)), [(A, true)]);
        let begun = watches.begin(A).unwrap();
        assert!(begun.is_event);
        watches.watch(A).unwrap().is_event = false;
        watches.end(A, begun.memory, Ok(()), retry);
        assert_eq!(accounts(watches.due(retry)), [(A, false)]);
    }

    #[test]
    fn markets_are_read_anew_when_somebody_has_left() {
        let start = Instant::now();
        let mut watches = Watches::default();
        watches.add(A, start);
        let mut memory = watches.begin(A).unwrap().memory;
        memory.markets = Some(BTreeSet::new());
        watches.leave(A, start);
        watches.end(A, memory, Ok(()), start);
        assert_eq!(watches.begin(A).unwrap().memory.markets, None);
    }
}
