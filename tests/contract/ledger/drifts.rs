//! T25: a stored balance that drifts from its entries by one unit is found by the next audit, told, and left as it is.

use std::sync::Arc;

use bursar::actors::mail::{MailError, Purse};
use domain::alert::AlertKind;
use sea_orm::ConnectionTrait;

use super::jobs::{EVERY, plan, run, scheduler};
use super::world::World;
use crate::databases::Ground;

pub async fn t25_drift_of_one_unit_is_found_told_and_not_mended(ground: Arc<Ground>) {
    if ground.is_memory() {
        return;
    }
    let world = World::on(&ground).await;
    world.recharge("r1", 7, Purse::Power, "100").await;
    world.close(1, 7, "100").await;
    world.settle(1).await;
    let jobs = scheduler(&world, plan(&world).jobs(&|_| EVERY));
    let audit = async || run(&jobs, "verify_ledger").await;
    audit().await.unwrap();
    assert_eq!(world.open_alerts().await, []);

    let side = ground.connection().await;
    let drift = "UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'user_power' AND owner = 7";
    side.execute_unprepared(drift).await.unwrap();
    let found: Result<String, MailError> = audit().await;
    let told = "LED-3: account 1 user_power:7:POWER holds 90.00000001, but its postings sum to 90";
    let alerts = world.all_alerts(true).await;
    assert_eq!(alerts.len(), 1, "{found:?} {alerts:?}");
    assert_eq!(
        (alerts[0].kind, alerts[0].message.as_str()),
        (AlertKind::LedgerInvariant, told)
    );
    assert_eq!(
        world.power(7).await,
        "90.00000001",
        "nobody mends what nobody understands"
    );

    side.execute_unprepared(&drift.replace("+ 1", "- 1")).await.unwrap();
    audit().await.unwrap();
    assert_eq!(world.open_alerts().await, []);
}
