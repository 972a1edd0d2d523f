//! Pools: each day once, never above the quota, found by what is left to do, and summed exactly.

use std::sync::Arc;

use bursar::ports::store::HoldingFilter;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{HoldingId, LedgerAccountId, ProductId, UserId};
use domain::ledger::{EntrySeq, GuardedRow};
use domain::page::Page;
use domain::pool::{
    DayFigures, DayState, DayTally, Holding, HoldingState, PoolChange, PoolDayRow, Product, ProductState, RateRow,
};
use domain::time::Timestamp;

use super::databases::Ground;
use super::pool_samples::*;
use super::samples::{USER, amount, commit, refused};

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn products_rates_and_holdings_are_read_back_as_they_were_written(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    assert_eq!(store.products().await.unwrap(), [product(4)]);
    let mut changed = Product {
        state: ProductState::Ended,
        sold: amount("30"),
        distributed_through: day(101),
        correct_from: Some(day(99)),
        closes_at: Some(Timestamp(9)),
        ..product(4)
    };
    commit(
        &*store,
        Change::Pool(PoolChange::UpdateProduct(Box::new(changed.clone()))),
    )
    .await;
    changed.version = 1;
    assert_eq!(store.product(PRODUCT).await.unwrap(), Some(changed));
    let rate = |number| RateRow {
        product: PRODUCT,
        number,
        from_day: day(20 - i64::from(number)),
        rate: "0.0002000001".parse().unwrap(),
        at: Timestamp(3),
        by: "ops".to_owned(),
    };
    for number in [2, 1] {
        commit(&*store, Change::Pool(PoolChange::AddRate(rate(number)))).await;
    }
    assert_eq!(store.pool_rates(PRODUCT).await.unwrap(), [rate(1), rate(2)]);
    assert_eq!(store.holding(HoldingId(2)).await.unwrap(), Some(holding(2)));
    let mut ended = Holding {
        state: HoldingState::Redeemed { at: Timestamp(8) },
        subscribed: Amount::ZERO,
        earning: Amount::ZERO,
        pending: Amount::ZERO,
        last_day: Some(day(160)),
        opened_on: day(130),
        accrued_through: day(140),
        earned: amount("2"),
        unpaid: amount("0.5"),
        paid: amount("1.5"),
        forfeited: Amount::ZERO,
        commissioned: amount("0.1"),
        residue: 0,
        ..holding(2)
    };
    let mut other = Holding {
        earning: amount("10"),
        pending: Amount::ZERO,
        ..holding(3)
    };
    commit(
        &*store,
        Change::Pool(PoolChange::UpdateHoldings(vec![ended.clone(), other.clone()])),
    )
    .await;
    (ended.version, other.version) = (1, 1);
    assert_eq!(store.holding(HoldingId(2)).await.unwrap(), Some(ended));
    assert_eq!(store.holding(HoldingId(3)).await.unwrap(), Some(other));
    let rows = [
        GuardedRow::Holding(HoldingId(3)),
        GuardedRow::Product(PRODUCT),
        GuardedRow::Holding(HoldingId(9)),
    ];
    let mut versions = store.versions(&rows).await.unwrap();
    versions.sort_unstable();
    assert_eq!(versions, [(rows[1], 1), (rows[0], 1)]);
}

pub async fn s4_05_more_than_the_quota_is_refused_by_the_table(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    let with = |sold: &str| {
        let sold = amount(sold);
        Change::Pool(PoolChange::UpdateProduct(Box::new(Product { sold, ..product(4) })))
    };
    refused(&*store, with("1000.00000001")).await;
    refused(&*store, with("-0.00000001")).await;
    commit(&*store, with("1000")).await;
    // Decided on what it was before.
    refused(&*store, with("10")).await;
    let same_name = Product {
        name: product(4).name,
        ..product(5)
    };
    refused(&*store, Change::Pool(PoolChange::AddProduct(Box::new(same_name)))).await;
    let another_asset = Product {
        asset: domain::ledger::Asset::new("USDC").unwrap(),
        version: 1,
        ..product(4)
    };
    refused(
        &*store,
        Change::Pool(PoolChange::UpdateProduct(Box::new(another_asset))),
    )
    .await;
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn s4_03_a_day_accrues_once_and_a_holding_moves_by_its_version(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    let changed = |version| Holding {
        accrued_through: day(101),
        version,
        ..holding(1)
    };
    let page = |version, number| ChangeSet {
        changes: vec![
            Change::Pool(PoolChange::UpdateHoldings(vec![changed(version)])),
            Change::Pool(PoolChange::AddAccruals(vec![accrual(1, number, "0.0007")])),
        ],
    };
    store.commit(page(0, 0)).await.unwrap();
    assert!(store.commit(page(0, 1)).await.is_err(), "the holding had changed");
    assert!(store.commit(page(1, 0)).await.is_err(), "the day had accrued");
    let stored = store.holding(HoldingId(1)).await.unwrap().unwrap();
    assert_eq!(stored.version, 1);
    store.commit(page(1, 1)).await.unwrap();
    let somebody_elses = Holding {
        user: UserId(8),
        version: 2,
        ..changed(2)
    };
    refused(&*store, Change::Pool(PoolChange::UpdateHoldings(vec![somebody_elses]))).await;
    for wrong in [
        Holding {
            residue: 10_000_000_000,
            ..holding(8)
        },
        Holding {
            paid: amount("5"),
            ..holding(8)
        },
        Holding {
            pending: amount("-1"),
            ..holding(8)
        },
        Holding {
            last_day: None,
            ..holding(8)
        },
        Holding {
            product: ProductId(77),
            ..holding(8)
        },
        Holding {
            user: UserId(77),
            ..holding(8)
        },
    ] {
        refused(&*store, Change::Pool(PoolChange::AddHolding(Box::new(wrong)))).await;
    }
    refused(
        &*store,
        Change::Pool(PoolChange::AddAccruals(vec![accrual(2, 0, "-0.0007")])),
    )
    .await;
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn holdings_are_found_by_what_is_left_to_do(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    let owed = Holding {
        id: HoldingId(4),
        state: HoldingState::Matured { at: Timestamp(8) },
        subscribed: Amount::ZERO,
        earning: Amount::ZERO,
        pending: Amount::ZERO,
        earned: amount("2"),
        unpaid: amount("0.5"),
        paid: amount("1.5"),
        forfeited: Amount::ZERO,
        accrued_through: day(130),
        ..holding(4)
    };
    commit(&*store, Change::Pool(PoolChange::AddHolding(Box::new(owed)))).await;
    let done = Holding {
        accrued_through: day(101),
        ..holding(1)
    };
    commit(&*store, Change::Pool(PoolChange::UpdateHoldings(vec![done]))).await;
    let own = HoldingFilter {
        product: Some(PRODUCT),
        ..HoldingFilter::default()
    };
    let cases = [
        (own, vec![1, 2, 3, 4]),
        (
            HoldingFilter {
                behind: Some(day(101)),
                live: true,
                ..own
            },
            vec![2, 3],
        ),
        (
            HoldingFilter {
                behind: Some(day(102)),
                ..own
            },
            vec![1, 2, 3],
        ),
        (
            HoldingFilter {
                mature: Some(day(129)),
                ..own
            },
            vec![],
        ),
        (
            HoldingFilter {
                mature: Some(day(130)),
                ..own
            },
            vec![1, 2, 3],
        ),
        (
            HoldingFilter {
                accrued: Some(day(101)),
                ..own
            },
            vec![1, 4],
        ),
        (
            HoldingFilter {
                held: Some(false),
                owed: true,
                ..own
            },
            vec![4],
        ),
        (
            HoldingFilter {
                held: Some(true),
                user: Some(USER),
                ..own
            },
            vec![1, 2, 3],
        ),
        (
            HoldingFilter {
                user: Some(UserId(77)),
                ..own
            },
            vec![],
        ),
    ];
    for (filter, wanted) in cases {
        let found = store.holdings(filter, Page::first(10)).await.unwrap();
        let found: Vec<i64> = found.iter().map(|row| row.id.0).collect();
        assert_eq!(found, wanted, "{filter:?}");
    }
    let page = store.holdings(own, Page::after(1, 2)).await.unwrap();
    assert_eq!(page.iter().map(|row| row.id.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.behind(PRODUCT, day(101)).await.unwrap(), 2);
    assert_eq!(store.subscribed(PRODUCT, USER).await.unwrap(), amount("30"));
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn s4_16_sums_of_pools_are_exact(ground: Arc<Ground>) {
    let store = pooled(&ground).await;
    let lines = vec![
        accrual(1, 0, "0.0007"),
        accrual(2, 0, "0.00000001"),
        accrual(1, 1, "-0.0001"),
    ];
    commit(&*store, Change::Pool(PoolChange::AddAccruals(lines.clone()))).await;
    let sums = store.accrued_sums(PRODUCT, day(101)).await.unwrap();
    assert_eq!(
        (sums.holdings, sums.principal, sums.earned),
        (2, amount("14"), amount("0.00060001"))
    );
    let found = store
        .accruals(PRODUCT, (day(100), day(102)), (HoldingId(1), HoldingId(1)))
        .await
        .unwrap();
    assert_eq!(found, [lines[0], lines[2]]);
    let sums = store.holding_sums(PRODUCT).await.unwrap();
    assert_eq!((sums.held, sums.ended, sums.principal), (3, 0, amount("30")));
    assert_eq!((sums.earning, sums.subscribed), (amount("21"), amount("30")));
    assert_eq!(
        (sums.owed, sums.overpaid, sums.paid),
        (Amount::ZERO, amount("3"), amount("3.00000003"))
    );
    assert_eq!(
        (sums.earned, sums.forfeited),
        (amount("0.00000009"), amount("0.00000006"))
    );
    let none = store
        .posted_sums(LedgerAccountId(1), day(101), EntrySeq(1))
        .await
        .unwrap();
    assert_eq!((none.payments, none.paid), (0, Amount::ZERO));
    let figures = |holdings, earned: &str| DayFigures {
        holdings,
        principal: amount("14"),
        earned: amount(earned),
        payments: 1,
        paid: amount("0.5"),
        commission: amount("0.05"),
    };
    let tally = |number, holdings, earned: &str| DayTally {
        product: PRODUCT,
        day: day(number),
        added: figures(holdings, earned),
    };
    commit(
        &*store,
        Change::Pool(PoolChange::TallyDays(vec![tally(101, 2, "0.7"), tally(102, 1, "1")])),
    )
    .await;
    commit(
        &*store,
        Change::Pool(PoolChange::TallyDays(vec![tally(101, 3, "-0.2")])),
    )
    .await;
    let state = DayState::Unreconciled {
        at: Timestamp(9),
        note: "paid: 1 in 'the ledger'".to_owned(),
    };
    let closed = |number, state: &DayState| {
        Change::Pool(PoolChange::CloseDay(Box::new(PoolDayRow {
            product: PRODUCT,
            day: day(number),
            figures: DayFigures::default(),
            state: state.clone(),
        })))
    };
    commit(&*store, closed(101, &state)).await;
    commit(&*store, closed(103, &DayState::Reconciled { at: Timestamp(10) })).await;
    let row = store.pool_day(PRODUCT, day(101)).await.unwrap().unwrap();
    assert_eq!(
        (row.figures.holdings, row.figures.earned, row.state),
        (5, amount("0.5"), state)
    );
    let days = store.pool_days(PRODUCT, Page::first(2)).await.unwrap();
    assert_eq!(days.iter().map(|row| row.day.number()).collect::<Vec<_>>(), [103, 102]);
    let days = store.pool_days(PRODUCT, Page::after(102, 2)).await.unwrap();
    assert_eq!(days.iter().map(|row| row.day.number()).collect::<Vec<_>>(), [101]);
    let totals = store.pool_totals(PRODUCT).await.unwrap();
    assert_eq!(
        (
            totals.holdings,
            totals.earned,
            totals.payments,
            totals.paid,
            totals.commission
        ),
        (6, amount("1.5"), 3, amount("1.5"), amount("0.15"))
    );
}
