//! The checker itself: a world that was tampered with does not pass.

use bursar::ports::store::{HoldFilter, OrderFilter, PaperVault, PositionFilter, Store};
use domain::change::{Change, ChangeSet};
use domain::id::VenueAccountId;
use domain::invariant::Invariant;
use domain::ledger::{Hold, HoldState, LedgerWrite};
use domain::order::OrderState;
use domain::page::Page;
use domain::position::PositionState;
use domain::settlement::Settlement;

use crate::story::tell_world;
use crate::world::{Broken, Daemon, World, check};

const ALL: Page = Page::first(1_000_000);

/// A sound world, tampered with, and what the checker says of it.
fn tampered(tamper: impl AsyncFnOnce(&World)) -> Vec<String> {
    tampered_with(&tell_world(3), tamper)
}

/// The same in the first world in which power is reserved at the end.
fn tampered_hold(tamper: impl AsyncFnOnce(&World)) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut worlds = (1..=30).map(tell_world);
    let reserved = worlds.find(|world| !runtime.block_on(holds(world)).is_empty());
    tampered_with(&reserved.expect("no story ends with reserved power"), tamper)
}

fn tampered_with(world: &World, tamper: impl AsyncFnOnce(&World)) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(check(&world.rows, &world.witness).await, []);
        tamper(world).await;
        let broken = check(&world.rows, &world.witness).await;
        broken.iter().map(rule).collect()
    })
}

fn rule(broken: &Broken) -> String {
    match broken {
        Broken::Invariant(violation) => violation.invariant.as_str().to_owned(),
        Broken::Apart(_) => "apart".to_owned(),
    }
}

async fn charged(world: &World) -> domain::position::Position {
    let positions = world.rows.positions(PositionFilter::default(), ALL).await.unwrap();
    let mut charged = positions
        .into_iter()
        .filter(|position| matches!(position.settlement, Settlement::Charged { .. }));
    charged.next().unwrap()
}

async fn commit(world: &World, change: Change) {
    world.witness.see(&ChangeSet::of(change.clone()));
    world.rows.commit(ChangeSet::of(change)).await.unwrap();
}

#[test]
fn charge_without_its_mark_breaks_the_settlement() {
    let broken = tampered(async |world| {
        let mut position = charged(world).await;
        position.settlement = Settlement::Pending;
        commit(world, Change::UpdatePosition(Box::new(position))).await;
    });
    assert!(
        broken.contains(&Invariant::EverySettled.as_str().to_owned()),
        "{broken:?}"
    );
}

#[test]
fn second_venue_order_of_one_intent_breaks_ord_3() {
    let broken = tampered(async |world| {
        let rows = world
            .rows
            .rows_after("order", VenueAccountId(1), 0, 1_000)
            .await
            .unwrap();
        let mut twin = rows
            .into_iter()
            .find(|row| row.content.contains("\"client_id\":\""))
            .unwrap();
        twin.key += "-twin";
        twin.number += 1_000_000;
        world.rows.save(vec![twin]).await.unwrap();
    });
    assert_eq!(broken, [Invariant::OneVenueOrder.as_str()]);
}

#[test]
fn order_that_leaves_its_end_breaks_ord_1() {
    let broken = tampered(async |world| {
        let orders = world.rows.orders(OrderFilter::default(), ALL).await.unwrap();
        let mut order = orders
            .into_iter()
            .find(|order| order.state == OrderState::Filled)
            .unwrap();
        order.state = OrderState::Open;
        commit(world, Change::UpdateOrder(Box::new(order))).await;
    });
    assert!(
        broken.contains(&Invariant::TableMoves.as_str().to_owned()),
        "{broken:?}"
    );
}

#[test]
fn fill_counted_twice_sets_daemon_and_venue_apart() {
    let broken = tampered(async |world| {
        let position = charged(world).await;
        let mut fill = world.rows.fills_of(position.id).await.unwrap().remove(0);
        fill.report.venue_fill_id += "-again";
        commit(world, Change::AddFill(Box::new(fill))).await;
    });
    assert_eq!(broken, ["apart", "apart"], "the position and the account");
}

#[test]
fn balance_that_no_entry_moved_breaks_led_3() {
    let broken = tampered(async |world| {
        let account = world.rows.accounts(ALL).await.unwrap().remove(0);
        let write = LedgerWrite {
            balances: vec![domain::ledger::BalanceMove {
                account: account.id,
                before: account.balance,
                after: account.balance.plus("0.00000001".parse().unwrap()).unwrap(),
            }],
            ..LedgerWrite::default()
        };
        commit(world, Change::Ledger(Box::new(write))).await;
    });
    assert_eq!(broken, [Invariant::BalanceIsSum.as_str()]);
}

async fn holds(world: &World) -> Vec<Hold> {
    let filter = HoldFilter {
        held: true,
        ..HoldFilter::default()
    };
    world.rows.holds(filter, ALL).await.unwrap()
}

#[test]
fn hold_that_ends_without_an_entry_is_found() {
    let broken = tampered_hold(async |world| {
        let hold = holds(world).await.remove(0);
        let state = HoldState::Voided {
            entry: hold.entry,
            at: hold.created_at,
        };
        let write = LedgerWrite {
            ended_holds: vec![Hold { state, ..hold }],
            ..LedgerWrite::default()
        };
        commit(world, Change::Ledger(Box::new(write))).await;
    });
    assert!(broken.contains(&"apart".to_owned()), "{broken:?}");
}

#[test]
fn hold_that_no_entry_made_is_found() {
    let broken = tampered_hold(async |world| {
        let hold = holds(world).await.remove(0);
        let position = domain::id::PositionId(1_000_000);
        let write = LedgerWrite {
            holds: vec![Hold { position, ..hold }],
            ..LedgerWrite::default()
        };
        commit(world, Change::Ledger(Box::new(write))).await;
    });
    // What is reserved no longer sums to the balances, and nothing lives that it could be for.
    assert_eq!(broken.iter().filter(|rule| *rule == "apart").count(), 2, "{broken:?}");
}

#[test]
fn hold_whose_position_is_over_is_found() {
    let broken = tampered_hold(async |world| {
        let hold = holds(world).await.remove(0);
        let mut position = world.rows.position(hold.position).await.unwrap().unwrap();
        position.state = PositionState::Abandoned { at: hold.created_at };
        commit(world, Change::UpdatePosition(Box::new(position))).await;
    });
    assert!(broken.contains(&"apart".to_owned()), "{broken:?}");
}

#[test]
fn position_that_is_closed_with_invented_numbers_sets_them_apart() {
    let mut world = tell_world(3);
    world.live(async |daemon: &Daemon| {
        let live = PositionFilter {
            live: Some(true),
            ..PositionFilter::default()
        };
        let mut position = daemon.store.positions(live, ALL).await.unwrap().remove(0);
        position.state = PositionState::Closed {
            at: daemon.now(),
            reason: domain::position::CloseReason::Manual,
            profit: domain::fixed::Amount::ZERO,
        };
        position.quantity = domain::fixed::Quantity::ZERO;
        position.settlement = Settlement::at_close(position.origin, domain::fixed::Amount::ZERO);
        let changes = ChangeSet::of(Change::UpdatePosition(Box::new(position)));
        daemon.store.commit(changes).await.unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let broken = runtime.block_on(check(&world.rows, &world.witness));
    assert!(broken.iter().any(|broken| rule(broken) == "POS-1"), "{broken:?}");
}
