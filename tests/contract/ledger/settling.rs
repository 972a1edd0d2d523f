//! Charging, owing, collecting and sweeping.

use std::sync::Arc;
use std::time::Duration;

use actix::Actor;
use bursar::actors::ledger::{LedgerActor, LedgerDeps};
use bursar::actors::mail::{Purse, Settle, Withdraw};
use bursar::jobs::JobReport;
use bursar::jobs::sweep_unsettled::{Swept, sweep_unsettled};
use domain::alert::AlertKind;
use domain::change::Change;
use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::{Asset, DebtState, EntrySeq, PostAnswer};
use domain::page::Page;
use domain::settlement::Settlement;
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use tokio::sync::watch;

use super::world::{START, World, commit, options, recharge};
use crate::databases::Ground;

fn created(entry: i64) -> PostAnswer {
    PostAnswer::Created { entry: EntrySeq(entry) }
}

pub async fn charge_is_exact_and_leaves_its_receipt(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    world.recharge("gift", 7, Purse::GiftPower, "5").await;
    world.recharge("power", 7, Purse::Power, "100").await;
    world.close(1, 7, "216.06219485").await;
    let receipt = world.settle(1).await;
    let charged = Settlement::Charged {
        power: "21.60621949".parse().unwrap(),
        rate: "0.1".parse().unwrap(),
        entry: EntrySeq(3),
    };
    assert_eq!((receipt.answer, receipt.settlement), (created(3), charged));
    let again = world.settle(1).await;
    assert_eq!(again.answer, PostAnswer::Exists { entry: EntrySeq(3) });
    assert_eq!(again.settlement, charged);
    let position = world.position(1).await;
    assert_eq!((position.settlement, position.version), (charged, 2));
    assert_eq!(world.power(7).await, "83.39378051");
    world.clock.advance(Duration::from_secs(1));
    world.close(2, 7, "-3").await;
    let nothing = world.settle(2).await;
    assert_eq!(
        (nothing.answer, nothing.settlement),
        (PostAnswer::NothingDue, Settlement::NothingDue)
    );
    assert_eq!(world.finding().await, "");
    world.stop().await;
    drop(world);
    // Another process finds what this one left, and takes nothing again.
    let world = World::on(&ground).await;
    assert_eq!(world.settle(1).await.answer, PostAnswer::Exists { entry: EntrySeq(3) });
    assert_eq!(world.store.ledger_head().await.unwrap().seq, EntrySeq(3));
}

pub async fn s0_01_s1_03_sixty_four_senders_charge_one_position_once(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "100").await;
    world.close(1, 7, "100").await;
    let receipts = join_all((0..64).map(|_| world.settle(1))).await;
    let created = receipts.iter().filter(|receipt| receipt.answer == created(2)).count();
    let exists = PostAnswer::Exists { entry: EntrySeq(2) };
    let repeated = receipts.iter().filter(|receipt| receipt.answer == exists).count();
    assert_eq!((created, repeated), (1, 63));
    assert_eq!(world.power(7).await, "90");
    assert_eq!(world.finding().await, "");
}

pub async fn s0_09_sixty_four_closes_at_once_never_overdraw(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "105").await;
    world.recharge("other", 8, Purse::Power, "1000").await;
    for id in 1..=64 {
        world.close(id, if id % 2 == 0 { 7 } else { 8 }, "100").await;
    }
    let receipts = join_all((1..=64).map(|id| world.settle(id))).await;
    let charged = receipts
        .iter()
        .filter(|receipt| receipt.settlement.as_str() == "charged")
        .count();
    // 32 of user 8, and the first 10 of user 7.
    assert_eq!(charged, 42);
    assert_eq!(world.power(7).await, "5");
    assert_eq!(world.power(8).await, "680");
    let debts = world.store.debts(Some(UserId(7)), Page::first(100)).await.unwrap();
    assert_eq!(debts.len(), 22);
    assert!(
        debts
            .iter()
            .all(|debt| debt.state == DebtState::Owed && debt.owed.to_string() == "10")
    );
    let receipts = join_all((1..=64).map(|id| world.settle(id))).await;
    assert!(
        receipts
            .iter()
            .all(|receipt| matches!(receipt.answer, PostAnswer::Exists { .. }))
    );
    assert_eq!(world.store.ledger_head().await.unwrap().seq, EntrySeq(66));
    assert_eq!(
        world.open_alerts().await,
        [(AlertKind::PowerShort, "user:7".to_owned())]
    );
    assert_eq!(world.finding().await, "");
}

pub async fn s0_02_sweep_has_no_age_limit_and_a_poisoned_row_blocks_no_other(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "1000").await;
    let year = Duration::from_secs(366 * 86_400);
    for id in 1..=9 {
        world.close_at(id, 7, "100", START.before(year)).await;
    }
    world.settle(1).await;
    // Somebody writes the settlement back: the entry is there, so it must not be charged again.
    let mut poisoned = world.position(1).await;
    poisoned.settlement = Settlement::Pending;
    commit(&*world.store, Change::UpdatePosition(Box::new(poisoned))).await;
    let sweep = || sweep_unsettled(Arc::clone(&world.store), world.ledger.clone().recipient(), 2);
    let expected = Swept {
        seen: 9,
        charged: 8,
        owed: 0,
        failed: 1,
        first_failed: Some(PositionId(1)),
    };
    assert_eq!(sweep().await.unwrap(), expected);
    let expected = Swept {
        seen: 1,
        charged: 0,
        ..expected
    };
    assert_eq!(sweep().await.unwrap(), expected);
    assert_eq!(world.power(7).await, "910");
    assert_eq!(
        world.open_alerts().await,
        [(AlertKind::LedgerInvariant, "ledger".to_owned())]
    );
    assert_eq!(
        world.finding().await,
        "SET-1: position 1 is pending, which entry 2 contradicts"
    );
}

/// Only the databases can hold such a row: somebody else wrote it, or a newer binary did.
pub async fn sweep_goes_on_past_a_row_that_cannot_be_read_and_names_it(ground: Arc<Ground>) {
    if ground.is_memory() {
        return;
    }
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "1000").await;
    for id in 1..=5 {
        world.close(id, 7, "100").await;
    }
    let connection = ground.connection().await;
    let whim = "UPDATE position SET corrections = 5000000000 WHERE id = 2";
    connection.execute_unprepared(whim).await.unwrap();
    let swept = sweep_unsettled(Arc::clone(&world.store), world.ledger.clone().recipient(), 2).await;
    let report = JobReport::Swept(swept.unwrap());
    let words = "5 unsettled positions: 4 charged, 0 owed, 1 not settled (first: position 2)";
    assert_eq!((report.is_failure(), report.to_string().as_str()), (true, words));
    assert_eq!(world.power(7).await, "960");
}

pub async fn s1_18_recharge_collects_oldest_first_and_ends_the_alert(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    for (id, profit) in [(1, "100"), (2, "500"), (3, "10")] {
        world.close(id, 7, profit).await;
        assert_eq!(world.settle(id).await.settlement.as_str(), "owed");
    }
    assert_eq!(
        world.open_alerts().await,
        [(AlertKind::PowerShort, "user:7".to_owned())]
    );
    let first = world.recharge("a", 7, Purse::Power, "20").await;
    assert_eq!((first.answer, first.collected), (created(4), vec![PositionId(1)]));
    assert_eq!(world.power(7).await, "10");
    let again = world.recharge("a", 7, Purse::Power, "20").await;
    assert_eq!(
        (again.answer, again.collected),
        (PostAnswer::Exists { entry: EntrySeq(4) }, vec![])
    );
    assert_eq!(world.open_alerts().await.len(), 1);
    let second = world.recharge("b", 7, Purse::GiftPower, "41").await;
    assert_eq!(second.collected, [PositionId(2), PositionId(3)]);
    assert_eq!(world.open_alerts().await, []);
    assert_eq!(world.power(7).await, "0");
    let charged = Settlement::Charged {
        power: "50".parse().unwrap(),
        rate: "0.1".parse().unwrap(),
        entry: EntrySeq(7),
    };
    assert_eq!(world.position(2).await.settlement, charged);
    assert!(world.store.open_debts(&[UserId(7)], 9).await.unwrap().is_empty());
    assert_eq!(world.finding().await, "");
}

pub async fn s1_04_references_differ_in_case_and_payload(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    let usdt = Purse::Wallet(Asset::new("USDT").unwrap());
    assert_eq!(world.recharge("ref", 7, usdt.clone(), "10").await.answer, created(1));
    assert_eq!(world.recharge("REF", 7, usdt.clone(), "10").await.answer, created(2));
    let different = world.recharge("ref", 7, usdt.clone(), "10.00000001").await;
    assert_eq!(different.answer, PostAnswer::ExistsDifferent { field: "amount" });
    let withdraw = |reference: &str, amount: &str| Withdraw {
        reference: reference.to_owned(),
        user: UserId(7),
        purse: usdt.clone(),
        amount: amount.parse::<Amount>().unwrap(),
        by: "ops".to_owned(),
        remark: String::new(),
    };
    let ask = |mail: Withdraw| async { world.ledger.send(mail).await.unwrap().unwrap() };
    let reason = "user_wallet:7:USDT holds 20, too little for 21".to_owned();
    let rejected = PostAnswer::Rejected { reason: reason.clone() };
    assert_eq!(ask(withdraw("w", "21")).await, rejected);
    world.recharge("more", 7, usdt.clone(), "5").await;
    assert_eq!(ask(withdraw("w", "21")).await, PostAnswer::AlreadyFailed { reason });
    assert_eq!(ask(withdraw("w2", "21")).await, created(4));
    assert_eq!(world.balance(usdt.account(UserId(7))).await, "4");
    let unknown = world
        .ledger
        .send(recharge("x", 9, Purse::Power, "1"))
        .await
        .unwrap()
        .unwrap();
    let reason = "user 9 does not exist".to_owned();
    assert_eq!(unknown.answer, PostAnswer::Rejected { reason });
    assert_eq!(world.finding().await, "");
}

pub async fn two_ledgers_on_one_store_charge_each_position_once(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "100000").await;
    for id in 1..=40 {
        world.close(id, 7, "100").await;
    }
    let (fatal, _seen) = watch::channel(false);
    let second = LedgerActor::new(LedgerDeps {
        store: Arc::clone(&world.store),
        clock: world.clock.clone(),
        raises: world.alerts.clone().recipient(),
        resolves: world.alerts.clone().recipient(),
        options: options(),
        fatal,
    });
    let second = second.start();
    let ids = 1..=40;
    let first = ids.clone().map(|id| {
        world.ledger.send(Settle {
            position: PositionId(id),
        })
    });
    let other = ids.map(|id| {
        second.send(Settle {
            position: PositionId(id),
        })
    });
    let (first, other) = futures::join!(join_all(first), join_all(other));
    for (first, other) in first.into_iter().zip(other) {
        let (first, other) = (first.unwrap().unwrap(), other.unwrap().unwrap());
        assert_eq!(first.settlement, other.settlement);
        assert_eq!(first.settlement.as_str(), "charged");
        let created = [&first, &other]
            .into_iter()
            .filter(|receipt| matches!(receipt.answer, PostAnswer::Created { .. }));
        assert!(created.count() <= 1, "{first:?} {other:?}");
    }
    assert_eq!(world.power(7).await, "99600");
    assert_eq!(world.store.ledger_head().await.unwrap().seq, EntrySeq(41));
    assert_eq!(world.finding().await, "");
}
