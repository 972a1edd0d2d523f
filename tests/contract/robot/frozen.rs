//! A process that stands still between writing an intent and sending it: what is too old is not sent.

use std::time::Duration;

use domain::position::PositionState;

use super::script::Freeze;
use super::world::{World, in_world};

/// Rules of this world: an intent may be two seconds old.
const IN_TIME: Duration = Duration::from_millis(1_900);
const TOO_LATE: Duration = Duration::from_millis(2_100);

fn freeze(world: &World, how: Freeze) {
    *world.told.freeze.lock().unwrap() = Some(how);
}

/// Whether an intent was written across it; what came after that is over, too.
async fn thawed(world: &World) -> bool {
    world.settle().await;
    world.told.freeze.lock().unwrap().is_none()
}

#[tokio::test(start_paused = true)]
async fn an_open_that_was_intended_too_long_ago_is_not_sent_but_looked_up() {
    for how in [Freeze::Stopped(TOO_LATE), Freeze::Asleep(TOO_LATE)] {
        in_world(|world| async move {
            freeze(&world, how);
            world.break_out().await;
            assert!(thawed(&world).await, "no intent was written");
            assert_eq!(world.placed(), 0, "{how:?}");
            // As after a lost answer: only the sync, which asks the venue, may say what became of it.
            assert_eq!(world.order_words().await, [("open", "in_doubt")]);
            assert_eq!(world.position().await.state, PositionState::Opening);
            assert!(*world.told.pokes.lock().unwrap() >= 1);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_that_was_intended_too_long_ago_is_not_sent_but_looked_up() {
    for how in [Freeze::Stopped(TOO_LATE), Freeze::Asleep(TOO_LATE)] {
        in_world(|world| async move {
            world.open().await;
            freeze(&world, how);
            world.tick("99.9").await;
            assert!(thawed(&world).await, "no intent was written");
            assert_eq!(world.placed(), 1, "{how:?}");
            assert_eq!(world.order_words().await, [("open", "filled"), ("close", "in_doubt")]);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_pause_keeps_no_order_back() {
    for how in [Freeze::Stopped(IN_TIME), Freeze::Asleep(IN_TIME)] {
        in_world(|world| async move {
            freeze(&world, how);
            world.break_out().await;
            assert!(thawed(&world).await, "no intent was written");
            assert_eq!(world.order_words().await, [("open", "filled")], "{how:?}");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_keeps_no_order_back() {
    in_world(|world| async move {
        freeze(&world, Freeze::SetBack(Duration::from_secs(3_600)));
        world.break_out().await;
        assert!(thawed(&world).await, "no intent was written");
        assert_eq!(world.order_words().await, [("open", "filled")]);
    })
    .await;
}
