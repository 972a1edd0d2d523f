//! Taking over another platform: openings, charges and surplus charges, each once and never again.

use domain::id::{PositionId, UserId};
use domain::ledger::{ImportFact, ImportRequest, PostAnswer, Purse, Request};
use domain::position::Origin;
use domain::settlement::Settlement;

use super::shelf::*;

fn take_over(legacy_id: &str, fact: ImportFact) -> Request {
    Request::Import(Box::new(ImportRequest {
        source: "old".to_owned(),
        legacy_id: legacy_id.to_owned(),
        user: UserId(7),
        by: "cli".to_owned(),
        said: "on 2025-03-01".to_owned(),
        fact,
    }))
}

fn opening(text: &str) -> Request {
    take_over("u-7", ImportFact::Opening(vec![(Purse::Power, amount(text))]))
}

fn charge(position: i64, text: &str) -> Request {
    let (position, purse) = (PositionId(position), Purse::Power);
    let amount = amount(text);
    take_over(
        "o-1",
        ImportFact::Charge {
            position,
            purse,
            amount,
        },
    )
}

fn surplus(id: &str, position: i64, text: &str) -> Request {
    let (position, purse) = (PositionId(position), Purse::Power);
    let amount = amount(text);
    take_over(
        id,
        ImportFact::Surplus {
            position,
            purse,
            amount,
        },
    )
}

/// User 7 with imported closes: 1 and 2 were charged there.
fn imported() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    for id in [1, 2] {
        shelf.close_position(id, 7, "100");
        let position = shelf.positions.get_mut(&PositionId(id)).unwrap();
        (position.origin, position.settlement) = (Origin::Imported, Settlement::Exempt);
    }
    shelf
}

fn power(shelf: &Shelf) -> String {
    shelf.balance(&Purse::Power.account(UserId(7))).to_string()
}

#[test]
fn s1_01_a_surplus_charge_is_posted_and_taken_back_at_once() {
    let mut shelf = imported();
    let requests = [opening("30"), charge(1, "12"), surplus("c-2", 1, "12")];
    assert_eq!(shelf.run(&requests), [created(1), created(2), created(3)]);
    assert_eq!(power(&shelf), "18");
    let keys: Vec<&str> = shelf.entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "import:old:opening:u-7",
            "settle:1",
            "import:old:charge:c-2",
            "reverse:3"
        ]
    );
    shelf.assert_sound();
    assert_eq!(shelf.run(&requests), [exists(1), exists(2), exists(3)]);
    assert_eq!((power(&shelf).as_str(), shelf.entries.len()), ("18", 4));
}

#[test]
fn s0_03_what_was_charged_there_keeps_its_amount_and_is_not_charged_again() {
    let mut shelf = imported();
    shelf.run(&[opening("30"), charge(1, "12")]);
    let Settlement::Charged { power: paid, rate, .. } = shelf.settlement(1) else {
        panic!("it was charged");
    };
    assert_eq!((paid.to_string().as_str(), rate.is_zero()), ("12", true));
    assert_eq!(shelf.run(&[settle(1), settle(2)]), [exists(2), PostAnswer::NothingDue]);
    assert_eq!(power(&shelf), "18");
    shelf.assert_sound();
}

#[test]
fn another_amount_under_the_same_id_is_told() {
    let mut shelf = imported();
    shelf.run(&[opening("30"), charge(1, "12"), surplus("c-2", 1, "12")]);
    let different = PostAnswer::ExistsDifferent { field: "amount" };
    let changed = [opening("31"), charge(1, "11"), surplus("c-2", 1, "1")];
    assert_eq!(shelf.run(&changed), vec![different; 3]);
    let elsewhere = PostAnswer::ExistsDifferent { field: "reference" };
    assert_eq!(shelf.run(&[surplus("c-2", 2, "12")]), [elsewhere]);
}

#[test]
fn only_an_exempt_close_of_another_platform_takes_a_charge_from_there() {
    let mut shelf = imported();
    shelf.close_position(3, 7, "100");
    shelf.positions.get_mut(&PositionId(2)).unwrap().settlement = Settlement::Pending;
    shelf.run(&[opening("30")]);
    let answers = shelf.run(&[
        charge(2, "1"),
        charge(3, "1"),
        charge(9, "1"),
        charge(1, "0"),
        charge(1, "31"),
    ]);
    assert_eq!(
        answers,
        [
            rejected("position 2 is pending already"),
            rejected("position 3 is not an imported close of user 7"),
            rejected("position 9 does not exist"),
            rejected("amounts must be above zero"),
            rejected("user_power:7:POWER holds 30, too little for 31"),
        ]
    );
    assert_eq!(shelf.entries.len(), 1);
}

#[test]
fn an_imported_amount_is_accepted_from_no_other_position() {
    let mut shelf = imported();
    shelf.run(&[opening("30"), charge(1, "12")]);
    shelf.assert_sound();
    shelf.positions.get_mut(&PositionId(1)).unwrap().origin = Origin::Robot;
    assert!(shelf.finding().contains("position 1 is charged"), "{}", shelf.finding());
    let position = shelf.positions.get_mut(&PositionId(1)).unwrap();
    position.origin = Origin::Imported;
    if let Settlement::Charged { power, .. } = &mut position.settlement {
        *power = amount("11");
    }
    assert!(shelf.finding().contains("position 1 is charged"), "{}", shelf.finding());
}
