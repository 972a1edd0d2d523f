//! Robots at several venues: each trades at that of its account, and nowhere else when that is not switched on.

use bursar::actors::mail::{HowAreYou, Look, MailError, RowsChanged};
use domain::venue::VenueName;

use super::ASK;
use super::world::in_world_at;

#[tokio::test(start_paused = true)]
async fn robot_whose_venue_is_not_switched_on_holds_its_place_and_trades_nowhere_else() {
    in_world_at(VenueName::Okx, VenueName::Paper, |world| async move {
        world.break_out().await;
        assert_eq!((world.placed(), world.order_words().await.len()), (0, 0));
        let health = world.robot.health.send(HowAreYou).await.unwrap();
        assert_eq!(health.state, "without_venue");
        let told = "robot 7 cannot close: okx is not switched on".to_owned();
        let answer = world.robot.close.send(ASK).await.unwrap();
        assert_eq!(answer, Err(MailError::Failed(told)));
        world.robot.rows_changed.try_send(RowsChanged).unwrap();
        world.robot.look.try_send(Look).unwrap();
        world.settle().await;
        assert_eq!(world.placed(), 0);
        assert_eq!(world.told.exits.lock().unwrap().len(), 0, "it lives");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn robot_trades_at_the_venue_of_its_account_by_the_prices_there() {
    in_world_at(VenueName::Okx, VenueName::Okx, |world| async move {
        let position = world.open().await;
        assert_eq!(
            (position.venue, world.orders().await[0].venue),
            (VenueName::Okx, VenueName::Okx)
        );
        assert_eq!(world.robot.close.send(ASK).await.unwrap(), Ok(()));
        world.settle().await;
        assert_eq!(world.order_words().await, [("open", "filled"), ("close", "filled")]);
        assert_eq!((world.placed(), world.other.placed.lock().unwrap().len()), (2, 0));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn robot_is_not_moved_by_the_same_market_at_another_venue() {
    in_world_at(VenueName::Bybit, VenueName::Okx, |world| async move {
        world.break_out().await;
        assert_eq!((world.placed(), world.other.placed.lock().unwrap().len()), (0, 0));
        let health = world.robot.health.send(HowAreYou).await.unwrap();
        assert_eq!(health.state, "flat");
    })
    .await;
}
