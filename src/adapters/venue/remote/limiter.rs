//! One limiter for each address that requests leave from, and within it one for each account.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;
use tokio::time::Instant;

use super::budget::{Budget, Urgency};

/// What a venue allows in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How much.
    pub limit: u32,
    /// In how long.
    pub window: Duration,
}

/// What a venue allows, by address and by account.
#[derive(Debug, Clone, Default)]
pub struct Allowances {
    /// Request weight from one address.
    pub address: Vec<Allowance>,
    /// Orders of one account.
    pub orders: Vec<Allowance>,
    /// Requests of one account that are no orders, of each endpoint.
    pub requests: Vec<Allowance>,
}

impl Allowances {
    /// So much in so many seconds, each.
    pub fn of(address: &[(u32, u64)], orders: &[(u32, u64)], requests: &[(u32, u64)]) -> Self {
        let all = |told: &[(u32, u64)]| {
            let each = told.iter().map(|(limit, seconds)| Allowance {
                limit: *limit,
                window: Duration::from_secs(*seconds),
            });
            each.collect()
        };
        Self {
            address: all(address),
            orders: all(orders),
            requests: all(requests),
        }
    }
}

/// What one request counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Weight by address.
    pub weight: u32,
    /// Orders of its account.
    pub orders: u32,
    /// Requests of its account at its endpoint.
    pub requests: u32,
}

impl Cost {
    /// A question that is nobody's.
    pub const fn public(weight: u32) -> Self {
        Self {
            weight,
            orders: 0,
            requests: 0,
        }
    }

    /// A question.
    pub const fn look(weight: u32) -> Self {
        Self {
            weight,
            orders: 0,
            requests: 1,
        }
    }

    /// An order.
    pub const fn order(weight: u32) -> Self {
        Self {
            weight,
            orders: 1,
            requests: 0,
        }
    }
}

/// What a venue says was used, in the order of [`Allowances`]; `None` where an answer does not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// By the address.
    pub address: Vec<Option<u32>>,
    /// Orders of the account.
    pub orders: Vec<Option<u32>>,
}

#[derive(Debug)]
struct OfAccount {
    orders: Vec<Budget>,
    /// By endpoint.
    requests: HashMap<String, Vec<Budget>>,
    rests_until: Option<Instant>,
}

/// Who wants to leave, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Leave<'a> {
    /// Whose account it is about.
    pub account: Option<VenueAccountId>,
    /// Which endpoint, without what names a single order or market.
    pub endpoint: &'a str,
    /// What it counts.
    pub cost: Cost,
    /// What it is for.
    pub urgency: Urgency,
}

#[derive(Debug)]
struct Spent {
    address: Vec<Budget>,
    accounts: HashMap<VenueAccountId, OfAccount>,
}

/// What has been spent from one address.
#[derive(Debug)]
pub struct Limiter {
    allowed: Allowances,
    spent: Mutex<Spent>,
}

fn budgets(allowances: &[Allowance]) -> Vec<Budget> {
    allowances
        .iter()
        .map(|allowed| Budget::new(allowed.limit, allowed.window))
        .collect()
}

fn longest_wait(budgets: &mut [Budget], weight: u32, urgency: Urgency, now: Instant) -> Option<Duration> {
    let waits = budgets
        .iter_mut()
        .filter_map(|budget| budget.wait(weight, urgency, now));
    waits.max()
}

fn spend(budgets: &mut [Budget], weight: u32, now: Instant) {
    for budget in budgets {
        budget.spend(weight, now);
    }
}

fn told(budgets: &mut [Budget], used: &[Option<u32>], now: Instant) {
    for (budget, used) in budgets.iter_mut().zip(used) {
        if let Some(used) = used {
            budget.told(*used, now);
        }
    }
}

impl Limiter {
    /// Nothing is spent yet.
    pub fn new(allowed: Allowances) -> Self {
        let spent = Spent {
            address: budgets(&allowed.address),
            accounts: HashMap::new(),
        };
        Self {
            allowed,
            spent: Mutex::new(spent),
        }
    }

    /// Spends all that a request counts, or nothing: then it says how long to wait.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&self, leave: Leave<'_>, now: Instant) -> Result<(), Duration> {
        let Leave { cost, urgency, .. } = leave;
        let mut spent = self.spent();
        let Spent { address, accounts } = &mut *spent;
        let mut of_account = leave
            .account
            .map(|account| accounts.entry(account).or_insert_with(|| self.fresh()));
        let by_address = longest_wait(address, cost.weight, urgency, now);
        let by_account = of_account.as_mut().and_then(|of| {
            let rest = of.rests_until.filter(|until| *until > now).map(|until| until - now);
            let orders = (cost.orders > 0).then(|| longest_wait(&mut of.orders, cost.orders, urgency, now));
            let requests = (cost.requests > 0)
                .then(|| longest_wait(self.at_endpoint(of, leave.endpoint), cost.requests, urgency, now));
            rest.max(orders.flatten()).max(requests.flatten())
        });
        if let Some(wait) = by_address.max(by_account) {
            return Err(wait);
        }
        spend(address, cost.weight, now);
        if let Some(of) = of_account {
            spend(&mut of.orders, cost.orders, now);
            if cost.requests > 0 {
                spend(self.at_endpoint(of, leave.endpoint), cost.requests, now);
            }
        }
        Ok(())
    }

    fn at_endpoint<'a>(&self, of: &'a mut OfAccount, endpoint: &str) -> &'a mut [Budget] {
        if !of.requests.contains_key(endpoint) {
            of.requests.insert(endpoint.to_owned(), budgets(&self.allowed.requests));
        }
        of.requests.get_mut(endpoint).map_or(&mut [], Vec::as_mut_slice)
    }

    /// The venue says how much was used.
    pub fn told(&self, account: Option<VenueAccountId>, used: &Used, now: Instant) {
        let mut spent = self.spent();
        told(&mut spent.address, &used.address, now);
        let Some(of) = account.and_then(|account| spent.accounts.get_mut(&account)) else {
            return;
        };
        told(&mut of.orders, &used.orders, now);
    }

    /// The venue wants no more requests from this address for so long.
    pub fn rest(&self, lasting: Duration, now: Instant) {
        for budget in &mut self.spent().address {
            budget.rest(lasting, now);
        }
    }

    /// The venue wants no more requests of this account for so long.
    pub fn rest_account(&self, account: VenueAccountId, lasting: Duration, now: Instant) {
        let mut spent = self.spent();
        let of = spent.accounts.entry(account).or_insert_with(|| self.fresh());
        let until = now + lasting;
        of.rests_until = Some(of.rests_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// The largest part of any of the address's budgets that is used, in thousandths.
    pub fn fullness(&self) -> u32 {
        let spent = self.spent();
        let parts = spent.address.iter().map(|budget| {
            let used = u64::from(budget.used()) * 1_000;
            u32::try_from(used / u64::from(budget.limit().max(1))).unwrap_or(u32::MAX)
        });
        parts.max().unwrap_or_default()
    }

    fn fresh(&self) -> OfAccount {
        OfAccount {
            orders: budgets(&self.allowed.orders),
            requests: HashMap::new(),
            rests_until: None,
        }
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Option<VenueAccountId> = Some(VenueAccountId(1));
    const OTHER: Option<VenueAccountId> = Some(VenueAccountId(2));

    fn leave(account: Option<VenueAccountId>, cost: Cost, urgency: Urgency) -> Leave<'static> {
        Leave {
            account,
            endpoint: "/orders",
            cost,
            urgency,
        }
    }

    fn limiter() -> Limiter {
        Limiter::new(Allowances::of(&[(100, 60)], &[(2, 10), (5, 60)], &[]))
    }

    #[test]
    fn what_is_refused_spends_nothing_of_either() {
        let (limiter, now) = (limiter(), Instant::now());
        let order = |account| limiter.take(leave(account, Cost::order(1), Urgency::Close), now);
        assert_eq!((order(ONE), order(ONE)), (Ok(()), Ok(())));
        assert!(order(ONE).is_err(), "an account has two orders in ten seconds");
        assert_eq!(limiter.fullness(), 20);
        assert_eq!(order(OTHER), Ok(()));
        let later = now + Duration::from_secs(11);
        assert_eq!(limiter.take(leave(ONE, Cost::order(1), Urgency::Close), later), Ok(()));
    }

    #[test]
    fn a_question_counts_no_order() {
        let (limiter, now) = (limiter(), Instant::now());
        for _ in 0..20 {
            assert_eq!(limiter.take(leave(ONE, Cost::look(3), Urgency::Audit), now), Ok(()));
        }
        assert!(limiter.take(leave(ONE, Cost::look(3), Urgency::Audit), now).is_err());
        assert_eq!(limiter.take(leave(ONE, Cost::order(0), Urgency::Order), now), Ok(()));
    }

    #[test]
    fn an_address_that_was_told_to_rest_rests_for_all_accounts() {
        let (limiter, now) = (limiter(), Instant::now());
        limiter.rest(Duration::from_secs(7), now);
        let waits = |account| limiter.take(leave(account, Cost::look(1), Urgency::Close), now);
        assert_eq!(
            (waits(ONE), waits(None)),
            (Err(Duration::from_secs(7)), Err(Duration::from_secs(7)))
        );
    }

    #[test]
    fn the_venues_own_count_is_taken_over() {
        let (limiter, now) = (limiter(), Instant::now());
        assert_eq!(limiter.take(leave(ONE, Cost::order(1), Urgency::Order), now), Ok(()));
        let used = Used {
            address: vec![Some(100)],
            orders: vec![None, Some(5)],
        };
        limiter.told(ONE, &used, now);
        assert_eq!(limiter.fullness(), 1_000);
        let later = now + Duration::from_secs(30);
        assert!(limiter.take(leave(ONE, Cost::order(0), Urgency::Close), later).is_err());
        assert_eq!(
            limiter.take(leave(OTHER, Cost::order(0), Urgency::Close), later),
            Ok(())
        );
    }

    #[test]
    fn endpoints_are_counted_apart_and_an_account_that_was_told_to_rest_rests_alone() {
        let allowed = Allowances::of(&[], &[], &[(2, 2)]);
        let (limiter, now) = (Limiter::new(allowed), Instant::now());
        let ask = |account, endpoint| {
            let leave = leave(account, Cost::look(0), Urgency::Close);
            limiter.take(Leave { endpoint, ..leave }, now)
        };
        assert_eq!((ask(ONE, "/a"), ask(ONE, "/a")), (Ok(()), Ok(())));
        assert!(ask(ONE, "/a").is_err());
        assert_eq!((ask(ONE, "/b"), ask(OTHER, "/a")), (Ok(()), Ok(())));
        limiter.rest_account(VenueAccountId(2), Duration::from_secs(3), now);
        assert_eq!(ask(OTHER, "/c"), Err(Duration::from_secs(3)));
        assert_eq!(ask(ONE, "/c"), Ok(()));
    }
}
