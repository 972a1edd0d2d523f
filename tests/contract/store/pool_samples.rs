//! What the stories of pools are told with.

use std::sync::Arc;

use domain::change::Change;
use domain::fixed::{Amount, Ratio};
use domain::id::{HoldingId, ProductId};
use domain::pool::{Accrual, Holding, HoldingState, Limits, PoolChange, PoolDay, Product, ProductDraft};
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::{USER, amount, commit, furnished};

pub const PRODUCT: ProductId = ProductId(4);

pub fn day(number: i64) -> PoolDay {
    PoolDay::new(number).unwrap()
}

pub fn product(id: i64) -> Product {
    let draft = ProductDraft {
        name: format!("it's 理财 {id}"),
        asset: "USDT".to_owned(),
        term_days: Some(30),
        early_penalty: Some("0.0200000001".parse().unwrap()),
        early_forfeits: true,
        zone: "Australia/Lord_Howe".to_owned(),
        cut_off: "17:30".to_owned(),
        payday: "wed".to_owned(),
        compounds: false,
        commission: "0.1".parse().unwrap(),
        quota: amount("1000"),
        limits: Limits {
            least_once: amount("0.00000001"),
            most_once: amount("999"),
            least_held: amount("1"),
            most_held: amount("1000"),
        },
        opens_at: Some(Timestamp(5)),
        closes_at: None,
        last_day: Some(day(30_000)),
    };
    draft.into_product(ProductId(id), Timestamp(1_000)).unwrap()
}

pub fn holding(id: i64) -> Holding {
    Holding {
        id: HoldingId(id),
        product: PRODUCT,
        user: USER,
        referrer: None,
        commission: Ratio::ZERO,
        state: HoldingState::Held,
        subscribed: amount("10"),
        earning: amount("7"),
        pending: amount("3"),
        opened_on: day(100),
        last_day: Some(day(130)),
        renews: true,
        accrued_through: day(100),
        residue: 9_999_999_999,
        earned: amount("0.00000003"),
        unpaid: amount("-1"),
        paid: amount("1.00000001"),
        forfeited: amount("0.00000002"),
        commissioned: Amount::ZERO,
        created_at: Timestamp(6),
        updated_at: Timestamp(7),
        version: 0,
    }
}

pub fn accrual(holding: i64, number: u32, earned: &str) -> Accrual {
    Accrual {
        holding: HoldingId(holding),
        product: PRODUCT,
        day: day(101),
        number,
        principal: amount("7"),
        rate: "0.0001".parse().unwrap(),
        earned: amount(earned),
        residue: 5,
    }
}

/// A product with three holdings.
pub async fn pooled(ground: &Ground) -> Arc<dyn FullStore> {
    let store = furnished(ground).await;
    commit(
        &*store,
        Change::Pool(PoolChange::AddProduct(Box::new(product(PRODUCT.0)))),
    )
    .await;
    for id in 1..=3 {
        commit(&*store, Change::Pool(PoolChange::AddHolding(Box::new(holding(id))))).await;
    }
    store
}
