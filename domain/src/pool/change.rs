//! What is written of pools, as part of a change set.

use crate::pool::accrue::Accrual;
use crate::pool::holding::Holding;
use crate::pool::product::Product;
use crate::pool::rate::RateRow;
use crate::pool::tally::{DayTally, PoolDayRow};

/// One change of the pools, guarded as changes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoolChange {
    /// A new product of the pools; refused when one of its name exists.
    AddProduct(Box<Product>),
    /// A changed product; refused when it would have sold more than its quota.
    UpdateProduct(Box<Product>),
    /// A product's daily rate from a day on; refused when that number of the product is on record.
    AddRate(RateRow),
    /// A new holding.
    AddHolding(Box<Holding>),
    /// Changed holdings.
    UpdateHoldings(Vec<Holding>),
    /// What holdings earned on days; refused when one of them is on record.
    AddAccruals(Vec<Accrual>),
    /// Adds to what products' days come to.
    TallyDays(Vec<DayTally>),
    /// A product's day was compared.
    CloseDay(Box<PoolDayRow>),
}
