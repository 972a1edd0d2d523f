//! The rows of a placement through each outcome.

use super::*;
use crate::id::{RobotId, UserId, VenueAccountId};
use crate::market::{Side, Symbol};
use crate::outcome::Refusal;
use crate::position::{Exits, FillEffect};
use crate::risk;
use crate::robot::draft::RobotDraft;
use crate::venue::VenueOrderId;

fn robot() -> Robot {
    let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 300, "stake": "20", "leverage": 10}"#;
    let draft: RobotDraft = serde_json::from_str(text).unwrap();
    draft.to_robot(RobotId(7), Timestamp(1)).start(Timestamp(1))
}

fn opened() -> (Position, Order) {
    let exits = Exits {
        stop_loss: "0.2".parse().unwrap(),
        arm: "0.1".parse().unwrap(),
        give_back: "0.3".parse().unwrap(),
    };
    let approved = risk::tests::approved(&robot(), Side::Long, "100", exits);
    let ids = (PositionId(3), OrderId(33));
    opening(
        &robot(),
        VenueName::Paper,
        approved,
        ids,
        "abc123",
        ProfitBasis::Net,
        Timestamp(5),
    )
}

fn filled(position: &Position) -> Position {
    let fill = FillEffect {
        venue_fill: Some("f1".to_owned()),
        reducing: false,
        quantity: "2".parse().unwrap(),
        notional: "200".parse().unwrap(),
        fee: Amount::ZERO,
        realised: Amount::ZERO,
        reason: CloseReason::Manual,
        at: Timestamp(6),
    };
    position.on(PositionEvent::Filled(fill), Timestamp(6)).unwrap()
}

fn report(order: &Order, state: ReportedState, filled: &str) -> Outcome<OrderReport> {
    Outcome::Done(OrderReport {
        venue_id: VenueOrderId("v1".to_owned()),
        client_id: Some(order.client_id.clone()),
        symbol: order.symbol.clone(),
        action: order.action,
        state,
        quantity: order.quantity,
        filled: filled.parse().unwrap(),
        updated_at: Timestamp(6),
    })
}

fn refused() -> Outcome<OrderReport> {
    Outcome::Refused(Refusal {
        code: "-2019".to_owned(),
        reason: "margin is insufficient".to_owned(),
    })
}

fn words(changes: &ChangeSet) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::UpdateOrder(order) => format!("order {}", order.state.as_str()),
        Change::UpdatePosition(position) => format!("position {}", position.state.as_str()),
        other => panic!("unexpected {other:?}"),
    };
    changes.changes.iter().map(word).collect()
}

fn answer(rows: &(Position, Order), outcome: &Outcome<OrderReport>) -> Vec<String> {
    words(&answered(&rows.1, &rows.0, outcome, Timestamp(9)).unwrap())
}

#[test]
fn an_opening_is_on_record_before_it_is_sent() {
    let (position, order) = opened();
    assert_eq!((position.id, position.state), (PositionId(3), PositionState::Opening));
    assert_eq!((position.user, position.account), (UserId(1), VenueAccountId(2)));
    assert_eq!(
        (order.state.clone(), order.purpose),
        (OrderState::Submitting, Purpose::Open)
    );
    assert_eq!(
        (order.action, order.quantity.to_string()),
        (Action::Buy, "2".to_owned())
    );
    assert_eq!(order.client_id.0, "babc12311");
    assert_eq!(order.symbol, Symbol::new("BTCUSDT"));
    assert!(!order.intent().reduce_only);
}

#[test]
fn a_close_asks_for_all_that_is_open_and_only_shrinks() {
    let (position, _) = opened();
    let (closing, order) = closing(
        &filled(&position),
        CloseReason::TakeProfit,
        Reach::ReduceOnly,
        OrderId(34),
        "abc123",
        Timestamp(8),
    )
    .unwrap();
    assert_eq!(
        closing.state,
        PositionState::Closing {
            reason: CloseReason::TakeProfit
        }
    );
    assert_eq!(
        (order.action, order.quantity.to_string()),
        (Action::Sell, "2".to_owned())
    );
    assert!(order.intent().reduce_only);
    assert!(
        super::closing(
            &position,
            CloseReason::StopLoss,
            Reach::ReduceOnly,
            OrderId(35),
            "abc123",
            Timestamp(8)
        )
        .is_err()
    );
}

#[test]
fn done_moves_the_order_and_leaves_fills_to_the_sync() {
    let rows = opened();
    assert_eq!(
        answer(&rows, &report(&rows.1, ReportedState::Filled, "2")),
        ["order filled"]
    );
    assert_eq!(
        answer(&rows, &report(&rows.1, ReportedState::Open, "0")),
        ["order open"]
    );
    assert_eq!(
        answer(&rows, &report(&rows.1, ReportedState::Expired, "1")),
        ["order expired"]
    );
}

#[test]
fn refused_ends_the_order_and_what_it_was_for() {
    let rows = opened();
    assert_eq!(answer(&rows, &refused()), ["order refused", "position abandoned"]);
    assert_eq!(
        answer(&rows, &report(&rows.1, ReportedState::Expired, "0")),
        ["order expired", "position abandoned"]
    );
    let closing = closing(
        &filled(&rows.0),
        CloseReason::StopLoss,
        Reach::ReduceOnly,
        OrderId(34),
        "abc123",
        Timestamp(8),
    )
    .unwrap();
    assert_eq!(answer(&closing, &refused()), ["order refused", "position open"]);
}

#[test]
fn not_knowing_puts_the_order_in_doubt_and_nothing_else() {
    let rows = opened();
    let unknown = Outcome::Unknown("no answer in 5s".to_owned());
    assert_eq!(answer(&rows, &unknown), ["order in_doubt"]);
}

#[test]
fn a_sync_that_was_faster_is_left_as_it_is() {
    let (position, order) = opened();
    let done = report(&order, ReportedState::Filled, "2");
    let Outcome::Done(reported) = &done else {
        panic!("done");
    };
    let moved = order.on(OrderEvent::Reported(reported.clone()), Timestamp(7)).unwrap();
    let rows = (filled(&position), moved);
    assert_eq!(answer(&rows, &done), Vec::<String>::new());
    assert_eq!(
        answer(&rows, &Outcome::Unknown("late".to_owned())),
        Vec::<String>::new()
    );
    assert_eq!(answer(&rows, &refused()), Vec::<String>::new());
}

#[test]
fn refused_closes_back_off_up_to_a_limit() {
    let delay = |refusals| close_delay(refusals, Duration::from_secs(1), Duration::from_secs(30)).as_secs();
    assert_eq!([1, 2, 3, 5, 6, 40].map(delay), [1, 2, 4, 16, 30, 30]);
}
