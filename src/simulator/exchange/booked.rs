//! What moved an account's balance: fills and payments, in the order in which they happened.

use domain::fixed::Amount;
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::venue::FillCause;

/// One thing that moved a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked<'a> {
    /// Something was bought or sold.
    Fill(&'a PaperFill),
    /// Something was paid.
    Income(&'a PaperIncome),
}

/// Fills and payments as they happened; each of both must be in order.
pub fn booked<'a>(
    fills: impl Iterator<Item = &'a PaperFill>,
    incomes: impl Iterator<Item = &'a PaperIncome>,
) -> Vec<Booked<'a>> {
    let mut fills = fills.map(Booked::Fill).peekable();
    let mut incomes = incomes.map(Booked::Income).peekable();
    let mut booked = Vec::new();
    loop {
        let is_income = match (fills.peek(), incomes.peek()) {
            (Some(fill), Some(income)) => income.place() < fill.place(),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let next = if is_income { incomes.next() } else { fills.next() };
        match next {
            Some(next) => booked.push(next),
            None => return booked,
        }
    }
}

impl Booked<'_> {
    /// Market.
    pub const fn symbol(&self) -> &Symbol {
        match self {
            Self::Fill(fill) => &fill.symbol,
            Self::Income(income) => &income.symbol,
        }
    }

    /// Side of the position.
    pub const fn side(&self) -> Side {
        match self {
            Self::Fill(fill) => fill.side,
            Self::Income(income) => income.side,
        }
    }

    /// By how much the balance changed: profit less fee, or what was paid.
    pub fn change(&self) -> Amount {
        match self {
            Self::Fill(fill) => fill.realised.minus(fill.fee).unwrap_or_default(),
            Self::Income(income) => income.amount,
        }
    }

    /// Where it stands in time. Within a moment orders trade, then funding is paid, and then positions are liquidated.
    fn place(&self) -> (i64, u8) {
        match self {
            Self::Fill(fill) => (fill.at.0, if fill.cause == FillCause::Order { 0 } else { 2 }),
            Self::Income(income) => match income.kind {
                PaperIncomeKind::Funding => (income.at.0, 1),
                PaperIncomeKind::Insurance => (income.at.0, 3),
            },
        }
    }
}
