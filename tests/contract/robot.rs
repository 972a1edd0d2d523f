//! A robot on paused time: each story with its exact orders.

#[path = "../support/world/clock.rs"]
mod clock;
#[path = "robot/debtors.rs"]
mod debtors;
#[path = "robot/elsewhere.rs"]
mod elsewhere;
#[path = "robot/frozen.rs"]
mod frozen;
#[path = "robot/reserving.rs"]
mod reserving;
#[path = "robot/script.rs"]
mod script;
#[path = "robot/shared.rs"]
mod shared;
#[path = "robot/world.rs"]
mod world;

use std::time::Duration;

use bursar::actors::mail::{ClosePosition, HowAreYou, MailError, Stop};
use bursar::ports::store::Store;
use domain::change::{Change, ChangeSet};
use domain::market::{Action, Side};
use domain::pause::{Pause, PauseScope};
use domain::position::{CloseReason, PositionState};
use domain::robot::Robot;
use domain::time::Timestamp;

use script::Answer;
use world::{ROBOT, World, in_world};

const ASK: ClosePosition = ClosePosition {
    robot: ROBOT,
    reason: CloseReason::Requested,
};

async fn pause(world: &World) {
    let pause = Pause {
        scope: PauseScope::Global,
        paused: true,
        by: "op".to_owned(),
        reason: "test".to_owned(),
        at: Timestamp(1),
    };
    world
        .store
        .commit(ChangeSet::of(Change::SetPause(pause)))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_breakout_opens_once_after_a_forced_sync_with_its_intent_on_record() {
    in_world(|world| async move {
        world.break_out().await;
        world.tick("102.5").await;
        assert_eq!(world.order_words().await, [("open", "filled")]);
        let intent = world.venue.placed.lock().unwrap()[0].clone();
        assert_eq!(
            (intent.action, intent.quantity.to_string()),
            (Action::Buy, "2".to_owned())
        );
        let position = world.position().await;
        assert_eq!((position.side, position.state), (Side::Long, PositionState::Opening));
        assert_eq!(
            (*world.told.waits.lock().unwrap(), *world.told.pokes.lock().unwrap()),
            (1, 1)
        );
        let order = world.orders().await.remove(0);
        let tag = world.store.installation().await.unwrap();
        assert_eq!(order.client_id, domain::order::client_order_id(&tag, order.id));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn without_a_sync_in_time_nothing_is_opened() {
    in_world(|world| async move {
        *world.told.sync_takes.lock().unwrap() = Duration::from_secs(3);
        world.break_out().await;
        world.wait(Duration::from_secs(5)).await;
        assert_eq!((world.placed(), world.orders().await.len()), (0, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_fails_opens_nothing() {
    in_world(|world| async move {
        *world.told.sync_fails.lock().unwrap() = true;
        world.break_out().await;
        assert_eq!((world.placed(), world.orders().await.len()), (0, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_leaves_one_order_in_doubt_that_is_never_sent_again() {
    in_world(|mut world| async move {
        world.script(&[Answer::Lost]);
        world.break_out().await;
        assert_eq!(world.order_words().await, [("open", "submitting")]);
        world.wait(Duration::from_secs(5)).await;
        assert_eq!(world.order_words().await, [("open", "in_doubt")]);
        // Once after the placement, once because its rows show an order that is not confirmed.
        assert_eq!(*world.told.pokes.lock().unwrap(), 2);
        for price in ["99", "97", "103", "97"] {
            world.tick(price).await;
        }
        world.restart().await;
        for price in ["103", "97"] {
            world.tick(price).await;
        }
        assert_eq!(world.placed(), 1);
        assert_eq!(world.order_words().await, [("open", "in_doubt")]);
        assert_eq!(world.position().await.state, PositionState::Opening);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_open_is_over_and_the_next_direction_opens_anew() {
    in_world(|world| async move {
        world.script(&[Answer::Refused]);
        world.break_out().await;
        assert_eq!(world.order_words().await, [("open", "refused")]);
        assert_eq!(world.position().await.state.as_str(), "abandoned");
        for _ in 0..11 {
            world.tick("102").await;
        }
        world.tick("100").await;
        assert_eq!(world.order_words().await, [("open", "refused"), ("open", "filled")]);
        assert_eq!(world.position().await.side, Side::Short);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_loss_closes_all_of_it_with_an_order_that_only_shrinks() {
    in_world(|world| async move {
        world.open().await;
        world.tick("99.9").await;
        let reason = CloseReason::StopLoss;
        assert_eq!(world.position().await.state, PositionState::Closing { reason });
        let intent = world.venue.placed.lock().unwrap()[1].clone();
        assert_eq!(
            (intent.action, intent.quantity.to_string(), intent.reduce_only),
            (Action::Sell, "2".to_owned(), true)
        );
        world.tick("99").await;
        assert_eq!(world.placed(), 2);
        world.fill("100").await;
        let closed = world.position().await;
        assert_eq!(closed.state.as_str(), "closed");
        assert_eq!(closed.realised.to_string(), "-4");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_armed_take_profit_and_its_peak_survive_a_restart() {
    in_world(|mut world| async move {
        world.open().await;
        world.tick("104").await;
        assert_eq!(world.position().await.peak, Some("4".parse().unwrap()));
        world.tick("107").await;
        assert_eq!(world.position().await.peak, Some("10".parse().unwrap()));
        world.restart().await;
        world.tick("105.6").await;
        assert_eq!(world.position().await.state, PositionState::Open);
        world.tick("105.5").await;
        let reason = CloseReason::TakeProfit;
        assert_eq!(world.position().await.state, PositionState::Closing { reason });
        assert_eq!(world.order_words().await, [("open", "filled"), ("close", "filled")]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_close_is_tried_again_as_a_new_order_after_a_growing_wait() {
    in_world(|world| async move {
        world.open().await;
        world.script(&[Answer::Refused, Answer::Refused]);
        world.tick("99.9").await;
        assert_eq!(world.order_words().await[1..], [("close", "refused")]);
        assert_eq!(world.position().await.state, PositionState::Open);
        world.wait(Duration::from_millis(900)).await;
        assert_eq!(world.placed(), 2);
        world.wait(Duration::from_millis(100)).await;
        assert_eq!(world.placed(), 3);
        world.wait(Duration::from_millis(1_900)).await;
        assert_eq!(world.placed(), 3);
        world.wait(Duration::from_millis(200)).await;
        let closes = [("close", "refused"), ("close", "refused"), ("close", "filled")];
        assert_eq!(world.order_words().await[1..], closes);
        let ids: Vec<String> = world
            .orders()
            .await
            .iter()
            .map(|order| order.client_id.0.clone())
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_close_in_doubt_waits_for_the_sync() {
    in_world(|world| async move {
        world.open().await;
        world.script(&[Answer::Lost]);
        world.tick("99.9").await;
        world.wait(Duration::from_secs(60)).await;
        world.tick("90").await;
        assert_eq!(world.order_words().await, [("open", "filled"), ("close", "in_doubt")]);
        assert_eq!(world.placed(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_request_closes_what_is_open_and_is_told_what_became_of_it() {
    in_world(|world| async move {
        let nothing = MailError::Failed("robot 7 holds no position".to_owned());
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Err(nothing));
        world.break_out().await;
        let opening = MailError::Failed("robot 7 is still opening its position".to_owned());
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Err(opening));
        world.fill("102").await;
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Ok(()));
        let reason = CloseReason::Requested;
        assert_eq!(world.position().await.state, PositionState::Closing { reason });
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Ok(()));
        assert_eq!(world.placed(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_told_so_and_still_done() {
    in_world(|world| async move {
        world.open().await;
        world.script(&[Answer::Refused]);
        let why = "the venue refused (margin is insufficient (-2019)); it is tried again";
        let refused = Err(MailError::Failed(why.to_owned()));
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), refused);
        world.wait(Duration::from_millis(1_100)).await;
        let reason = CloseReason::Requested;
        assert_eq!(world.position().await.state, PositionState::Closing { reason });
        assert_eq!(world.placed(), 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn paused_and_stopped_it_opens_nothing_and_still_closes() {
    in_world(|world| async move {
        world.open().await;
        pause(&world).await;
        world.change(|robot| robot.stop(Timestamp(2))).await;
        let health = world.robot.health.send(HowAreYou).await.unwrap();
        assert_eq!((health.name.as_str(), health.state.as_str()), ("robot:7", "draining"));
        world.tick("99.9").await;
        world.fill("100").await;
        assert_eq!(world.position().await.state.as_str(), "closed");
        world.change(|robot| robot.start(Timestamp(3))).await;
        for price in ["103", "97", "103"] {
            world.tick(price).await;
        }
        assert_eq!(world.placed(), 2);
        // Paused: not even a sync was asked for.
        assert_eq!(*world.told.waits.lock().unwrap(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_robot_trades_by_its_new_row() {
    in_world(|world| async move {
        world
            .change(|robot| Robot {
                stake: "10.2".parse().unwrap(),
                ..robot
            })
            .await;
        world.break_out().await;
        assert_eq!(world.orders().await[0].quantity.to_string(), "1");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn prices_that_come_while_an_order_is_under_way_lead_to_one_look_after_it() {
    in_world(|world| async move {
        world.open().await;
        world.script(&[Answer::Slow(Duration::from_secs(4))]);
        for price in ["99.9", "99", "98", "97"] {
            world.tick(price).await;
        }
        assert_eq!(world.placed(), 2);
        assert!(world.robot.health.send(HowAreYou).await.unwrap().lag_ms > 0);
        world.wait(Duration::from_secs(2)).await;
        assert_eq!(world.placed(), 2);
        assert_eq!(world.robot.health.send(HowAreYou).await.unwrap().lag_ms, 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_in_flight_and_takes_nothing_new() {
    in_world(|world| async move {
        world.open().await;
        world.script(&[Answer::Slow(Duration::from_secs(4))]);
        world.tick("99.9").await;
        world.robot.stop.send(Stop).await.unwrap();
        assert_eq!(world.order_words().await[1..], [("close", "filled")]);
        world.settle().await;
        let exits = world.told.exits.lock().unwrap().clone();
        assert_eq!(exits.len(), 1);
        assert_eq!(
            (exits[0].robot, exits[0].generation, exits[0].panicked),
            (ROBOT, 1, false)
        );
        assert!(!world.robot.look.connected());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_tells_the_supervisor_and_leaves_the_intent_for_the_sync() {
    in_world(|world| async move {
        world.script(&[Answer::Panic]);
        world.break_out().await;
        let exits = world.told.exits.lock().unwrap().clone();
        assert_eq!((exits.len(), exits[0].panicked), (1, true));
        assert_eq!(world.order_words().await, [("open", "submitting")]);
    })
    .await;
}
