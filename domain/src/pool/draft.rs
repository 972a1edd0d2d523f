//! What an operator makes of products: a new one, its states, and its rates.

use crate::fixed::{Amount, Ratio};
use crate::id::ProductId;
use crate::ledger::Asset;
use crate::pool::day::{Calendar, PoolDay};
use crate::pool::product::{Early, Limits, Payday, Product, ProductState, Term};
use crate::pool::rate::{RateRow, Rates};
use crate::pool::refusal::PoolRefusal;
use crate::time::Timestamp;

/// Longest term, in days.
const LONGEST_TERM: u32 = 3_650;
/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// A product as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// The asset's code; not power.
    pub asset: String,
    /// Days of its term, 1 to 3,650; `None`: flexible.
    pub term_days: Option<u32>,
    /// What leaving early costs; `None`: nobody leaves a term early.
    pub early_penalty: Option<Ratio>,
    /// Whether leaving early loses what was not paid yet.
    pub early_forfeits: bool,
    /// IANA name of the zone whose dates its days are.
    pub zone: String,
    /// When a day begins, `HH:MM`.
    pub cut_off: String,
    /// When yield is paid: `daily`, or a day of the week such as `mon`.
    pub payday: String,
    /// Whether yield is compounded; only without a term.
    pub compounds: bool,
    /// The referrer's part, 0 to 1.
    pub commission: Ratio,
    /// How much may be held at once.
    pub quota: Amount,
    /// How much is taken of whom.
    pub limits: Limits,
    /// When it begins to take money.
    pub opens_at: Option<Timestamp>,
    /// When it ceases to.
    pub closes_at: Option<Timestamp>,
    /// The last day that earns.
    pub last_day: Option<PoolDay>,
}

impl ProductDraft {
    /// The product in its first state, or the first field that breaks a rule.
    ///
    /// # Errors
    /// [`PoolRefusal::Field`].
    pub fn into_product(self, id: ProductId, now: Timestamp) -> Result<Product, PoolRefusal> {
        let wrong = |field, rule| Err(PoolRefusal::field(field, rule));
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return wrong("name", "must be 1 to 60 characters");
        }
        let asset = Asset::new(&self.asset).filter(|asset| *asset != Asset::power());
        let Some(asset) = asset else {
            return wrong("asset", "must be the code of a wallet's asset, not POWER");
        };
        let term = self.term()?;
        let calendar = self.calendar()?;
        let Some(payday) = Payday::parse(&self.payday) else {
            return wrong("payday", "must be daily, or a day of the week such as mon");
        };
        if self.compounds && term != Term::Flexible {
            return wrong("compounds", "must be false for a product with a term");
        }
        is_part("commission", self.commission)?;
        self.check_amounts()?;
        if let (Some(opens), Some(closes)) = (self.opens_at, self.closes_at)
            && closes <= opens
        {
            return wrong("closes_at", "must be later than opens_at");
        }
        let today = calendar.day_of(now);
        if self.last_day.is_some_and(|day| day <= today) {
            return wrong("last_day", "must be a day that has not begun");
        }
        Ok(Product {
            id,
            name,
            asset,
            term,
            calendar,
            payday,
            compounds: self.compounds,
            commission: self.commission,
            quota: self.quota,
            limits: self.limits,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            last_day: self.last_day,
            state: ProductState::Draft,
            sold: Amount::ZERO,
            distributed_through: today,
            correct_from: None,
            created_at: now,
            updated_at: now,
            version: 0,
        })
    }

    fn calendar(&self) -> Result<Calendar, PoolRefusal> {
        let cut_off =
            Calendar::minutes(&self.cut_off).ok_or(PoolRefusal::field("cut_off", "must be a time such as 00:00"))?;
        let rule = "must be an IANA time zone such as Europe/Berlin";
        Calendar::new(&self.zone, cut_off).ok_or(PoolRefusal::field("zone", rule))
    }

    fn term(&self) -> Result<Term, PoolRefusal> {
        let Some(days) = self.term_days else {
            return match (self.early_penalty, self.early_forfeits) {
                (None, false) => Ok(Term::Flexible),
                (Some(_), _) => Err(PoolRefusal::field("early_penalty", "is for products with a term")),
                (None, true) => Err(PoolRefusal::field("early_forfeits", "is for products with a term")),
            };
        };
        if !(1..=LONGEST_TERM).contains(&days) {
            return Err(PoolRefusal::field("term_days", "must be 1 to 3650"));
        }
        let early = match self.early_penalty {
            None if self.early_forfeits => {
                return Err(PoolRefusal::field(
                    "early_forfeits",
                    "needs an early_penalty, which may be 0",
                ));
            }
            None => None,
            Some(penalty) => {
                is_part("early_penalty", penalty)?;
                let forfeits = self.early_forfeits;
                Some(Early { penalty, forfeits })
            }
        };
        Ok(Term::Fixed { days, early })
    }

    fn check_amounts(&self) -> Result<(), PoolRefusal> {
        let limits = &self.limits;
        let rules = [
            (self.quota.is_positive(), "quota", "must be above zero"),
            (limits.least_once.is_positive(), "least_once", "must be above zero"),
            (
                limits.most_once >= limits.least_once,
                "most_once",
                "must not be below least_once",
            ),
            (!limits.least_held.is_negative(), "least_held", "must not be below zero"),
            (
                limits.most_held >= limits.least_held,
                "most_held",
                "must not be below least_held",
            ),
            (
                limits.most_held >= limits.least_once,
                "most_held",
                "must not be below least_once",
            ),
        ];
        match rules.into_iter().find(|(holds, ..)| !holds) {
            Some((_, field, rule)) => Err(PoolRefusal::field(field, rule)),
            None => Ok(()),
        }
    }
}

fn is_part(field: &'static str, ratio: Ratio) -> Result<(), PoolRefusal> {
    if ratio.is_negative() || ratio > Ratio::ONE {
        return Err(PoolRefusal::field(field, "must be between 0 and 1"));
    }
    Ok(())
}

impl Product {
    /// Takes money from now on.
    ///
    /// # Errors
    /// When it has ended or is open, or no rate is there for tomorrow.
    pub fn opened(&self, rates: &Rates, now: Timestamp) -> Result<Self, PoolRefusal> {
        let today = self.today(now);
        if !matches!(self.state, ProductState::Draft | ProductState::Closed) {
            return Err(PoolRefusal::field("state", "must be draft or closed"));
        }
        if rates.row(today.next()).is_none() {
            return Err(PoolRefusal::field(
                "rate",
                "must be set for tomorrow before the product opens",
            ));
        }
        let mut opened = self.clone();
        if self.state == ProductState::Draft {
            opened.distributed_through = self.distributed_through.max(today);
        }
        opened.state = ProductState::Open;
        opened.updated_at = now;
        Ok(opened)
    }

    /// Takes no more money.
    ///
    /// # Errors
    /// When it is not open.
    pub fn closed(&self, now: Timestamp) -> Result<Self, PoolRefusal> {
        if self.state != ProductState::Open {
            return Err(PoolRefusal::field("state", "must be open"));
        }
        let mut closed = self.clone();
        closed.state = ProductState::Closed;
        closed.updated_at = now;
        Ok(closed)
    }

    /// Ends after `last_day`, today unless another is given: nothing earns afterwards, and everything is given back.
    ///
    /// # Errors
    /// When it has ended, or the day is before today or after the last day that was set.
    pub fn ended(&self, last_day: Option<PoolDay>, now: Timestamp) -> Result<Self, PoolRefusal> {
        if self.state == ProductState::Ended {
            return Err(PoolRefusal::field("state", "must not be ended"));
        }
        let today = self.today(now).max(self.distributed_through);
        let last = last_day.unwrap_or(self.last_day.map_or(today, |day| day.min(today)));
        if last_day.is_some_and(|day| day < today) {
            return Err(PoolRefusal::field("last_day", "must not be before today"));
        }
        if self.last_day.is_some_and(|day| day < last) {
            return Err(PoolRefusal::field(
                "last_day",
                "must not be after the last day that was set",
            ));
        }
        let mut ended = self.clone();
        ended.state = ProductState::Ended;
        ended.last_day = Some(last);
        ended.updated_at = now;
        Ok(ended)
    }

    /// A rate from a day on, and the product with what has to be corrected for it: a day that has ended may have accrued.
    ///
    /// # Errors
    /// When the rate is below 0 or above 1.
    pub fn rated(
        &self,
        rates: &Rates,
        from_day: PoolDay,
        rate: Ratio,
        by: &str,
        now: Timestamp,
    ) -> Result<(RateRow, Self), PoolRefusal> {
        is_part("rate", rate)?;
        let mut changed = self.clone();
        let accrued = self.today(now).before().max(self.distributed_through);
        if from_day <= accrued && self.state != ProductState::Draft {
            changed.correct_from = Some(self.correct_from.map_or(from_day, |day| day.min(from_day)));
        }
        changed.updated_at = now;
        let row = RateRow {
            product: self.id,
            number: rates.next_number(),
            from_day,
            rate,
            at: now,
            by: by.to_owned(),
        };
        Ok((row, changed))
    }
}
