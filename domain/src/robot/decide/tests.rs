//! What a robot does next, case by case.

use super::*;
use crate::id::RobotId;
use crate::position::{Exits, Origin, ProfitBasis, Provenance};
use crate::robot::draft::RobotDraft;
use crate::robot::net::Reach;
use crate::robot::place;
use crate::settlement::Settlement;
use crate::venue::VenueName;

fn robot() -> Robot {
    let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 300, "stake": "20", "leverage": 10}"#;
    let draft: RobotDraft = serde_json::from_str(text).unwrap();
    draft.to_robot(RobotId(7), Timestamp(1)).start(Timestamp(1))
}

/// Two at 100 with leverage 10: margin 20; stop at −4, armed at 2, gives back 30 %.
fn position(state: PositionState) -> Position {
    Position {
        id: crate::id::PositionId(3),
        robot: Some(RobotId(7)),
        user: crate::id::UserId(1),
        account: crate::id::VenueAccountId(2),
        venue: VenueName::Paper,
        symbol: crate::market::Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state,
        quantity: "2".parse().unwrap(),
        entered: "2".parse().unwrap(),
        entry_notional: "200".parse().unwrap(),
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: crate::venue::MarginMode::Isolated,
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
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 1,
    }
}

fn view(robot: &Robot) -> View<'_> {
    View {
        robot,
        position: None,
        orders: &[],
        price: Some("100".parse().unwrap()),
        signal: None,
        peak: None,
        requested: None,
        close_not_before: None,
        now: Timestamp(10),
    }
}

fn step(view: &View<'_>) -> Step {
    let rules = ExitRules {
        liquidation_share: "0.9".parse().unwrap(),
        peak_step: "0.1".parse().unwrap(),
        maintenance_margin: "0.005".parse().unwrap(),
    };
    next(view, &rules).unwrap()
}

fn at<'a>(view: View<'a>, price: &str) -> View<'a> {
    View {
        price: Some(price.parse().unwrap()),
        ..view
    }
}

fn signalled(robot: &Robot) -> Step {
    step(&View {
        signal: Some(Side::Short),
        ..view(robot)
    })
}

#[test]
fn flat_a_signal_opens_only_when_the_robot_is_to_run_and_opens_by_itself() {
    let running = robot();
    assert_eq!(step(&view(&running)), Step::Wait(None));
    assert_eq!(signalled(&running), Step::Open(Side::Short));
    assert_eq!(signalled(&running.stop(Timestamp(2))), Step::Wait(None));
    assert_eq!(signalled(&running.quarantine(Timestamp(2))), Step::Wait(None));
    let by_hand = Robot {
        auto_open: false,
        ..running.clone()
    };
    assert_eq!(signalled(&by_hand), Step::Wait(None));
}

#[test]
fn a_signal_waits_for_an_order_that_is_under_way() {
    let robot = robot();
    let closing = position(PositionState::Open);
    let (_, order) = place::closing(
        &closing,
        CloseReason::StopLoss,
        Reach::ReduceOnly,
        crate::id::OrderId(9),
        "tagged",
        Timestamp(2),
    )
    .unwrap();
    let signalled = View {
        signal: Some(Side::Long),
        orders: std::slice::from_ref(&order),
        ..view(&robot)
    };
    assert_eq!(step(&signalled), Step::Wait(None));
}

#[test]
fn opening_and_closing_positions_are_moved_by_the_sync_alone() {
    let robot = robot();
    let closing = PositionState::Closing {
        reason: CloseReason::TakeProfit,
    };
    for state in [PositionState::Opening, closing] {
        let position = position(state);
        let view = View {
            position: Some(&position),
            signal: Some(Side::Short),
            requested: Some(CloseReason::Requested),
            ..at(view(&robot), "1")
        };
        assert_eq!(step(&view), Step::Wait(None));
    }
}

#[test]
fn exits_decide_while_it_is_open_also_when_the_robot_is_stopped() {
    let position = position(PositionState::Open);
    for robot in [robot(), robot().stop(Timestamp(2))] {
        let open = View {
            position: Some(&position),
            ..view(&robot)
        };
        assert_eq!(step(&at(open, "100.5")), Step::Wait(None));
        assert_eq!(step(&at(open, "101")), Step::Peak("2".parse().unwrap()));
        assert_eq!(step(&at(open, "98")), Step::Close(CloseReason::StopLoss));
    }
}

#[test]
fn without_a_price_or_its_own_closing_only_a_request_closes() {
    let position = position(PositionState::Open);
    let by_hand = Robot {
        auto_close: false,
        ..robot()
    };
    let blind = View {
        position: Some(&position),
        price: None,
        ..view(&by_hand)
    };
    let requested = Some(CloseReason::Requested);
    for view in [blind, at(blind, "1")] {
        assert_eq!(step(&view), Step::Wait(None));
        assert_eq!(step(&View { requested, ..view }), Step::Close(CloseReason::Requested));
    }
}

#[test]
fn a_close_waits_for_its_back_off_and_for_an_earlier_closing_order() {
    let robot = robot();
    let open = position(PositionState::Open);
    let falling = View {
        position: Some(&open),
        ..at(view(&robot), "97")
    };
    let backing_off = |until| View {
        close_not_before: Some(Timestamp(until)),
        ..falling
    };
    assert_eq!(step(&backing_off(11)), Step::Wait(None));
    assert_eq!(step(&backing_off(10)), Step::Close(CloseReason::StopLoss));
    let (_, order) = place::closing(
        &open,
        CloseReason::StopLoss,
        Reach::ReduceOnly,
        crate::id::OrderId(9),
        "tagged",
        Timestamp(2),
    )
    .unwrap();
    let ordered = View {
        orders: std::slice::from_ref(&order),
        ..falling
    };
    assert_eq!(step(&ordered), Step::Wait(None));
}

#[test]
fn only_what_is_open_can_be_asked_to_close() {
    let reason = CloseReason::Requested;
    let of = |state| asked(Some(&position(state)));
    assert_eq!(of(PositionState::Open), Asked::Close);
    assert_eq!(of(PositionState::Opening), Asked::IsOpening);
    assert_eq!(of(PositionState::Closing { reason }), Asked::IsClosing);
    assert_eq!(of(PositionState::Abandoned { at: Timestamp(1) }), Asked::HoldsNothing);
    assert_eq!(asked(None), Asked::HoldsNothing);
}

#[test]
fn a_stopped_robot_that_holds_something_drains() {
    let open = position(PositionState::Open);
    assert_eq!(state_word(&robot(), Some(&open)), "open");
    assert_eq!(state_word(&robot(), None), "flat");
    assert_eq!(state_word(&robot().stop(Timestamp(2)), Some(&open)), "draining");
    assert_eq!(state_word(&robot().stop(Timestamp(2)), None), "stopped");
}
