//! Nets: positions that the venue keeps as one, and what a fill is worth to each of them.
//!
//! The venue's realised profit speaks of the average entry of all that it nets. Where several positions share a net, each
//! earns by its own fills instead. What the venue realised beyond that is carried by the oldest of them, so that at every
//! moment Σ realised + Σ carried is what the venue realised (POS-2); once the net is flat, what rounding left of it goes to
//! the position that closed last.

use crate::change::Fill;
use crate::fixed::{Amount, NumberError, Quantity};
use crate::market::{Side, Symbol};
use crate::position::{Origin, PositionEvent};
use crate::user::PositionMode;
use crate::venue::FillReport;

use super::desk::Desk;
use super::executions::Part;
use super::share;

/// A residue beyond this share of what a position was opened for is no rounding: one ten-thousandth.
const ROUNDING_SHARE: i64 = 10_000;
/// And at least this: a hundredth of a coin.
const ROUNDING_LEAST: i64 = 1_000_000;

/// What a fill is worth to its parts.
pub(super) struct Worth {
    /// Realised profit of each part.
    pub realised: Vec<Amount>,
    /// What the venue realised beyond that: carried to another moment, or taken from what was carried.
    pub carried: Amount,
}

impl Desk<'_> {
    /// Whether the venue nets both sides of a market.
    pub(super) fn is_one_way(&self) -> bool {
        self.records.account.mode == PositionMode::OneWay
    }

    /// Positions that hold something and that the venue keeps as one with this side, oldest first.
    fn net_of(&self, symbol: &Symbol, side: Side) -> Vec<usize> {
        if !self.is_one_way() {
            return self.holding(symbol, side);
        }
        let mut both = self.holding(symbol, Side::Long);
        both.extend(self.holding(symbol, Side::Short));
        both.sort_by_key(|index| {
            let position = &self.positions[*index].now;
            (position.opened_at, position.id)
        });
        both
    }

    /// What the fill is worth to its parts. A position that shares its net with nobody, and never did, takes the venue's
    /// word.
    pub(super) fn worth(
        &mut self,
        fill: &FillReport,
        parts: &[Part],
        notionals: &[Amount],
    ) -> Result<Worth, NumberError> {
        let quantities: Vec<Quantity> = parts.iter().map(|part| part.quantity).collect();
        let mut realised = share::by_quantity(fill.realised, &quantities)?;
        let netted: Vec<bool> = parts.iter().map(|part| self.is_netted(part, fill)).collect();
        let taking = parts.iter().zip(&netted).filter(|(_, netted)| **netted);
        let mut members: Vec<usize> = taking.filter_map(|(part, _)| part.position).collect();
        let Some(side) = members.first().map(|index| self.positions[*index].now.side) else {
            let carried = Amount::ZERO;
            return Ok(Worth { realised, carried });
        };
        for index in self.net_of(&fill.symbol, side) {
            if !members.contains(&index) {
                members.push(index);
            }
        }
        let was_shared = |index: &usize| self.positions[*index].now.carry.is_some();
        if members.len() == 1 && !members.iter().any(was_shared) {
            let carried = Amount::ZERO;
            return Ok(Worth { realised, carried });
        }
        let told = Amount::sum(realised.iter().copied())?;
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| netted[*index]) {
            realised[index] = self.own_worth(part, notionals[index])?;
        }
        let beyond = told.minus(Amount::sum(realised.iter().copied())?)?;
        let before = members.iter().filter_map(|index| self.positions[*index].now.carry);
        let before = Amount::sum(before)?;
        let keeper = self.keeper(&members, parts);
        if keeper.is_some() {
            self.carry(&members, keeper, before.plus(beyond)?);
            let carried = beyond;
            return Ok(Worth { realised, carried });
        }
        let carried = self.end_net(fill, parts, &netted, &mut realised, (before, beyond))?;
        self.carry(&members, None, Amount::ZERO);
        Ok(Worth { realised, carried })
    }

    /// Whether a part changes what its position holds.
    fn is_netted(&self, part: &Part, fill: &FillReport) -> bool {
        part.position.is_some_and(|index| {
            let is_over = self.positions[index].now.closed_profit().is_some();
            !is_over && !self.is_counted(index, part.reducing, fill.at)
        })
    }

    fn own_worth(&self, part: &Part, notional: Amount) -> Result<Amount, NumberError> {
        match part.position.filter(|_| part.reducing) {
            Some(index) => self.positions[index].now.own_profit(part.quantity, notional),
            None => Ok(Amount::ZERO),
        }
    }

    /// The oldest position of a net that holds something after the parts.
    fn keeper(&self, members: &[usize], parts: &[Part]) -> Option<usize> {
        let holds = |index: &&usize| {
            let part = parts.iter().find(|part| part.position == Some(**index));
            part.is_none_or(|part| !part.reducing || part.quantity < self.positions[**index].now.quantity)
        };
        let kept = members.iter().filter(holds);
        kept.copied().min_by_key(|index| {
            let position = &self.positions[*index].now;
            (position.opened_at.is_none(), position.opened_at, position.id)
        })
    }

    fn carry(&mut self, members: &[usize], keeper: Option<usize>, carry: Amount) {
        for index in members {
            let carry = if Some(*index) == keeper { carry } else { Amount::ZERO };
            if self.positions[*index].now.carry != Some(carry) {
                self.move_position(*index, PositionEvent::Shared { carry });
            }
        }
    }

    /// The net is flat: what is left goes to the position that closes now, an external one before others, and of several
    /// the largest. What no rounding explains is nobody's, and people are told.
    fn end_net(
        &mut self,
        fill: &FillReport,
        parts: &[Part],
        netted: &[bool],
        realised: &mut [Amount],
        (before, beyond): (Amount, Amount),
    ) -> Result<Amount, NumberError> {
        let residue = before.plus(beyond)?;
        let closing = (0..parts.len()).filter(|index| netted[*index]);
        let heir = closing.max_by_key(|index| {
            let position = parts[*index].position.map(|held| &self.positions[held].now);
            let is_external = position.is_some_and(|position| position.origin == Origin::External);
            (is_external, parts[*index].quantity, std::cmp::Reverse(*index))
        });
        let Some((heir, position)) = heir.and_then(|index| Some((index, parts[index].position?))) else {
            return Ok(beyond);
        };
        let position = &self.positions[position].now;
        let most = (position.entry_notional.units() / ROUNDING_SHARE).max(ROUNDING_LEAST);
        if residue.abs().units() > most {
            let subject = format!("account:{}:{}", self.records.account.id, fill.symbol);
            let what = format!(
                "the venue realised {residue} more on {} than the fills of the positions that shared it were worth; \
                 it is given to nobody",
                fill.symbol
            );
            self.contradiction(subject, what);
            return Ok(beyond);
        }
        realised[heir] = realised[heir].plus(residue)?;
        Ok(before.negated())
    }

    /// The row of what a fill's worth was carried, so that its rows sum to what the venue said.
    pub(super) fn keep_carry(&mut self, fill: &FillReport, carried: Amount) {
        if carried.is_zero() {
            return;
        }
        self.fills.push(Fill {
            account: self.records.account.id,
            order: None,
            position: None,
            report: FillReport {
                venue_fill_id: share::carry_id(&fill.venue_fill_id),
                quantity: Quantity::ZERO,
                fee: Amount::ZERO,
                realised: carried,
                ..fill.clone()
            },
        });
    }

    /// A position comes to hold something on a net without a fill: it shares it with those that are there.
    pub(super) fn share_net(&mut self, symbol: &Symbol, side: Side, newcomer: usize) {
        let mut members = self.net_of(symbol, side);
        if members.iter().all(|index| *index == newcomer) {
            return;
        }
        members.push(newcomer);
        for index in members {
            if self.positions[index].now.carry.is_none() {
                let carry = Amount::ZERO;
                self.move_position(index, PositionEvent::Shared { carry });
            }
        }
    }

    /// What a quantity that was only seen at the venue cost: what the venue's net cost beyond the positions on record. Where
    /// that makes no sense, at the venue's average price.
    pub(super) fn cost_of_surplus(
        &self,
        (symbol, side): (&Symbol, Side),
        held: Amount,
        average: Amount,
    ) -> Result<Amount, NumberError> {
        let mut recorded = Amount::ZERO;
        for index in self.net_of(symbol, side) {
            let position = &self.positions[index].now;
            let cost = position.cost()?;
            let cost = if position.side == side { cost } else { cost.negated() };
            // The venue's cost of a net is that of its positions and what they carry, counted as for a long.
            let carry = position.carry.unwrap_or(Amount::ZERO);
            let carry = if side == Side::Long { carry } else { carry.negated() };
            recorded = recorded.plus(cost)?.plus(carry)?;
        }
        let beyond = held.minus(recorded)?;
        Ok(if beyond.is_positive() { beyond } else { average })
    }
}
