//! Pages of holdings: as large as the jobs write them, whole or not at all.

use std::sync::Arc;

use domain::change::{Change, ChangeSet};
use domain::id::HoldingId;
use domain::pool::{Holding, PoolChange};

use super::databases::Ground;
use super::pool_samples::*;
use super::samples::amount;

pub async fn a_thousand_holdings_are_one_commit(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    let many: Vec<Holding> = (10..1_110).map(holding).collect();
    let new = many
        .iter()
        .cloned()
        .map(|row| Change::Pool(PoolChange::AddHolding(Box::new(row))));
    store.commit(ChangeSet { changes: new.collect() }).await.unwrap();
    let changed = many.iter().map(|row| Holding {
        accrued_through: day(101),
        ..row.clone()
    });
    let mut changes = vec![
        Change::Pool(PoolChange::UpdateHoldings(changed.collect())),
        Change::Pool(PoolChange::AddAccruals(
            (10..1_110).map(|id| accrual(id, 0, "0.0007")).collect(),
        )),
    ];
    store
        .commit(ChangeSet {
            changes: changes.clone(),
        })
        .await
        .unwrap();
    let sums = store.accrued_sums(PRODUCT, day(101)).await.unwrap();
    assert_eq!((sums.holdings, sums.earned), (1_100, amount("0.77")));
    // One of them that changed since refuses the whole page.
    let mut again: Vec<Holding> = many
        .iter()
        .map(|row| Holding {
            version: 1,
            ..row.clone()
        })
        .collect();
    again[700].version = 0;
    changes = vec![Change::Pool(PoolChange::UpdateHoldings(again))];
    assert!(store.commit(ChangeSet { changes }).await.is_err());
    assert_eq!(store.holding(HoldingId(10)).await.unwrap().unwrap().version, 1);
}
