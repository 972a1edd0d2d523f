//! What the ledger decides, with exact values.

use super::shelf::{Shelf, amount, ratio, recharge, settle, withdraw};
use domain::fixed::Amount;
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{Asset, DebtState, EntryKey, EntryKind, EntrySeq, Happened, PostAnswer, Purse, Request};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;

fn created(entry: i64) -> PostAnswer {
    PostAnswer::Created { entry: EntrySeq(entry) }
}

fn exists(entry: i64) -> PostAnswer {
    PostAnswer::Exists { entry: EntrySeq(entry) }
}

fn rejected(reason: &str) -> PostAnswer {
    PostAnswer::Rejected {
        reason: reason.to_owned(),
    }
}

/// User 7 with 5 gift power and 100 power.
fn funded() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    let answers = shelf.run(&[
        recharge("gift", 7, Purse::GiftPower, "5"),
        recharge("power", 7, Purse::Power, "100"),
    ]);
    assert_eq!(answers, [created(1), created(2)]);
    shelf
}

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
fn s1_18_recharge_collects_whole_debts_strictly_oldest_first() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    for (position, profit) in [(1, "100"), (2, "500"), (3, "10")] {
        shelf.close_position(position, 7, profit);
    }
    shelf.run(&[settle(1), settle(2), settle(3)]);
    assert_eq!(shelf.debts.len(), 3);
    // 10 of the first is covered; 50 of the second is not, so the 1 of the third waits too.
    let (answers, happened) = shelf.run_all(&[recharge("a", 7, Purse::Power, "20")]);
    assert_eq!(answers[0].post, created(4));
    assert_eq!(answers[0].collected, [PositionId(1)]);
    assert_eq!(happened.len(), 1);
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), amount("10"));
    assert_eq!(shelf.entries[4].key.as_str(), "collect:1");
    assert_eq!(shelf.entries[4].kind, EntryKind::DebtCollect);
    let repaid = DebtState::Repaid {
        entry: EntrySeq(5),
        at: shelf.now,
    };
    assert_eq!(shelf.debts[&DebtId(1)].state, repaid);
    assert_eq!(shelf.debts[&DebtId(2)].state, DebtState::Owed);
    // Gift power and power pay together.
    let (answers, happened) = shelf.run_all(&[recharge("b", 7, Purse::GiftPower, "41")]);
    assert_eq!(answers[0].collected, [PositionId(2), PositionId(3)]);
    assert_eq!(happened.last(), Some(&Happened::DebtFree { user: UserId(7) }));
    assert_eq!(
        shelf.lines(7)[..2],
        [
            ("user_gift_power:7:POWER", "-41", "41", "0"),
            ("user_power:7:POWER", "-9", "10", "1"),
        ]
        .map(|(account, amount, before, after)| (account.into(), amount.into(), before.into(), after.into()))
    );
    assert_eq!(
        shelf.settlement(3),
        Settlement::Charged {
            power: amount("1"),
            rate: ratio("0.1"),
            entry: EntrySeq(8)
        }
    );
    assert_eq!(shelf.balance(&Purse::Power.account(UserId(7))), Amount::ZERO);
    shelf.assert_sound();
}

#[test]
fn debt_made_and_collected_in_one_group_is_written_once_and_repaid() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "100");
    let requests = [settle(1), recharge("a", 7, Purse::Power, "10"), settle(1)];
    let decision = shelf.decide(&requests);
    assert_eq!(decision.write.debts.len(), 1);
    assert_eq!(decision.write.debts[0].state.as_str(), "repaid");
    assert!(decision.write.ended_debts.is_empty());
    assert_eq!(decision.write.settled.len(), 1);
    assert_eq!(decision.write.settled[0].from, Settlement::Pending);
    assert_eq!(decision.write.settled[0].to.as_str(), "charged");
    assert_eq!(shelf.run(&requests), [created(1), created(2), exists(1)]);
    assert_eq!(shelf.run(&[settle(1)]), [exists(1)]);
    shelf.assert_sound();
}

#[test]
fn recharge_of_a_wallet_collects_no_debts() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "100");
    let usdt = Purse::Wallet(Asset::new("USDT").unwrap());
    let answers = shelf.run(&[settle(1), recharge("a", 7, usdt.clone(), "1000")]);
    assert_eq!(answers, [created(1), created(2)]);
    assert_eq!(shelf.settlement(1).as_str(), "owed");
    assert_eq!(shelf.balance(&usdt.account(UserId(7))), amount("1000"));
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
fn s1_04_same_reference_with_another_payload_is_told_which_field_differs() {
    let mut shelf = funded();
    shelf.add_user(8);
    let different = |field| PostAnswer::ExistsDifferent { field };
    assert_eq!(shelf.run(&[recharge("power", 7, Purse::Power, "100")]), [exists(2)]);
    assert_eq!(
        shelf.run(&[recharge("power", 8, Purse::Power, "100")]),
        [different("user")]
    );
    assert_eq!(
        shelf.run(&[recharge("power", 7, Purse::GiftPower, "100")]),
        [different("purse")]
    );
    assert_eq!(
        shelf.run(&[recharge("power", 7, Purse::Power, "100.00000001")]),
        [different("amount")]
    );
    let mut other = recharge("power", 7, Purse::Power, "100");
    if let Request::Recharge(transfer) = &mut other {
        transfer.remark = "another".to_owned();
    }
    assert_eq!(shelf.run(&[other]), [different("remark")]);
    assert_eq!(shelf.entries.len(), 2);
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
fn withdrawal_refused_for_lack_of_funds_stays_refused_under_its_reference() {
    let mut shelf = funded();
    let usdt = Purse::Wallet(Asset::new("USDT").unwrap());
    let reason = "user_wallet:7:USDT holds 0, too little for 10";
    let failed = PostAnswer::AlreadyFailed {
        reason: reason.to_owned(),
    };
    let first = withdraw("w", 7, usdt.clone(), "10");
    assert_eq!(
        shelf.run(&[first.clone(), first.clone()]),
        [rejected(reason), failed.clone()]
    );
    shelf.run(&[recharge("u", 7, usdt.clone(), "10")]);
    assert_eq!(shelf.run(&[first]), [failed]);
    assert_eq!(shelf.run(&[withdraw("w2", 7, usdt.clone(), "10")]), [created(4)]);
    assert_eq!(shelf.run(&[withdraw("w2", 7, usdt.clone(), "10")]), [exists(4)]);
    assert_eq!(shelf.balance(&usdt.account(UserId(7))), Amount::ZERO);
    shelf.assert_sound();
}

#[test]
fn wrong_input_names_the_rule_and_is_not_remembered() {
    let mut shelf = funded();
    let refused = |shelf: &mut Shelf, request: Request| match shelf.run(&[request]).remove(0) {
        PostAnswer::Rejected { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(&mut shelf, recharge("x", 9, Purse::Power, "1")),
        "user 9 does not exist"
    );
    assert_eq!(
        refused(&mut shelf, recharge("x", 7, Purse::Power, "-1")),
        "amount -1 is not above zero"
    );
    assert_eq!(
        refused(&mut shelf, withdraw("x", 7, Purse::Power, "0")),
        "amount 0 is not above zero"
    );
    assert_eq!(
        refused(&mut shelf, recharge("a b", 7, Purse::Power, "1")),
        "reference must be 1 to 100 visible ASCII characters"
    );
    assert_eq!(
        refused(&mut shelf, recharge("x", 7, Purse::Wallet(Asset::power()), "1")),
        "purse: power is kept as power or gift power, not in a wallet"
    );
    assert_eq!(
        refused(&mut shelf, recharge("x", 7, Purse::Power, "90000000000")),
        "the balance of user_power:7:POWER would leave its range"
    );
    assert_eq!(shelf.run(&[recharge("x", 7, Purse::Power, "1")]), [created(3)]);
    assert!(shelf.refused.is_empty());
    shelf.assert_sound();
}

#[test]
fn refused_and_repeated_requests_hurt_no_neighbour_of_their_group() {
    let mut shelf = funded();
    shelf.close_position(1, 7, "10");
    shelf.close_position(2, 7, "20");
    let answers = shelf.run(&[
        settle(1),
        settle(99),
        withdraw("too much", 7, Purse::Power, "1"),
        withdraw("too-much", 7, Purse::Power, "1000"),
        recharge("power", 7, Purse::Power, "1"),
        settle(1),
        settle(2),
    ]);
    assert_eq!(
        answers,
        [
            created(3),
            rejected("position 99 does not exist"),
            rejected("reference must be 1 to 100 visible ASCII characters"),
            rejected("user_power:7:POWER holds 100, too little for 1000"),
            PostAnswer::ExistsDifferent { field: "amount" },
            exists(3),
            created(4),
        ]
    );
    assert!(shelf.refused.contains_key(&EntryKey::withdrawal("too-much").unwrap()));
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
