//! A profit that the venue revises after the settlement settles the difference, each once.

use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{DebtState, EntrySeq, Happened, PostAnswer, Purse};
use domain::settlement::Settlement;

use super::shelf::*;

fn power(shelf: &Shelf) -> String {
    shelf.balance(&Purse::Power.account(UserId(7))).to_string()
}

fn charged(text: &str, entry: i64) -> Settlement {
    Settlement::Charged {
        power: amount(text),
        rate: ratio("0.1"),
        entry: EntrySeq(entry),
    }
}

fn owed(text: &str, debt: i64) -> Settlement {
    Settlement::Owed {
        power: amount(text),
        rate: ratio("0.1"),
        debt: DebtId(debt),
    }
}

/// User 7 has 100 power and no gift; position 1 closed with a profit of 200 and was charged 20 by entry 2.
fn settled() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "200");
    assert_eq!(
        shelf.run(&[recharge("a", 7, Purse::Power, "100"), settle(1)]),
        [created(1), created(2)]
    );
    shelf
}

#[test]
fn s0_08_higher_profit_charges_the_difference_once() {
    let mut shelf = settled();
    shelf.revise(1, "250");
    let (answers, happened) = shelf.run_all(&[settle(1), settle(1)]);
    assert_eq!((&answers[0].post, &answers[1].post), (&created(3), &exists(2)));
    assert!(matches!(happened[..], [Happened::Corrected { power, .. }] if power == amount("5")));
    assert_eq!(shelf.entries[2].key.as_str(), "settle:1:1");
    assert_eq!((power(&shelf).as_str(), shelf.settlement(1)), ("75", charged("25", 3)));
    assert_eq!(shelf.run(&[settle(1)]), [exists(2)]);
    shelf.assert_sound();
}

#[test]
fn s0_08_lower_profit_refunds_the_difference_to_the_users_power() {
    let mut shelf = settled();
    shelf.revise(1, "150.00000005");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    assert_eq!(
        (power(&shelf).as_str(), shelf.settlement(1)),
        ("84.99999999", charged("15.00000001", 3))
    );
    shelf.revise(1, "-3");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!(
        (power(&shelf).as_str(), shelf.settlement(1)),
        ("100", Settlement::NothingDue)
    );
    // And back again: the third correction of the same settlement.
    shelf.revise(1, "10");
    assert_eq!(shelf.run(&[settle(1)]), [created(5)]);
    assert_eq!(shelf.entries[4].key.as_str(), "settle:1:3");
    assert_eq!((power(&shelf).as_str(), shelf.settlement(1)), ("99", charged("1", 5)));
    shelf.assert_sound();
}

#[test]
fn revision_that_rounds_to_the_same_power_posts_nothing_and_is_over() {
    let mut shelf = settled();
    shelf.revise(1, "200.00000004");
    assert_eq!(shelf.run(&[settle(1)]), [PostAnswer::NothingDue]);
    assert_eq!(shelf.entries.len(), 2);
    let position = &shelf.positions[&PositionId(1)];
    assert_eq!(
        (position.settled_profit, position.corrections),
        (Some(amount("200.00000004")), 0)
    );
    assert_eq!(shelf.run(&[settle(1)]), [exists(2)]);
    shelf.assert_sound();
}

#[test]
fn difference_that_is_short_is_a_debt_of_its_own_and_is_collected() {
    let mut shelf = settled();
    shelf.revise(1, "1100");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    assert_eq!((power(&shelf).as_str(), shelf.settlement(1)), ("80", owed("110", 1)));
    let debt = &shelf.debts[&DebtId(1)];
    assert_eq!((debt.owed, debt.correction, debt.entry), (amount("90"), 1, EntrySeq(3)));
    shelf.assert_sound();
    shelf.run(&[recharge("b", 7, Purse::Power, "10")]);
    assert_eq!((power(&shelf).as_str(), shelf.settlement(1)), ("0", charged("110", 5)));
    shelf.assert_sound();
}

#[test]
fn open_debt_grows_and_shrinks_with_the_profit() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "200");
    shelf.run(&[settle(1)]);
    shelf.revise(1, "300");
    assert_eq!(shelf.run(&[settle(1)]), [created(2)]);
    assert_eq!(
        (shelf.debts[&DebtId(1)].owed, shelf.settlement(1)),
        (amount("30"), owed("30", 1))
    );
    shelf.revise(1, "50");
    assert_eq!(shelf.run(&[settle(1)]), [created(3)]);
    assert_eq!(
        (shelf.debts[&DebtId(1)].owed, shelf.settlement(1)),
        (amount("5"), owed("5", 1))
    );
    shelf.assert_sound();
    shelf.revise(1, "0");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    let cancelled = DebtState::Cancelled {
        entry: EntrySeq(4),
        at: shelf.now,
    };
    assert_eq!(
        (&shelf.debts[&DebtId(1)].state, shelf.settlement(1)),
        (&cancelled, Settlement::NothingDue)
    );
    shelf.assert_sound();
}

#[test]
fn debt_of_a_difference_that_shrinks_below_zero_refunds_what_was_charged_before() {
    let mut shelf = settled();
    shelf.revise(1, "1100");
    shelf.run(&[settle(1)]);
    shelf.revise(1, "100");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!((power(&shelf).as_str(), shelf.settlement(1)), ("90", charged("10", 4)));
    assert_eq!(shelf.debts[&DebtId(1)].state.as_str(), "cancelled");
    shelf.assert_sound();
    // A later rise that is short again is another debt of the same position.
    shelf.revise(1, "5000");
    assert_eq!(shelf.run(&[settle(1)]), [created(5)]);
    assert_eq!(shelf.settlement(1), owed("500", 2));
    shelf.assert_sound();
}

#[test]
fn power_that_was_rounded_away_is_charged_when_the_profit_rises() {
    let mut shelf = settled();
    shelf.close_position(2, 7, "0.00000004");
    assert_eq!(shelf.run(&[settle(2)]), [PostAnswer::NothingDue]);
    shelf.revise(2, "40");
    assert_eq!(shelf.run(&[settle(2)]), [created(3)]);
    assert_eq!(shelf.entries[2].key.as_str(), "settle:2");
    assert_eq!(shelf.settlement(2), charged("4", 3));
    shelf.assert_sound();
}

#[test]
fn correction_out_of_turn_is_found() {
    let mut shelf = settled();
    shelf.revise(1, "250");
    shelf.run(&[settle(1)]);
    shelf.positions.get_mut(&PositionId(1)).unwrap().corrections = 2;
    assert_eq!(
        shelf.finding(),
        "SET-1: position 1 is charged, which entry 2 contradicts"
    );
    shelf.positions.get_mut(&PositionId(1)).unwrap().corrections = 1;
    shelf.positions.get_mut(&PositionId(1)).unwrap().settled_profit = Some(amount("200"));
    assert_eq!(
        shelf.finding(),
        "SET-1: position 1 is charged, which entry 2 contradicts"
    );
}
