//! Pools, guarded as in the SQL store.

use std::collections::BTreeMap;

use domain::fixed::{Amount, NumberError, Ratio};
use domain::id::{HoldingId, LedgerAccountId, ProductId, UserId};
use domain::ledger::{EntryKind, EntrySeq};
use domain::page::Page;
use domain::pool::audit::{AccruedSums, PostedSums};
use domain::pool::figure::HoldingSums;
use domain::pool::{
    Accrual, DayFigures, DayState, DayTally, Holding, PoolChange, PoolDay, PoolDayRow, Product, ProductState, RateRow,
};

use super::journal::{Journal, Refusal};
use super::rules::is_name;
use super::state::State;
use crate::ports::store::{HoldingFilter, StoreError};

/// The tables of pools. Keys are ids unless said otherwise.
#[derive(Debug, Default)]
pub struct Pools {
    pub products: BTreeMap<i64, Product>,
    pub product_names: BTreeMap<String, i64>,
    /// By product and number.
    pub rates: BTreeMap<(i64, u32), RateRow>,
    pub holdings: BTreeMap<i64, Holding>,
    /// By product, day, holding and number.
    pub accruals: BTreeMap<(i64, i64, i64, u32), Accrual>,
    /// By product and day.
    pub days: BTreeMap<(i64, i64), PoolDayRow>,
}

impl Journal<'_> {
    pub fn apply_pool(&mut self, change: &PoolChange) -> Result<(), Refusal> {
        match change {
            PoolChange::AddProduct(product) => self.add_product(product),
            PoolChange::UpdateProduct(product) => self.update_product(product),
            PoolChange::AddRate(rate) => self.add_rate(rate),
            PoolChange::AddHolding(holding) => self.add_holding(holding),
            PoolChange::UpdateHoldings(rows) => rows.iter().try_for_each(|holding| self.update_holding(holding)),
            PoolChange::AddAccruals(lines) => lines.iter().try_for_each(|line| self.add_accrual(line)),
            PoolChange::TallyDays(tallies) => tallies.iter().try_for_each(|tally| self.tally_day(tally)),
            PoolChange::CloseDay(day) => self.close_day(day),
        }
    }

    fn add_product(&mut self, product: &Product) -> Result<(), Refusal> {
        self.require(is_product(product))?;
        let id = product.id.0;
        self.add(|state| &mut state.pools.product_names, product.name.clone(), id)?;
        self.add(|state| &mut state.pools.products, id, product.clone())
    }

    fn update_product(&mut self, product: &Product) -> Result<(), Refusal> {
        let id = product.id.0;
        let stored = self.state.pools.products.get(&id).cloned();
        let same = stored.filter(|stored| {
            stored.version == product.version
                && stored.asset == product.asset
                && stored.calendar.zone() == product.calendar.zone()
        });
        let stored = same.ok_or_else(|| Refusal(self.what.clone()))?;
        self.require(is_product(product))?;
        self.remove(|state| &mut state.pools.product_names, stored.name);
        self.add(|state| &mut state.pools.product_names, product.name.clone(), id)?;
        let next = Product {
            version: product.version + 1,
            ..product.clone()
        };
        self.put(|state| &mut state.pools.products, id, next);
        Ok(())
    }

    fn add_rate(&mut self, rate: &RateRow) -> Result<(), Refusal> {
        self.require(self.state.pools.products.contains_key(&rate.product.0))?;
        self.require((Ratio::ZERO..=Ratio::ONE).contains(&rate.rate) && rate.number > 0)?;
        let key = (rate.product.0, rate.number);
        self.add(|state| &mut state.pools.rates, key, rate.clone())
    }

    fn add_holding(&mut self, holding: &Holding) -> Result<(), Refusal> {
        self.require(is_holding(holding))?;
        self.require(self.state.pools.products.contains_key(&holding.product.0))?;
        self.require(self.state.users.contains_key(&holding.user.0))?;
        self.add(|state| &mut state.pools.holdings, holding.id.0, holding.clone())
    }

    fn update_holding(&mut self, holding: &Holding) -> Result<(), Refusal> {
        let stored = self.state.pools.holdings.get(&holding.id.0);
        let same = stored.is_some_and(|stored| {
            stored.version == holding.version && stored.product == holding.product && stored.user == holding.user
        });
        self.require(same && is_holding(holding))?;
        let next = Holding {
            version: holding.version + 1,
            ..holding.clone()
        };
        self.put(|state| &mut state.pools.holdings, holding.id.0, next);
        Ok(())
    }

    fn add_accrual(&mut self, line: &Accrual) -> Result<(), Refusal> {
        let fits = !line.principal.is_negative() && (line.number > 0 || !line.earned.is_negative());
        self.require(fits && is_residue(line.residue))?;
        let key = (line.product.0, line.day.number(), line.holding.0, line.number);
        self.add(|state| &mut state.pools.accruals, key, *line)
    }

    fn tally_day(&mut self, tally: &DayTally) -> Result<(), Refusal> {
        self.require(self.state.pools.products.contains_key(&tally.product.0))?;
        let key = (tally.product.0, tally.day.number());
        let stored = self.state.pools.days.get(&key).cloned();
        let mut row = stored.unwrap_or_else(|| empty(tally.product, tally.day));
        let figures = row.figures.plus(&tally.added);
        row.figures = figures.map_err(|_| Refusal(self.what.clone()))?;
        self.put(|state| &mut state.pools.days, key, row);
        Ok(())
    }

    fn close_day(&mut self, day: &PoolDayRow) -> Result<(), Refusal> {
        self.require(self.state.pools.products.contains_key(&day.product.0))?;
        let key = (day.product.0, day.day.number());
        let stored = self.state.pools.days.get(&key).cloned();
        let mut row = stored.unwrap_or_else(|| day.clone());
        row.state = day.state.clone();
        self.put(|state| &mut state.pools.days, key, row);
        Ok(())
    }
}

fn empty(product: ProductId, day: PoolDay) -> PoolDayRow {
    PoolDayRow {
        product,
        day,
        figures: DayFigures::default(),
        state: DayState::Open,
    }
}

fn is_residue(residue: i64) -> bool {
    (0..Ratio::ONE_UNITS).contains(&residue)
}

/// Whether a product's columns agree with each other (POO-2).
fn is_product(product: &Product) -> bool {
    is_name(&product.name)
        && (Amount::ZERO..=product.quota).contains(&product.sold)
        && (product.state != ProductState::Ended || product.last_day.is_some())
}

/// Whether a holding's columns agree with each other.
fn is_holding(holding: &Holding) -> bool {
    let amounts = [
        holding.subscribed,
        holding.earning,
        holding.pending,
        holding.paid,
        holding.forfeited,
        holding.commissioned,
    ];
    let became = Amount::sum([holding.paid, holding.unpaid, holding.forfeited]);
    let gone = holding.subscribed.is_zero() && holding.principal() == Ok(Amount::ZERO);
    amounts.iter().all(|amount| !amount.is_negative())
        && became == Ok(holding.earned)
        && is_residue(holding.residue)
        && (holding.state.is_held() || gone)
        && (!holding.renews || holding.last_day.is_some())
}

/// Holdings that a filter lets through, in order.
pub fn holdings<'a>(state: &'a State, filter: &'a HoldingFilter, after: i64) -> impl Iterator<Item = &'a Holding> {
    let beyond = state.pools.holdings.range(after.saturating_add(1)..);
    beyond.map(|(_, holding)| holding).filter(move |holding| {
        filter.product.is_none_or(|product| holding.product == product)
            && filter.user.is_none_or(|user| holding.user == user)
            && filter.held.is_none_or(|held| holding.state.is_held() == held)
            && (!filter.live || holding.is_live())
            && filter.behind.is_none_or(|day| is_behind(holding, day))
            && filter
                .mature
                .is_none_or(|day| holding.state.is_held() && holding.last_day.is_some_and(|last| last <= day))
            && filter.accrued.is_none_or(|day| holding.accrued_through >= day)
            && (!filter.owed || holding.unpaid.is_positive())
    })
}

fn is_behind(holding: &Holding, day: PoolDay) -> bool {
    let earns = holding.last_day.is_none_or(|last| last > holding.accrued_through);
    holding.state.is_held() && holding.accrued_through < day && earns
}

/// One page of them.
pub fn list(state: &State, filter: &HoldingFilter, page: Page) -> Vec<Holding> {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    holdings(state, filter, page.after).take(limit).cloned().collect()
}

/// What a user holds of a product.
pub fn subscribed(state: &State, product: ProductId, user: UserId) -> Result<Amount, StoreError> {
    let own = state.pools.holdings.values();
    let own = own.filter(|holding| holding.product == product && holding.user == user);
    Amount::sum(own.map(|holding| holding.subscribed)).map_err(|error| beyond("holdings", error))
}

/// What holdings earned on some days.
pub fn accruals(
    state: &State,
    product: ProductId,
    (first, last): (PoolDay, PoolDay),
    (from, to): (HoldingId, HoldingId),
) -> Vec<Accrual> {
    let days = (product.0, first.number(), i64::MIN, 0)..=(product.0, last.number(), i64::MAX, u32::MAX);
    let lines = state.pools.accruals.range(days).map(|(_, line)| *line);
    lines.filter(|line| (from..=to).contains(&line.holding)).collect()
}

/// Sums over the holdings of a product.
pub fn holding_sums(state: &State, product: ProductId) -> Result<HoldingSums, StoreError> {
    let own: Vec<&Holding> = state
        .pools
        .holdings
        .values()
        .filter(|holding| holding.product == product)
        .collect();
    let sum = |amount: fn(&Holding) -> Amount| {
        Amount::sum(own.iter().map(|holding| amount(holding))).map_err(|error| beyond("holdings", error))
    };
    let held = own.iter().filter(|holding| holding.state.is_held()).count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(HoldingSums {
        held: number(held),
        ended: number(own.len() - held),
        principal: sum(|row| row.principal().unwrap_or_default())?,
        earning: sum(|row| row.earning)?,
        referred: sum(|row| row.referrer.map_or(Amount::ZERO, |_| row.earning))?,
        subscribed: sum(|row| row.subscribed)?,
        earned: sum(|row| row.earned)?,
        paid: sum(|row| row.paid)?,
        owed: sum(|row| row.unpaid.max(Amount::ZERO))?,
        overpaid: sum(|row| row.unpaid.negated().max(Amount::ZERO))?,
        forfeited: sum(|row| row.forfeited)?,
        commissioned: sum(|row| row.commissioned)?,
    })
}

/// Sums over what accrued for a day.
pub fn accrued_sums(state: &State, product: ProductId, day: PoolDay) -> Result<AccruedSums, StoreError> {
    let lines = accruals(state, product, (day, day), (HoldingId(i64::MIN), HoldingId(i64::MAX)));
    let first = || lines.iter().filter(|line| line.number == 0);
    let wrong = |error| beyond("accruals", error);
    Ok(AccruedSums {
        holdings: i64::try_from(first().count()).unwrap_or(i64::MAX),
        principal: Amount::sum(first().map(|line| line.principal)).map_err(wrong)?,
        earned: Amount::sum(lines.iter().map(|line| line.earned)).map_err(wrong)?,
    })
}

/// Sums over what was paid in the name of a day.
pub fn posted_sums(
    state: &State,
    funding: LedgerAccountId,
    day: PoolDay,
    from: EntrySeq,
) -> Result<PostedSums, StoreError> {
    let (end, inside) = (format!(":{day}"), format!(":{day}:"));
    let mut sums = PostedSums::default();
    for entry in state.entries.range(from.0..).map(|(_, entry)| entry) {
        let key = entry.key.as_str();
        if !key.ends_with(&end) && !key.contains(&inside) {
            continue;
        }
        let own = entry.postings.iter().filter(|line| line.account == funding);
        for line in own {
            let sum = match entry.kind {
                EntryKind::PoolYield => {
                    sums.payments += 1;
                    &mut sums.paid
                }
                EntryKind::Commission => &mut sums.commission,
                _ => continue,
            };
            *sum = sum.minus(line.amount).map_err(|error| beyond("payments", error))?;
        }
    }
    Ok(sums)
}

/// Sums over all days of a product.
pub fn totals(state: &State, product: ProductId) -> Result<DayFigures, StoreError> {
    let days = state.pools.days.range((product.0, i64::MIN)..=(product.0, i64::MAX));
    let mut sums = DayFigures::default();
    for (_, day) in days {
        let figures = DayFigures {
            principal: Amount::ZERO,
            ..day.figures
        };
        sums = sums.plus(&figures).map_err(|error| beyond("days", error))?;
    }
    Ok(sums)
}

fn beyond(of: &str, error: NumberError) -> StoreError {
    StoreError::Corrupt {
        what: format!("sum of {of}"),
        why: error.to_string(),
    }
}
