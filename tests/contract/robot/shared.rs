//! A robot whose position the venue keeps together with a neighbour's: when it may close, and how.

use std::time::Duration;

use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::id::PositionId;
use domain::market::Side;
use domain::position::{Position, PositionState};

use super::script::Answer;
use super::world::{World, in_world};

/// Another robot's position of the same size on the same market.
async fn neighbour(world: &World, own: &Position, side: Side) {
    let position = Position {
        id: PositionId(own.id.0 + 1_000),
        robot: None,
        side,
        version: 0,
        ..own.clone()
    };
    let changes = ChangeSet::of(Change::AddPosition(Box::new(position)));
    world.store.commit(changes).await.unwrap();
}

/// Whether each order that was placed was held to shrinking.
fn held(world: &World) -> Vec<bool> {
    let placed = world.venue.placed.lock().unwrap();
    placed.iter().map(|intent| intent.reduce_only).collect()
}

#[tokio::test(start_paused = true)]
async fn s1_17_shared_position_is_not_closed_before_the_account_was_compared() {
    in_world(|world| async move {
        let own = world.open().await;
        neighbour(&world, &own, Side::Long).await;
        world.tick("99.9").await;
        world.wait(Duration::from_secs(3)).await;
        assert_eq!(held(&world), [false], "what is on record may be old");
        world.compared(Some((Side::Long, "4")));
        world.wait(Duration::from_secs(2)).await;
        assert_eq!(held(&world), [false, true]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn close_that_the_net_cannot_take_grows_the_other_side() {
    in_world(|world| async move {
        let own = world.open().await;
        neighbour(&world, &own, Side::Short).await;
        world.compared(None);
        world.tick("99.9").await;
        assert_eq!(held(&world), [false, false]);
        let order = world.orders().await.pop().unwrap();
        assert_eq!((order.reduce_only, order.position), (false, own.id));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn close_that_lost_a_race_for_the_net_is_refused_and_decided_anew() {
    in_world(|world| async move {
        let own = world.open().await;
        neighbour(&world, &own, Side::Short).await;
        // The venue still shows what was there before the neighbour's order.
        world.compared(Some((Side::Long, "2")));
        world.script(&[Answer::Refused]);
        world.tick("99.9").await;
        assert_eq!(held(&world), [false, true]);
        world.compared(None);
        world.wait(Duration::from_millis(1_100)).await;
        assert_eq!(held(&world), [false, true, false]);
        let position = world.store.position(own.id).await.unwrap().unwrap();
        assert!(matches!(position.state, PositionState::Closing { .. }));
    })
    .await;
}
