//! Trades as Gate tells them, and rounds of positions, from their first trade to their last.
//!
//! The paper venue tells a trade that turns a position as two fills: what it closed, and what it opened. Here it is one.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::{Side, Symbol};
use domain::paper::{PaperFill, PaperIncomeKind};
use domain::time::Timestamp;

use super::book::Event;

/// A trade.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    /// The fill that it is, or the first of the two; the trade has its number.
    pub first: PaperFill,
    pub quantity: Quantity,
    /// How much of a position it closed.
    pub closed: Quantity,
    pub fee: Amount,
    pub realised: Amount,
    /// The fill that opened the other side, where there is one.
    pub second: Option<PaperFill>,
}

impl Execution {
    fn of(fill: &PaperFill) -> Self {
        Self {
            first: fill.clone(),
            quantity: fill.quantity,
            closed: if fill.reducing { fill.quantity } else { Quantity::ZERO },
            fee: fill.fee,
            realised: fill.realised,
            second: None,
        }
    }

    /// Whether this fill is the other half of a trade that turned the position.
    fn goes_on_with(&self, fill: &PaperFill) -> bool {
        let first = &self.first;
        self.second.is_none()
            && first.reducing
            && !fill.reducing
            && (first.order, first.at, first.price) == (fill.order, fill.at, fill.price)
            && first.number + 1 == fill.number
    }
}

/// Fills as trades, in their order.
pub(super) fn executions<'a>(fills: impl Iterator<Item = &'a PaperFill>) -> Vec<Execution> {
    let mut trades: Vec<Execution> = Vec::new();
    for fill in fills {
        match trades.last_mut().filter(|last| last.goes_on_with(fill)) {
            Some(last) => {
                last.quantity = last.quantity.plus(fill.quantity).unwrap_or(last.quantity);
                last.fee = last.fee.plus(fill.fee).unwrap_or(last.fee);
                last.second = Some(fill.clone());
            }
            None => trades.push(Execution::of(fill)),
        }
    }
    trades
}

/// A position from its first trade to its last, or until now.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub symbol: Symbol,
    pub side: Side,
    pub profit: Amount,
    pub funding: Amount,
    /// Positive when paid.
    pub fees: Amount,
    /// What is held now.
    pub size: Quantity,
    pub largest: Quantity,
    pub opened: Quantity,
    spent: Amount,
    closed: Quantity,
    got: Amount,
    pub opened_at: Timestamp,
    /// The last fill that closed something.
    pub last: Option<PaperFill>,
}

/// Rounds that are over, oldest first, and those that are not.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub over: Vec<Round>,
    pub open: Vec<Round>,
}

impl Round {
    fn begin(fill: &PaperFill) -> Self {
        Self {
            symbol: fill.symbol.clone(),
            side: fill.side,
            profit: Amount::ZERO,
            funding: Amount::ZERO,
            fees: Amount::ZERO,
            size: Quantity::ZERO,
            largest: Quantity::ZERO,
            opened: Quantity::ZERO,
            spent: Amount::ZERO,
            closed: Quantity::ZERO,
            got: Amount::ZERO,
            opened_at: fill.at,
            last: None,
        }
    }

    fn add(&mut self, fill: &PaperFill) {
        let notional = fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap_or_default();
        let plus = |sum: Quantity| sum.plus(fill.quantity).unwrap_or(sum);
        self.profit = self.profit.plus(fill.realised).unwrap_or(self.profit);
        self.fees = self.fees.plus(fill.fee).unwrap_or(self.fees);
        if fill.reducing {
            self.size = self.size.minus(fill.quantity).unwrap_or_default().max(Quantity::ZERO);
            self.closed = plus(self.closed);
            self.got = self.got.plus(notional).unwrap_or(self.got);
            self.last = Some(fill.clone());
        } else {
            self.size = plus(self.size);
            self.opened = plus(self.opened);
            self.spent = self.spent.plus(notional).unwrap_or(self.spent);
        }
        self.largest = self.largest.max(self.size);
    }

    /// Profit and funding less fees.
    pub fn net(&self) -> Amount {
        let gross = self.profit.plus(self.funding);
        gross.and_then(|gross| gross.minus(self.fees)).unwrap_or(self.profit)
    }

    /// Average price of what opened it.
    pub fn entry(&self) -> Price {
        Price::average(self.spent, self.opened, Rounding::HalfUp).unwrap_or_default()
    }

    /// Average price of what closed it.
    pub fn exit(&self) -> Price {
        Price::average(self.got, self.closed, Rounding::HalfUp).unwrap_or_default()
    }
}

impl Rounds {
    /// Of all that happened to an account.
    pub fn of(events: &[Event]) -> Self {
        let mut over = Vec::new();
        let mut open: BTreeMap<(Symbol, Side), Round> = BTreeMap::new();
        let mut add = |open: &mut BTreeMap<(Symbol, Side), Round>, fill: &PaperFill| {
            let key = (fill.symbol.clone(), fill.side);
            let round = open.entry(key.clone()).or_insert_with(|| Round::begin(fill));
            round.add(fill);
            if round.size.is_zero() {
                over.extend(open.remove(&key));
            }
        };
        for event in events {
            match event {
                Event::Trade(trade) => {
                    add(&mut open, &trade.first);
                    if let Some(second) = &trade.second {
                        add(&mut open, second);
                    }
                }
                Event::Income(income) if income.kind == PaperIncomeKind::Funding => {
                    if let Some(round) = open.get_mut(&(income.symbol.clone(), income.side)) {
                        round.funding = round.funding.plus(income.amount).unwrap_or(round.funding);
                    }
                }
                Event::Income(_) => {}
            }
        }
        Self {
            over,
            open: open.into_values().collect(),
        }
    }

    /// What the position of a market and side that is open now brought so far.
    pub fn open(&self, symbol: &Symbol, side: Side) -> Option<&Round> {
        let mut own = self.open.iter();
        own.find(|round| round.symbol == *symbol && round.side == side)
    }
}
