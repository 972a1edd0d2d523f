//! Limits and clocks.

use std::time::{Duration, Instant};

use bursar::ports::venue::VenueError;
use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::Cursor;
use serde_json::json;

use super::{Ground, ME, btc};
use bursar::adapters::venue::binance::Look;

#[actix_web::test]
async fn who_was_told_to_wait_asks_nobody_until_then() {
    let ground = Ground::open(PositionMode::OneWay).await;
    ground
        .fault("GET /fapi/v1/order", json!({ "what": "limited", "seconds": 1 }))
        .await;
    let intent = ground.intent(Action::Buy, "0.01");
    let first = ground.client.lookup(ME, &btc(), &intent.client_id).await;
    assert_eq!(
        first,
        Err(VenueError::RateLimited {
            retry_after: Duration::from_secs(1)
        })
    );
    let started = Instant::now();
    let held = ground.client.place(ME, &intent).await;
    assert!(
        matches!(&held, Outcome::Refused(refusal) if refusal.code == "not_sent" || refusal.code == "held"),
        "{held:?}"
    );
    assert!(started.elapsed() < Duration::from_millis(200));
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert!(matches!(ground.client.place(ME, &intent).await, Outcome::Done(_)));
    ground.close().await;
}

#[actix_web::test]
async fn a_clock_that_is_off_is_set_right_and_the_order_sent_once() {
    let ground = Ground::open(PositionMode::OneWay).await;
    let start = ground.start().await;
    ground
        .say("faults", json!({ "what": "skew", "milliseconds": 3_600_000 }))
        .await;
    let placed = ground.client.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    let look = Look {
        cursor: &start,
        markets: &[btc()],
        limit: 9,
    };
    assert_eq!(ground.client.look(ME, &look).await.unwrap().fills.len(), 1);
    ground.close().await;
}

#[actix_web::test]
async fn who_only_looks_stops_before_the_venue_bans() {
    let ground = Ground::open(PositionMode::OneWay).await;
    let look = Look {
        cursor: &Cursor::default(),
        markets: &[btc()],
        limit: 9,
    };
    let mut looks = 0;
    let stopped = loop {
        match ground.client.look(ME, &look).await {
            Ok(_) => looks += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(stopped, VenueError::RateLimited { .. }), "{stopped}");
    assert!((50..240).contains(&looks), "{looks}");
    let placed = ground.client.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "an order still goes: {placed:?}");
    ground.close().await;
}
