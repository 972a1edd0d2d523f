//! The line to the venue: what was asked over it, and private streams that are up while they are told to be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bursar::ports::market::Wake;
use bursar::ports::venue::{Look, Sought};
use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::time::Timestamp;

/// A look at an account, as the venue was asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub account: VenueAccountId,
    pub is_event: bool,
    pub markets: Vec<Symbol>,
}

/// What is known of the line.
#[derive(Default)]
pub struct Line(Mutex<State>);

#[derive(Default)]
struct State {
    wakes: BTreeMap<VenueAccountId, Wake>,
    is_up: bool,
    looks: Vec<Asked>,
    sought: Vec<Timestamp>,
    behind: Duration,
    counts_itself: bool,
}

impl Line {
    /// All private streams come about, or break.
    pub fn be_up(&self, is_up: bool) {
        self.state().is_up = is_up;
        for wake in self.wakes() {
            wake();
        }
    }

    /// The private stream of an account tells something.
    pub fn tell(&self, account: VenueAccountId) {
        let wake = self.state().wakes.get(&account).cloned();
        wake.expect("somebody heeds the account")();
    }

    /// The accounts that somebody heeds.
    pub fn heeded(&self) -> Vec<VenueAccountId> {
        self.state().wakes.keys().copied().collect()
    }

    /// All looks at an account, oldest first.
    pub fn looks(&self, account: VenueAccountId) -> Vec<Asked> {
        let state = self.state();
        let looks = state.looks.iter().filter(|asked| asked.account == account);
        looks.cloned().collect()
    }

    /// Since when the orders were that the venue was asked for.
    pub fn sought(&self) -> Vec<Timestamp> {
        self.state().sought.clone()
    }

    /// The venue may not know for so long what it took.
    pub fn be_behind(&self, behind: Duration) {
        self.state().behind = behind;
    }

    /// The venue counts its requests itself.
    pub fn count_itself(&self) {
        self.state().counts_itself = true;
    }

    pub(super) fn look(&self, account: VenueAccountId, look: &Look<'_>) {
        self.state().looks.push(Asked {
            account,
            is_event: look.is_event,
            markets: look.markets.to_vec(),
        });
    }

    pub(super) fn seek(&self, sought: &Sought<'_>) {
        self.state().sought.push(sought.since);
    }

    pub(super) fn heed(&self, account: VenueAccountId, wake: Wake) {
        self.state().wakes.insert(account, wake);
    }

    pub(super) fn forget(&self, account: VenueAccountId) {
        self.state().wakes.remove(&account);
    }

    pub(super) fn is_heard(&self, account: VenueAccountId) -> bool {
        let state = self.state();
        state.is_up && state.wakes.contains_key(&account)
    }

    pub(super) fn behind(&self) -> Duration {
        self.state().behind
    }

    pub(super) fn counts_itself(&self) -> bool {
        self.state().counts_itself
    }

    fn wakes(&self) -> Vec<Wake> {
        self.state().wakes.values().map(Arc::clone).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}
