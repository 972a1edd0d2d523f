//! T24: a chain that was written anew, or whose end was cut off, holds in itself; an anchor kept outside tells.

use std::sync::Arc;

use bursar::jobs::check_anchors::check_anchors;
use domain::ledger::Head;
use domain::ledger::verify::anchor::Anchor;

use super::world::World;
use crate::databases::Ground;
use bursar::actors::mail::Purse;
use bursar::adapters::store::MemoryStore;

async fn broken(world: &World, anchors: &[Anchor]) -> Vec<String> {
    assert_eq!(world.finding().await, "", "the chain does not hold in itself");
    let broken = check_anchors(&*world.store, anchors).await.unwrap();
    broken.iter().map(ToString::to_string).collect()
}

pub async fn t24_rewritten_chain_and_cut_tail_hold_in_themselves_and_an_anchor_tells(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    let mut anchors = vec![Anchor::from(Head::EMPTY)];
    for (number, amount) in ["10", "20", "30"].iter().enumerate() {
        world.recharge(&format!("r{number}"), 7, Purse::Power, amount).await;
        anchors.push(world.store.ledger_head().await.unwrap().into());
    }
    world.recharge("later", 8, Purse::Power, "1").await;
    assert_eq!(broken(&world, &anchors).await, [""; 0]);

    // The same entries but one, with every digest computed anew.
    let forged = World::new(Arc::new(MemoryStore::new()), super::world::options()).await;
    for (number, amount) in ["10", "21", "30"].iter().enumerate() {
        forged.recharge(&format!("r{number}"), 7, Purse::Power, amount).await;
    }
    let found = broken(&forged, &anchors).await;
    assert_eq!(found.len(), 2, "{found:?}");
    let expected = format!("anchor {} is not in the chain: entry 2 has the digest ", anchors[2]);
    assert!(found[0].starts_with(&expected), "{found:?}");

    // The same entries without the last.
    let cut = World::new(Arc::new(MemoryStore::new()), super::world::options()).await;
    for (number, amount) in ["10", "20"].iter().enumerate() {
        cut.recharge(&format!("r{number}"), 7, Purse::Power, amount).await;
    }
    let expected = format!("anchor {} is not in the chain: it ends with entry 2", anchors[3]);
    assert_eq!(broken(&cut, &anchors).await, [expected]);
}
