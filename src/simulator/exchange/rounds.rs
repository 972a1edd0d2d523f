//! Positions from the fill that opened each to the one that closed it, found again from the records of an account.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncome, PaperIncomeKind};
use domain::time::Timestamp;
use domain::venue::FillCause;

use super::archive::History;
use super::booked::{Booked, booked};

/// A position from its first fill to its last, or until now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// When it was opened.
    pub began: Timestamp,
    /// When it last changed, or something was paid for it.
    pub changed: Timestamp,
    /// Number of the last order that opened.
    pub opener: i64,
    /// The last fill; of a round that is over, the one that ended it.
    pub last: PaperFill,
    /// Size.
    pub held: Quantity,
    /// The largest size that it had.
    pub largest: Quantity,
    /// How much was opened, and its value.
    pub opened: (Quantity, Amount),
    /// How much was closed, and its value.
    pub closed: (Quantity, Amount),
    /// Profit, before fees and payments.
    pub profit: Amount,
    /// Fees of what was opened and of what was closed; positive when paid.
    pub fees: (Amount, Amount),
    /// Funding; negative when paid.
    pub funding: Amount,
    /// What the insurance bore.
    pub insured: Amount,
    /// Whether it was liquidated.
    pub forced: bool,
}

/// The rounds of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rounds {
    /// Those that are over, oldest first.
    pub over: Vec<Round>,
    /// Those that are not.
    pub open: Vec<Round>,
}

impl History {
    /// The rounds of all positions on record.
    pub fn rounds(&self) -> Rounds {
        Rounds::of(&booked(self.fills(), self.incomes()))
    }
}

impl Rounds {
    /// From all that moved the balance, in order.
    pub fn of(booked: &[Booked<'_>]) -> Self {
        let mut rounds = Self::default();
        for one in booked {
            match one {
                Booked::Fill(fill) => rounds.fill(fill),
                Booked::Income(income) => rounds.pay(income),
            }
        }
        rounds
    }

    /// The round of a position that is open.
    pub fn open(&self, symbol: &Symbol, side: Side) -> Option<&Round> {
        self.open.iter().find(|round| round.is_of(symbol, side))
    }

    /// The newest round of a market and side, open or over.
    pub fn newest(&self, symbol: &Symbol, side: Side) -> Option<&Round> {
        let over = || self.over.iter().rev().find(|round| round.is_of(symbol, side));
        self.open(symbol, side).or_else(over)
    }

    fn fill(&mut self, fill: &PaperFill) {
        let place = self.open.iter().position(|round| round.is_of(&fill.symbol, fill.side));
        let place = match place {
            Some(place) => place,
            // The first fills may be forgotten, and then there is nothing to reduce.
            None if fill.reducing => return,
            None => {
                self.open.push(Round::begin(fill));
                self.open.len() - 1
            }
        };
        self.open[place].fill(fill);
        if !self.open[place].held.is_positive() {
            self.over.push(self.open.remove(place));
        }
    }

    /// A payment concerns the position that is open, or the one that it ended.
    fn pay(&mut self, income: &PaperIncome) {
        let newest_first = self.open.iter_mut().chain(self.over.iter_mut().rev());
        let mut own = newest_first.filter(|round| round.is_of(&income.symbol, income.side));
        if let Some(round) = own.next() {
            round.pay(income);
        }
    }
}

impl Round {
    fn begin(fill: &PaperFill) -> Self {
        let nothing = (Quantity::ZERO, Amount::ZERO);
        Self {
            symbol: fill.symbol.clone(),
            side: fill.side,
            began: fill.at,
            changed: fill.at,
            opener: fill.order,
            last: fill.clone(),
            held: Quantity::ZERO,
            largest: Quantity::ZERO,
            opened: nothing,
            closed: nothing,
            profit: Amount::ZERO,
            fees: (Amount::ZERO, Amount::ZERO),
            funding: Amount::ZERO,
            insured: Amount::ZERO,
            forced: false,
        }
    }

    /// Whether it is of this market and side.
    pub fn is_of(&self, symbol: &Symbol, side: Side) -> bool {
        self.symbol == *symbol && self.side == side
    }

    fn fill(&mut self, fill: &PaperFill) {
        let value = fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap_or_default();
        let (sums, fees) = if fill.reducing {
            self.held = self.held.minus(fill.quantity).unwrap_or_default();
            (&mut self.closed, &mut self.fees.1)
        } else {
            self.held = self.held.plus(fill.quantity).unwrap_or(self.held);
            self.opener = fill.order;
            (&mut self.opened, &mut self.fees.0)
        };
        *sums = (sums.0.plus(fill.quantity).unwrap_or(sums.0), sum(sums.1, value));
        *fees = sum(*fees, fill.fee);
        self.largest = self.largest.max(self.held);
        self.profit = sum(self.profit, fill.realised);
        self.forced |= fill.cause == FillCause::Liquidation;
        (self.last, self.changed) = (fill.clone(), fill.at);
    }

    fn pay(&mut self, income: &PaperIncome) {
        match income.kind {
            PaperIncomeKind::Funding => self.funding = sum(self.funding, income.amount),
            PaperIncomeKind::Insurance => self.insured = sum(self.insured, income.amount),
        }
        self.changed = self.changed.max(income.at);
    }

    /// All fees; positive when paid.
    pub fn paid(&self) -> Amount {
        sum(self.fees.0, self.fees.1)
    }

    /// Profit and funding less fees.
    pub fn net(&self) -> Amount {
        sum(sum(self.profit, self.funding), self.paid().negated())
    }

    /// Average price of what opened it.
    pub fn entry(&self) -> Price {
        average(self.opened)
    }

    /// Average price of what closed it; zero before the first of that.
    pub fn exit(&self) -> Price {
        average(self.closed)
    }
}

fn sum(one: Amount, other: Amount) -> Amount {
    one.plus(other).unwrap_or(one)
}

fn average((quantity, value): (Quantity, Amount)) -> Price {
    Price::average(value, quantity, Rounding::HalfUp).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::id::VenueAccountId;
    use domain::market::Action;

    use super::*;

    fn fill(number: i64, side: Side, reducing: bool, quantity: &str, price: &str) -> PaperFill {
        let action = if reducing { side.closing() } else { side.opening() };
        PaperFill {
            account: VenueAccountId(1),
            number,
            order: number * 10,
            client_id: None,
            symbol: Symbol::new("BTCUSDT"),
            action,
            side,
            quantity: quantity.parse().unwrap(),
            price: price.parse().unwrap(),
            fee: "0.5".parse().unwrap(),
            realised: if reducing { Amount::ONE } else { Amount::ZERO },
            reducing,
            maker: false,
            cause: FillCause::Order,
            at: Timestamp(number),
        }
    }

    fn income(at: i64, side: Side, kind: PaperIncomeKind) -> PaperIncome {
        PaperIncome {
            account: VenueAccountId(1),
            number: at,
            kind,
            symbol: Symbol::new("BTCUSDT"),
            side,
            amount: "-0.25".parse().unwrap(),
            at: Timestamp(at),
        }
    }

    #[test]
    fn round_goes_from_the_fill_that_opens_to_the_one_that_closes() {
        let long = Side::Long;
        let fills = [
            fill(1, long, false, "1", "100"),
            fill(2, long, false, "3", "104"),
            fill(3, long, true, "4", "110"),
            fill(4, Side::Short, false, "2", "110"),
        ];
        let incomes = [
            income(2, long, PaperIncomeKind::Funding),
            income(3, long, PaperIncomeKind::Insurance),
        ];
        let rounds = Rounds::of(&booked(fills.iter(), incomes.iter()));
        let [over] = rounds.over.as_slice() else {
            panic!("{rounds:?}")
        };
        assert_eq!(
            (over.entry(), over.exit()),
            ("103".parse().unwrap(), "110".parse().unwrap())
        );
        assert_eq!(
            (over.began, over.changed, over.opener),
            (Timestamp(1), Timestamp(3), 20)
        );
        assert_eq!((over.largest, over.held), ("4".parse().unwrap(), Quantity::ZERO));
        assert_eq!((over.profit, over.paid()), (Amount::ONE, "1.5".parse().unwrap()));
        assert_eq!(
            (over.net(), over.insured),
            ("-0.75".parse().unwrap(), "-0.25".parse().unwrap())
        );
        assert_eq!(over.last.action, Action::Sell);
        assert_eq!(rounds.newest(&over.symbol, long), Some(over));
        assert_eq!(
            rounds.open(&over.symbol, Side::Short).unwrap().held,
            "2".parse().unwrap()
        );
    }

    #[test]
    fn fill_that_reduces_what_is_forgotten_begins_nothing() {
        let fills = [fill(1, Side::Long, true, "1", "100")];
        assert_eq!(Rounds::of(&booked(fills.iter(), [].iter())), Rounds::default());
    }
}
