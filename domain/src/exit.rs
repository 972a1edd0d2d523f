//! When a robot leaves a position: stop-loss, trailing take-profit, liquidation guard.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Ratio, Rounding, divide};
use crate::market::Side;
use crate::position::{CloseReason, Position};

/// What holds for the exits of every position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitRules {
    /// Close when the price has gone this share of the way from entry to liquidation, 0 to 1.
    pub liquidation_share: Ratio,
    /// A peak that rose by this share of the give-back is put on record, 0 to 1.
    pub peak_step: Ratio,
    /// Maintenance margin as a share of the notional, for the estimated liquidation price.
    pub maintenance_margin: Ratio,
}

/// What is to be done about an open position at a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitDecision {
    /// Nothing; the highest profit seen since arming is this one (`None`: not armed).
    Hold(Option<Amount>),
    /// The take-profit armed, or its peak rose enough: put this peak on record.
    Peak(Amount),
    /// Close it.
    Close(CloseReason),
}

/// Decides what to do about an open position at `price`.
///
/// Profit is the price's gain over the average entry, times everything that was entered, before fees and
/// funding; margin is the notional of everything that was entered, divided by the leverage. Both are taken over the
/// entered rather than the open quantity, so that closing a part by hand does not look like a fall in
/// profit. `seen` is the highest profit seen since arming, where that is above the one on record.
///
/// In this order: the loss is at least the stop-loss share of the margin; the price has gone the guard's share of
/// the way to `liquidation`; armed, and the profit has fallen by the give-back share of its peak. Arming and the
/// peak are looked at only when none of these holds. A position without exits or entry is held.
pub fn decide(
    position: &Position,
    price: Price,
    liquidation: Option<Price>,
    seen: Option<Amount>,
    rules: &ExitRules,
) -> Result<ExitDecision, NumberError> {
    let (Some(exits), Some(entry)) = (position.exits, position.entry_price()) else {
        return Ok(ExitDecision::Hold(None));
    };
    let profit = gain(position.side, entry, price)?.notional(position.entered, Rounding::Down)?;
    let margin = entered_margin(position)?;
    if reaches(profit.negated(), exits.stop_loss, margin) {
        return Ok(ExitDecision::Close(CloseReason::StopLoss));
    }
    if let Some(liquidation) = liquidation
        && is_near(position.side, entry, price, liquidation, rules.liquidation_share)
    {
        return Ok(ExitDecision::Close(CloseReason::LiquidationGuard));
    }
    let Some(recorded) = position.peak else {
        let armed = profit.is_positive() && reaches(profit, exits.arm, margin);
        return Ok(if armed {
            ExitDecision::Peak(profit)
        } else {
            ExitDecision::Hold(None)
        });
    };
    let peak = seen.map_or(recorded, |seen| seen.max(recorded)).max(profit);
    if reaches(peak.minus(profit)?, exits.give_back, peak) {
        return Ok(ExitDecision::Close(CloseReason::TakeProfit));
    }
    let step = exits.give_back.of(peak, Rounding::Down)?;
    let risen = peak.minus(recorded)?;
    if risen.is_positive() && reaches(risen, rules.peak_step, step) {
        return Ok(ExitDecision::Peak(peak));
    }
    Ok(ExitDecision::Hold(Some(peak)))
}

/// Where the venue would liquidate a position that has nothing but its own margin: entry × (1 ∓ 1/leverage ±
/// maintenance). For cross margin the venue would hold out longer: the guard then protects the stake.
pub fn estimated_liquidation(position: &Position, maintenance: Ratio) -> Option<Price> {
    let entry = position.entry_price()?;
    let one = i128::from(Ratio::ONE_UNITS);
    let share = divide(one, i128::from(position.leverage.max(1)), Rounding::Down).ok()?;
    let way = Ratio::from_wide((share - i128::from(maintenance.units())).max(0)).ok()?;
    let distance = entry.scaled(way, Rounding::Down).ok()?;
    match position.side {
        Side::Long => entry.minus(distance).ok(),
        Side::Short => entry.plus(distance).ok(),
    }
}

fn gain(side: Side, entry: Price, price: Price) -> Result<Price, NumberError> {
    match side {
        Side::Long => price.minus(entry),
        Side::Short => entry.minus(price),
    }
}

fn entered_margin(position: &Position) -> Result<Amount, NumberError> {
    let leverage = i128::from(position.leverage.max(1));
    Amount::from_wide(divide(position.entry_notional.units().into(), leverage, Rounding::Up)?)
}

/// `part ≥ share × whole`, without rounding.
fn reaches(part: Amount, share: Ratio, whole: Amount) -> bool {
    i128::from(part.units()) * i128::from(Ratio::ONE_UNITS) >= i128::from(share.units()) * i128::from(whole.units())
}

/// Whether the price has gone `share` of the way from entry to liquidation. A liquidation price on the gaining
/// side of the entry cannot be gone towards by losing, and guards nothing.
fn is_near(side: Side, entry: Price, price: Price, liquidation: Price, share: Ratio) -> bool {
    let loss_at = |at: Price| match side {
        Side::Long => i128::from(entry.units()) - i128::from(at.units()),
        Side::Short => i128::from(at.units()) - i128::from(entry.units()),
    };
    let way = loss_at(liquidation);
    way > 0 && loss_at(price) * i128::from(Ratio::ONE_UNITS) >= way * i128::from(share.units())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{PositionId, RobotId, UserId, VenueAccountId};
    use crate::market::Symbol;
    use crate::position::{Exits, FillEffect, Origin, PositionEvent, PositionState, ProfitBasis, Provenance};
    use crate::settlement::Settlement;
    use crate::time::Timestamp;
    use crate::venue::{MarginMode, VenueName};
    use proptest::prelude::*;

    fn rules() -> ExitRules {
        ExitRules {
            liquidation_share: "0.9".parse().unwrap(),
            peak_step: "0.1".parse().unwrap(),
            maintenance_margin: "0.005".parse().unwrap(),
        }
    }

    /// Two at 100 with leverage 10: margin 20; stop at −4, armed at 2, gives back 30 %.
    fn open(side: Side) -> Position {
        Position {
            id: PositionId(1),
            robot: Some(RobotId(1)),
            user: UserId(1),
            account: VenueAccountId(1),
            venue: VenueName::Paper,
            symbol: Symbol::new("BTCUSDT"),
            side,
            origin: Origin::Robot,
            state: PositionState::Open,
            quantity: "2".parse().unwrap(),
            entered: "2".parse().unwrap(),
            entry_notional: "200".parse().unwrap(),
            exit_notional: Amount::ZERO,
            realised: Amount::ZERO,
            fees: "0.1".parse().unwrap(),
            funding: Amount::ZERO,
            leverage: 10,
            margin_mode: MarginMode::Isolated,
            exits: Some(Exits {
                stop_loss: "0.2".parse().unwrap(),
                arm: "0.1".parse().unwrap(),
                give_back: "0.3".parse().unwrap(),
            }),
            peak: None,
            profit_basis: ProfitBasis::Net,
            provenance: Provenance::default(),
            settlement: Settlement::NotYet,
            carry: None,
            settled_profit: None,
            corrections: 0,
            opened_at: Some(Timestamp(1)),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            version: 1,
        }
    }

    fn peaked(side: Side, peak: &str) -> Position {
        Position {
            peak: Some(peak.parse().unwrap()),
            ..open(side)
        }
    }

    fn at(position: &Position, price: &str) -> ExitDecision {
        decide(position, price.parse().unwrap(), None, None, &rules()).unwrap()
    }

    #[test]
    fn stop_loss_closes_at_exactly_its_share_of_the_margin() {
        assert_eq!(at(&open(Side::Long), "98.0000000001"), ExitDecision::Hold(None));
        assert_eq!(at(&open(Side::Long), "98"), ExitDecision::Close(CloseReason::StopLoss));
        assert_eq!(at(&open(Side::Short), "101.99"), ExitDecision::Hold(None));
        assert_eq!(
            at(&open(Side::Short), "102"),
            ExitDecision::Close(CloseReason::StopLoss)
        );
    }

    #[test]
    fn take_profit_arms_at_exactly_its_share_of_the_margin() {
        assert_eq!(at(&open(Side::Long), "100.99"), ExitDecision::Hold(None));
        assert_eq!(
            at(&open(Side::Long), "101"),
            ExitDecision::Peak(Amount::whole(2).unwrap())
        );
        assert_eq!(
            at(&open(Side::Short), "98.5"),
            ExitDecision::Peak(Amount::whole(3).unwrap())
        );
    }

    #[test]
    fn once_armed_it_closes_when_the_give_back_has_fallen_from_the_peak() {
        // Peak 10, gives back 3: closes at a profit of 7, which is a price of 103.5.
        let held = ExitDecision::Hold(Some(Amount::whole(10).unwrap()));
        assert_eq!(at(&peaked(Side::Long, "10"), "103.50000001"), held);
        assert_eq!(
            at(&peaked(Side::Long, "10"), "103.5"),
            ExitDecision::Close(CloseReason::TakeProfit)
        );
        assert_eq!(
            at(&peaked(Side::Short, "10"), "96.5"),
            ExitDecision::Close(CloseReason::TakeProfit)
        );
    }

    #[test]
    fn a_peak_is_put_on_record_only_when_it_rose_by_a_step_of_the_give_back() {
        // Give-back of a peak of 10.3 is 3.09, a tenth of it 0.309.
        let seen = ExitDecision::Hold(Some("10.3".parse().unwrap()));
        assert_eq!(at(&peaked(Side::Long, "10"), "105.15"), seen);
        let recorded = ExitDecision::Peak("10.32".parse().unwrap());
        assert_eq!(at(&peaked(Side::Long, "10"), "105.16"), recorded);
    }

    #[test]
    fn a_peak_that_was_seen_but_is_not_on_record_counts() {
        let price = "103.56".parse().unwrap();
        let seen = Some("10.2".parse().unwrap());
        let decision = decide(&peaked(Side::Long, "10"), price, None, seen, &rules()).unwrap();
        assert_eq!(decision, ExitDecision::Close(CloseReason::TakeProfit));
        assert_eq!(
            at(&peaked(Side::Long, "10"), "103.56"),
            ExitDecision::Hold(Some(Amount::whole(10).unwrap()))
        );
    }

    #[test]
    fn closing_a_part_by_hand_is_no_fall_in_profit() {
        let fill = FillEffect {
            venue_fill: Some("f1".to_owned()),
            reducing: true,
            quantity: "1".parse().unwrap(),
            notional: "105".parse().unwrap(),
            fee: Amount::ZERO,
            realised: "5".parse().unwrap(),
            reason: CloseReason::Manual,
            at: Timestamp(5),
        };
        let halved = peaked(Side::Long, "10")
            .on(PositionEvent::Filled(fill), Timestamp(5))
            .unwrap();
        assert_eq!(at(&halved, "105"), ExitDecision::Hold(Some(Amount::whole(10).unwrap())));
        assert_eq!(at(&halved, "98"), ExitDecision::Close(CloseReason::StopLoss));
    }

    #[test]
    fn the_guard_closes_before_the_venue_would_liquidate() {
        let mut position = open(Side::Long);
        position.exits = position.exits.map(|exits| Exits {
            stop_loss: Ratio::ONE,
            ..exits
        });
        // 100 × (1 − 0.1 + 0.005) = 90.5; nine tenths of the way are 91.45.
        let liquidation = estimated_liquidation(&position, rules().maintenance_margin);
        assert_eq!(liquidation, Some("90.5".parse().unwrap()));
        let guarded = |price: &str| decide(&position, price.parse().unwrap(), liquidation, None, &rules()).unwrap();
        assert_eq!(guarded("91.46"), ExitDecision::Hold(None));
        assert_eq!(guarded("91.45"), ExitDecision::Close(CloseReason::LiquidationGuard));
        let short = open(Side::Short);
        assert_eq!(
            estimated_liquidation(&short, rules().maintenance_margin),
            Some("109.5".parse().unwrap())
        );
    }

    #[test]
    fn an_external_position_is_left_alone() {
        let external = Position {
            exits: None,
            ..open(Side::Long)
        };
        assert_eq!(at(&external, "1"), ExitDecision::Hold(None));
    }

    #[test]
    fn an_armed_position_decides_the_same_after_it_was_written_and_read() {
        let armed = peaked(Side::Long, "10");
        let read: Position = serde_json::from_str(&serde_json::to_string(&armed).unwrap()).unwrap();
        assert_eq!(read, armed);
        for price in ["103.4", "103.5", "103.6", "106"] {
            assert_eq!(at(&read, price), at(&armed, price));
        }
    }

    proptest! {
        /// Follows a whole path of prices as the robot does, restarting from the record at will.
        #[test]
        fn trailing_closes_exactly_when_the_give_back_has_fallen_from_the_highest_profit_seen(
            prices in proptest::collection::vec(9_850_i64..10_800, 1..60),
        ) {
            let mut position = open(Side::Long);
            let (mut seen, mut highest) = (None, None::<i64>);
            for cents in prices {
                let price = Price::from_units(cents * Price::ONE_UNITS / 100).unwrap();
                let profit = (cents - 10_000) * 2;
                if highest.is_some() || profit >= 200 {
                    highest = Some(highest.unwrap_or(profit).max(profit));
                }
                let fallen = highest.is_some_and(|peak| (peak - profit) * 10 >= peak * 3);
                match decide(&position, price, None, seen, &rules()).unwrap() {
                    ExitDecision::Close(reason) => {
                        prop_assert_eq!(reason, CloseReason::TakeProfit);
                        prop_assert!(fallen);
                        break;
                    }
                    ExitDecision::Peak(peak) => {
                        position = position.on(PositionEvent::Peaked(peak), Timestamp(1)).unwrap();
                        seen = Some(peak);
                    }
                    ExitDecision::Hold(peak) => seen = peak,
                }
                prop_assert!(!fallen);
                prop_assert_eq!(seen.map(Amount::units), highest.map(|cents| cents * Amount::ONE_UNITS / 100));
            }
        }

        #[test]
        fn a_restart_forgets_at_most_a_step_of_the_peak(prices in proptest::collection::vec(10_100_i64..10_800, 1..60)) {
            let mut position = open(Side::Long);
            let mut seen = None;
            for cents in prices {
                let price = Price::from_units(cents * Price::ONE_UNITS / 100).unwrap();
                match decide(&position, price, None, seen, &rules()).unwrap() {
                    ExitDecision::Close(_) => break,
                    ExitDecision::Peak(peak) => {
                        position = position.on(PositionEvent::Peaked(peak), Timestamp(1)).unwrap();
                        seen = Some(peak);
                    }
                    ExitDecision::Hold(peak) => seen = peak,
                }
                let (recorded, seen) = (position.peak.unwrap().units(), seen.unwrap().units());
                prop_assert!(i128::from(seen - recorded) * 100 < i128::from(seen) * 3 + 100);
            }
        }
    }
}
