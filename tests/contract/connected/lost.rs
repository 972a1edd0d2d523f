//! Answers that are lost: nothing is sent twice, and what became of it is found out.

use bursar::ports::venue::Lookup;
use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::{Ground, ME, btc, n};

const ORDER: &str = "POST /fapi/v1/order";
const QUERY: &str = "GET /fapi/v1/order";

async fn after(fault: Value) -> (Outcome<domain::venue::OrderReport>, Lookup, usize) {
    let ground = Ground::open(PositionMode::OneWay).await;
    let start = ground.start().await;
    // Leverage is set beforehand, so that the fault meets the order.
    ground.fault(ORDER, fault).await;
    let intent = ground.intent(Action::Buy, "0.01");
    let outcome = ground.client.place(ME, &intent).await;
    let lookup = ground.client.lookup(ME, &btc(), &intent.client_id).await.unwrap();
    let fills = ground.look(&start).await.fills.len();
    ground.close().await;
    (outcome, lookup, fills)
}

#[actix_web::test]
async fn a_request_that_never_arrived_is_unknown_and_then_absent() {
    let (outcome, lookup, fills) = after(json!({ "what": "lose_request" })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!((lookup, fills), (Lookup::Absent, 0));
}

#[actix_web::test]
async fn an_order_whose_answer_was_lost_is_unknown_and_then_found_once() {
    for fault in ["lose_reply", "lose_reply_after_fill"] {
        let (outcome, lookup, fills) = after(json!({ "what": fault })).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
        assert!(matches!(lookup, Lookup::Found(order) if order.state == ReportedState::Filled));
        assert_eq!(fills, 1);
    }
}

#[actix_web::test]
async fn an_error_inside_the_venue_says_nothing_about_the_order() {
    let (outcome, lookup, fills) = after(json!({ "what": "broken_after", "status": 503 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(matches!(lookup, Lookup::Found(_)));
    assert_eq!(fills, 1);
    let (outcome, lookup, fills) = after(json!({ "what": "broken", "status": 503 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!((lookup, fills), (Lookup::Absent, 0));
}

#[actix_web::test]
async fn an_answer_that_comes_after_the_deadline_is_unknown() {
    let (outcome, lookup, fills) = after(json!({ "what": "delay", "milliseconds": 2_500 })).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(matches!(lookup, Lookup::Found(_)));
    assert_eq!(fills, 1);
}

#[actix_web::test]
async fn a_question_that_is_not_answered_makes_no_order_absent() {
    let ground = Ground::open(PositionMode::OneWay).await;
    let intent = ground.intent(Action::Buy, "0.01");
    for fault in [
        json!({ "what": "lose_request" }),
        json!({ "what": "lose_reply" }),
        json!({ "what": "broken", "status": 502 }),
        json!({ "what": "limited", "seconds": 0 }),
    ] {
        ground.fault(QUERY, fault.clone()).await;
        let asked = ground.client.lookup(ME, &btc(), &intent.client_id).await;
        assert!(asked.is_err(), "{fault}: {asked:?}");
    }
    assert_eq!(
        ground.client.lookup(ME, &btc(), &intent.client_id).await.unwrap(),
        Lookup::Absent
    );
    ground.close().await;
}

#[actix_web::test]
async fn an_order_is_not_sent_when_its_leverage_could_not_be_set() {
    let ground = Ground::open(PositionMode::OneWay).await;
    let start = ground.start().await;
    ground
        .fault("POST /fapi/v1/leverage", json!({ "what": "lose_reply" }))
        .await;
    let mut intent = ground.intent(Action::Buy, "0.01");
    intent.leverage = 3;
    let outcome = ground.client.place(ME, &intent).await;
    assert!(
        matches!(&outcome, Outcome::Refused(refusal) if refusal.code == "not_sent"),
        "{outcome:?}"
    );
    assert!(ground.look(&start).await.fills.is_empty());
    intent.client_id.0.push('x');
    assert!(matches!(ground.client.place(ME, &intent).await, Outcome::Done(_)));
    let report = ground.look(&start).await;
    assert_eq!(
        (report.positions[0].leverage, report.positions[0].quantity),
        (3, n("0.01"))
    );
    ground.close().await;
}
