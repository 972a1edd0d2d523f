//! A product: what a pool offers, within which limits, and how much of it is sold.

use chrono::Weekday;
use serde::{Serialize, Serializer};

use crate::fixed::{Amount, Ratio};
use crate::id::ProductId;
use crate::ledger::Asset;
use crate::pool::day::{Calendar, PoolDay};
use crate::pool::refusal::PoolRefusal;
use crate::time::Timestamp;

/// What taking money out before the end of a term costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Early {
    /// The part of the principal that is lost, 0 to 1.
    pub penalty: Ratio,
    /// Whether yield that was not paid yet is lost as well.
    pub forfeits: bool,
}

/// How long money stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "term")]
pub enum Term {
    /// As long as its holder likes.
    Flexible,
    /// So many days; nothing accrues afterwards (S4-07).
    Fixed {
        /// Days that earn, 1 to 3,650.
        days: u32,
        /// What leaving early costs; `None`: nobody leaves early.
        early: Option<Early>,
    },
}

/// On which days yield is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payday {
    /// After every day.
    Daily,
    /// After this day of each week.
    Weekly(Weekday),
}

impl Payday {
    /// Name in the database and the API: `daily`, or the short name of a day of the week.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly(Weekday::Mon) => "mon",
            Self::Weekly(Weekday::Tue) => "tue",
            Self::Weekly(Weekday::Wed) => "wed",
            Self::Weekly(Weekday::Thu) => "thu",
            Self::Weekly(Weekday::Fri) => "fri",
            Self::Weekly(Weekday::Sat) => "sat",
            Self::Weekly(Weekday::Sun) => "sun",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        let weekdays = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7);
        std::iter::once(Self::Daily)
            .chain(weekdays.map(Self::Weekly))
            .find(|payday| payday.as_str() == text)
    }

    /// Whether what accrued up to the end of `day` is paid then.
    pub fn is_after(self, day: PoolDay) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekly(weekday) => day.weekday() == weekday,
        }
    }
}

impl Serialize for Payday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How much is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Least of one subscription; above zero.
    pub least_once: Amount,
    /// Most of one subscription.
    pub most_once: Amount,
    /// Least that a user who holds anything must hold, of what was put in.
    pub least_held: Amount,
    /// Most that a user may hold, of what was put in.
    pub most_held: Amount,
}

/// Where a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductState {
    /// Nobody has seen it.
    Draft,
    /// It takes money.
    Open,
    /// It takes no money; what it holds earns on.
    Closed,
    /// Its last day is set: everything is given back after it.
    Ended,
}

impl ProductState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Open, Self::Closed, Self::Ended];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Ended => "ended",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What a pool offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Identity.
    pub id: ProductId,
    /// Its name, 1 to 60 characters; unique.
    pub name: String,
    /// What is put in and earned: a wallet's asset, never power.
    pub asset: Asset,
    /// How long money stays.
    pub term: Term,
    /// When its days begin.
    pub calendar: Calendar,
    /// When yield is paid.
    pub payday: Payday,
    /// Whether yield is added to the principal, and earns from the next day on, instead of going to the wallet.
    pub compounds: bool,
    /// The part of a paid yield that a referrer gets on top, 0 to 1.
    pub commission: Ratio,
    /// How much may be held at once, of what was put in.
    pub quota: Amount,
    /// How much is taken of whom.
    pub limits: Limits,
    /// It takes money from then on; `None`: at once.
    pub opens_at: Option<Timestamp>,
    /// It takes money before that; `None`: as long as it is open.
    pub closes_at: Option<Timestamp>,
    /// The last day that earns, of all holdings; `None`: there is none yet.
    pub last_day: Option<PoolDay>,
    /// Where it stands.
    pub state: ProductState,
    /// How much is held, of what was put in; never above the quota (POO-2).
    pub sold: Amount,
    /// All holdings were brought up to the end of this day.
    pub distributed_through: PoolDay,
    /// What was accrued from this day on is to be compared with the rates again.
    pub correct_from: Option<PoolDay>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

impl Product {
    /// The day that a point in time is in.
    pub fn today(&self, now: Timestamp) -> PoolDay {
        self.calendar.day_of(now)
    }

    /// Whether `amount` may be put in now by somebody who holds `held`.
    pub fn takes(&self, amount: Amount, held: Amount, now: Timestamp) -> Result<(), PoolRefusal> {
        if self.state != ProductState::Open {
            let state = self.state.as_str();
            return Err(PoolRefusal::NotOpen { state });
        }
        if self.opens_at.is_some_and(|at| now < at) || self.closes_at.is_some_and(|at| now >= at) {
            return Err(PoolRefusal::NotNow);
        }
        let limits = &self.limits;
        if amount < limits.least_once || amount > limits.most_once {
            let (least, most) = (limits.least_once, limits.most_once);
            return Err(PoolRefusal::Once { least, most });
        }
        self.may_hold(held.plus(amount)?)?;
        let left = self.quota.minus(self.sold)?;
        if amount > left {
            return Err(PoolRefusal::Quota { left });
        }
        let first = self.today(now).next();
        let last = match self.term {
            Term::Flexible => first,
            Term::Fixed { days, .. } => self.today(now).plus(days),
        };
        match self.last_day {
            Some(last_day) if last > last_day => Err(PoolRefusal::TooLate { last_day }),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether a user may hold so much.
    pub fn may_hold(&self, would: Amount) -> Result<(), PoolRefusal> {
        let (least, most) = (self.limits.least_held, self.limits.most_held);
        if would < least || would > most {
            return Err(PoolRefusal::Held { least, most, would });
        }
        Ok(())
    }

    /// Whether a holding whose term ends on `last_day` may begin another at once.
    pub fn renews_after(&self, last_day: PoolDay) -> Option<PoolDay> {
        let Term::Fixed { days, .. } = self.term else {
            return None;
        };
        let next = last_day.plus(days);
        let fits = self.last_day.is_none_or(|last| next <= last);
        (self.state == ProductState::Open && fits).then_some(next)
    }

    /// The days whose yield is due, in order: those that have ended and are not distributed (S4-06).
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = PoolDay> + use<> {
        let ended = self.today(now).before();
        let last = self.last_day.map_or(ended, |day| day.min(ended));
        let is_live = self.state != ProductState::Draft;
        let first = self.distributed_through.next();
        let days = std::iter::successors(Some(first), |day| Some(day.next()));
        days.take_while(move |day| is_live && *day <= last && *day < PoolDay::LAST)
    }
}
