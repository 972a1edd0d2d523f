//! Random commits leave the same rows, and get the same answers, in memory and in SQLite.

use bursar::ports::store::{AlertFilter, PositionFilter, Store, StoreError};
use domain::alert::Alert;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::{EntrySeq, LedgerWrite, SettledPosition};
use domain::order::OrderState;
use domain::page::Page;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::User;
use domain::venue::{Cursor, VenueOrderId};
use proptest::prelude::*;

use super::databases::{Ground, Kind};
use super::samples::*;

/// What one change is about; small numbers, so that guards are hit often.
#[derive(Debug, Clone)]
enum Act {
    User(i64, i64),
    Position(i64, bool),
    Change(i64, u32, i64),
    Order(i64, i64, Option<i64>),
    Move(i64, u32, i64, bool),
    Fill(i64, i64),
    Cursor(u8, u8),
    Raise(i64, i64),
    Resolve(i64),
    Transfer(i64, i64, i64, i64),
    Settle(i64, bool, i64),
    Debt(i64, i64),
}

fn act() -> impl Strategy<Value = Act> {
    let id = 1_i64..6;
    let version = 0_u32..4;
    prop_oneof![
        (id.clone(), id.clone()).prop_map(|(id, name)| Act::User(id, name)),
        (id.clone(), any::<bool>()).prop_map(|(id, closed)| Act::Position(id, closed)),
        (id.clone(), version.clone(), -3_i64..9).prop_map(|(id, version, fees)| Act::Change(id, version, fees)),
        (id.clone(), id.clone(), proptest::option::of(id.clone()))
            .prop_map(|(id, at, venue)| Act::Order(id, at, venue)),
        (id.clone(), version, id.clone(), any::<bool>())
            .prop_map(|(id, version, venue, over)| { Act::Move(id, version, venue, over) }),
        (id.clone(), id.clone()).prop_map(|(number, position)| Act::Fill(number, position)),
        (0_u8..3, 0_u8..3).prop_map(|(from, to)| Act::Cursor(from, to)),
        (id.clone(), id.clone()).prop_map(|(id, subject)| Act::Raise(id, subject)),
        id.clone().prop_map(Act::Resolve),
        (id.clone(), id.clone(), -2_i64..9, -2_i64..3)
            .prop_map(|(seq, key, before, units)| { Act::Transfer(seq, key, before, units) }),
        (id.clone(), any::<bool>(), id.clone()).prop_map(|(id, pending, entry)| Act::Settle(id, pending, entry)),
        (id.clone(), id).prop_map(|(id, position)| Act::Debt(id, position)),
    ]
}

fn change(act: &Act) -> Change {
    match *act {
        Act::User(id, name) => {
            let name = format!("u{name}");
            Change::AddUser(User { name, ..user(id) })
        }
        Act::Position(id, true) => add_position(&closed(id, id, "1")),
        Act::Position(id, false) => add_position(&position(id)),
        Act::Change(id, version, fees) => {
            let mut position = position(id);
            (position.version, position.fees) = (version, Amount::from_units(fees).unwrap());
            Change::UpdatePosition(Box::new(position))
        }
        Act::Order(id, at, venue) => {
            let mut order = order(id, at);
            order.venue_id = venue.map(venue_order);
            add_order(&order)
        }
        Act::Move(id, version, venue, over) => {
            let mut order = order(id, id);
            order.state = if over { OrderState::Cancelled } else { OrderState::Open };
            (order.version, order.venue_id) = (version, Some(venue_order(venue)));
            Change::UpdateOrder(Box::new(order))
        }
        Act::Fill(number, position) => Change::AddFill(Box::new(fill(number, position))),
        Act::Cursor(from, to) => move_cursor(cursor(from), cursor(to)),
        Act::Raise(id, subject) => Change::RaiseAlert(alert(id, &format!("user:{subject}"))),
        Act::Resolve(id) => {
            let resolved_at = Some(Timestamp(id));
            Change::ResolveAlert(Alert {
                resolved_at,
                ..alert(id, "")
            })
        }
        Act::Transfer(seq, key, before, units) => {
            ledger(transfer(seq, &format!("k{key}"), (1, -before), (2, before), units))
        }
        Act::Settle(id, pending, entry) => settle(id, pending, entry),
        Act::Debt(id, position) => {
            let debts = vec![debt(id, position, 1)];
            ledger(LedgerWrite {
                debts,
                ..LedgerWrite::default()
            })
        }
    }
}

fn move_cursor(from: Cursor, to: Cursor) -> Change {
    let account = ACCOUNT;
    Change::MoveCursor { account, from, to }
}

fn settle(id: i64, pending: bool, entry: i64) -> Change {
    let (power, rate, entry) = (amount("0.1"), tenth(), EntrySeq(entry));
    let from = if pending {
        Settlement::Pending
    } else {
        Settlement::Exempt
    };
    let to = Settlement::Charged { power, rate, entry };
    let position = PositionId(id);
    let settled = vec![SettledPosition {
        position,
        from,
        to,
        profit: amount("1"),
        settled_profit: amount("1"),
        corrections: 0,
    }];
    ledger(LedgerWrite {
        settled,
        ..LedgerWrite::default()
    })
}

fn venue_order(number: i64) -> VenueOrderId {
    VenueOrderId(format!("v{number}"))
}

fn cursor(step: u8) -> Cursor {
    Cursor("abc"[..usize::from(step)].to_owned())
}

/// All that the store tells, as text.
async fn snapshot(store: &(impl Store + ?Sized)) -> String {
    let every = Page::first(100);
    let live = PositionFilter {
        live: Some(true),
        ..PositionFilter::default()
    };
    let mut fills = Vec::new();
    for id in 1..6 {
        fills.push(store.fills_of(PositionId(id)).await.unwrap());
    }
    format!(
        "{:#?}",
        (
            store.users(every).await.unwrap(),
            store.positions(PositionFilter::default(), every).await.unwrap(),
            store.positions(live, every).await.unwrap(),
            store.orders(Default::default(), every).await.unwrap(),
            (
                fills,
                store.cursor(ACCOUNT).await.unwrap(),
                store.busy_accounts().await.unwrap()
            ),
            store.alerts(AlertFilter::All, every).await.unwrap(),
            (
                store.accounts(every).await.unwrap(),
                store.entries(Default::default(), every).await.unwrap()
            ),
            (
                store.debts(None, every).await.unwrap(),
                store.open_debts(&[USER, UserId(1)], 9).await.unwrap()
            ),
            (
                store.unsettled().await.unwrap(),
                store.settled().await.unwrap(),
                store.ledger_head().await.unwrap()
            ),
        )
    )
}

async fn tell_both(commits: Vec<Vec<Act>>) {
    let grounds = [
        Ground::new(Kind::Memory).await.unwrap(),
        Ground::new(Kind::Sqlite).await.unwrap(),
    ];
    let stores = [furnished(&grounds[0]).await, furnished(&grounds[1]).await];
    for commit in &commits {
        let changes = ChangeSet {
            changes: commit.iter().map(change).collect(),
        };
        let mut answers = Vec::new();
        for store in &stores {
            answers.push(match store.commit(changes.clone()).await {
                Ok(()) => true,
                Err(StoreError::Conflict { .. }) => false,
                Err(other) => panic!("{other:?}"),
            });
        }
        assert_eq!(
            answers[0], answers[1],
            "memory and SQLite answer differently to {commit:?}"
        );
    }
    assert_eq!(snapshot(&*stores[0]).await, snapshot(&*stores[1]).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_commits_leave_the_same_rows_in_memory_and_in_sqlite(
        commits in proptest::collection::vec(proptest::collection::vec(act(), 1..5), 1..60)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tell_both(commits));
    }
}
