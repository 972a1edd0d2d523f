//! Orders that wait at a venue, to close a position when the price gets somewhere.

use crate::fixed::{Price, Quantity};
use crate::market::{Action, Side, Symbol};
use crate::venue::ClientOrderId;

/// What a protective order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionKind {
    /// It ends a loss that grows.
    StopLoss,
    /// It takes a profit that is there.
    TakeProfit,
}

/// An order that waits at the venue until the last price gets to its trigger, and then closes (a part of) a position at the
/// market. It never opens anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Our id at the venue, where it keeps one.
    pub client_id: ClientOrderId,
    /// Market.
    pub symbol: Symbol,
    /// The side of the position that it closes.
    pub position_side: Side,
    /// The price that it waits for.
    pub trigger: Price,
    /// What it is for.
    pub kind: ProtectionKind,
    /// How much it closes, in whole lots; where less is held by then, that much.
    pub quantity: Quantity,
}

impl Protection {
    /// Buy or sell: what closes the position.
    pub const fn action(&self) -> Action {
        self.position_side.closing()
    }

    /// Whether the price must rise to the trigger; otherwise it must fall.
    pub const fn rises(&self) -> bool {
        match (self.position_side, self.kind) {
            (Side::Long, ProtectionKind::TakeProfit) | (Side::Short, ProtectionKind::StopLoss) => true,
            (Side::Long, ProtectionKind::StopLoss) | (Side::Short, ProtectionKind::TakeProfit) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_of_a_long_is_stopped_below_and_its_profit_taken_above() {
        let told = |position_side, kind| {
            let protection = Protection {
                client_id: ClientOrderId("x".to_owned()),
                symbol: Symbol::new("BTCUSDT"),
                position_side,
                trigger: Price::ZERO,
                kind,
                quantity: Quantity::ZERO,
            };
            (protection.action(), protection.rises())
        };
        assert_eq!(told(Side::Long, ProtectionKind::StopLoss), (Action::Sell, false));
        assert_eq!(told(Side::Long, ProtectionKind::TakeProfit), (Action::Sell, true));
        assert_eq!(told(Side::Short, ProtectionKind::StopLoss), (Action::Buy, true));
        assert_eq!(told(Side::Short, ProtectionKind::TakeProfit), (Action::Buy, false));
    }
}
