//! Pages of holdings at once: a day's yield, what has matured, what corrections change, and what was left unpaid.

use std::collections::BTreeMap;

use crate::fixed::{Amount, NumberError};
use crate::ledger::{EntryKey, EscrowPosting};
use crate::pool::accrue::Accrual;
use crate::pool::day::PoolDay;
use crate::pool::holding::{Holding, HoldingState};
use crate::pool::leave::{end, freed_of, give_back, renew};
use crate::pool::post::{Named, Posts};
use crate::pool::product::Product;
use crate::pool::rate::Rates;
use crate::pool::tally::DayFigures;
use crate::time::Timestamp;

/// A page that is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What is posted.
    pub posting: EscrowPosting,
    /// Holdings that change.
    pub holdings: usize,
    /// Entries.
    pub entries: usize,
    /// What is due, whether it can be paid or not; commissions with it.
    pub due: Amount,
    /// What it adds up to.
    pub total: DayFigures,
}

impl Batch {
    /// One that changes nothing.
    pub fn empty() -> Self {
        Self {
            posting: EscrowPosting::default(),
            holdings: 0,
            entries: 0,
            due: Amount::ZERO,
            total: DayFigures::default(),
        }
    }

    /// Whether something due was left out because it could not be paid.
    pub fn is_short(&self) -> bool {
        self.total.paid.plus(self.total.commission) != Ok(self.due)
    }

    /// Whether it changes nothing.
    pub const fn is_empty(&self) -> bool {
        self.holdings == 0
    }
}

/// A holding with what is on record of some of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The holding as it is stored.
    pub holding: Holding,
    /// Its accruals since the first day that is compared, in whatever order.
    pub accruals: Vec<Accrual>,
}

/// Accrues up to the end of `day` and pays. What `funding` does not cover stays unpaid: whoever pays a whole day posts nothing of a batch that is
/// short.
pub fn distribute(
    product: &Product,
    rates: &Rates,
    day: PoolDay,
    holdings: Vec<Holding>,
    funding: Amount,
    now: Timestamp,
) -> Result<Batch, NumberError> {
    let mut posts = Posts::new(product, funding);
    let mut changed = Vec::with_capacity(holdings.len());
    for mut holding in holdings {
        let before = holding.accrued_through;
        posts.catch_up(&mut holding, rates, day)?;
        if holding.accrued_through > before {
            holding.updated_at = now;
            changed.push(holding);
        }
    }
    Ok(batch(posts, changed, None))
}

/// Gives back, or begins anew, what had its last day before `today`. Principal is given back also where yield cannot be paid: that is left unpaid.
pub fn mature(
    product: &Product,
    rates: &Rates,
    today: PoolDay,
    holdings: Vec<Holding>,
    funding: Amount,
    now: Timestamp,
) -> Result<Batch, NumberError> {
    let mut posts = Posts::new(product, funding);
    let mut changed = Vec::with_capacity(holdings.len());
    let mut freed = Amount::ZERO;
    for mut holding in holdings {
        let renewed = renew(&mut posts, &mut holding, rates, today)?;
        let ends = [holding.last_day, product.last_day].into_iter().flatten().min();
        let last_day = ends.filter(|last| *last < today && holding.state.is_held());
        if let Some(last_day) = last_day {
            posts.catch_up(&mut holding, rates, last_day)?;
            let principal = holding.principal()?;
            freed = freed.plus(holding.take_out(principal)?)?;
            end(&mut posts, &mut holding, HoldingState::Matured { at: now }, false)?;
            give_back(
                &mut posts,
                EntryKey::maturity_of(holding.id, last_day),
                &holding,
                principal,
            );
        }
        if renewed || last_day.is_some() {
            holding.updated_at = now;
            changed.push(holding);
        }
    }
    let product = match freed.is_zero() {
        true => None,
        false => Some(freed_of(product, freed, now)?),
    };
    Ok(batch(posts, changed, product))
}

/// Accrues by how much the rates that count now differ from those on record, and pays what that leaves unpaid: at once where yield is paid daily or the
/// holding has ended, else on the next payday. What was paid too much is worked off by later days: nothing is taken from a wallet.
pub fn correct(
    product: &Product,
    rates: &Rates,
    recorded: Vec<Recorded>,
    funding: Amount,
    now: Timestamp,
) -> Result<Batch, NumberError> {
    let mut posts = Posts::new(product, funding);
    let mut changed = Vec::new();
    for Recorded { mut holding, accruals } in recorded {
        let mut newest: BTreeMap<PoolDay, Accrual> = BTreeMap::new();
        for line in accruals {
            let place = newest.entry(line.day).or_insert(line);
            if line.number > place.number {
                *place = line;
            }
        }
        let mut last = None;
        for before in newest.values().filter(|line| line.rate != rates.on(line.day)) {
            let line = holding.accrue_again(before, rates.on(before.day))?;
            posts.accrued(line)?;
            last = Some((line.day, line.number));
        }
        let Some((day, number)) = last else {
            continue;
        };
        let is_paid_now = product.payday == super::Payday::Daily || !holding.state.is_held();
        if is_paid_now {
            posts.pay(&mut holding, Named::Day(day, number))?;
        }
        holding.updated_at = now;
        changed.push(holding);
    }
    Ok(batch(posts, changed, None))
}

/// Pays what holdings that have ended were not paid for lack of funding.
pub fn arrears(
    product: &Product,
    holdings: Vec<Holding>,
    funding: Amount,
    now: Timestamp,
) -> Result<Batch, NumberError> {
    let mut posts = Posts::new(product, funding);
    let mut changed = Vec::new();
    for mut holding in holdings.into_iter().filter(|holding| !holding.state.is_held()) {
        let before = holding.paid;
        let named = Named::End(holding.accrued_through);
        posts.pay(&mut holding, named)?;
        if holding.paid != before {
            holding.updated_at = now;
            changed.push(holding);
        }
    }
    Ok(batch(posts, changed, None))
}

fn batch(posts: Posts, changed: Vec<Holding>, product: Option<Product>) -> Batch {
    let (entries, due, total) = (posts.entries(), posts.due, posts.total);
    let holdings = changed.len();
    let mut posting = posts.into_posting(changed);
    if let Some(product) = product {
        posting = posting.with_product(product);
    }
    Batch {
        posting,
        holdings,
        entries,
        due,
        total,
    }
}
