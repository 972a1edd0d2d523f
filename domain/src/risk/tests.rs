//! Each check with the numbers at which it turns.

mod limits;
mod neighbours;

use super::*;
use crate::id::RobotId;
use crate::market::Symbol;
use crate::order::OrderEvent;
use crate::pause::PauseScope;
use crate::position::{CloseReason, PositionState, ProfitBasis};
use crate::robot::draft::RobotDraft;
use crate::robot::{Limits, place};

const DAY: i64 = 86_400_000;
const NOW: Timestamp = Timestamp(10 * DAY + 1_000_000);

fn robot() -> Robot {
    let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 300, "stake": "20", "leverage": 10}"#;
    let draft: RobotDraft = serde_json::from_str(text).unwrap();
    draft.to_robot(RobotId(7), Timestamp(1)).start(Timestamp(9 * DAY))
}

fn instrument() -> Instrument {
    Instrument {
        symbol: Symbol::new("BTCUSDT"),
        tick: "0.1".parse().unwrap(),
        lot: "0.01".parse().unwrap(),
        min_quantity: "0.01".parse().unwrap(),
        min_notional: "100".parse().unwrap(),
        max_leverage: 20,
    }
}

fn rules() -> RiskRules {
    RiskRules {
        max_price_age: Duration::from_secs(60),
        debt_limit: "100".parse().unwrap(),
        max_notional: "1000".parse().unwrap(),
        max_symbol_notional: "1000".parse().unwrap(),
        opposite_robots: OppositeRobots::Refuse,
        max_open_positions: 3,
        max_orders_per_minute: 30,
    }
}

fn exits() -> Exits {
    Exits {
        stop_loss: "0.2".parse().unwrap(),
        arm: "0.1".parse().unwrap(),
        give_back: "0.3".parse().unwrap(),
    }
}

fn tick(age: Duration, price: &str) -> Option<Tick> {
    Some(Tick {
        at: NOW.before(age),
        price: price.parse().unwrap(),
        quantity: Quantity::ZERO,
    })
}

fn facts<'a>(robot: &'a Robot, instrument: &'a Instrument) -> OpenFacts<'a> {
    OpenFacts {
        now: NOW,
        robot,
        venue: VenueName::Paper,
        mode: PositionMode::OneWay,
        instrument,
        last: tick(Duration::ZERO, "100"),
        pauses: &[],
        owed: Amount::ZERO,
        closes: &[],
        positions: &[],
        orders: &[],
        recent_orders: 0,
    }
}

/// Two long at 100, checked against nothing that could refuse it.
pub(crate) fn approved(robot: &Robot, side: Side, price: &str, exits: Exits) -> Approved<OpenDraft> {
    let instrument = instrument();
    let draft = OpenDraft::new(robot, &instrument, side, price.parse().unwrap(), exits).unwrap();
    approve(draft, &facts(robot, &instrument), &rules()).unwrap()
}

fn refusal(facts: &OpenFacts<'_>) -> Option<RiskRefusal> {
    let price = "100".parse().unwrap();
    let draft = OpenDraft::new(facts.robot, facts.instrument, Side::Long, price, exits()).unwrap();
    approve(draft, facts, &rules()).err()
}

/// With the robot's fields changed, everything else well.
fn refusal_of(robot: &Robot) -> Option<RiskRefusal> {
    refusal(&facts(robot, &instrument()))
}

fn limited(limits: Limits) -> Robot {
    Robot { limits, ..robot() }
}

fn held(robot: RobotId, symbol: &str, side: Side) -> Position {
    let other = Robot {
        id: robot,
        symbol: Symbol::new(symbol),
        ..self::robot()
    };
    let ids = (PositionId(50), OrderId(60));
    let approved = approved(&other, side, "100", exits());
    place::opening(&other, VenueName::Paper, approved, ids, "abc123", ProfitBasis::Net, NOW).0
}

#[test]
fn a_draft_is_as_many_whole_lots_as_stake_times_leverage_buys() {
    let draft = OpenDraft::new(&robot(), &instrument(), Side::Long, "99.9".parse().unwrap(), exits()).unwrap();
    assert_eq!(draft.quantity.to_string(), "2");
    assert_eq!(draft.notional().unwrap().to_string(), "199.8");
    let draft = OpenDraft::new(&robot(), &instrument(), Side::Long, "98".parse().unwrap(), exits()).unwrap();
    assert_eq!(draft.quantity.to_string(), "2.04");
}

#[test]
fn what_passes_every_check_is_approved_as_it_is() {
    let approved = approved(&robot(), Side::Short, "100", exits());
    assert_eq!(
        (approved.side, approved.quantity.to_string()),
        (Side::Short, "2".to_owned())
    );
}

#[test]
fn paused_opens_nothing() {
    let pause = |scope, paused| Pause {
        scope,
        paused,
        by: "op".to_owned(),
        reason: "test".to_owned(),
        at: NOW,
    };
    let (robot, instrument) = (robot(), instrument());
    for scope in PauseScope::over(VenueName::Paper, robot.user, robot.id) {
        let paused = [pause(scope, true)];
        let facts = facts(&robot, &instrument);
        assert_eq!(
            refusal(&OpenFacts {
                pauses: &paused,
                ..facts
            }),
            Some(RiskRefusal::Paused(scope))
        );
        let resumed = [pause(scope, false)];
        assert_eq!(
            refusal(&OpenFacts {
                pauses: &resumed,
                ..facts
            }),
            None
        );
    }
}

#[test]
fn a_robot_that_is_not_to_open_does_not() {
    assert_eq!(refusal_of(&robot().stop(NOW)), Some(RiskRefusal::NotWanted));
    assert_eq!(
        refusal_of(&robot().quarantine(Timestamp(3))),
        Some(RiskRefusal::Quarantined(Timestamp(3)))
    );
    let by_hand = Robot {
        auto_open: false,
        ..robot()
    };
    assert_eq!(refusal_of(&by_hand), Some(RiskRefusal::AutoOpenOff));
}

#[test]
fn an_account_holds_only_so_many_positions() {
    let (robot, instrument) = (robot(), instrument());
    let other = held(RobotId(8), "ETHUSDT", Side::Long);
    let three = [other.clone(), other.clone(), other];
    let facts = facts(&robot, &instrument);
    assert_eq!(
        refusal(&OpenFacts {
            positions: &three[..2],
            ..facts
        }),
        None
    );
    assert_eq!(
        refusal(&OpenFacts {
            positions: &three,
            ..facts
        }),
        Some(RiskRefusal::OpenPositions { count: 3, limit: 3 })
    );
}

#[test]
fn an_order_in_doubt_freezes_openings_of_its_robot_and_on_its_market() {
    let (robot, instrument) = (robot(), instrument());
    let order_of = |id, symbol: &str| {
        let other = Robot {
            id: RobotId(id),
            symbol: Symbol::new(symbol),
            ..self::robot()
        };
        let ids = (PositionId(50), OrderId(60));
        let approved = approved(&other, Side::Long, "100", exits());
        let order = place::opening(&other, VenueName::Paper, approved, ids, "abc123", ProfitBasis::Net, NOW).1;
        order.on(OrderEvent::OutcomeUnknown, NOW).unwrap()
    };
    let with = |order: Order| {
        let orders = [order];
        refusal(&OpenFacts {
            orders: &orders,
            ..facts(&robot, &instrument)
        })
    };
    let frozen = Some(RiskRefusal::UnconfirmedOrder(OrderId(60)));
    assert_eq!(with(order_of(7, "ETHUSDT")), frozen);
    assert_eq!(with(order_of(8, "BTCUSDT")), frozen);
    assert_eq!(with(order_of(8, "ETHUSDT")), None);
}

#[test]
fn a_debtor_above_the_limit_does_not_open() {
    let (robot, instrument) = (robot(), instrument());
    let with = |owed: &str| {
        refusal(&OpenFacts {
            owed: owed.parse().unwrap(),
            ..facts(&robot, &instrument)
        })
    };
    assert_eq!(with("100"), None);
    let expected = RiskRefusal::Debtor {
        owed: "100.00000001".parse().unwrap(),
        limit: "100".parse().unwrap(),
    };
    assert_eq!(with("100.00000001"), Some(expected));
}

#[test]
fn an_old_price_or_none_opens_nothing() {
    let (robot, instrument) = (robot(), instrument());
    let with = |last| {
        refusal(&OpenFacts {
            last,
            ..facts(&robot, &instrument)
        })
    };
    assert_eq!(with(None), Some(RiskRefusal::NoPrice));
    assert_eq!(with(tick(Duration::from_secs(60), "100")), None);
    let expected = RiskRefusal::StalePrice {
        age: Duration::from_millis(60_001),
        limit: Duration::from_secs(60),
    };
    assert_eq!(with(tick(Duration::from_millis(60_001), "100")), Some(expected));
}

#[test]
fn leverage_filters_and_largest_notional_hold() {
    let leveraged = Robot {
        leverage: 21,
        ..robot()
    };
    assert_eq!(
        refusal_of(&leveraged),
        Some(RiskRefusal::Leverage {
            leverage: 21,
            limit: 20
        })
    );
    let small = Robot {
        stake: "9.99".parse().unwrap(),
        ..robot()
    };
    let filter = FilterError::MinNotional {
        notional: "99".parse().unwrap(),
        minimum: "100".parse().unwrap(),
    };
    assert_eq!(refusal_of(&small), Some(RiskRefusal::Filter(filter)));
    let notional = |notional: &str, limit: &str| {
        Some(RiskRefusal::MaxNotional {
            notional: notional.parse().unwrap(),
            limit: limit.parse().unwrap(),
        })
    };
    let own = limited(Limits {
        max_notional: Some("199.99".parse().unwrap()),
        ..Limits::default()
    });
    assert_eq!(refusal_of(&own), notional("200", "199.99"));
    let large = Robot {
        stake: "101".parse().unwrap(),
        ..robot()
    };
    assert_eq!(refusal_of(&large), notional("1010", "1000"));
}
