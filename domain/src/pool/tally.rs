//! What a product's day comes to, added up as it is written, and whether it agreed when it was compared.

use serde::Serialize;

use crate::fixed::{Amount, NumberError};
use crate::id::ProductId;
use crate::pool::accrue::Accrual;
use crate::pool::day::PoolDay;
use crate::time::Timestamp;

/// Sums over what was accrued for a day, and over what was paid in its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DayFigures {
    /// Holdings that accrued it.
    pub holdings: i64,
    /// Their principal that earned.
    pub principal: Amount,
    /// What earnings rose by, corrections with it.
    pub earned: Amount,
    /// Payments of yield.
    pub payments: i64,
    /// Their sum.
    pub paid: Amount,
    /// Commissions on them.
    pub commission: Amount,
}

impl DayFigures {
    /// Both together.
    pub fn plus(&self, other: &Self) -> Result<Self, NumberError> {
        Ok(Self {
            holdings: self.holdings.saturating_add(other.holdings),
            principal: self.principal.plus(other.principal)?,
            earned: self.earned.plus(other.earned)?,
            payments: self.payments.saturating_add(other.payments),
            paid: self.paid.plus(other.paid)?,
            commission: self.commission.plus(other.commission)?,
        })
    }

    /// Adds a line.
    pub(super) fn accrued(&mut self, line: &Accrual) -> Result<(), NumberError> {
        if line.number == 0 {
            self.holdings += 1;
            self.principal = self.principal.plus(line.principal)?;
        }
        self.earned = self.earned.plus(line.earned)?;
        Ok(())
    }
}

/// What one posting adds to a product's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTally {
    /// Whose.
    pub product: ProductId,
    /// Which day.
    pub day: PoolDay,
    /// What is added.
    pub added: DayFigures,
}

/// Whether a day agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum DayState {
    /// It was not compared yet.
    Open,
    /// Postings, accruals and totals agreed.
    Reconciled {
        /// When.
        at: Timestamp,
    },
    /// They did not.
    Unreconciled {
        /// When.
        at: Timestamp,
        /// What differed; at most 400 characters.
        note: String,
    },
}

impl DayState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reconciled { .. } => "reconciled",
            Self::Unreconciled { .. } => "unreconciled",
        }
    }

    /// When it was compared.
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Reconciled { at } | Self::Unreconciled { at, .. } => Some(*at),
        }
    }

    /// What differed.
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Open | Self::Reconciled { .. } => None,
            Self::Unreconciled { note, .. } => Some(note),
        }
    }
}

/// A day of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolDayRow {
    /// Whose.
    pub product: ProductId,
    /// Which day.
    pub day: PoolDay,
    /// What it comes to.
    #[serde(flatten)]
    pub figures: DayFigures,
    /// Whether it agreed.
    #[serde(flatten)]
    pub state: DayState,
}
