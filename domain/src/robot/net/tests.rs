//! When a close only shrinks, and when it has to grow the other side.

use super::*;
use crate::fixed::Amount;
use crate::id::{OrderId, PositionId, RobotId};
use crate::order::OrderState;
use crate::position::{CloseReason, Exits, PositionState};
use crate::risk::tests::approved;
use crate::robot::draft::RobotDraft;
use crate::robot::{Robot, place};
use crate::time::Timestamp;
use crate::venue::VenueName;

const NOW: Timestamp = Timestamp(9);

fn robot(id: i64) -> Robot {
    let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 300, "stake": "20", "leverage": 10}"#;
    let draft: RobotDraft = serde_json::from_str(text).unwrap();
    draft.to_robot(RobotId(id), NOW).start(Timestamp(1))
}

fn q(text: &str) -> Quantity {
    text.parse().unwrap()
}

/// A robot's open position, and the order that opened it.
fn open(id: i64, side: Side, quantity: &str) -> (Position, Order) {
    let exits = Exits {
        stop_loss: "0.2".parse().unwrap(),
        arm: "0.1".parse().unwrap(),
        give_back: "0.3".parse().unwrap(),
    };
    let approved = approved(&robot(id), side, "100", exits);
    let ids = (PositionId(id), OrderId(id));
    let basis = crate::position::ProfitBasis::Net;
    let (position, order) = place::opening(&robot(id), VenueName::Paper, approved, ids, "abc123", basis, NOW);
    let position = Position {
        state: PositionState::Open,
        quantity: q(quantity),
        ..position
    };
    (position, order)
}

fn seen(side: Side, quantity: &str) -> Vec<PositionReport> {
    let price = "100".parse().unwrap();
    vec![PositionReport {
        symbol: Symbol::new("BTCUSDT"),
        side,
        quantity: q(quantity),
        entry_price: price,
        mark_price: price,
        leverage: 10,
        liquidation_price: None,
    }]
}

fn reach_of(mode: PositionMode, positions: &[Position], orders: &[Order], seen: Option<&[PositionReport]>) -> Reach {
    let facts = NetFacts {
        mode,
        positions,
        orders,
        seen,
    };
    reach(&positions[0], &facts)
}

#[test]
fn close_only_shrinks_where_nobody_is_on_the_other_side() {
    let same = [open(1, Side::Long, "2").0, open(2, Side::Long, "1").0];
    let opposite = [open(1, Side::Long, "2").0, open(2, Side::Short, "1").0];
    assert_eq!(reach_of(PositionMode::OneWay, &same, &[], Some(&[])), Reach::ReduceOnly);
    assert_eq!(
        reach_of(PositionMode::Hedge, &opposite, &[], Some(&[])),
        Reach::ReduceOnly
    );
}

#[test]
fn close_grows_the_other_side_only_where_the_net_does_not_have_enough() {
    let positions = |own: &str| {
        [
            open(1, Side::Long, own).0,
            open(2, Side::Short, "2").0,
            open(3, Side::Long, "3").0,
        ]
    };
    let held = seen(Side::Long, "2");
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions("1"), &[], Some(&held)),
        Reach::ReduceOnly
    );
    let held = seen(Side::Long, "5");
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions("4"), &[], Some(&held)),
        Reach::ReduceOnly
    );
    let pair = [open(1, Side::Long, "2").0, open(2, Side::Short, "2").0];
    assert_eq!(reach_of(PositionMode::OneWay, &pair, &[], Some(&[])), Reach::Plain);
    let short = [open(1, Side::Long, "2").0, open(2, Side::Short, "3").0];
    let held = seen(Side::Short, "1");
    assert_eq!(reach_of(PositionMode::OneWay, &short, &[], Some(&held)), Reach::Plain);
}

#[test]
fn two_that_decide_one_after_the_other_do_not_both_count_on_the_net() {
    let positions = [
        open(1, Side::Long, "2").0,
        open(2, Side::Long, "2").0,
        open(3, Side::Short, "1").0,
    ];
    let held = seen(Side::Long, "3");
    let alone = reach_of(PositionMode::OneWay, &positions, &[], Some(&held));
    assert_eq!(alone, Reach::ReduceOnly);
    let (_, first) = place::closing(&positions[1], CloseReason::StopLoss, alone, OrderId(20), "abc123", NOW).unwrap();
    let orders = [first];
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions, &orders, Some(&held)),
        Reach::Plain
    );
    let over = [Order {
        state: OrderState::Filled,
        ..orders[0].clone()
    }];
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions, &over, Some(&held)),
        Reach::ReduceOnly
    );
    // An opening on the other side shrinks the net as well, by what of it is not filled yet.
    let (_, opening) = open(4, Side::Short, "0");
    let orders = [Order {
        quantity: q("2"),
        filled: q("1"),
        ..opening
    }];
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions, &orders, Some(&held)),
        Reach::ReduceOnly
    );
    let orders = [Order {
        filled: q("0"),
        ..orders[0].clone()
    }];
    assert_eq!(
        reach_of(PositionMode::OneWay, &positions, &orders, Some(&held)),
        Reach::Plain
    );
}

#[test]
fn close_only_shrinks_while_venue_and_records_do_not_agree_or_were_not_compared() {
    let pair = [open(1, Side::Long, "2").0, open(2, Side::Short, "2").0];
    assert_eq!(reach_of(PositionMode::OneWay, &pair, &[], None), Reach::ReduceOnly);
    let held = seen(Side::Short, "1");
    assert_eq!(
        reach_of(PositionMode::OneWay, &pair, &[], Some(&held)),
        Reach::ReduceOnly
    );
}

#[test]
fn what_was_only_seen_at_the_venue_explains_nothing() {
    let mut pair = [open(1, Side::Long, "2").0, open(2, Side::Short, "2").0];
    pair[1].origin = Origin::External;
    assert_eq!(reach_of(PositionMode::OneWay, &pair, &[], Some(&[])), Reach::Plain);
    pair[1].provenance.source = ProfitSource::Inferred;
    assert_eq!(reach_of(PositionMode::OneWay, &pair, &[], Some(&[])), Reach::ReduceOnly);
}

#[test]
fn position_is_shared_with_what_the_venue_keeps_together_with_it() {
    let positions = [open(1, Side::Long, "2").0, open(2, Side::Short, "2").0];
    assert!(is_shared(&positions[0], PositionMode::OneWay, &positions));
    assert!(!is_shared(&positions[0], PositionMode::Hedge, &positions));
    assert!(!is_shared(&positions[0], PositionMode::OneWay, &positions[..1]));
}

#[test]
fn own_profit_sums_to_the_difference_of_all_notionals() {
    let (mut position, _) = open(1, Side::Short, "0.003");
    (position.entered, position.entry_notional) = (q("0.003"), "0.1".parse().unwrap());
    let mut sum = Amount::ZERO;
    for _ in 0..3 {
        let notional = "0.04".parse().unwrap();
        let profit = position.own_profit(q("0.001"), notional).unwrap();
        sum = sum.plus(profit).unwrap();
        position.realised = sum;
        position.exit_notional = position.exit_notional.plus(notional).unwrap();
        position.quantity = position.quantity.minus(q("0.001")).unwrap();
    }
    assert_eq!(
        (sum, position.cost().unwrap()),
        ("-0.02".parse().unwrap(), Amount::ZERO)
    );
}

#[test]
fn what_the_venue_holds_is_explained_by_what_is_on_record() {
    let positions = [
        open(1, Side::Long, "2").0,
        open(2, Side::Short, "0.5").0,
        open(3, Side::Short, "2").0,
    ];
    let symbol = Symbol::new("BTCUSDT");
    let held = seen(Side::Short, "0.75");
    let one_way = explain(PositionMode::OneWay, &positions, Some(&held), &symbol).unwrap();
    let net = Explained {
        side: None,
        held: Some(q("-0.75")),
        recorded: q("-0.5"),
        difference: Some(q("-0.25")),
    };
    assert_eq!(one_way, [net]);
    let hedge = explain(PositionMode::Hedge, &positions, Some(&held), &symbol).unwrap();
    let side = |side, held, recorded, difference| Explained {
        side: Some(side),
        held: Some(q(held)),
        recorded: q(recorded),
        difference: Some(q(difference)),
    };
    let expected = [
        side(Side::Long, "0", "2", "-2"),
        side(Side::Short, "0.75", "2.5", "-1.75"),
    ];
    assert_eq!(hedge, expected);
    let unseen = explain(PositionMode::OneWay, &positions, None, &symbol).unwrap();
    assert_eq!((unseen[0].held, unseen[0].difference), (None, None));
}
