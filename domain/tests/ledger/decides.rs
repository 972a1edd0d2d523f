//! What the ledger decides, with exact values.

use domain::fixed::Amount;
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{EntryKind, EntrySeq, Happened, PostAnswer, Purse};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;

use super::shelf::{amount, created, exists, funded, ratio, recharge, rejected, settle};

#[test]
fn s1_19_charge_is_exact_to_the_eighth_place_and_gift_power_pays_first() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "216.06219485");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    let entry = &shelf.entries[2];
    assert_eq!((entry.kind, entry.key.as_str()), (EntryKind::PowerSettle, "settle:1"));
    assert_eq!(
        (entry.reference.as_str(), entry.remark.as_str()),
        ("position:1", "0.1 of profit charged")
    );
    let lines: Vec<_> = shelf.lines(3);
    assert_eq!(
        lines,
        [
            ("user_gift_power:7:POWER".to_owned(), "-5", "5", "0"),
            ("user_power:7:POWER".to_owned(), "-16.60621949", "100", "83.39378051"),
            ("platform_revenue:0:POWER".to_owned(), "21.60621949", "0", "21.60621949"),
        ]
        .map(|(account, amount, before, after)| (account, amount.into(), before.into(), after.into()))
    );
    assert_eq!(
        shelf.settlement(1),
        Settlement::Charged {
            power: amount("21.60621949"),
            rate: ratio("0.1"),
            entry: EntrySeq(3)
        }
    );
    shelf.assert_sound();
}

#[test]
fn pay_order_power_first_leaves_the_gift_until_power_is_spent() {
    let mut shelf = funded();
    shelf.rules.pay_order = PayOrder::PowerFirst;
    shelf.close_position(1, 7, "1020");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), Amount::ZERO);
    assert_eq!(shelf.balance(&Purse::GiftPower.account(UserId(7))), amount("3"));
    shelf.rules.pay_order = PayOrder::PowerOnly;
    shelf.close_position(2, 7, "10");
    assert_eq!(shelf.run(&[settle(2)]), [created(4)]);
    assert_eq!(shelf.settlement(2).as_str(), "owed");
    shelf.assert_sound();
}

#[test]
fn s0_01_settling_again_answers_the_same_entry_and_takes_nothing() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "100");
    assert_eq!(shelf.run(&[settle(1), settle(1)]), [created(3), exists(3)]);
    assert_eq!(shelf.run(&[settle(1)]), [exists(3)]);
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), amount("95"));
    assert_eq!(shelf.entries.len(), 3);
    shelf.assert_sound();
}

#[test]
fn s0_04_short_power_takes_nothing_and_records_one_debt_per_fee() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "1050.0000001");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    assert_eq!(
        shelf.lines(3),
        [
            ("user_debt:7:POWER", "105.00000001", "0", "105.00000001"),
            ("debt_clearing:0:POWER", "-105.00000001", "0", "-105.00000001"),
        ]
        .map(|(account, amount, before, after)| (account.into(), amount.into(), before.into(), after.into()))
    );
    for _ in 0..1_008 {
        assert_eq!(shelf.run(&[settle(1)]), [exists(3)]);
    }
    assert_eq!(shelf.debts.len(), 1);
    let debt = &shelf.debts[&DebtId(1)];
    assert_eq!(
        (debt.owed, debt.position, debt.entry),
        (amount("105.00000001"), PositionId(1), EntrySeq(3))
    );
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), amount("100"));
    assert_eq!(shelf.balance(&Purse::GiftPower.account(UserId(7))), amount("5"));
    assert_eq!(
        shelf.settlement(1),
        Settlement::Owed {
            power: amount("105.00000001"),
            rate: ratio("0.1"),
            debt: DebtId(1)
        }
    );
    shelf.assert_sound();
}

#[test]
fn s0_07_rate_is_snapshot_on_the_settlement_and_later_rates_change_nothing() {
    let mut shelf = funded();
    shelf.add_rate(None, "0.2", 1_000);
    shelf.add_rate(Some(7), "0.05", 2_000);
    for (position, closed_at) in [(1, 999), (2, 1_000), (3, 2_000)] {
        shelf.close_position_at(position, 7, "10", Timestamp(closed_at));
    }
    shelf.run(&[settle(1), settle(2), settle(3)]);
    shelf.add_rate(None, "0.9", 0);
    shelf.add_rate(Some(7), "0.9", 0);
    assert_eq!(
        shelf.run(&[settle(1), settle(2), settle(3)]),
        [exists(3), exists(4), exists(5)]
    );
    let charged: Vec<_> = [1, 2, 3]
        .map(|position| match shelf.settlement(position) {
            Settlement::Charged { power, rate, .. } => (power.to_string(), rate.to_string()),
            other => panic!("{other:?}"),
        })
        .into();
    assert_eq!(
        charged,
        [("1", "0.1"), ("2", "0.2"), ("0.5", "0.05")].map(|(power, rate)| (power.to_owned(), rate.to_owned()))
    );
    shelf.assert_sound();
}

#[test]
fn power_that_rounds_to_zero_ends_the_settlement_without_an_entry() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "0.00000004");
    shelf.close_position(2, 7, "0.00000005");
    assert_eq!(shelf.run(&[settle(1), settle(2)]), [PostAnswer::NothingDue, created(3)]);
    assert_eq!(shelf.settlement(1), Settlement::NothingDue);
    assert_eq!(shelf.lines(3)[0].1, "-0.00000001");
    assert_eq!(shelf.run(&[settle(1)]), [PostAnswer::NothingDue]);
    shelf.assert_sound();
}

#[test]
fn what_is_not_closed_or_not_there_is_rejected_and_may_be_asked_again() {
    let mut shelf = funded();
    shelf.open_position(1, 7);
    assert_eq!(
        shelf.run(&[settle(1), settle(99)]),
        [
            rejected("position 1 is not closed"),
            rejected("position 99 does not exist")
        ]
    );
    shelf.close_position(1, 7, "10");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    shelf.assert_sound();
}

#[test]
fn s1_06_entry_that_the_position_contradicts_is_an_error_and_charges_nothing() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "100");
    shelf.run(&[settle(1)]);
    shelf.positions.get_mut(&PositionId(1)).unwrap().settlement = Settlement::Pending;
    let (answers, happened) = shelf.run_all(&[settle(1)]);
    assert_eq!(answers[0].post, PostAnswer::ExistsDifferent { field: "settlement" });
    assert!(matches!(&happened[..], [Happened::Contradiction(violation)]
        if violation.to_string() == "SET-1: entry `settle:1` and position 1 differ in settlement"));
    assert_eq!(shelf.entries.len(), 3);
    // And the other way about: a position that says charged without an entry is not charged.
    shelf.close_position(2, 7, "100");
    shelf.positions.get_mut(&PositionId(2)).unwrap().settlement = Settlement::Charged {
        power: amount("10"),
        rate: ratio("0.1"),
        entry: EntrySeq(3),
    };
    assert_eq!(
        shelf.run(&[settle(2)]),
        [rejected("position 2 is closed and charged without an entry")]
    );
}

#[test]
fn s0_09_closes_of_one_group_never_overdraw() {
    let mut shelf = funded();
    let requests: Vec<_> = (1..=64).map(settle).collect();
    for position in 1..=64 {
        shelf.close_position(position, 7, "100");
    }
    shelf.run(&requests);
    let charged = (1..=64).filter(|position| shelf.settlement(*position).as_str() == "charged");
    assert_eq!(charged.count(), 10);
    assert_eq!(shelf.debts.len(), 54);
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), amount("5"));
    shelf.assert_sound();
}

#[test]
fn t12_entries_booked_while_the_clock_runs_backwards_keep_their_order() {
    let mut shelf = funded();
    let booked = shelf.entries[1].at;
    shelf.now = Timestamp(booked.0 - 86_400_000);
    shelf.run(&[recharge("later", 7, Purse::Power, "1")]);
    assert_eq!(shelf.entries[2].at, booked);
    shelf.assert_sound();
}

#[test]
fn rate_outside_zero_to_one_stops_the_charge() {
    let mut shelf = funded();
    shelf.add_rate(Some(7), "1.1", 0);
    shelf.close_position(1, 7, "10");
    assert_eq!(
        shelf.run(&[settle(1)]),
        [rejected("power rate 1.1 of user 7 is not between 0 and 1")]
    );
    assert_eq!(shelf.settlement(1), Settlement::Pending);
}
