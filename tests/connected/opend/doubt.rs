//! Orders of which nobody knows: lost answers, statuses in doubt, and that a look finds what was taken.

use std::time::Duration;

use bursar::ports::stocks::StockVenue;
use bursar::ports::venue::VenueError;
use domain::market::Action;
use domain::outcome::Outcome;
use domain::stock::StockState;
use serde_json::json;

use super::ground::{Ground, buy, intent};

fn unknown<T: std::fmt::Debug>(outcome: &Outcome<T>) {
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

/// The answer is lost so; then a look finds it, or not.
async fn lost(what: &str, expected: Option<StockState>) {
    let ground = Ground::usual().await;
    ground.fault(what).await;
    unknown(&ground.venue.place(&buy("b-lost")).await);
    let found = ground.find("b-lost").await.unwrap();
    assert_eq!(found.map(|report| report.state), expected, "{what}");
    let left = ground.marks().await.len();
    assert_eq!(left, usize::from(expected.is_some()), "{what}: it was asked for once");
}

#[actix_web::test]
async fn s3_10_an_answer_that_never_comes_is_unknown_and_the_order_is_found_by_its_mark() {
    lost("drop_after_accept", Some(StockState::Filled)).await;
}

#[actix_web::test]
async fn s3_10_a_request_that_never_arrives_is_unknown_and_nothing_is_found() {
    lost("drop_before_accept", None).await;
}

#[actix_web::test]
async fn s3_10_a_connection_cut_before_the_order_is_unknown_and_nothing_is_found() {
    lost("disconnect_before", None).await;
}

#[actix_web::test]
async fn s3_10_a_connection_cut_after_the_order_is_unknown_and_the_order_is_found() {
    lost("disconnect_after", Some(StockState::Filled)).await;
}

#[actix_web::test]
async fn s3_10_a_connection_cut_after_the_execution_is_unknown_and_the_execution_is_found() {
    lost("disconnect_after_fill", Some(StockState::Filled)).await;
}

#[actix_web::test]
async fn s3_10_servers_that_did_not_answer_opend_leave_the_order_unknown() {
    lost("undecided", Some(StockState::Filled)).await;
    let ground = Ground::usual().await;
    ground
        .say("faults", json!({ "what": "undecided", "done": false }))
        .await;
    unknown(&ground.venue.place(&buy("b-lost")).await);
    assert_eq!(ground.find("b-lost").await.unwrap(), None);
}

#[actix_web::test]
async fn an_answer_that_is_late_is_unknown_and_does_no_harm_when_it_comes() {
    let ground = Ground::usual().await;
    let late = json!({ "what": "delay", "endpoint": "Trd_PlaceOrder", "milliseconds": 2_000 });
    ground.say("faults", late).await;
    unknown(&ground.venue.place(&buy("b-late")).await);
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(ground.found("b-late").await.state, StockState::Filled);
    ground.placed(&buy("b-next")).await;
    assert_eq!(ground.marks().await, ["b-late", "b-next"]);
}

#[actix_web::test]
async fn status_4_is_doubt_and_never_failure() {
    let ground = Ground::usual().await;
    for trades in [true, false] {
        ground
            .say("faults", json!({ "what": "timed_out", "trades": trades }))
            .await;
        let mark = format!("b-{trades}");
        ground.placed(&buy(&mark)).await;
        assert_eq!(ground.found(&mark).await.state, StockState::InDoubt);
    }
}

#[actix_web::test]
async fn what_opend_has_not_listed_yet_is_absent_for_less_than_the_grace() {
    let ground = Ground::usual().await;
    ground
        .say(
            "faults",
            json!({ "what": "unlisted", "milliseconds": 1_500, "times": null }),
        )
        .await;
    ground.placed(&buy("b-young")).await;
    assert_eq!(ground.find("b-young").await.unwrap(), None);
    assert!(ground.venue.lookup_grace() > Duration::from_millis(1_500));
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    assert_eq!(ground.found("b-young").await.state, StockState::Filled);
}

#[actix_web::test]
async fn s3_10_a_look_asks_the_servers_and_not_opends_cache() {
    let ground = Ground::usual().await;
    ground
        .say(
            "faults",
            json!({ "what": "stale", "milliseconds": 600_000, "times": null }),
        )
        .await;
    ground.placed(&buy("b-fresh")).await;
    assert_eq!(ground.found("b-fresh").await.state, StockState::Filled);
}

#[actix_web::test]
async fn a_look_without_all_of_its_answers_finds_nothing_out() {
    let ground = Ground::usual().await;
    for (endpoint, what) in [
        ("Trd_GetOrderList", "drop_before_accept"),
        ("Trd_GetHistoryOrderList", "drop_before_accept"),
        ("Trd_GetHistoryOrderList", "refuse"),
        ("Trd_GetOrderList", "undecided"),
    ] {
        ground.fault_at(endpoint, what).await;
        ground.find("b-none").await.unwrap_err();
    }
    ground.fault_at("Trd_GetHistoryOrderList", "limited").await;
    let limited = ground.find("b-none").await.unwrap_err();
    assert!(matches!(limited, VenueError::RateLimited { .. }), "{limited:?}");
    assert_eq!(ground.find("b-none").await.unwrap(), None);
}

#[actix_web::test]
async fn s3_10_a_mark_that_is_on_two_orders_is_no_answer() {
    let ground = Ground::usual().await;
    ground.placed(&buy("b-twice")).await;
    ground.placed(&buy("b-twice")).await;
    let error = ground.find("b-twice").await.unwrap_err();
    assert!(
        matches!(&error, VenueError::Malformed(why) if why.contains("b-twice on each")),
        "{error:?}"
    );
}

#[actix_web::test]
async fn a_cancellation_without_an_answer_is_unknown() {
    let ground = Ground::usual().await;
    let resting = ground.placed(&intent("b-rest", Action::Buy, "1", "150")).await;
    ground.fault_at("Trd_ModifyOrder", "drop_after_accept").await;
    unknown(&ground.venue.cancel(&resting.venue_id).await);
    assert!(matches!(ground.found("b-rest").await.state, StockState::Ended { .. }));
}
