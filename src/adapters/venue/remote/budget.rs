//! How much may be asked of a venue within a window of time, and by whom when little is left.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Parts that a window is counted in: what was spent is forgotten at most one part late, never early.
const PARTS: u32 = 60;

/// What a request is for. The later ones may use more of a budget, so that nothing that closes a position ever waits for
/// somebody who looks around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Looking at what most likely has not changed.
    Audit,
    /// Reading what a settlement needs: history of fills and payments.
    Settlement,
    /// Opening, and what opening needs.
    Order,
    /// Looking an order in doubt up.
    Risk,
    /// Closing, cancelling.
    Close,
}

impl Urgency {
    /// Hundredths of a budget beyond which it waits.
    const fn share(self) -> u32 {
        match self {
            Self::Audit => 60,
            Self::Settlement => 70,
            Self::Order => 80,
            Self::Risk => 90,
            Self::Close => 100,
        }
    }
}

/// What may be spent within any stretch of time that is as long as the window.
#[derive(Debug)]
pub struct Budget {
    limit: u32,
    part: Duration,
    /// What was spent, by the part of time in which it was, oldest first.
    spent: VecDeque<(Instant, u32)>,
    held_until: Option<Instant>,
}

impl Budget {
    /// A budget of which nothing is spent. A window that is shorter than a millisecond counts as one.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit,
            part: window.max(Duration::from_millis(1)) / PARTS,
            spent: VecDeque::new(),
            held_until: None,
        }
    }

    /// How long this has to wait; `None` when it may go now.
    pub fn wait(&mut self, weight: u32, urgency: Urgency, now: Instant) -> Option<Duration> {
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        self.forget(now);
        let allowed = self.limit.saturating_mul(urgency.share()) / 100;
        let mut over = self.used().saturating_add(weight).saturating_sub(allowed);
        if over == 0 || self.spent.is_empty() {
            // What weighs more than its share goes when nothing else was spent: it would wait for ever.
            return None;
        }
        for (at, weight) in &self.spent {
            over = over.saturating_sub(*weight);
            if over == 0 {
                return Some(self.over_at(*at).saturating_duration_since(now).max(self.part));
            }
        }
        self.spent
            .back()
            .map(|(at, _)| self.over_at(*at).saturating_duration_since(now).max(self.part))
    }

    /// Spends.
    pub fn spend(&mut self, weight: u32, now: Instant) {
        if weight == 0 {
            return;
        }
        self.forget(now);
        match self.spent.back_mut() {
            Some((at, spent)) if now.saturating_duration_since(*at) < self.part => {
                *spent = spent.saturating_add(weight)
            }
            _ => self.spent.push_back((now, weight)),
        }
    }

    /// The venue says how much was spent in its window, by us and by others behind the same address. More than we
    /// know of is taken as just spent; less is not believed, because the venue's window may have begun anew.
    pub fn told(&mut self, used: u32, now: Instant) {
        self.forget(now);
        let unknown = used.saturating_sub(self.used());
        self.spend(unknown, now);
    }

    /// Nothing goes for this long; a longer rest that is on already stays.
    pub fn rest(&mut self, lasting: Duration, now: Instant) {
        let until = now + lasting;
        self.held_until = Some(self.held_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// What was spent in the window that ends now.
    pub fn used(&self) -> u32 {
        self.spent
            .iter()
            .fold(0, |sum, (_, weight)| sum.saturating_add(*weight))
    }

    /// What may be spent in a window.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    fn over_at(&self, at: Instant) -> Instant {
        at + self.part * (PARTS + 1)
    }

    fn forget(&mut self, now: Instant) {
        while self.spent.front().is_some_and(|(at, _)| self.over_at(*at) <= now) {
            self.spent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn budget(spent: u32, now: Instant) -> Budget {
        let mut budget = Budget::new(100, MINUTE);
        budget.spend(spent, now);
        budget
    }

    #[test]
    fn s2_04_who_only_looks_waits_before_who_closes() {
        let now = Instant::now();
        let may = |spent, urgency| budget(spent, now).wait(1, urgency, now).is_none();
        assert!(may(59, Urgency::Audit) && !may(60, Urgency::Audit));
        assert!(may(69, Urgency::Settlement) && !may(70, Urgency::Settlement));
        assert!(may(79, Urgency::Order) && !may(80, Urgency::Order));
        assert!(may(89, Urgency::Risk) && !may(90, Urgency::Risk));
        assert!(may(99, Urgency::Close) && !may(100, Urgency::Close));
    }

    #[test]
    fn what_has_to_wait_is_told_when_it_may_go() {
        let now = Instant::now();
        let mut budget = budget(30, now);
        budget.spend(70, now + Duration::from_secs(10));
        let later = now + Duration::from_secs(20);
        let wait = budget.wait(20, Urgency::Close, later).unwrap();
        assert_eq!(wait, Duration::from_secs(41));
        assert!(budget.wait(20, Urgency::Close, later + wait).is_none());
        assert!(budget.wait(31, Urgency::Close, later + wait).is_some());
    }

    #[test]
    fn what_others_spend_behind_the_same_address_counts() {
        let now = Instant::now();
        let mut budget = budget(10, now);
        budget.told(95, now);
        assert_eq!(budget.used(), 95);
        budget.told(3, now);
        assert_eq!(budget.used(), 95, "the venue's window may have begun anew");
        assert!(budget.wait(6, Urgency::Close, now).is_some());
    }

    #[test]
    fn a_rest_holds_even_those_who_close() {
        let now = Instant::now();
        let mut budget = budget(0, now);
        budget.rest(Duration::from_secs(30), now);
        budget.rest(Duration::from_secs(5), now);
        assert_eq!(budget.wait(1, Urgency::Close, now), Some(Duration::from_secs(30)));
        assert_eq!(budget.wait(1, Urgency::Audit, now + Duration::from_secs(30)), None);
    }

    #[test]
    fn what_weighs_more_than_its_share_goes_when_nothing_else_was_spent() {
        let now = Instant::now();
        let mut budget = budget(0, now);
        assert_eq!(budget.wait(90, Urgency::Audit, now), None);
        budget.spend(90, now);
        assert!(budget.wait(90, Urgency::Audit, now).is_some());
    }

    proptest! {
        #[test]
        fn no_stretch_of_a_window_ever_holds_more_than_the_limit(
            asks in proptest::collection::vec((0_u64..3_000, 1_u32..40), 1..300),
        ) {
            let start = Instant::now();
            let (mut budget, mut now) = (Budget::new(100, MINUTE), start);
            let mut gone: Vec<(Instant, u32)> = Vec::new();
            for (after, weight) in asks {
                now += Duration::from_millis(after);
                if budget.wait(weight, Urgency::Close, now).is_none() {
                    budget.spend(weight, now);
                    gone.push((now, weight));
                    let within = gone.iter().filter(|(at, _)| now - *at < MINUTE);
                    let sum: u32 = within.map(|(_, weight)| weight).sum();
                    prop_assert!(sum <= 100, "{sum}");
                }
            }
        }

        #[test]
        fn whoever_waits_as_told_may_go(
            spent in proptest::collection::vec((0_u64..3_000, 1_u32..40), 1..100),
            weight in 1_u32..60,
        ) {
            let (mut budget, mut now) = (Budget::new(100, MINUTE), Instant::now());
            for (after, weight) in spent {
                now += Duration::from_millis(after);
                budget.spend(weight, now);
            }
            if let Some(wait) = budget.wait(weight, Urgency::Audit, now) {
                prop_assert_eq!(budget.wait(weight, Urgency::Audit, now + wait), None);
            }
        }
    }
}
