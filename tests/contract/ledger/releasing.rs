//! Giving back reserved power, past what cannot be read.

use std::sync::Arc;
use std::time::Duration;

use bursar::actors::mail::{Post, Purse};
use bursar::jobs::JobReport;
use bursar::jobs::release_holds::release_holds;
use bursar::ports::store::HoldFilter;
use domain::id::{PositionId, UserId};
use domain::ledger::{Request, Reservation};
use domain::page::Page;
use sea_orm::ConnectionTrait;

use super::world::{START, World};
use crate::databases::Ground;

async fn run(world: &World) -> JobReport {
    let (store, clock) = (Arc::clone(&world.store), world.clock.clone());
    let ledger = world.ledger.clone().recipient();
    let released = release_holds(store, clock, ledger, 2, Duration::ZERO).await;
    JobReport::Released(released.unwrap())
}

/// Positions for which power is still held.
async fn held(world: &World) -> Vec<i64> {
    let filter = HoldFilter {
        held: true,
        ..HoldFilter::default()
    };
    let holds = world.store.holds(filter, Page::first(9)).await.unwrap();
    holds.iter().map(|hold| hold.position.0).collect()
}

/// Only the databases can hold such a row: somebody else wrote it, or a newer binary did.
pub async fn release_goes_on_past_a_position_that_cannot_be_read_and_names_it(ground: Arc<Ground>) {
    if ground.is_memory() {
        return;
    }
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "50").await;
    for id in 1..=5 {
        let request = Request::Hold(Reservation {
            position: PositionId(id),
            user: UserId(7),
            amount: "10".parse().unwrap(),
            expires_at: START.after(Duration::from_secs(3_600)),
        });
        world.ledger.send(Post { request }).await.unwrap().unwrap();
        // A loss: nothing is due, and nobody told the ledger.
        world.close(id, 7, "-1").await;
    }
    assert_eq!(
        (world.power(7).await, held(&world).await),
        ("0".to_owned(), vec![1, 2, 3, 4, 5])
    );
    let connection = ground.connection().await;
    let write = async |sql: &str| connection.execute_unprepared(sql).await.unwrap();
    write("UPDATE position SET corrections = 5000000000 WHERE id = 2").await;
    let report = run(&world).await;
    let words = "5 holds: 4 given back, 1 not given back (first: of position 2)";
    assert_eq!((report.is_failure(), report.to_string().as_str()), (true, words));
    assert_eq!((world.power(7).await, held(&world).await), ("40".to_owned(), vec![2]));
    // Once somebody has mended the row, the next run gives that back, too.
    write("UPDATE position SET corrections = 0 WHERE id = 2").await;
    assert!(!run(&world).await.is_failure());
    assert_eq!((world.power(7).await, held(&world).await), ("50".to_owned(), vec![]));
    assert_eq!(world.finding().await, "");
}
