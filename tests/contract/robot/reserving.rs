//! Power is reserved before a position opens, and given back when it does not.

use std::time::Duration;

use bursar::actors::robot::HoldMode;
use domain::id::{PositionId, UserId};
use domain::ledger::{Release, Request};

use super::script::Answer;
use super::world::{World, in_world, in_world_with};

fn asked(world: &World) -> Vec<Request> {
    world.told.asked.lock().unwrap().clone()
}

fn given_back(position: PositionId) -> Request {
    Request::Release(Release {
        position,
        expired: false,
    })
}

#[tokio::test(start_paused = true)]
async fn power_is_reserved_for_what_the_strategy_waits_for_before_the_intent_is_written() {
    in_world(|world| async move {
        world.break_out().await;
        let position = world.position().await;
        let asked = asked(&world);
        let [Request::Hold(hold)] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!((hold.position, hold.user), (position.id, UserId(1)));
        // Two at 102 with a leverage of 10 are a margin of 20.4; it arms at 10 % of that; the rate is 10 %.
        assert_eq!(hold.amount.to_string(), "0.204");
        assert_eq!(world.order_words().await, [("open", "filled")]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn refused_power_refuses_the_open_and_leaves_nothing_behind() {
    in_world(|world| async move {
        *world.told.refuses.lock().unwrap() = Some("too little power".to_owned());
        world.break_out().await;
        assert_eq!((world.placed(), world.orders().await.len()), (0, 0));
        let asked = asked(&world);
        let [Request::Hold(hold), back] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!(*back, given_back(hold.position));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ledger_that_does_not_answer_in_time_opens_nothing_and_is_told_to_give_back() {
    in_world(|world| async move {
        *world.told.is_silent.lock().unwrap() = true;
        world.break_out().await;
        world.wait(Duration::from_secs(5)).await;
        assert_eq!((world.placed(), world.orders().await.len()), (0, 0));
        assert_eq!(asked(&world).len(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn refused_order_gives_its_power_back() {
    in_world(|world| async move {
        world.script(&[Answer::Refused]);
        world.break_out().await;
        let position = world.orders().await[0].position;
        assert_eq!(asked(&world)[1..], [given_back(position)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn best_effort_opens_without_power_and_off_does_not_ask() {
    in_world_with(HoldMode::BestEffort, |world| async move {
        *world.told.refuses.lock().unwrap() = Some("too little power".to_owned());
        world.break_out().await;
        assert_eq!((world.placed(), asked(&world).len()), (1, 1));
    })
    .await;
    in_world_with(HoldMode::Off, |world| async move {
        world.break_out().await;
        assert_eq!((world.placed(), asked(&world).len()), (1, 0));
    })
    .await;
}
