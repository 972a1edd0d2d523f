//! Virtual positions that meet at the venue: whether a close may be told to shrink only, and what is to be waited for.

use std::cmp::Ordering;

use crate::fixed::{NumberError, Quantity};
use crate::market::{Side, Symbol};
use crate::order::{Order, Purpose};
use crate::position::{Origin, Position, ProfitSource};
use crate::user::PositionMode;
use crate::venue::PositionReport;

/// What a closing order may do at the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Shrink what the venue holds, and nothing else.
    ReduceOnly,
    /// Shrink it, and grow the other side by what is left: the venue's net is too small for the whole close.
    Plain,
}

/// What is known of an account when one of its robots is about to close.
#[derive(Debug, Clone, Copy)]
pub struct NetFacts<'a> {
    /// One-way or hedge.
    pub mode: PositionMode,
    /// Its positions that are not final.
    pub positions: &'a [Position],
    /// Its orders that are not final.
    pub orders: &'a [Order],
    /// The positions of the venue's last report after which no history was left; `None` before there was one.
    pub seen: Option<&'a [PositionReport]>,
}

/// A net quantity, signed: above zero is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Net(i128);

impl Net {
    fn add(&mut self, side: Side, quantity: Quantity) {
        let units = i128::from(quantity.units());
        match side {
            Side::Long => self.0 += units,
            Side::Short => self.0 -= units,
        }
    }

    /// Of what the venue reports on a market.
    pub fn held(positions: &[PositionReport], symbol: &Symbol) -> Self {
        let mut net = Self::default();
        for held in positions.iter().filter(|held| held.symbol == *symbol) {
            net.add(held.side, held.quantity);
        }
        net
    }

    /// Of what is on record on a market.
    pub fn recorded<'a>(positions: impl IntoIterator<Item = &'a Position>, symbol: &Symbol) -> Self {
        let mut net = Self::default();
        let live = positions.into_iter().filter(|position| !position.state.is_final());
        for position in live.filter(|position| position.symbol == *symbol) {
            net.add(position.side, position.quantity);
        }
        net
    }

    /// What this is more than another.
    pub const fn beyond(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }

    /// Its side; `None` where it is nothing.
    pub fn side(self) -> Option<Side> {
        match self.0.cmp(&0) {
            Ordering::Greater => Some(Side::Long),
            Ordering::Less => Some(Side::Short),
            Ordering::Equal => None,
        }
    }

    /// Its size.
    pub fn size(self) -> Result<Quantity, NumberError> {
        Quantity::from_wide(self.0.abs())
    }
}

/// Whether a position nets with those of the other side on a one-way account. One whose quantity was only seen at the
/// venue, without a fill, does not: nobody knows what it came from.
pub fn nets(position: &Position) -> bool {
    let is_seen_only = position.origin == Origin::External && position.provenance.source == ProfitSource::Inferred;
    !position.state.is_final() && !is_seen_only
}

/// Whether the venue keeps the position together with another one, so that an order that only shrinks may shrink the
/// other one's part.
pub fn is_shared(position: &Position, mode: PositionMode, positions: &[Position]) -> bool {
    positions.iter().any(|other| {
        let meets = match mode {
            PositionMode::OneWay => true,
            PositionMode::Hedge => other.side == position.side,
        };
        other.id != position.id && !other.state.is_final() && other.symbol == position.symbol && meets
    })
}

/// What the order that closes this position may do.
///
/// It only shrinks wherever the net leaves enough for it, after all that is under way on the account and may shrink the
/// net before. It may grow the other side only where our own positions on that side explain why the net is too small, and the
/// venue's last report agrees with the records: in doubt it only shrinks, is refused or cut by the venue, and is tried again.
pub fn reach(position: &Position, facts: &NetFacts<'_>) -> Reach {
    let on_market = |other: &&Position| nets(other) && other.symbol == position.symbol;
    let against = facts.positions.iter().filter(on_market);
    let against = against.filter(|other| other.side != position.side && other.quantity.is_positive());
    if facts.mode == PositionMode::Hedge || against.count() == 0 {
        return Reach::ReduceOnly;
    }
    let Some(seen) = facts.seen else {
        return Reach::ReduceOnly;
    };
    let recorded = Net::recorded(facts.positions, &position.symbol);
    if recorded != Net::held(seen, &position.symbol) {
        return Reach::ReduceOnly;
    }
    let mut left = recorded;
    for order in facts.orders.iter().filter(|order| order.symbol == position.symbol) {
        let shrinks = order.action == position.side.closing() && order.position != position.id;
        if shrinks && !order.state.is_final() {
            left.add(position.side, order.filled);
            left.add(position.side.other(), order.quantity);
        }
    }
    let enough = left.side() == Some(position.side) && left.size().is_ok_and(|left| left >= position.quantity);
    if enough { Reach::ReduceOnly } else { Reach::Plain }
}

/// The leverage that the order names which closes this position: where it may grow the other side the one that stands at
/// the venue, for it would be refused if it asked for less.
pub fn closing_leverage(position: &Position, reach: Reach, facts: &NetFacts<'_>) -> u32 {
    let seen = facts.seen.unwrap_or_default().iter();
    let stands = seen
        .filter(|held| held.symbol == position.symbol)
        .map(|held| held.leverage);
    match reach {
        Reach::ReduceOnly => position.leverage,
        Reach::Plain => stands.max().unwrap_or(position.leverage),
    }
}

/// Quantity that the account holds on a market or is about to, on both sides together.
pub fn exposure(positions: &[Position], orders: &[Order], symbol: &Symbol) -> Result<Quantity, NumberError> {
    let live = positions.iter().filter(|position| !position.state.is_final());
    let held = live.filter(|position| position.symbol == *symbol);
    let opening = orders.iter().filter(|order| {
        let is_opening = order.purpose == Purpose::Open && !order.state.is_final();
        is_opening && order.symbol == *symbol
    });
    let opening = opening.map(|order| order.quantity.minus(order.filled));
    let opening = opening.collect::<Result<Vec<_>, _>>()?;
    Quantity::sum(held.map(|position| position.quantity).chain(opening))
}

/// What the venue holds as one, against what is on record of it. On a one-way account that is the net, and quantities
/// are signed: above zero is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// The side, on a hedge account.
    pub side: Option<Side>,
    /// What the venue last reported; `None` where it has not been asked.
    pub held: Option<Quantity>,
    /// The sum of the robots' positions and the external ones.
    pub recorded: Quantity,
    /// What the venue holds beyond that.
    pub difference: Option<Quantity>,
}

/// Explains what the venue holds on a market by the positions on record.
pub fn explain(
    mode: PositionMode,
    positions: &[Position],
    seen: Option<&[PositionReport]>,
    symbol: &Symbol,
) -> Result<Vec<Explained>, NumberError> {
    let sides = match mode {
        PositionMode::OneWay => vec![None],
        PositionMode::Hedge => vec![Some(Side::Long), Some(Side::Short)],
    };
    let of_side = |side: Option<Side>| {
        let is_of = |other| side == Some(other) || side.is_none();
        let ours = Net::recorded(positions.iter().filter(|position| is_of(position.side)), symbol);
        let theirs = seen.map(|seen| {
            let seen: Vec<PositionReport> = seen.iter().filter(|held| is_of(held.side)).cloned().collect();
            Net::held(&seen, symbol)
        });
        let quantity = |net: Net| match side {
            Some(Side::Short) => Quantity::from_wide(-net.0),
            Some(Side::Long) | None => Quantity::from_wide(net.0),
        };
        Ok(Explained {
            side,
            held: theirs.map(quantity).transpose()?,
            recorded: quantity(ours)?,
            difference: theirs.map(|held| quantity(held.beyond(ours))).transpose()?,
        })
    };
    sides.into_iter().map(of_side).collect()
}

#[cfg(test)]
mod tests;
