//! What logs set off: triggers, their histories and orders for them, each by its version and its unique keys.

use std::sync::Arc;

use bursar::ports::store::TriggerFilter;
use domain::chain::RawAmount;
use domain::change::Change;
use domain::fixed::Quantity;
use domain::id::{StockOrderId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::market::Action;
use domain::page::Page;
use domain::stock::OrderMark;
use domain::time::Timestamp;
use domain::trigger::{PriceLock, PriceSource, StockOrder, StockOrderState, Trigger, TriggerKind, TriggerState};
use domain::venue::{VenueName, VenueOrderId};

use super::chain_samples::*;
use super::databases::Ground;
use super::samples::{amount, commit, refused};

fn filled(number: i64, state: TriggerState) -> Trigger {
    Trigger {
        filled: "3".parse().unwrap(),
        value: amount("99.00000001"),
        fee: amount("0.5"),
        state,
        ..trigger(number)
    }
}

pub async fn every_state_of_a_trigger_is_read_back(ground: Arc<Ground>) {
    let store = followed(&ground, 1).await;
    let mut stored = trigger(1);
    let states = [
        TriggerState::Held,
        TriggerState::Ready,
        TriggerState::Ordering { order: StockOrderId(8) },
        TriggerState::Returning,
        TriggerState::Returned { at: Timestamp(77) },
        TriggerState::Paying,
        TriggerState::Settled { at: Timestamp(78) },
    ];
    for (turn, state) in states.into_iter().enumerate() {
        let executed = matches!(state, TriggerState::Paying | TriggerState::Settled { .. });
        let mut next = if executed { filled(1, state) } else { trigger(1) };
        next.state = state;
        next.version = stored.version;
        next.dust = RawAmount::parse(MOST).unwrap();
        next.price = turn.is_multiple_of(2).then(|| PriceLock {
            price: "33.1234567891".parse().unwrap(),
            at: Timestamp(5),
            source: if turn == 0 {
                PriceSource::Venue
            } else {
                PriceSource::Feed
            },
        });
        next.error = (turn == 3).then(|| "it's closed 休市".to_owned());
        next.next_at = (turn == 1).then_some(Timestamp(6));
        next.orders = 2;
        commit(&*store, update_trigger(&next)).await;
        next.version += 1;
        assert_eq!(store.trigger(TriggerId(1)).await.unwrap(), Some(next.clone()));
        stored = next;
    }
    assert_eq!(store.trigger(TriggerId(2)).await.unwrap(), None);
}

pub async fn a_trigger_moves_by_its_version_and_keeps_what_its_log_said(ground: Arc<Ground>) {
    let store = followed(&ground, 2).await;
    let held = Trigger {
        state: TriggerState::Held,
        ..trigger(1)
    };
    commit(&*store, update_trigger(&held)).await;
    refused(&*store, update_trigger(&held)).await;
    let now = Trigger { version: 1, ..held };
    let change = |change: fn(&mut Trigger)| {
        let mut next = now.clone();
        change(&mut next);
        update_trigger(&next)
    };
    let wrong = [
        change(|next| next.log = trigger(3).log),
        change(|next| next.subscription = SubscriptionId(6)),
        change(|next| next.kind = TriggerKind::Redeem),
        change(|next| next.user = address(8)),
        change(|next| next.raw = RawAmount::from_units(1)),
        change(|next| next.amount = amount("100.00000001")),
        change(|next| next.id = TriggerId(3)),
        // Executed and returned, or settled with nothing executed: a trigger ends one way (TRG-1).
        change(|next| (next.state, next.filled) = (TriggerState::Returned { at: Timestamp(1) }, "1".parse().unwrap())),
        change(|next| (next.state, next.filled) = (TriggerState::Returning, "1".parse().unwrap())),
        change(|next| next.state = TriggerState::Settled { at: Timestamp(1) }),
        change(|next| next.state = TriggerState::Paying),
        change(|next| next.filled = "-1".parse().unwrap()),
        change(|next| next.fee = amount("-0.00000001")),
    ];
    for wrong in wrong {
        refused(&*store, wrong).await;
    }
    assert_eq!(store.trigger(TriggerId(1)).await.unwrap(), Some(now));
    let wanted = [
        GuardedRow::Trigger(TriggerId(2)),
        GuardedRow::Trigger(TriggerId(1)),
        GuardedRow::Trigger(TriggerId(3)),
    ];
    let mut versions = store.versions(&wanted).await.unwrap();
    versions.sort_unstable();
    assert_eq!(versions, [(wanted[1], 1), (wanted[0], 0)]);
}

pub async fn triggers_are_found_by_what_is_asked(ground: Arc<Ground>) {
    let store = followed(&ground, 6).await;
    for (number, next) in [
        (
            1,
            Trigger {
                state: TriggerState::Returned { at: Timestamp(9) },
                ..trigger(1)
            },
        ),
        (2, filled(2, TriggerState::Settled { at: Timestamp(9) })),
        (
            3,
            Trigger {
                state: TriggerState::Held,
                ..trigger(3)
            },
        ),
    ] {
        assert_eq!(next.id.0, number);
        commit(&*store, update_trigger(&next)).await;
    }
    commit(&*store, add_subscription(&subscription(6))).await;
    let mut other = trigger(7);
    (other.subscription, other.user, other.kind) = (SubscriptionId(6), address(8), TriggerKind::Redeem);
    commit(&*store, Change::AddTriggers(vec![other])).await;
    let found = async |filter: TriggerFilter, page: Page| -> Vec<i64> {
        let found = store.triggers(filter, page).await.unwrap();
        found.iter().map(|trigger| trigger.id.0).collect()
    };
    let (all, ten) = (TriggerFilter::default(), Page::first(10));
    assert_eq!(found(all, ten).await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(found(all, Page::after(2, 2)).await, [3, 4]);
    assert_eq!(
        found(
            TriggerFilter {
                live: Some(true),
                ..all
            },
            Page::after(3, 3)
        )
        .await,
        [4, 5, 6]
    );
    assert_eq!(
        found(
            TriggerFilter {
                live: Some(false),
                ..all
            },
            ten
        )
        .await,
        [1, 2]
    );
    assert_eq!(
        found(
            TriggerFilter {
                state: Some("held"),
                ..all
            },
            ten
        )
        .await,
        [3]
    );
    assert_eq!(
        found(
            TriggerFilter {
                subscription: Some(SubscriptionId(6)),
                ..all
            },
            ten
        )
        .await,
        [7]
    );
    assert_eq!(
        found(
            TriggerFilter {
                user: Some(address(8)),
                ..all
            },
            ten
        )
        .await,
        [7]
    );
    assert_eq!(
        found(
            TriggerFilter {
                kind: Some(TriggerKind::Redeem),
                ..all
            },
            ten
        )
        .await,
        [7]
    );
    let both = TriggerFilter {
        live: Some(true),
        subscription: Some(SUBSCRIPTION),
        kind: Some(TriggerKind::Deposit),
        ..all
    };
    assert_eq!(found(both, ten).await, [3, 4, 5, 6]);
}

pub async fn a_history_is_written_once_and_read_in_order(ground: Arc<Ground>) {
    let store = followed(&ground, 2).await;
    commit(
        &*store,
        Change::AddTriggerMoves(vec![step(1, 2), step(2, 1), step(1, 1)]),
    )
    .await;
    refused(&*store, Change::AddTriggerMoves(vec![step(2, 2), step(1, 2)])).await;
    refused(&*store, Change::AddTriggerMoves(vec![step(3, 1)])).await;
    refused(&*store, Change::AddTriggerMoves(vec![step(1, 0)])).await;
    assert_eq!(store.moves_of(TriggerId(1)).await.unwrap(), [step(1, 1), step(1, 2)]);
    assert_eq!(store.moves_of(TriggerId(2)).await.unwrap(), [step(2, 1)]);
}

fn with(state: StockOrderState, order: StockOrder) -> StockOrder {
    StockOrder { state, ..order }
}

pub async fn every_state_of_a_stock_order_is_read_back(ground: Arc<Ground>) {
    let store = followed(&ground, 1).await;
    commit(&*store, add_order(&stock_order(1, 1))).await;
    let mut stored = stock_order(1, 1);
    let words = || "it's 'x' 不明".to_owned();
    for state in [
        StockOrderState::InDoubt {
            why: words(),
            since: Timestamp(3),
        },
        StockOrderState::Open,
        StockOrderState::Cancelling,
        StockOrderState::FillCancelled,
        StockOrderState::Ended { why: words() },
        StockOrderState::Submitting,
    ] {
        let mut next = with(state, stored.clone());
        next.venue_id = Some(VenueOrderId("f-1".to_owned()));
        next.filled = Quantity::from_units(next.filled.units() + 1).unwrap();
        next.average_price = Some("33.1234567891".parse().unwrap());
        next.fee = amount("1.00000001");
        commit(&*store, update_order(&next)).await;
        next.version += 1;
        assert_eq!(store.stock_order(StockOrderId(1)).await.unwrap(), Some(next.clone()));
        stored = next;
    }
}

pub async fn a_mark_and_a_venues_id_belong_to_one_order(ground: Arc<Ground>) {
    let store = followed(&ground, 3).await;
    let known = StockOrder {
        venue_id: Some(VenueOrderId("f-1".to_owned())),
        ..stock_order(1, 1)
    };
    commit(&*store, add_order(&known)).await;
    refused(
        &*store,
        add_order(&StockOrder {
            mark: known.mark.clone(),
            ..stock_order(2, 2)
        }),
    )
    .await;
    refused(
        &*store,
        add_order(&StockOrder {
            venue_id: known.venue_id.clone(),
            ..stock_order(2, 2)
        }),
    )
    .await;
    let elsewhere = StockOrder {
        venue: VenueName::Paper,
        venue_id: known.venue_id.clone(),
        ..stock_order(2, 2)
    };
    commit(&*store, add_order(&elsewhere)).await;
    refused(&*store, add_order(&stock_order(3, 9))).await;
    refused(
        &*store,
        add_order(&StockOrder {
            filled: "4".parse().unwrap(),
            ..stock_order(3, 3)
        }),
    )
    .await;
    let change = |change: fn(&mut StockOrder)| {
        let mut next = known.clone();
        change(&mut next);
        update_order(&next)
    };
    let wrong = [
        change(|next| next.version = 1),
        change(|next| next.trigger = TriggerId(2)),
        change(|next| next.venue = VenueName::Paper),
        change(|next| next.mark = OrderMark::new("another").unwrap()),
        change(|next| next.action = Action::Sell),
        change(|next| next.filled = "3.00000001".parse().unwrap()),
    ];
    for wrong in wrong {
        refused(&*store, wrong).await;
    }
    let found = store
        .stock_orders_of(&[TriggerId(2), TriggerId(1), TriggerId(2)])
        .await
        .unwrap();
    assert_eq!(found, [known, elsewhere]);
    assert_eq!(store.stock_orders_of(&[TriggerId(3)]).await.unwrap(), []);
}

/// A second order while one has not ended would buy twice.
pub async fn a_trigger_has_one_order_that_has_not_ended(ground: Arc<Ground>) {
    let store = followed(&ground, 1).await;
    commit(&*store, add_order(&stock_order(1, 1))).await;
    refused(&*store, add_order(&stock_order(2, 1))).await;
    let doubt = with(
        StockOrderState::InDoubt {
            why: "silent".to_owned(),
            since: Timestamp(1),
        },
        stock_order(1, 1),
    );
    commit(&*store, update_order(&doubt)).await;
    refused(&*store, add_order(&stock_order(2, 1))).await;
    let ended = with(
        StockOrderState::Ended {
            why: "absent".to_owned(),
        },
        StockOrder {
            version: 1,
            ..stock_order(1, 1)
        },
    );
    commit(&*store, update_order(&ended)).await;
    commit(&*store, add_order(&stock_order(2, 1))).await;
    let risen = with(
        StockOrderState::Open,
        StockOrder {
            version: 2,
            ..stock_order(1, 1)
        },
    );
    refused(&*store, update_order(&risen)).await;
}
