//! Differences: quantities that the venue holds and the records do not, or the other way round.

use std::collections::BTreeSet;

use crate::fixed::{NumberError, Quantity, Rounding};
use crate::market::{Side, Symbol};
use crate::robot::net::nets;
use crate::venue::PositionReport;

use super::desk::Desk;
use super::{Difference, Mismatch, SIGHTINGS};

impl Desk<'_> {
    /// Compares positions once the history is complete, and believes a difference that lasts.
    pub(super) fn compare_positions(&mut self) {
        if self.report.more {
            return;
        }
        if self.is_stale() {
            self.unexplained = self.context.unexplained.to_vec();
            return;
        }
        for (symbol, side) in self.sides() {
            let reported = self.reported(&symbol, side).cloned();
            let held = reported.as_ref().map_or(Quantity::ZERO, |report| report.quantity);
            let Ok(recorded) = self.recorded(&symbol, side) else {
                self.contradiction(
                    format!("account:{}", self.records.account.id),
                    format!("quantities on record of {symbol} are out of range"),
                );
                continue;
            };
            if held == recorded {
                continue;
            }
            if self.is_moving(&symbol, side) {
                self.unresolved = true;
                continue;
            }
            let difference = self.sighted(symbol, side, recorded, held);
            self.judge(difference, reported.as_ref());
        }
    }

    fn sides(&self) -> BTreeSet<(Symbol, Side)> {
        let recorded = self.positions.iter().map(|held| &held.now);
        let recorded = recorded.filter(|position| !position.state.is_final() && position.quantity.is_positive());
        let recorded = recorded.map(|position| (position.symbol.clone(), position.side));
        let reported = self.report.positions.iter();
        let reported = reported.map(|position| (position.symbol.clone(), position.side));
        recorded.chain(reported).collect()
    }

    /// Quantity that the venue should hold on this side by the records. On a one-way account that is what is left of the
    /// side after the other one; what was only seen at the venue does not net, because nobody knows what it came from.
    fn recorded(&self, symbol: &Symbol, side: Side) -> Result<Quantity, NumberError> {
        let sum = |side: Side, netting: bool| {
            let open = self
                .holding(symbol, side)
                .into_iter()
                .map(|index| &self.positions[index].now);
            let open = open.filter(|position| nets(position) == netting);
            Quantity::sum(open.map(|position| position.quantity))
        };
        let (own, seen_only) = (sum(side, true)?, sum(side, false)?);
        if !self.is_one_way() {
            return own.plus(seen_only);
        }
        let against = sum(side.other(), true)?;
        own.max(against).minus(against)?.plus(seen_only)
    }

    fn reported(&self, symbol: &Symbol, side: Side) -> Option<&PositionReport> {
        let mut reported = self.report.positions.iter();
        reported.find(|position| position.symbol == *symbol && position.side == side)
    }

    /// Whether one of our orders may explain a difference: not confirmed, or filled without its fills on record.
    fn is_moving(&self, symbol: &Symbol, side: Side) -> bool {
        self.orders.iter().any(|held| {
            let order = &held.now;
            let is_unclear = order.state.is_unconfirmed() || self.lookups.contains(&order.id) || !held.is_accounted();
            let may_explain = self.is_one_way() || order.position_side == side;
            order.symbol == *symbol && may_explain && is_unclear
        })
    }

    fn sighted(&self, symbol: Symbol, side: Side, recorded: Quantity, held: Quantity) -> Difference {
        let at = self.report.at;
        let same = |seen: &&Difference| {
            seen.symbol == symbol && seen.side == side && seen.recorded == recorded && seen.held == held
        };
        let (at, sightings) = match self.context.unexplained.iter().find(same) {
            Some(seen) if seen.at < at => (at, seen.sightings.saturating_add(1)),
            Some(seen) if seen.at == at => (at, seen.sightings),
            Some(_) | None => (at, 1),
        };
        Difference {
            symbol,
            side,
            recorded,
            held,
            at,
            sightings,
        }
    }

    fn judge(&mut self, difference: Difference, reported: Option<&PositionReport>) {
        if difference.sightings < SIGHTINGS {
            self.unresolved = true;
            self.unexplained.push(difference);
            return;
        }
        if difference.held < difference.recorded {
            self.unexplained.push(difference.clone());
            self.mismatches.push(Mismatch::Missing {
                account: self.records.account.id,
                difference,
            });
            return;
        }
        let Some(report) = reported else {
            return;
        };
        let quantity = difference.held.minus(difference.recorded);
        let surplus = quantity.and_then(|quantity| {
            let average = report.entry_price.notional(quantity, Rounding::HalfUp)?;
            let held = report.entry_price.notional(difference.held, Rounding::HalfUp)?;
            let notional = self.cost_of_surplus((&difference.symbol, difference.side), held, average)?;
            Ok((quantity, notional))
        });
        match surplus {
            Ok((quantity, notional)) => {
                self.adopt(&difference.symbol, difference.side, quantity, notional, difference.at);
            }
            Err(error) => self.contradiction(format!("account:{}", self.records.account.id), error.to_string()),
        }
    }
}
