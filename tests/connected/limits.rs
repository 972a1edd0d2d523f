//! Limits and clocks.

use std::time::{Duration, Instant};

use bursar::ports::venue::{Look, VenueError};
use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::Cursor;
use serde_json::json;

use super::{Ground, ME, Stage};

pub async fn who_was_told_to_wait_asks_nobody_until_then(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    ground
        .fault(stage.query, json!({ "what": "limited", "seconds": 1 }))
        .await;
    let intent = ground.intent(Action::Buy, "0.01");
    let first = ground.lookup(&intent).await;
    let Err(VenueError::RateLimited { retry_after }) = first else {
        panic!("{first:?}")
    };
    assert!(retry_after <= stage.wait, "{retry_after:?}");
    let started = Instant::now();
    let held = ground.venue.place(ME, &intent).await;
    assert!(
        matches!(&held, Outcome::Refused(refusal) if refusal.code == "not_sent" || refusal.code == "held"),
        "{held:?}"
    );
    assert!(started.elapsed() < Duration::from_millis(200));
    tokio::time::sleep(retry_after + Duration::from_millis(50)).await;
    assert!(matches!(ground.venue.place(ME, &intent).await, Outcome::Done(_)));
    ground.close().await;
}

pub async fn a_clock_that_is_off_is_set_right_and_the_order_sent_once(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let start = ground.start().await;
    ground
        .say("faults", json!({ "what": "skew", "milliseconds": 3_600_000 }))
        .await;
    let placed = ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "{placed:?}");
    assert_eq!(ground.look(&start).await.fills.len(), 1);
    ground.close().await;
}

pub async fn who_only_looks_stops_before_the_venue_bans(stage: &'static Stage) {
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let (markets, cursor) = ([ground.btc()], Cursor::default());
    let look = Look {
        cursor: &cursor,
        markets: &markets,
        limit: 9,
        is_event: false,
    };
    // Where windows are short our own limits space looks out, where they are long they stop them.
    let (mut looks, until) = (0, Instant::now() + Duration::from_secs(3));
    while Instant::now() < until {
        match ground.venue.poll(ME, &look).await {
            Ok(_) => looks += 1,
            Err(VenueError::RateLimited { .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(stage.looks.contains(&looks), "{looks}");
    let placed = ground.venue.place(ME, &ground.intent(Action::Buy, "0.01")).await;
    assert!(matches!(placed, Outcome::Done(_)), "an order still goes: {placed:?}");
    ground.close().await;
}
