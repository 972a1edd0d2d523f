//! Which endpoint is asked: the one in use while it is fit, else the fittest; one of another chain never.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::chain::BlockNumber;
use metrics::counter;
use tracing::warn;

use super::endpoint::{Endpoint, Endpoints};
use crate::event;

/// Endpoints and the one in use.
pub struct Choice {
    all: Endpoints,
    in_use: AtomicUsize,
    failures: u32,
    lag: u64,
}

impl Choice {
    /// Among these, the first in use; unfit are those with so many failures in a row, or so many blocks behind the best.
    pub fn new(all: Endpoints, failures: u32, lag: u64) -> Self {
        Self {
            all,
            in_use: AtomicUsize::new(0),
            failures: failures.max(1),
            lag,
        }
    }

    /// All of them.
    pub fn all(&self) -> &Endpoints {
        &self.all
    }

    /// The place of the one in use.
    pub fn in_use(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Whether it is asked while others are there.
    pub fn is_fit(&self, endpoint: &Endpoint) -> bool {
        let behind = match (self.best(), endpoint.head()) {
            (Some(best), Some(head)) => best.0.saturating_sub(head.0) > self.lag,
            (None, _) | (_, None) => false,
        };
        self.is_sound(endpoint) && !behind
    }

    /// The same, however far behind it was when its head was last heard of.
    fn is_sound(&self, endpoint: &Endpoint) -> bool {
        let failing = endpoint.failures() >= self.failures;
        let usable = !endpoint.is_foreign() && endpoint.resting().is_none() && !endpoint.is_distrusted();
        usable && !failing
    }

    /// In which order they are asked: the one in use, or else the fittest from now on, then the others. One that rests is not.
    pub fn order(&self) -> Vec<&Endpoint> {
        let mut places: Vec<usize> = (0..self.all.len()).filter(|place| self.may_be_asked(*place)).collect();
        let in_use = self.in_use();
        places.sort_by_key(|place| {
            let endpoint = &self.all[*place];
            (
                !self.is_fit(endpoint),
                endpoint.is_distrusted(),
                *place != in_use,
                endpoint.failures(),
            )
        });
        if let Some(first) = places.first().copied() {
            self.use_from_now(first, "it is fitter");
        }
        places.into_iter().map(|place| &*self.all[place]).collect()
    }

    /// The same, with the one in use behind the others that are sound. What is asked of them is old, and an answer that stops short of
    /// it is found out; while one whose head was heard of a while ago only looks as if it were behind.
    pub fn elsewhere(&self) -> Vec<&Endpoint> {
        let order = self.order();
        let Some((first, rest)) = order.split_first() else {
            return order;
        };
        let (sound, unsound): (Vec<&Endpoint>, Vec<&Endpoint>) =
            rest.iter().copied().partition(|endpoint| self.is_sound(endpoint));
        [sound, vec![*first], unsound].concat()
    }

    /// Those that a transaction is handed to, and that are asked what became of one: the fit, or all where none is.
    pub fn several(&self) -> Vec<&Endpoint> {
        let order = self.order();
        let fit: Vec<&Endpoint> = order.iter().copied().filter(|endpoint| self.is_fit(endpoint)).collect();
        if fit.is_empty() { order } else { fit }
    }

    /// The shortest time until one that rests may be asked.
    pub fn rest(&self) -> Option<Duration> {
        let resting = self.all.iter().filter(|endpoint| !endpoint.is_foreign());
        resting.filter_map(|endpoint| endpoint.resting()).min()
    }

    /// The one in use is asked last for so long; where all are, all are trusted again.
    pub fn distrust(&self, why: &str, lasting: Duration) {
        let now = self.in_use();
        let Some(endpoint) = self.all.get(now) else { return };
        let others = || {
            self.all
                .iter()
                .enumerate()
                .filter(|(place, other)| *place != now && !other.is_foreign())
        };
        if others().all(|(_, other)| other.is_distrusted()) {
            others().for_each(|(_, other)| other.distrust(None));
        }
        endpoint.distrust(Some(lasting));
        let next = self.order().first().map(|next| next.name.shown().to_owned());
        warn!(
            event = event::CHAIN_ENDPOINT_DISTRUSTED, chain = %endpoint.chain, endpoint = %endpoint.name.shown(),
            "endpoint {} is asked last for a while ({why}); {} is asked", endpoint.name.shown(), next.unwrap_or_default()
        );
    }

    fn may_be_asked(&self, place: usize) -> bool {
        let endpoint = &self.all[place];
        !endpoint.is_foreign() && endpoint.resting().is_none()
    }

    fn use_from_now(&self, place: usize, why: &str) {
        let before = self.in_use.swap(place, Ordering::Relaxed);
        if before != place {
            let endpoint = &self.all[place];
            counter!("bursar_chain_endpoint_changes_total", "chain" => endpoint.chain.to_string()).increment(1);
            warn!(
                event = event::CHAIN_ENDPOINT_CHANGED, chain = %endpoint.chain, endpoint = %endpoint.name.shown(),
                "endpoint {} is asked from now on: {why}", endpoint.name.shown()
            );
        }
    }

    fn best(&self) -> Option<BlockNumber> {
        // One that tells what cannot be may tell heads that are not.
        let believed = |endpoint: &&Arc<Endpoint>| !endpoint.is_foreign() && !endpoint.is_distrusted();
        let known = self.all.iter().filter(believed);
        known.filter_map(|endpoint| endpoint.head()).max()
    }
}
