//! Money: to the last unit.

use proptest::prelude::*;

use super::*;
use crate::payout::PayoutKind;
use crate::trigger::money::{Executed, executed};

fn ended(trigger: &Trigger, quantity: &str, filled: &str, price: &str, fee: &str) -> StockOrder {
    StockOrder {
        filled: filled.parse().unwrap(),
        average_price: Some(price.parse().unwrap()),
        fee: fee.parse().unwrap(),
        ..order(trigger, quantity, price)
    }
}

fn told(executed: &Executed) -> Vec<(PayoutKind, String, String)> {
    let row = |due: &crate::trigger::money::Due| (due.kind, due.amount.to_string(), due.raw.to_string());
    executed.dues.iter().map(row).collect()
}

fn lines(executed: &Executed) -> Vec<(String, String)> {
    let row = |(account, amount): &(crate::ledger::AccountKey, Amount)| (account.to_string(), amount.to_string());
    executed.lines.iter().map(row).collect()
}

fn owned(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    let row = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    rows.iter().map(row).collect()
}

#[test]
fn s3_12_a_partly_filled_buy_mints_what_was_filled_and_refunds_the_rest() {
    let trigger = deposit("1000000000");
    let made = executed(&trigger, &listing(), &ended(&trigger, "4", "3", "201", "1.5")).unwrap();
    // 3 × 201 + 1.5 = 604.5; 0.2 % of it is 1.209.
    assert_eq!(
        (made.value.to_string(), made.fee.to_string()),
        ("604.5".to_owned(), "1.209".to_owned())
    );
    assert_eq!(
        told(&made),
        [
            (PayoutKind::Mint, "3".to_owned(), "3000000000000000000".to_owned()),
            (PayoutKind::Refund, "394.291".to_owned(), "394291000".to_owned()),
        ]
    );
    let expected = owned(&[
        ("chain_escrow:3:USDT", "-605.709"),
        ("venue_clearing:0:USDT", "604.5"),
        ("platform_revenue:0:USDT", "1.209"),
        ("venue_clearing:0:AAPL", "-3"),
        ("chain_escrow:3:AAPL", "3"),
    ]);
    assert_eq!(lines(&made), expected);
}

#[test]
fn what_a_buy_costs_beyond_the_deposit_is_the_platforms() {
    let trigger = deposit("600000000");
    let made = executed(&trigger, &listing(), &ended(&trigger, "3", "3", "200", "2.25")).unwrap();
    assert_eq!(
        (made.value.to_string(), made.fee.to_string()),
        ("600".to_owned(), "0".to_owned())
    );
    assert_eq!(told(&made).len(), 1);
    assert!(lines(&made).contains(&("platform_revenue:0:USDT".to_owned(), "-2.25".to_owned())));
}

#[test]
fn s3_15_s3_16_a_redemption_is_a_sale_of_what_was_burned_and_its_rest_is_minted_again() {
    let trigger = redemption("3700000000000000001");
    let made = executed(&trigger, &listing(), &ended(&trigger, "3", "2", "199.333333", "1")).unwrap();
    // 2 × 199.333333 − 1 = 397.666666; 0.3 % of it is 1.193, and USDT has six places: the user gets the odd part.
    assert_eq!(
        told(&made),
        [
            (PayoutKind::Proceeds, "396.473667".to_owned(), "396473667".to_owned()),
            (PayoutKind::Remint, "1.7".to_owned(), "1700000000000000001".to_owned()),
        ]
    );
    assert_eq!(made.value.to_string(), "397.666666");
    assert_eq!(made.fee.to_string(), "1.192999");
}

#[test]
fn a_sale_that_brought_less_than_the_venues_fees_pays_nothing_and_ends() {
    let trigger = redemption("1000000000000000000");
    let made = executed(&trigger, &listing(), &ended(&trigger, "1", "1", "0.5", "2")).unwrap();
    assert_eq!((made.value, made.fee), (Amount::ZERO, Amount::ZERO));
    assert_eq!(told(&made), []);
    assert!(lines(&made).contains(&("platform_revenue:0:USDT".to_owned(), "-1.5".to_owned())));
}

#[test]
fn more_sold_than_was_burned_is_refused() {
    let trigger = redemption("1000000000000000000");
    assert!(executed(&trigger, &listing(), &ended(&trigger, "2", "2", "200", "0")).is_err());
}

fn sums_per_asset(executed: &Executed) -> std::collections::BTreeMap<String, i64> {
    let mut sums = std::collections::BTreeMap::new();
    for (account, amount) in &executed.lines {
        *sums.entry(account.asset.to_string()).or_default() += amount.units();
    }
    sums
}

/// Raw amount of what is due of these kinds.
fn raw(executed: &Executed, kind: PayoutKind) -> u128 {
    let due = executed.dues.iter().filter(|due| due.kind == kind);
    due.map(|due| due.raw.units().unwrap()).sum()
}

prop_compose! {
    fn terms()(
        money_decimals in prop::sample::select(vec![2_u32, 6, 8, 18]),
        share_decimals in prop::sample::select(vec![8_u32, 18]),
        buy in 0..500_i64, sell in 0..500_i64, reserve in 0..200_i64,
    ) -> Listing {
        let bps = |points: i64| Ratio::from_units(points * (Ratio::ONE_UNITS / 10_000)).unwrap();
        Listing {
            money_decimals,
            share_decimals,
            fees: Fees { buy: bps(buy), sell: bps(sell), venue_reserve: bps(reserve) },
            ..listing()
        }
    }
}

proptest! {
    #[test]
    fn a_deposit_is_spent_and_refunded_to_the_last_unit(
        terms in terms(),
        units in 1..10_u64.pow(10), dust in 0..10_u64.pow(10),
        price in 1..10_i64.pow(13), filled in 1..1_000_i64, fee in 0..10_i64.pow(11),
    ) {
        let finer = 10_u128.pow(terms.money_decimals.saturating_sub(8));
        let unit = u128::from(units) * 10_u128.pow(terms.money_decimals.min(2)) * finer;
        let given_raw = unit + u128::from(dust) % finer;
        let trigger = given(TriggerKind::Deposit, &given_raw.to_string(), terms.money_decimals);
        let filled = Quantity::whole(filled).unwrap();
        let order = StockOrder {
            filled,
            quantity: filled,
            average_price: Some(Price::from_units(price).unwrap()),
            fee: Amount::from_units(fee).unwrap(),
            ..order(&trigger, "1", "1")
        };
        let made = executed(&trigger, &terms, &order).unwrap();
        prop_assert!(sums_per_asset(&made).values().all(|sum| *sum == 0));
        prop_assert!(!made.value.is_negative() && !made.fee.is_negative());
        let refund = made.dues.iter().find(|due| due.kind == PayoutKind::Refund);
        let refund = refund.map_or(Amount::ZERO, |due| due.amount);
        prop_assert!(!refund.is_negative());
        prop_assert_eq!(made.value.plus(made.fee).unwrap().plus(refund).unwrap(), trigger.amount);
        // In units of the token: what the user gets back and what was charged are what was given, the dust included.
        let charged = made.value.plus(made.fee).unwrap();
        let charged = RawAmount::from_ledger(charged, &RawAmount::zero(), terms.money_decimals).unwrap();
        prop_assert_eq!(charged.units().unwrap() + raw(&made, PayoutKind::Refund), given_raw);
        let minted = RawAmount::from_ledger(Amount::from_units(filled.units()).unwrap(), &RawAmount::zero(), terms.share_decimals);
        prop_assert_eq!(raw(&made, PayoutKind::Mint), minted.unwrap().units().unwrap());
    }

    #[test]
    fn a_redemption_is_paid_and_minted_again_to_the_last_unit(
        terms in terms(),
        units in 1..10_u64.pow(12), dust in 0..10_u64.pow(10),
        price in 1..10_i64.pow(13), part in 1..=100_u64, fee in 0..10_i64.pow(11),
    ) {
        let finer = 10_u128.pow(terms.share_decimals - 8);
        let given_raw = u128::from(units) * finer + u128::from(dust) % finer;
        let trigger = given(TriggerKind::Redeem, &given_raw.to_string(), terms.share_decimals);
        let filled = Quantity::from_units(i64::try_from((units * part).div_ceil(100)).unwrap()).unwrap();
        let order = StockOrder {
            filled,
            quantity: filled,
            average_price: Some(Price::from_units(price).unwrap()),
            fee: Amount::from_units(fee).unwrap(),
            ..order(&trigger, "1", "1")
        };
        let made = executed(&trigger, &terms, &order).unwrap();
        prop_assert!(sums_per_asset(&made).values().all(|sum| *sum == 0));
        prop_assert!(!made.value.is_negative() && !made.fee.is_negative());
        let paid = made.dues.iter().find(|due| due.kind == PayoutKind::Proceeds);
        let paid = paid.map_or(Amount::ZERO, |due| due.amount);
        prop_assert_eq!(paid.plus(made.fee).unwrap(), made.value);
        let sold = u128::try_from(filled.units()).unwrap() * finer;
        prop_assert_eq!(sold + raw(&made, PayoutKind::Remint), given_raw);
        prop_assert_eq!(raw(&made, PayoutKind::Refund) + raw(&made, PayoutKind::Mint), 0);
    }
}
