//! Random histories of everything that can be asked, in random groups, with repeats: each invariant holds after each.

use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{EntrySeq, HoldState, Purse, Request, Reversal, UserTransfer, Waiver};
use domain::position::PositionState;
use domain::settlement::{PayOrder, Settlement};
use proptest::prelude::*;

use super::shelf::{Shelf, hold, release, settle, transfer};
use domain::fixed::Amount;

const USERS: i64 = 3;
const POSITIONS: i64 = 8;

fn units(units: i64) -> Amount {
    Amount::from_units(units).unwrap()
}

/// What happens next: something is asked, a position closes, or its profit is revised.
#[derive(Debug, Clone)]
enum Step {
    Ask(Request),
    Close(i64, i64),
    Revise(i64, i64),
    Order(PayOrder),
}

fn request() -> impl Strategy<Value = Request> {
    let user = 1..=USERS;
    let amount = -50_i64..2_000;
    let position = 1..=POSITIONS;
    let purse = prop_oneof![Just(Purse::Power), Just(Purse::GiftPower)];
    let reference = "[a-f]";
    prop_oneof![
        4 => position.clone().prop_map(settle),
        2 => (position.clone(), user.clone(), amount.clone()).prop_map(|(position, _, amount)| {
            hold(position, owner(position), &units(amount).to_string())
        }),
        1 => (position, any::<bool>()).prop_map(|(position, expired)| release(position, expired)),
        3 => (reference, user.clone(), purse.clone(), amount.clone())
            .prop_map(|(name, user, purse, amount)| Request::Recharge(transfer(&name, user, purse, units(amount)))),
        1 => (reference, user.clone(), purse.clone(), amount.clone())
            .prop_map(|(name, user, purse, amount)| Request::Withdraw(transfer(&name, user, purse, units(amount)))),
        1 => (reference, user.clone(), purse.clone(), amount.clone())
            .prop_map(|(name, user, purse, amount)| Request::Adjust(transfer(&name, user, purse, units(amount)))),
        1 => (reference, user.clone(), user, purse, amount).prop_map(|(name, from, to, purse, amount)| {
            Request::Transfer(UserTransfer { given: transfer(&name, from, purse, units(amount)), to: UserId(to) })
        }),
        1 => (1_i64..6).prop_map(|debt| Request::Waive(Waiver {
            debt: DebtId(debt), by: "ops".to_owned(), reason: "a test".to_owned(),
        })),
        1 => (1_i64..30).prop_map(|entry| Request::Reverse(Reversal {
            entry: EntrySeq(entry), by: "ops".to_owned(), reason: "a test".to_owned(),
        })),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let orders = [
        PayOrder::GiftFirst,
        PayOrder::PowerFirst,
        PayOrder::GiftOnly,
        PayOrder::PowerOnly,
    ];
    prop_oneof![
        12 => request().prop_map(Step::Ask),
        3 => (1..=POSITIONS, -5_000_i64..20_000).prop_map(|(position, profit)| Step::Close(position, profit)),
        2 => (1..=POSITIONS, -5_000_i64..20_000).prop_map(|(position, profit)| Step::Revise(position, profit)),
        1 => (0_usize..4).prop_map(move |index| Step::Order(orders[index])),
    ]
}

fn owner(position: i64) -> i64 {
    position % USERS + 1
}

/// As the reconciling does: what was never settled becomes pending or nothing due, what was is left to a correction.
fn revise(shelf: &mut Shelf, position: i64, profit: i64) {
    let Some(row) = shelf.positions.get(&PositionId(position)) else {
        return;
    };
    if !matches!(row.state, PositionState::Closed { .. }) {
        return;
    }
    let (settlement, decided) = (row.settlement, row.settled_profit.is_some());
    shelf.revise(position, &units(profit).to_string());
    let row = shelf.positions.get_mut(&PositionId(position)).unwrap();
    if !decided && matches!(settlement, Settlement::Pending | Settlement::NothingDue) {
        row.settlement = if profit > 0 {
            Settlement::Pending
        } else {
            Settlement::NothingDue
        };
    }
}

fn check(shelf: &Shelf) {
    shelf.assert_sound();
    let held = shelf.holds.values().filter(|hold| hold.state == HoldState::Held);
    let held = Amount::sum(held.map(|hold| hold.total().unwrap())).unwrap();
    let reserved = shelf
        .accounts
        .values()
        .filter(|row| row.key.kind.as_str() == "user_hold");
    assert_eq!(Amount::sum(reserved.map(|row| row.balance)).unwrap(), held);
    let owed = shelf.debts.values().filter(|debt| debt.state.as_str() == "owed");
    let owed = Amount::sum(owed.map(|debt| debt.owed)).unwrap();
    let debts = shelf
        .accounts
        .values()
        .filter(|row| row.key.kind.as_str() == "user_debt");
    assert_eq!(Amount::sum(debts.map(|row| row.balance)).unwrap(), owed);
    for account in shelf.accounts.values() {
        assert!(
            !account.key.kind.is_floored() || !account.balance.is_negative(),
            "{}",
            account.key
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_invariant_holds_after_every_group(
        steps in prop::collection::vec(step(), 1..60),
        group in 1_usize..8,
    ) {
        let mut shelf = Shelf::new();
        (1..=USERS).for_each(|user| shelf.add_user(user));
        let mut waiting = Vec::new();
        let mut asked = Vec::new();
        for step in steps {
            match step {
                Step::Ask(request) => waiting.push(request),
                Step::Close(position, profit) => {
                    if !shelf.positions.contains_key(&PositionId(position)) {
                        shelf.close_position(position, owner(position), &units(profit).to_string());
                    }
                }
                Step::Revise(position, profit) => revise(&mut shelf, position, profit),
                Step::Order(order) => shelf.rules.pay_order = order,
            }
            if waiting.len() >= group {
                shelf.run(&waiting);
                asked.append(&mut waiting);
                check(&shelf);
            }
        }
        // The sweep, then everything once more: what is done stays done, and nothing is posted twice.
        let all: Vec<Request> = (1..=POSITIONS).map(settle).collect();
        shelf.run(&all);
        check(&shelf);
        let (entries, balances) = (shelf.entries.len(), shelf.accounts.clone());
        shelf.run(&all);
        let repeated: Vec<Request> = asked.into_iter().filter(|request| !retried(&shelf, request)).collect();
        shelf.run(&repeated);
        prop_assert_eq!((entries, balances), (shelf.entries.len(), shelf.accounts.clone()));
        for position in shelf.positions.values() {
            prop_assert!(!position.is_unsettled(), "{:?}", position);
        }
    }
}

/// Whether a request that left no trace may do something when it is asked again.
fn retried(shelf: &Shelf, request: &Request) -> bool {
    let Some(key) = request.key() else {
        return true;
    };
    let known = shelf.entries.iter().any(|entry| entry.key == key) || shelf.refused.contains_key(&key);
    !known
}
