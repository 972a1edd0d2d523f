//! What the ledger decides on recharges and withdrawals, with exact values.

use domain::fixed::Amount;
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{Asset, DebtState, EntryKey, EntryKind, EntrySeq, Happened, PostAnswer, Purse, Request, Waiver};
use domain::settlement::Settlement;

use super::shelf::{Shelf, amount, created, exists, funded, ratio, recharge, rejected, settle, withdraw};

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
fn debt_made_and_collected_in_one_group_is_written_once_and_repaid() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "100");
    let requests = [settle(1), recharge("a", 7, Purse::Power, "10"), settle(1)];
    let decision = shelf.decide(&requests);
    assert_eq!(decision.write.debts.len(), 1);
    assert_eq!(decision.write.debts[0].state.as_str(), "repaid");
    assert!(decision.write.changed_debts.is_empty());
    assert_eq!(decision.write.settled.len(), 1);
    assert_eq!(decision.write.settled[0].from, Settlement::Pending);
    assert_eq!(decision.write.settled[0].to.as_str(), "charged");
    assert_eq!(shelf.run(&requests), [created(1), created(2), exists(1)]);
    assert_eq!(shelf.run(&[settle(1)]), [exists(1)]);
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
fn s1_18_a_long_list_of_debts_is_collected_in_order_though_only_its_oldest_are_looked_up() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    let many = 1..=1_200;
    for position in many.clone() {
        shelf.close_position(position, 7, "10");
    }
    shelf.run(&many.map(settle).take(900).collect::<Vec<_>>());
    shelf.run(&(901..=1_200).map(settle).collect::<Vec<_>>());
    shelf.close_position(1_201, 7, "10");
    let waiver = Waiver {
        debt: DebtId(3),
        by: "ops".to_owned(),
        reason: "our mistake".to_owned(),
    };
    let group = [
        settle(1_201),
        recharge("a", 7, Purse::Power, "3000"),
        Request::Waive(waiver),
        recharge("b", 7, Purse::Power, "1"),
    ];
    let (answers, happened) = shelf.run_all(&group);
    assert_eq!(answers[1].collected, (1..=500).map(PositionId).collect::<Vec<_>>());
    assert_eq!(answers[2].post, rejected("debt 3 is repaid, not owed"));
    assert_eq!(answers[3].collected, (501..=1_000).map(PositionId).collect::<Vec<_>>());
    assert!(!happened.contains(&Happened::DebtFree { user: UserId(7) }));
    let (answers, happened) = shelf.run_all(&[recharge("c", 7, Purse::Power, "1")]);
    assert_eq!(
        answers[0].collected,
        (1_001..=1_201).map(PositionId).collect::<Vec<_>>()
    );
    assert_eq!(happened.last(), Some(&Happened::DebtFree { user: UserId(7) }));
    shelf.assert_sound();
}
