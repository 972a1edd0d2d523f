//! Random histories of the ledger against a model in big integers: LED-1 to LED-4 and SET-1 hold after each.

use std::collections::BTreeMap;

use domain::fixed::Amount;
use domain::id::{PositionId, UserId};
use domain::ledger::{Asset, PostAnswer, Purse, Request};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use proptest::prelude::*;

use super::shelf::{Shelf, settle, transfer};

const USERS: i64 = 3;
const POSITIONS: i64 = 12;
/// The default rate of the shelf, 0.1, as a divisor.
const RATE: i128 = 10;

/// What the model knows, in units of 10⁻⁸.
#[derive(Default)]
struct Model {
    gift: BTreeMap<i64, i128>,
    power: BTreeMap<i64, i128>,
    wallet: BTreeMap<i64, i128>,
    /// Open debts by user, in the order of their making.
    debts: BTreeMap<i64, Vec<(i64, i128)>>,
    revenue: i128,
    /// What became of a position.
    done: BTreeMap<i64, &'static str>,
    references: BTreeMap<String, (Request, bool)>,
}

impl Model {
    fn pay(&mut self, user: i64, due: i128) -> bool {
        let gift = self.gift.entry(user).or_default();
        let power = self.power.entry(user).or_default();
        if *gift + *power < due {
            return false;
        }
        let from_gift = due.min(*gift);
        *gift -= from_gift;
        *power -= due - from_gift;
        self.revenue += due;
        true
    }

    fn settle(&mut self, id: i64, user: i64, profit: i128) {
        if profit <= 0 || self.done.contains_key(&id) {
            return;
        }
        let due = (profit + RATE / 2) / RATE;
        let end = if due == 0 {
            "nothing_due"
        } else if self.pay(user, due) {
            "charged"
        } else {
            self.debts.entry(user).or_default().push((id, due));
            "owed"
        };
        self.done.insert(id, end);
    }

    fn recharge(&mut self, user: i64, purse: &Purse, units: i128) {
        let purses = match purse {
            Purse::Power => &mut self.power,
            Purse::GiftPower => &mut self.gift,
            Purse::Wallet(_) => &mut self.wallet,
        };
        *purses.entry(user).or_default() += units;
        if !purse.is_power() {
            return;
        }
        while let Some((position, due)) = self.debts.get(&user).and_then(|debts| debts.first()).copied() {
            if !self.pay(user, due) {
                return;
            }
            self.debts.get_mut(&user).unwrap().remove(0);
            self.done.insert(position, "charged");
        }
    }

    fn withdraw(&mut self, user: i64, purse: &Purse, units: i128) -> bool {
        let purses = match purse {
            Purse::Power => &mut self.power,
            Purse::GiftPower => &mut self.gift,
            Purse::Wallet(_) => &mut self.wallet,
        };
        let balance = purses.entry(user).or_default();
        let enough = *balance >= units;
        if enough {
            *balance -= units;
        }
        enough
    }

    /// Applies a request; a reference counts once, whatever its second payload.
    fn apply(&mut self, shelf: &Shelf, request: &Request) {
        match request {
            Request::Settle(id) => {
                if let Some(position) = shelf.positions.get(id) {
                    let profit = i128::from(profit_of(id.0));
                    self.settle(id.0, position.user.0, profit);
                }
            }
            Request::Recharge(transfer) | Request::Withdraw(transfer) => {
                let key = request.key().unwrap().to_string();
                if transfer.amount <= Amount::ZERO || self.references.contains_key(&key) {
                    return;
                }
                let units = i128::from(transfer.amount.units());
                let owes = self.debts.get(&transfer.user.0).is_some_and(|debts| !debts.is_empty());
                let done = if matches!(request, Request::Withdraw(_)) && transfer.purse.is_power() && owes {
                    false
                } else if let Request::Recharge(_) = request {
                    self.recharge(transfer.user.0, &transfer.purse, units);
                    true
                } else {
                    self.withdraw(transfer.user.0, &transfer.purse, units)
                };
                self.references.insert(key, (request.clone(), done));
            }
            _ => unreachable!("this model knows no other requests"),
        }
    }
}

/// A profit per position, some of them at the edges of rounding, some losses.
fn profit_of(position: i64) -> i64 {
    match position % 6 {
        0 => -5_000_000_000,
        1 => 4,
        2 => 5,
        3 => 21_606_219_485,
        4 => 99_999_999_995,
        _ => position * 1_234_567_891,
    }
}

fn purse() -> impl Strategy<Value = Purse> {
    prop_oneof![
        Just(Purse::Power),
        Just(Purse::GiftPower),
        Just(Purse::Wallet(Asset::new("USDT").unwrap()))
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let reference = (0_i64..12).prop_map(|number| format!("r{number}"));
    let units = prop_oneof![-1_i64..3, 1_i64..20_000_000_000];
    let moved = (reference, 1..=USERS, purse(), units);
    prop_oneof![
        4 => (1..=POSITIONS + 1).prop_map(settle),
        3 => (moved, any::<bool>()).prop_map(|((reference, user, purse, units), brings)| {
            let moved = transfer(&reference, user, purse, Amount::from_units(units).unwrap());
            if brings { Request::Recharge(moved) } else { Request::Withdraw(moved) }
        }),
    ]
}

fn world() -> Shelf {
    let mut shelf = Shelf::new();
    for user in 1..=USERS {
        shelf.add_user(user);
    }
    for id in 1..=POSITIONS {
        let profit = Amount::from_units(profit_of(id)).unwrap().to_string();
        shelf.close_position(id, id % USERS + 1, &profit);
    }
    shelf
}

fn assert_agrees(shelf: &Shelf, model: &Model) {
    shelf.assert_sound();
    let units = |key| i128::from(shelf.balance(&key).units());
    let wallet = Purse::Wallet(Asset::new("USDT").unwrap());
    for user in 1..=USERS {
        let holds = |balances: &BTreeMap<i64, i128>| balances.get(&user).copied().unwrap_or_default();
        assert_eq!(units(Purse::GiftPower.account(UserId(user))), holds(&model.gift));
        assert_eq!(units(Purse::Power.account(UserId(user))), holds(&model.power));
        assert_eq!(units(wallet.account(UserId(user))), holds(&model.wallet));
        let owed: i128 = model
            .debts
            .get(&user)
            .map_or(0, |debts| debts.iter().map(|(_, due)| due).sum());
        let [_, _, _, debt, revenue, clearing] = domain::ledger::settling_accounts(UserId(user));
        assert_eq!(units(debt), owed);
        assert_eq!(units(revenue), model.revenue);
        let all: i128 = model.debts.values().flatten().map(|(_, due)| due).sum();
        assert_eq!(units(clearing), -all);
    }
    for id in 1..=POSITIONS {
        let expected = model.done.get(&id).copied();
        let expected = expected.unwrap_or(if profit_of(id) > 0 { "pending" } else { "nothing_due" });
        assert_eq!(shelf.settlement(id).as_str(), expected, "position {id}");
    }
}

/// Whether a sender may take the answer for "it is done, by this or an earlier asking".
fn is_done(answer: &PostAnswer) -> bool {
    matches!(
        answer,
        PostAnswer::Created { .. } | PostAnswer::Exists { .. } | PostAnswer::NothingDue
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_groups_agree_with_the_model_whatever_fails_and_repeats(
        groups in prop::collection::vec((prop::collection::vec(request(), 1..8), 0_u8..4, -5_i64..20), 1..12)
    ) {
        let mut shelf = world();
        let mut model = Model::default();
        for (requests, fate, minutes) in groups {
            shelf.now = Timestamp(shelf.now.0 + minutes * 60_000);
            match fate {
                // The commit fails before it is written: nothing happened, and the same is asked again.
                0 => {
                    let before = shelf.clone();
                    shelf.decide(&requests);
                    prop_assert_eq!(&shelf.entries, &before.entries);
                }
                // It is written, but nobody learns of it: the same is asked again.
                1 => drop(shelf.run(&requests)),
                _ => {}
            }
            let answers = shelf.run(&requests);
            for request in &requests {
                model.apply(&shelf, request);
            }
            assert_agrees(&shelf, &model);
            let again = shelf.run(&requests);
            for (first, again) in answers.iter().zip(&again) {
                prop_assert_eq!(is_done(first), is_done(again));
                let created = matches!(again, PostAnswer::Created { .. });
                prop_assert!(!created);
            }
            assert_agrees(&shelf, &model);
        }
    }

    #[test]
    fn s1_19_power_due_equals_the_big_integer_for_any_profit_and_rate(
        profit in 1_i64..9_000_000_000_000_000_000,
        rate in 0_i64..=10_000_000_000,
    ) {
        let mut shelf = Shelf::new();
        shelf.add_user(1);
        shelf.rules.default_rate = domain::fixed::Ratio::from_units(rate).unwrap();
        shelf.close_position(1, 1, &Amount::from_units(profit).unwrap().to_string());
        shelf.run(&[settle(1)]);
        let product = i128::from(profit) * i128::from(rate);
        let due = (product + 5_000_000_000) / 10_000_000_000;
        match shelf.positions[&PositionId(1)].settlement {
            Settlement::Owed { power, .. } => prop_assert_eq!(i128::from(power.units()), due),
            Settlement::NothingDue => prop_assert_eq!(due, 0),
            other => prop_assert!(false, "{:?}", other),
        }
        shelf.assert_sound();
    }
}
