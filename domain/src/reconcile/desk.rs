//! The desk on which one report is worked through: each row as it was read and as it becomes.

use std::collections::BTreeSet;

use crate::change::{Fill, Income};
use crate::fixed::{Amount, Quantity};
use crate::id::{OrderId, PositionId};
use crate::market::{Side, Symbol};
use crate::order::{Order, OrderEvent};
use crate::position::{Origin, Position, PositionEvent, PositionState, Provenance};
use crate::settlement::Settlement;
use crate::venue::{AccountReport, FillReport, IncomeReport, MarginMode};

use super::{Context, Difference, Executed, Mismatch, Records, STALE_WITHIN};

/// A position as it was read (nothing for a new one) and as it becomes.
pub(super) struct HeldPosition {
    pub before: Option<Position>,
    pub now: Position,
}

/// An order as it was read and as it becomes.
pub(super) struct HeldOrder {
    pub before: Order,
    pub now: Order,
    pub executed: Executed,
}

impl HeldOrder {
    /// Whether all that the venue says is filled is on record as fills.
    pub fn is_accounted(&self) -> bool {
        self.executed.quantity >= self.now.filled
    }
}

/// One thing of the account's history.
enum Past<'a> {
    Fill(&'a FillReport),
    Income(&'a IncomeReport),
}

pub(super) struct Desk<'a> {
    pub records: &'a Records,
    pub report: &'a AccountReport,
    pub context: &'a Context<'a>,
    pub positions: Vec<HeldPosition>,
    pub orders: Vec<HeldOrder>,
    pub fills: Vec<Fill>,
    pub incomes: Vec<Income>,
    pub lookups: Vec<OrderId>,
    pub mismatches: Vec<Mismatch>,
    pub unexplained: Vec<Difference>,
    pub unresolved: bool,
    pub created: usize,
}

impl<'a> Desk<'a> {
    pub fn new(records: &'a Records, report: &'a AccountReport, context: &'a Context<'a>) -> Self {
        let positions = records.positions.iter().map(|position| HeldPosition {
            before: Some(position.clone()),
            now: position.clone(),
        });
        let orders = records.orders.iter().map(|order| HeldOrder {
            before: order.clone(),
            now: order.clone(),
            executed: records.executed.get(&order.id).copied().unwrap_or_default(),
        });
        Self {
            records,
            report,
            context,
            positions: positions.collect(),
            orders: orders.collect(),
            fills: Vec::new(),
            incomes: Vec::new(),
            lookups: Vec::new(),
            mismatches: Vec::new(),
            unexplained: Vec::new(),
            unresolved: false,
            created: 0,
        }
    }

    /// Whether the report is older than one that was seen before; then only its history counts.
    pub fn is_stale(&self) -> bool {
        self.context
            .last_report
            .is_some_and(|last| self.report.at < last && last.since(self.report.at) <= STALE_WITHIN)
    }

    /// Applies the fills and incomes that are not on record.
    pub fn apply_history(&mut self) {
        let report = self.report;
        self.revise_known();
        self.revise_paid();
        let (mut fills, mut incomes) = (BTreeSet::new(), BTreeSet::new());
        let fresh_fills = report.fills.iter().filter(|fill| {
            let id = &fill.venue_fill_id;
            !self.records.known_fills.contains(id) && fills.insert(id)
        });
        let fresh_incomes = report.incomes.iter().filter(|income| {
            let id = &income.venue_income_id;
            !self.is_paid(id) && incomes.insert(id)
        });
        let history = in_order(fresh_fills.collect(), fresh_incomes.collect());
        for past in history {
            match past {
                Past::Fill(fill) => self.apply_fill(fill),
                Past::Income(income) => self.apply_income(income),
            }
        }
    }

    pub fn position_index(&self, id: PositionId) -> Option<usize> {
        self.positions.iter().position(|held| held.now.id == id)
    }

    /// Positions that hold something on a side of a market, oldest first.
    pub fn holding(&self, symbol: &Symbol, side: Side) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.positions.len())
            .filter(|index| {
                let position = &self.positions[*index].now;
                !position.state.is_final()
                    && position.symbol == *symbol
                    && position.side == side
                    && position.quantity.is_positive()
            })
            .collect();
        found.sort_by_key(|index| {
            let position = &self.positions[*index].now;
            (position.opened_at, position.id)
        });
        found
    }

    /// Moves a position; what it cannot take is a mismatch, and leaves it as it was.
    pub fn move_position(&mut self, index: usize, event: PositionEvent) -> bool {
        let held = &mut self.positions[index];
        match held.now.on(event, self.context.now) {
            Ok(next) => {
                held.now = self.context.rules.settled(next);
                true
            }
            Err(error) => {
                let subject = format!("position:{}", held.now.id);
                self.contradiction(subject, error.to_string());
                false
            }
        }
    }

    /// Moves an order; what it cannot take is a mismatch, and leaves it as it was.
    pub fn move_order(&mut self, index: usize, event: OrderEvent) {
        let held = &mut self.orders[index];
        match held.now.on(event, self.context.now) {
            Ok(next) => held.now = next,
            Err(error) => {
                let subject = format!("order:{}", held.now.id);
                self.contradiction(subject, error.to_string());
            }
        }
    }

    pub fn contradiction(&mut self, subject: String, what: String) {
        self.mismatches.push(Mismatch::Contradiction { subject, what });
    }

    /// The external position on a side of a market, recorded now if there is none.
    pub fn external(&mut self, symbol: &Symbol, side: Side) -> usize {
        let open = self.holding(symbol, side);
        let found = open
            .into_iter()
            .find(|index| self.positions[*index].now.origin == Origin::External);
        found.unwrap_or_else(|| {
            let id = self.context.spare.get(self.created).copied().unwrap_or(PositionId(0));
            self.created += 1;
            let now = self.new_external(id, symbol, side);
            self.positions.push(HeldPosition { before: None, now });
            self.positions.len() - 1
        })
    }

    fn new_external(&self, id: PositionId, symbol: &Symbol, side: Side) -> Position {
        let account = &self.records.account;
        let reported = self.report.positions.iter();
        let reported = reported.filter(|held| held.symbol == *symbol && held.side == side);
        let leverage = reported.map(|held| held.leverage).next().unwrap_or(1);
        Position {
            id,
            robot: None,
            user: account.user,
            account: account.id,
            venue: account.venue,
            symbol: symbol.clone(),
            side,
            origin: Origin::External,
            state: PositionState::Opening,
            quantity: Quantity::ZERO,
            entered: Quantity::ZERO,
            entry_notional: Amount::ZERO,
            exit_notional: Amount::ZERO,
            realised: Amount::ZERO,
            fees: Amount::ZERO,
            funding: Amount::ZERO,
            leverage,
            margin_mode: MarginMode::Cross,
            exits: None,
            peak: None,
            profit_basis: self.context.rules.profit_basis,
            provenance: Provenance::default(),
            settlement: Settlement::NotYet,
            carry: None,
            settled_profit: None,
            corrections: 0,
            opened_at: None,
            created_at: self.context.now,
            updated_at: self.context.now,
            version: 1,
        }
    }
}

impl super::Rules {
    /// The position, with an external close awaiting settlement where that is wanted.
    fn settled(&self, mut position: Position) -> Position {
        if let PositionState::Closed { profit, .. } = position.state
            && self.charge_external
            && position.settlement == Settlement::Exempt
        {
            position.settlement = Settlement::at_close(Origin::Robot, profit);
        }
        position
    }
}

/// Merges fills and incomes by time; at one moment incomes come first. Fills stay in the venue's own order whatever
/// their times say: a clock that was set back must not let a close come before its open.
fn in_order<'a>(fills: Vec<&'a FillReport>, incomes: Vec<&'a IncomeReport>) -> Vec<Past<'a>> {
    let mut merged = Vec::with_capacity(fills.len() + incomes.len());
    let mut incomes = incomes.into_iter().peekable();
    for fill in fills {
        while let Some(income) = incomes.next_if(|income| income.at <= fill.at) {
            merged.push(Past::Income(income));
        }
        merged.push(Past::Fill(fill));
    }
    merged.extend(incomes.map(Past::Income));
    merged
}
