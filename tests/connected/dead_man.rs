//! The venue's own dead-man's switch.

use std::time::{Duration, Instant};

use domain::market::Action;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use domain::venue::{OrderKind, ReportedState};

use super::{Ground, ME, Stage, n};
use bursar::ports::venue::Lookup;

/// Longer than any of these switches takes here.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn what_rests_is_cancelled_by_the_venue_once_it_hears_nothing_more_of_us(stage: &'static Stage) {
    let Some(after) = stage.dead_man else { return };
    let ground = Ground::open(stage, PositionMode::OneWay).await;
    let minder = ground.again(Some(after));
    minder
        .prepare(&super::account(stage.venue, ME, PositionMode::OneWay))
        .await
        .unwrap();
    minder.heed(ME, std::sync::Arc::new(|| {}));
    let mut intent = ground.intent(Action::Buy, "0.01");
    intent.kind = OrderKind::Limit { price: n("49000") };
    assert!(matches!(ground.place(&intent).await, Outcome::Done(_)));
    // The minder has to have looked, to know where orders may rest.
    let cursor = domain::venue::Cursor::default();
    let markets = [ground.btc()];
    let look = bursar::ports::venue::Look {
        cursor: &cursor,
        markets: &markets,
        limit: 9,
        is_event: true,
    };
    assert_eq!(minder.poll(ME, &look).await.unwrap().open_orders.len(), 1);
    // It is held for longer than it takes to fire.
    tokio::time::sleep(after + after / 3).await;
    let is_open = |found: Lookup| matches!(found, Lookup::Found(order) if order.state == ReportedState::Open);
    assert!(is_open(ground.found(&intent).await), "it rests while somebody lives");
    let died = Instant::now();
    drop(minder);
    while is_open(ground.found(&intent).await) {
        assert!(died.elapsed() < after + PATIENCE, "it rests although nobody lives");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ground.close().await;
}
