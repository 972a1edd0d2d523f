//! Power is reserved once per position, counts at once, and is resolved once.

use domain::id::{PositionId, UserId};
use domain::ledger::{Happened, HoldState, PostAnswer, Purse};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;

use super::shelf::*;

fn power(shelf: &Shelf) -> (String, String, String) {
    let of = |purse: Purse| shelf.balance(&purse.account(UserId(7))).to_string();
    let held = shelf.accounts.values().find(|row| row.key.kind.as_str() == "user_hold");
    let held = held.map_or("0".to_owned(), |row| row.balance.to_string());
    (of(Purse::GiftPower), of(Purse::Power), held)
}

fn line(account: &str, amount: &str, before: &str, after: &str) -> Line {
    (
        account.to_owned(),
        amount.to_owned(),
        before.to_owned(),
        after.to_owned(),
    )
}

fn state(shelf: &Shelf, position: i64) -> &'static str {
    shelf.holds[&PositionId(position)].state.as_str()
}

#[test]
fn hold_takes_gift_power_first_and_counts_at_once() {
    let mut shelf = funded();
    let (answers, happened) = shelf.run_all(&[hold(1, 7, "8")]);
    assert_eq!(answers[0].post, created(3));
    assert!(matches!(happened[..], [Happened::Held { power, .. }] if power == amount("8")));
    assert_eq!(power(&shelf), ("0".to_owned(), "97".to_owned(), "8".to_owned()));
    assert_eq!(
        shelf.lines(3),
        [
            line("user_gift_power:7:POWER", "-5", "5", "0"),
            line("user_power:7:POWER", "-3", "100", "97"),
            line("user_hold:7:POWER", "8", "0", "8"),
        ]
    );
    let made = &shelf.holds[&PositionId(1)];
    assert_eq!((made.gift, made.power), (amount("5"), amount("3")));
    shelf.assert_sound();
}

#[test]
fn t16_six_holds_over_the_balance_are_refused_one_by_one() {
    let mut shelf = funded();
    let asked: Vec<_> = (1..=6).map(|position| hold(position, 7, "30")).collect();
    let answers = shelf.run(&asked);
    let made = answers
        .iter()
        .filter(|answer| matches!(answer, PostAnswer::Created { .. }));
    assert_eq!(made.count(), 3);
    let refusal = "user 7 has too little power to reserve 30";
    assert_eq!(answers[3..], [rejected(refusal), rejected(refusal), rejected(refusal)]);
    assert_eq!(power(&shelf).2, "90");
    // A refused key stays refused, even when there would be enough by now.
    shelf.run(&[recharge("more", 7, Purse::Power, "1000")]);
    let again = shelf.run(&[hold(4, 7, "30")]);
    assert_eq!(
        again,
        [PostAnswer::AlreadyFailed {
            reason: refusal.to_owned()
        }]
    );
    shelf.assert_sound();
}

#[test]
fn hold_is_made_once_and_another_payload_is_an_error() {
    let mut shelf = funded();
    shelf.add_user(8);
    shelf.run(&[hold(1, 7, "8")]);
    assert_eq!(
        shelf.run(&[hold(1, 7, "8"), hold(1, 7, "9"), hold(1, 8, "8")]),
        [
            exists(3),
            PostAnswer::ExistsDifferent { field: "amount" },
            PostAnswer::ExistsDifferent { field: "user" }
        ]
    );
    assert_eq!(shelf.entries.len(), 3);
    assert_eq!(shelf.run(&[hold(2, 7, "0")]), [PostAnswer::NothingDue]);
    assert_eq!(shelf.run(&[hold(2, 7, "-1")]), [rejected("amount -1 is below zero")]);
    assert_eq!(shelf.run(&[hold(2, 9, "1")]), [rejected("user 9 does not exist")]);
    shelf.now = Timestamp(1_700_086_400_000);
    assert_eq!(
        shelf.run(&[hold(2, 7, "1")]),
        [rejected("expires_at must be in the future")]
    );
    shelf.assert_sound();
}

#[test]
fn settlement_posts_the_hold_and_gives_the_rest_back_in_one_entry() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    shelf.close_position(1, 7, "60");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!(
        shelf.lines(4),
        [
            line("user_power:7:POWER", "2", "97", "99"),
            line("user_hold:7:POWER", "-8", "8", "0"),
            line("platform_revenue:0:POWER", "6", "0", "6"),
        ]
    );
    assert_eq!(state(&shelf, 1), "posted");
    assert_eq!(
        shelf.run(&[settle(1), release(1, false)]),
        [exists(4), PostAnswer::NothingDue]
    );
    shelf.assert_sound();
}

#[test]
fn settlement_above_the_hold_takes_the_rest_from_the_purses() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    shelf.close_position(1, 7, "1000");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!(power(&shelf), ("0".to_owned(), "5".to_owned(), "0".to_owned()));
    assert!(matches!(shelf.settlement(1), Settlement::Charged { power, .. } if power == amount("100")));
    shelf.assert_sound();
}

#[test]
fn settlement_that_is_short_owes_all_and_voids_the_hold() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    shelf.close_position(1, 7, "1050.0000001");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!(power(&shelf), ("5".to_owned(), "100".to_owned(), "0".to_owned()));
    assert_eq!(state(&shelf, 1), "voided");
    assert!(matches!(shelf.settlement(1), Settlement::Owed { power, .. } if power == amount("105.00000001")));
    shelf.assert_sound();
}

#[test]
fn loss_voids_the_hold_once() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    shelf.close_position(1, 7, "-20");
    assert_eq!(shelf.run(&[settle(1)]), [PostAnswer::NothingDue]);
    assert_eq!(
        shelf.run(&[settle(1), release(1, true)]),
        [PostAnswer::NothingDue, exists(4)]
    );
    assert_eq!(power(&shelf), ("5".to_owned(), "100".to_owned(), "0".to_owned()));
    assert_eq!((state(&shelf, 1), shelf.entries.len()), ("voided", 4));
    shelf.assert_sound();
}

#[test]
fn expired_hold_is_given_back_and_the_close_is_still_charged() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    assert_eq!(
        shelf.run(&[release(1, true), release(1, true)]),
        [created(4), exists(4)]
    );
    assert_eq!(state(&shelf, 1), "expired");
    shelf.close_position(1, 7, "60");
    assert_eq!(shelf.run(&[settle(1)]), [created(5)]);
    assert_eq!(power(&shelf), ("0".to_owned(), "99".to_owned(), "0".to_owned()));
    assert_eq!(shelf.run(&[release(9, true)]), [PostAnswer::NothingDue]);
    shelf.assert_sound();
}

#[test]
fn hold_of_a_purse_that_does_not_pay_any_more_is_given_back_whole() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8")]);
    shelf.rules.pay_order = PayOrder::PowerOnly;
    shelf.close_position(1, 7, "60");
    assert_eq!(shelf.run(&[settle(1)]), [created(4)]);
    assert_eq!(power(&shelf), ("5".to_owned(), "94".to_owned(), "0".to_owned()));
    shelf.assert_sound();
}

#[test]
fn hold_and_settlement_in_one_group_are_posted_in_order() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "60");
    assert_eq!(
        shelf.run(&[hold(1, 7, "8"), settle(1), settle(1)]),
        [created(3), created(4), exists(4)]
    );
    assert_eq!(state(&shelf, 1), "posted");
    shelf.assert_sound();
}

#[test]
fn hold_that_the_entries_contradict_is_found() {
    let mut shelf = funded();
    shelf.run(&[hold(1, 7, "8"), hold(2, 7, "1"), release(2, false)]);
    let mut larger = shelf.clone();
    larger.holds.get_mut(&PositionId(1)).unwrap().power = amount("3.00000001");
    assert_eq!(
        larger.finding(),
        "LED-5: hold for position 1 is held, but the entries say otherwise"
    );
    let mut again = shelf.clone();
    again.holds.get_mut(&PositionId(2)).unwrap().state = HoldState::Held;
    assert_eq!(
        again.finding(),
        "LED-5: hold for position 2 is held, but the entries say otherwise"
    );
    let mut gone = shelf;
    gone.holds.remove(&PositionId(1));
    assert_eq!(
        gone.finding(),
        "LED-5: entry 3 reserves power for position 1, whose hold does not exist"
    );
}
