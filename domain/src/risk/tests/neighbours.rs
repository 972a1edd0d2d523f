//! What other robots hold on the market.

use super::*;

/// What another live position says to an opening of one long.
fn beside(position: Position, mode: PositionMode, opposite_robots: OppositeRobots) -> Option<RiskRefusal> {
    let (robot, instrument, price) = (robot(), instrument(), "100".parse().unwrap());
    let positions = [position];
    let facts = OpenFacts {
        positions: &positions,
        mode,
        ..facts(&robot, &instrument)
    };
    let draft = OpenDraft::new(&robot, &instrument, Side::Long, price, exits()).unwrap();
    let rules = RiskRules {
        opposite_robots,
        ..rules()
    };
    approve(draft, &facts, &rules).err()
}

#[test]
fn a_robots_own_position_is_in_its_way_and_other_robots_are_not() {
    let own = held(RobotId(7), "ETHUSDT", Side::Short);
    let live = Some(RiskRefusal::LivePosition(PositionId(50)));
    for mode in [PositionMode::OneWay, PositionMode::Hedge] {
        assert_eq!(beside(own.clone(), mode, OppositeRobots::Refuse), live);
        let other = |symbol| held(RobotId(8), symbol, Side::Long);
        assert_eq!(beside(other("BTCUSDT"), mode, OppositeRobots::Refuse), None);
        assert_eq!(beside(other("ETHUSDT"), mode, OppositeRobots::Refuse), None);
    }
    let over = Position {
        state: PositionState::Abandoned { at: NOW },
        ..own
    };
    assert_eq!(beside(over, PositionMode::OneWay, OppositeRobots::Refuse), None);
}

#[test]
fn opposite_robots_of_a_one_way_account_are_refused_unless_they_may_be_netted() {
    use OppositeRobots::{Net, Refuse};
    let other = || held(RobotId(8), "BTCUSDT", Side::Short);
    let refused = Some(RiskRefusal::OppositePosition(PositionId(50)));
    assert_eq!(beside(other(), PositionMode::OneWay, Refuse), refused);
    assert_eq!(beside(other(), PositionMode::OneWay, Net), None);
    assert_eq!(beside(other(), PositionMode::Hedge, Refuse), None);
    let elsewhere = held(RobotId(8), "ETHUSDT", Side::Short);
    assert_eq!(beside(elsewhere, PositionMode::OneWay, Refuse), None);
    let mut seen = Position {
        robot: None,
        origin: crate::position::Origin::External,
        ..other()
    };
    assert_eq!(beside(seen.clone(), PositionMode::OneWay, Net), None);
    seen.provenance.source = crate::position::ProfitSource::Inferred;
    assert_eq!(beside(seen, PositionMode::OneWay, Net), refused);
}

#[test]
fn robots_of_one_market_have_the_same_leverage_and_margin_mode() {
    let refused = |leverage, margin_mode| {
        let other = Position {
            leverage,
            margin_mode,
            ..held(RobotId(8), "BTCUSDT", Side::Long)
        };
        beside(other, PositionMode::Hedge, OppositeRobots::Refuse)
    };
    assert_eq!(refused(10, MarginMode::Isolated), None);
    for (leverage, margin_mode) in [(11, MarginMode::Isolated), (10, MarginMode::Cross)] {
        let position = PositionId(50);
        let expected = RiskRefusal::OtherTerms {
            position,
            leverage,
            margin_mode,
        };
        assert_eq!(refused(leverage, margin_mode), Some(expected));
    }
}

#[test]
fn an_account_holds_only_so_much_of_one_market_with_what_is_about_to_open() {
    let (robot, instrument) = (robot(), instrument());
    let other = Position {
        quantity: "5".parse().unwrap(),
        ..held(RobotId(8), "BTCUSDT", Side::Long)
    };
    let third = Robot {
        id: RobotId(9),
        ..self::robot()
    };
    let approved = approved(&third, Side::Long, "100", exits());
    let ids = (PositionId(51), OrderId(61));
    let (opening, order) = place::opening(&third, VenueName::Paper, approved, ids, "abc123", ProfitBasis::Net, NOW);
    let order = Order {
        state: crate::order::OrderState::Open,
        ..order
    };
    let with = |quantity: &str| {
        let positions = [
            Position {
                quantity: quantity.parse().unwrap(),
                ..other.clone()
            },
            opening.clone(),
        ];
        let orders = [order.clone()];
        refusal(&OpenFacts {
            positions: &positions,
            orders: &orders,
            ..facts(&robot, &instrument)
        })
    };
    // Two of its own, two that are about to open, and what is held, at 100.
    assert_eq!(with("6"), None);
    let (notional, limit) = ("1001".parse().unwrap(), "1000".parse().unwrap());
    assert_eq!(with("6.01"), Some(RiskRefusal::Exposure { notional, limit }));
}
