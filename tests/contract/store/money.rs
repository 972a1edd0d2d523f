//! Money is exact to the last unit, at its bounds and in sums.

use std::sync::Arc;

use bursar::ports::store::{StoreError, Unsettled};
use domain::change::Change;
use domain::fixed::{Amount, BOUND, Price, Quantity, Ratio};
use domain::id::PositionId;
use domain::order::Order;
use domain::page::Page;
use domain::position::{CloseReason, Exits, Position, PositionState};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::Ground;
use super::samples::*;

pub async fn money_at_its_bounds_is_exact(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let exact = |units| Amount::from_units(units).unwrap();
    for (id, units) in (1..).zip([BOUND, -BOUND, BOUND - 1, 1 - BOUND, 1, -1, 0]) {
        let share = Ratio::from_units(units).unwrap();
        let written = Position {
            entry_notional: exact(units),
            exit_notional: exact(-units),
            realised: exact(units),
            fees: exact(-units),
            funding: exact(units),
            peak: Some(exact(units)),
            quantity: Quantity::from_units(units.abs()).unwrap(),
            entered: Quantity::from_units(units.abs()).unwrap(),
            exits: Some(Exits {
                stop_loss: share,
                arm: share,
                give_back: share,
            }),
            ..position(id)
        };
        commit(&*store, add_position(&written)).await;
        assert_eq!(store.position(PositionId(id)).await.unwrap(), Some(written));
        let order = Order {
            quantity: Quantity::from_units(units.abs()).unwrap(),
            average_price: Some(Price::from_units(units).unwrap()),
            ..order(id, id)
        };
        commit(&*store, add_order(&order)).await;
        assert_eq!(store.order(order.id).await.unwrap(), Some(order));
    }
    commit(&*store, ledger(transfer(1, "k", (1, 0), (2, 0), BOUND))).await;
    let balances: Vec<i64> = store
        .accounts(Page::first(2))
        .await
        .unwrap()
        .iter()
        .map(|account| account.balance.units())
        .collect();
    assert_eq!(balances, [-BOUND, BOUND]);
}

pub async fn sums_are_exact(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let profits = ["0.1", "0.2", "12345678901.12345678", "0.00000001", "70000000000"];
    for (id, profit) in (1..).zip(profits) {
        commit(&*store, add_position(&closed(id, 100 - id, profit))).await;
    }
    let expected = Unsettled {
        count: 5,
        profit: amount("82345678901.42345679"),
        oldest: Some(Timestamp(95)),
    };
    assert_eq!(store.unsettled().await.unwrap(), expected);
    for (id, power) in [(6, "89999999999.99999999"), (7, "0.00000001")] {
        let (power, rate, debt) = (amount(power), tenth(), domain::id::DebtId(id));
        let settlement = Settlement::Owed { power, rate, debt };
        commit(
            &*store,
            add_position(&Position {
                settlement,
                ..closed(id, 1, "1")
            }),
        )
        .await;
    }
    let (power, rate) = (amount("0.00000007"), tenth());
    let settlement = Settlement::Waived { power, rate };
    commit(
        &*store,
        add_position(&Position {
            settlement,
            ..closed(8, 1, "1")
        }),
    )
    .await;
    let mut group = transfer(1, "hold", (1, 0), (2, 0), 1);
    group.holds = vec![hold(8, 1), hold(9, 1)];
    commit(&*store, ledger(group)).await;
    let settled = store.settled().await.unwrap();
    assert_eq!((settled.waived_count, settled.waived_power), (1, power));
    assert_eq!((settled.held_count, settled.held_power), (2, amount("6.00000002")));
    assert_eq!((settled.owed_count, settled.owed_power), (2, amount("90000000000")));
    assert_eq!((settled.charged_count, settled.charged_power), (0, Amount::ZERO));
    assert_eq!(store.unsettled().await.unwrap(), expected);
}

pub async fn a_sum_beyond_the_bound_is_an_error_and_not_a_wrong_number(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for id in 1..=3 {
        let state = PositionState::Closed {
            at: Timestamp(1),
            reason: CloseReason::Manual,
            profit: Amount::from_units(BOUND).unwrap(),
        };
        let position = Position {
            state,
            ..closed(id, 1, "1")
        };
        commit(&*store, Change::AddPosition(Box::new(position))).await;
    }
    let answer = store.unsettled().await;
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
}
