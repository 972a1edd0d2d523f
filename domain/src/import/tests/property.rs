//! Random tables with duplicates and bad rows: totals reconcile, every surplus is refunded once, nothing is charged twice.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::import::Fate;

/// An order: user, profit in units, flag, and its charges: units, gift, second, and what is wrong with it.
type Given = (u8, i64, bool, Vec<(i64, bool, u8, u8)>);

#[derive(Debug, Default)]
struct Text {
    orders: Vec<String>,
    charges: Vec<String>,
    wallets: Vec<String>,
}

fn units(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:08}", units.abs() / 100_000_000, units.abs() % 100_000_000)
}

/// Tables of text; of a hundred charges with a fault below three, that many are spoilt.
fn text(given: &[Given], held: &[(i64, i64)]) -> Text {
    let mut text = Text::default();
    for (index, (user, profit, flag, charges)) in given.iter().enumerate() {
        let user = usize::from(*user) % held.len();
        let taken = charges.first().map_or(profit.abs() / 10, |first| first.0);
        text.orders.push(format!(
            "o{index},u{user},BTCUSDT,long,closed,2025-06-01 00:00:00,{},{},{}",
            units(*profit),
            u8::from(*flag),
            units(taken)
        ));
        for (number, (amount, gift, second, fault)) in charges.iter().enumerate() {
            let purse = if *gift { "gift_power" } else { "power" };
            let amount = units(*amount);
            let (user, amount) = match fault {
                0 => (format!("u{}", (user + 1) % held.len()), amount),
                1 => (format!("u{user}"), "NaN".to_owned()),
                _ => (format!("u{user}"), amount),
            };
            text.charges.push(format!(
                "c{index}-{number},{user},o{index},{amount},2025-06-02 00:00:{second:02},{purse}"
            ));
        }
    }
    for (user, (power, gift)) in held.iter().enumerate() {
        text.wallets
            .push(format!("u{user},{},{},0", units(*power), units(*gift)));
    }
    text
}

fn lines(text: &[String]) -> Vec<&str> {
    text.iter().map(String::as_str).collect()
}

/// Replays a user as the old platform would have, in plain integers: what is left after all charges.
fn replayed(user: &crate::import::UserPlan) -> BTreeMap<String, i128> {
    let mut held = BTreeMap::new();
    for (purse, amount) in user.opening.iter() {
        *held.entry(format!("{purse:?}")).or_insert(0) += i128::from(amount.units());
    }
    for order in &user.orders {
        if let Fate::Charged { purse, amount, .. } = &order.fate {
            *held.entry(format!("{purse:?}")).or_insert(0) -= i128::from(amount.units());
        }
        for charge in order.surplus() {
            *held.entry(format!("{:?}", charge.purse)).or_insert(0) -= i128::from(charge.amount.units());
        }
    }
    held
}

fn given() -> impl Strategy<Value = Vec<Given>> {
    let charge = (1..500_000_000_i64, any::<bool>(), 0..4_u8, 0..100_u8);
    let order = (
        any::<u8>(),
        -1_000_000_000..1_000_000_000_i64,
        any::<bool>(),
        prop::collection::vec(charge, 0..4),
    );
    prop::collection::vec(order, 0..30)
}

proptest! {
    #[test]
    fn random_tables_reconcile_and_nothing_is_charged_twice(
        given in given(),
        held in prop::collection::vec((0..1_000_000_000_i64, 0..1_000_000_000_i64), 1..6),
    ) {
        let text = text(&given, &held);
        let plan = planned(&lines(&text.orders), &lines(&text.charges), &lines(&text.wallets));
        let report = report(&plan);
        prop_assert!(report.reconciles);
        // Whoever is planned ends with the wallet as it stood, to the last digit.
        for user in &plan.users {
            let at: usize = user.id.as_str()[1..].parse().unwrap();
            let left = replayed(user);
            prop_assert_eq!(left.get("Power"), Some(&i128::from(held[at].0)));
            prop_assert_eq!(left.get("GiftPower"), Some(&i128::from(held[at].1)));
        }
        // Every charge of a planned user is there exactly once: the first as the order's own, the others refunded.
        let mut kept = BTreeSet::new();
        let mut refunded = BTreeSet::new();
        for order in plan.users.iter().flat_map(|user| &user.orders) {
            match &order.fate {
                Fate::Charged { charge: Some(charge), .. } => prop_assert!(kept.insert(charge.to_string())),
                Fate::Charged { charge: None, .. } => prop_assert!(order.charges.is_empty() && order.row.consumed),
                Fate::Pending => prop_assert!(order.charges.is_empty() && order.row.profit.is_positive()),
                Fate::NothingDue => prop_assert!(order.charges.is_empty() && !order.row.profit.is_positive()),
            }
        }
        for line in &report.refunds {
            prop_assert!(refunded.insert(line.charge.clone()));
        }
        prop_assert!(kept.is_disjoint(&refunded));
        let stays: BTreeSet<&str> = plan.users.iter().map(|user| user.id.as_str()).collect();
        let of_planned: BTreeSet<String> = text
            .charges
            .iter()
            .map(|row| row.split(',').collect::<Vec<_>>())
            .filter(|cells| stays.contains(cells[1]))
            .map(|cells| cells[0].to_owned())
            .collect();
        let all: BTreeSet<String> = kept.union(&refunded).cloned().collect();
        prop_assert_eq!(all, of_planned);
        // Every user is planned or left out, never both.
        let out: BTreeSet<&str> = report.left_out.iter().map(|out| out.user.as_str()).collect();
        prop_assert!(out.is_disjoint(&stays));
        prop_assert_eq!(out.len() + stays.len(), held.len());
        prop_assert_eq!(report.bad_rows.is_empty(), out.is_empty());
    }
}
