//! Answers that are lost: nothing is sent twice, and what became of it is found out.

use bursar::ports::venue::Lookup;
use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::{Ground, ME, Stage, n};

async fn after(stage: &'static Stage, fault: Value) -> (Outcome<domain::venue::OrderReport>, Lookup, usize) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    // Leverage is set beforehand, so that the fault meets the order.
    ground.fault(stage.order, fault).await;
    let intent = ground.intent(Action::Buy, "0.01");
    let outcome = ground.venue.place(ME, &intent).await;
    let lookup = ground.lookup(&intent).await.unwrap();
    let fills = ground.look(&start).await.fills.len();
    ground.close().await;
    (outcome, lookup, fills)
}

pub async fn a_request_that_never_arrived_is_unknown_and_then_absent(stage: &'static Stage) {
    let (outcome, lookup, fills) = after(stage, json!({ "what": "lose_request" })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!((lookup, fills), (Lookup::Absent, 0));
}

pub async fn an_order_whose_answer_was_lost_is_unknown_and_then_found_once(stage: &'static Stage) {
    for fault in ["lose_reply", "lose_reply_after_fill"] {
        let (outcome, lookup, fills) = after(stage, json!({ "what": fault })).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
        assert!(matches!(lookup, Lookup::Found(order) if order.state == ReportedState::Filled));
        assert_eq!(fills, 1);
    }
}

pub async fn an_error_inside_the_venue_says_nothing_about_the_order(stage: &'static Stage) {
    let (outcome, lookup, fills) = after(stage, json!({ "what": "broken_after", "status": 503 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(matches!(lookup, Lookup::Found(_)));
    assert_eq!(fills, 1);
    let (outcome, lookup, fills) = after(stage, json!({ "what": "broken", "status": 503 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!((lookup, fills), (Lookup::Absent, 0));
}

pub async fn an_answer_that_comes_after_the_deadline_is_unknown(stage: &'static Stage) {
    let (outcome, lookup, fills) = after(stage, json!({ "what": "delay", "milliseconds": 2_500 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(matches!(lookup, Lookup::Found(_)));
    assert_eq!(fills, 1);
}

pub async fn a_question_that_is_not_answered_makes_no_order_absent(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let intent = ground.intent(Action::Buy, "0.01");
    for fault in [
        json!({ "what": "lose_request" }),
        json!({ "what": "lose_reply" }),
        json!({ "what": "broken", "status": 502 }),
        json!({ "what": "limited", "seconds": 0 }),
    ] {
        ground.fault(stage.query, fault.clone()).await;
        let asked = ground.lookup(&intent).await;
        assert!(asked.is_err(), "{fault}: {asked:?}");
    }
    assert_eq!(ground.found(&intent).await, Lookup::Absent);
    ground.close().await;
}

pub async fn an_order_is_not_sent_when_its_leverage_could_not_be_set(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    ground.fault(stage.leverage, json!({ "what": "lose_reply" })).await;
    let mut intent = ground.intent(Action::Buy, "0.01");
    intent.leverage = 3;
    let outcome = ground.venue.place(ME, &intent).await;
    assert!(
        matches!(&outcome, Outcome::Refused(refusal) if refusal.code == "not_sent"),
        "{outcome:?}"
    );
    assert!(ground.look(&start).await.fills.is_empty());
    intent.client_id.0.push('x');
    assert!(matches!(ground.venue.place(ME, &intent).await, Outcome::Done(_)));
    let report = ground.look(&start).await;
    assert_eq!(
        (report.positions[0].leverage, report.positions[0].quantity),
        (3, n("0.01"))
    );
    ground.close().await;
}
