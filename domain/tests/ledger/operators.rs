//! What operators may do by hand: adjust, pass on, waive and take back, each once, with who and why.

use domain::id::{DebtId, UserId};
use domain::ledger::{EntrySeq, Happened, PostAnswer, Purse, Request, Reversal, UserTransfer, Waiver};
use domain::settlement::Settlement;

use super::shelf::*;

fn adjust(reference: &str, user: i64, text: &str) -> Request {
    Request::Adjust(transfer(reference, user, Purse::Power, amount(text)))
}

fn pass_on(reference: &str, from: i64, to: i64, text: &str) -> Request {
    Request::Transfer(UserTransfer {
        given: transfer(reference, from, Purse::Power, amount(text)),
        to: UserId(to),
    })
}

fn waive(debt: i64, reason: &str) -> Request {
    Request::Waive(Waiver {
        debt: DebtId(debt),
        by: "ops".to_owned(),
        reason: reason.to_owned(),
    })
}

fn reverse(entry: i64, reason: &str) -> Request {
    Request::Reverse(Reversal {
        entry: EntrySeq(entry),
        by: "ops".to_owned(),
        reason: reason.to_owned(),
    })
}

fn power(shelf: &Shelf, user: i64) -> String {
    shelf.balance(&Purse::Power.account(UserId(user))).to_string()
}

#[test]
fn adjustment_goes_both_ways_against_an_account_of_its_own() {
    let mut shelf = funded();
    assert_eq!(
        shelf.run(&[adjust("a", 7, "2.5"), adjust("b", 7, "-1")]),
        [created(3), created(4)]
    );
    assert_eq!(power(&shelf, 7), "101.5");
    assert_eq!(shelf.lines(4)[1].0, "adjustment:0:POWER");
    assert_eq!(
        shelf.run(&[adjust("a", 7, "2.5"), adjust("b", 7, "1"), adjust("c", 7, "0")]),
        [
            exists(3),
            PostAnswer::ExistsDifferent { field: "amount" },
            rejected("amount must not be zero")
        ]
    );
    let Request::Adjust(mut silent) = adjust("d", 7, "1") else {
        unreachable!()
    };
    silent.remark = " ".to_owned();
    assert_eq!(shelf.run(&[Request::Adjust(silent)]), [rejected("remark must say why")]);
    let short = "user_power:7:POWER holds 101.5, too little for 200";
    assert_eq!(shelf.run(&[adjust("e", 7, "-200")]), [rejected(short)]);
    let failed = PostAnswer::AlreadyFailed {
        reason: short.to_owned(),
    };
    assert_eq!(shelf.run(&[adjust("e", 7, "-200")]), [failed]);
    shelf.assert_sound();
}

#[test]
fn transfer_moves_from_one_user_to_the_other_and_collects_the_others_debts() {
    let mut shelf = funded();
    shelf.add_user(8);
    shelf.close_position(1, 8, "100");
    shelf.run(&[settle(1)]);
    let (answers, _) = shelf.run_all(&[pass_on("a", 7, 8, "12")]);
    assert_eq!((&answers[0].post, answers[0].collected.len()), (&created(4), 1));
    assert_eq!((power(&shelf, 7).as_str(), power(&shelf, 8).as_str()), ("88", "2"));
    assert_eq!(
        shelf.run(&[
            pass_on("b", 7, 7, "1"),
            pass_on("c", 7, 9, "1"),
            pass_on("d", 7, 8, "0")
        ]),
        [
            rejected("to must be another user"),
            rejected("to: user 9 does not exist"),
            rejected("amount 0 is not above zero")
        ]
    );
    assert_eq!(
        shelf.run(&[pass_on("a", 7, 8, "12"), pass_on("a", 8, 7, "12")]),
        [exists(4), PostAnswer::ExistsDifferent { field: "user" }]
    );
    shelf.assert_sound();
}

#[test]
fn debtor_takes_no_power_out_but_a_coin() {
    let mut shelf = funded();
    shelf.add_user(8);
    let usdt = Purse::Wallet(domain::ledger::Asset::new("USDT").unwrap());
    shelf.close_position(1, 7, "9000");
    shelf.run(&[settle(1), recharge("coin", 7, usdt.clone(), "5")]);
    let owes = rejected("user 7 owes power, which stays until it is collected");
    assert_eq!(
        shelf.run(&[
            withdraw("a", 7, Purse::Power, "1"),
            withdraw("b", 7, Purse::GiftPower, "1"),
            pass_on("c", 7, 8, "1"),
            withdraw("d", 7, usdt, "5"),
        ]),
        [owes.clone(), owes.clone(), owes, created(5)]
    );
    // The refused key stays refused; another one is decided anew.
    shelf.run(&[waive(1, "a present")]);
    let again = shelf.run(&[withdraw("a", 7, Purse::Power, "1"), withdraw("e", 7, Purse::Power, "1")]);
    assert!(matches!(again[0], PostAnswer::AlreadyFailed { .. }));
    assert_eq!(again[1], created(7));
    shelf.assert_sound();
}

#[test]
fn waived_debt_is_over_for_good() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "9000");
    shelf.run(&[settle(1)]);
    let (answers, happened) = shelf.run_all(&[waive(1, "our mistake"), waive(1, "our mistake")]);
    assert_eq!((&answers[0].post, &answers[1].post), (&created(4), &exists(4)));
    assert!(matches!(
        happened[..],
        [Happened::Waived { power, .. }, Happened::DebtFree { .. }] if power == amount("900")
    ));
    let waived = Settlement::Waived {
        power: amount("900"),
        rate: ratio("0.1"),
    };
    assert_eq!(shelf.settlement(1), waived);
    assert_eq!(
        shelf.run(&[waive(1, "another reason"), waive(2, "x"), waive(1, "")]),
        [
            PostAnswer::ExistsDifferent { field: "reason" },
            rejected("debt 2 does not exist"),
            PostAnswer::ExistsDifferent { field: "reason" }
        ]
    );
    // A later recharge and a revised profit collect nothing of it.
    shelf.revise(1, "10000");
    shelf.run(&[recharge("b", 7, Purse::Power, "5000"), settle(1)]);
    assert_eq!((power(&shelf, 7).as_str(), shelf.settlement(1)), ("5100", waived));
    shelf.assert_sound();
}

#[test]
fn who_is_forgiven_one_debt_of_two_still_owes() {
    let mut shelf = funded();
    for position in [1, 2] {
        shelf.close_position(position, 7, "9000");
        shelf.run(&[settle(position)]);
    }
    let (_, happened) = shelf.run_all(&[waive(1, "our mistake")]);
    assert!(matches!(happened[..], [Happened::Waived { .. }]));
    let (_, happened) = shelf.run_all(&[waive(2, "our mistake")]);
    assert!(matches!(
        happened[..],
        [Happened::Waived { .. }, Happened::DebtFree { .. }]
    ));
}

#[test]
fn repaid_debt_cannot_be_waived() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "9000");
    shelf.run(&[settle(1), recharge("b", 7, Purse::Power, "5000")]);
    assert_eq!(shelf.run(&[waive(1, "late")]), [rejected("debt 1 is repaid, not owed")]);
    assert_eq!(
        shelf.run(&[waive(1, "")]),
        [rejected(
            "reason must be 1 to 200 characters without control characters"
        )]
    );
}

#[test]
fn t16_entry_is_taken_back_once_however_often_it_is_asked() {
    let mut shelf = funded();
    let answers = shelf.run(&[reverse(2, "paid twice"), reverse(2, "paid twice"), reverse(2, "again")]);
    assert_eq!(
        answers,
        [created(3), exists(3), PostAnswer::ExistsDifferent { field: "reason" }]
    );
    assert_eq!(power(&shelf, 7), "0");
    assert_eq!(shelf.entries[2].reference, "entry:2");
    assert_eq!(
        shelf.run(&[reverse(3, "x"), reverse(9, "x")]),
        [
            rejected("entry 3 is of kind refund, which is not taken back by hand"),
            rejected("entry 9 does not exist")
        ]
    );
    shelf.assert_sound();
}

#[test]
fn entry_whose_assets_are_spent_is_not_taken_back() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "1000");
    shelf.run(&[settle(1)]);
    assert_eq!(
        shelf.run(&[reverse(2, "card was stolen")]),
        [rejected("user_power:7:POWER holds 5, too little for 100")]
    );
    assert_eq!(
        shelf.run(&[reverse(3, "x")]),
        [rejected(
            "entry 3 is of kind power_settle, which is not taken back by hand"
        )]
    );
    // Not remembered: once the power is there, it can be taken back.
    shelf.run(&[recharge("c", 7, Purse::Power, "95")]);
    assert_eq!(shelf.run(&[reverse(2, "card was stolen")]), [created(5)]);
    shelf.assert_sound();
}
