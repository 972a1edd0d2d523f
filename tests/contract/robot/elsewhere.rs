//! A robot whose venue is not switched on: it says so, holds its place, and trades nowhere else.

use bursar::actors::mail::{HowAreYou, Look, MailError, RowsChanged};
use domain::venue::VenueName;

use super::ASK;
use super::world::in_world_at;

#[tokio::test(start_paused = true)]
async fn robot_whose_venue_is_not_switched_on_holds_its_place_and_trades_nowhere_else() {
    in_world_at(VenueName::Okx, |world| async move {
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
