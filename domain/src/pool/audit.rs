//! Comparing a product's day, and the product: postings, accruals, holdings and totals must agree to the last unit (S4-16).

use crate::fixed::Amount;
use crate::pool::figure::HoldingSums;
use crate::pool::product::Product;
use crate::pool::tally::DayFigures;

/// What the rows of accruals say of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccruedSums {
    /// Holdings.
    pub holdings: i64,
    /// Their principal.
    pub principal: Amount,
    /// What earnings rose by.
    pub earned: Amount,
}

/// What the ledger's entries say of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PostedSums {
    /// Payments of yield.
    pub payments: i64,
    /// Their sum.
    pub paid: Amount,
    /// Commissions.
    pub commission: Amount,
}

/// The first three things that differ, or nothing.
#[derive(Debug, Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Display>(
        &mut self,
        what: &str,
        (one, first): (&str, T),
        (two, second): (&str, T),
    ) {
        if first != second && self.0.len() < 3 {
            self.0.push(format!("{what}: {first} in {one}, {second} in {two}"));
        }
    }

    fn text(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("; "))
    }
}

/// What differs in a day; `behind` is how many holdings have not accrued it that should have.
pub fn day_differs(totals: &DayFigures, accrued: &AccruedSums, posted: &PostedSums, behind: i64) -> Option<String> {
    let mut found = Differences::default();
    let (rows, sums, ledger) = ("accruals", "totals", "the ledger");
    found.compare("holdings behind", ("the day", 0), ("the product", behind));
    found.compare("holdings", (rows, accrued.holdings), (sums, totals.holdings));
    found.compare("principal", (rows, accrued.principal), (sums, totals.principal));
    found.compare("earned", (rows, accrued.earned), (sums, totals.earned));
    found.compare("payments", (ledger, posted.payments), (sums, totals.payments));
    found.compare("paid", (ledger, posted.paid), (sums, totals.paid));
    found.compare("commission", (ledger, posted.commission), (sums, totals.commission));
    found.text()
}

/// What differs between a product, its holdings, and the totals of all its days.
pub fn product_differs(product: &Product, sums: &HoldingSums, days: &DayFigures) -> Option<String> {
    let mut found = Differences::default();
    let (holdings, totals) = ("holdings", "totals of days");
    found.compare("sold", (holdings, sums.subscribed), ("the product", product.sold));
    if product.sold > product.quota {
        found.compare("sold above quota", ("sold", product.sold), ("quota", product.quota));
    }
    found.compare("earned", (holdings, sums.earned), (totals, days.earned));
    found.compare("paid", (holdings, sums.paid), (totals, days.paid));
    found.compare("commission", (holdings, sums.commissioned), (totals, days.commission));
    let became = Amount::sum([sums.paid, sums.owed, sums.overpaid.negated(), sums.forfeited]);
    let became = became.unwrap_or(Amount::ZERO);
    found.compare("earned", (holdings, sums.earned), ("what became of it", became));
    found.text()
}
