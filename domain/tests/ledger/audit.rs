//! What the auditor finds in a ledger that was tampered with, and that it names the first bad row.

use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::chain::sealed;
use domain::ledger::verify::Verifier;
use domain::ledger::{Digest, EntryKey, EntrySeq, Head, PositionFact, Purse};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::shelf::{Shelf, amount, recharge, settle};

/// Entries: recharge a (1), settle:1 charged (2), settle:2 owed (3), recharge b (4), collect:1 (5).
fn shelf() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    shelf.close_position(1, 7, "100");
    shelf.close_position(2, 7, "200");
    shelf.close_position(3, 7, "300");
    shelf.run(&[
        recharge("a", 7, Purse::Power, "10"),
        settle(1),
        settle(2),
        recharge("b", 7, Purse::Power, "21"),
    ]);
    assert_eq!(shelf.entries.len(), 5);
    shelf
}

/// Entries, digests and chain are made to fit again, as by somebody who may write everything.
fn rechain(shelf: &mut Shelf) {
    let mut previous = Digest::default();
    for entry in &mut shelf.entries {
        entry.previous = previous;
        *entry = sealed(entry.clone());
        previous = entry.digest;
    }
}

#[test]
fn sound_ledger_is_found_sound_and_pending_positions_are_listed() {
    let verified = shelf().audit();
    assert_eq!(verified.finding, None);
    assert_eq!((verified.entries, verified.debts, verified.positions), (5, 1, 3));
    assert_eq!((verified.pending, verified.pending_first), (1, vec![PositionId(3)]));
    assert_eq!(verified.head.seq, EntrySeq(5));
    let empty = Shelf::new().audit();
    assert_eq!((empty.finding, empty.entries, empty.head), (None, 0, Head::EMPTY));
}

#[test]
fn t24_flipped_byte_is_found_with_its_neighbours() {
    let mut shelf = shelf();
    shelf.entries[2].remark.push('x');
    assert_eq!(
        shelf.finding(),
        "LED-4: entry 3 `settle:2`: its digest is not that of its content; entry 2 `settle:1` is before it; \
         entry 4 `recharge:b` is after it"
    );
}

#[test]
fn t24_deleted_and_swapped_rows_are_found() {
    let mut deleted = shelf();
    deleted.entries.remove(1);
    assert!(
        deleted
            .finding()
            .starts_with("LED-4: entry 3 `settle:2`: its place is not 2")
    );
    let mut swapped = shelf();
    swapped.entries.swap(1, 2);
    assert!(
        swapped
            .finding()
            .starts_with("LED-4: entry 3 `settle:2`: its place is not 2")
    );
    for (index, seq) in [(1, 2), (2, 3)] {
        swapped.entries[index].seq = EntrySeq(seq);
    }
    assert!(
        swapped
            .finding()
            .starts_with("LED-4: entry 2 `settle:2`: its previous digest is not that of entry 1")
    );
}

#[test]
fn t24_truncated_tail_is_found_by_head_and_balances() {
    let mut shelf = shelf();
    let head = shelf.head();
    shelf.entries.pop();
    assert_eq!(
        shelf.finding(),
        "LED-3: account 1 user_power:7:POWER holds 1, but its postings sum to 21"
    );
    let mut verifier = Verifier::new();
    shelf.entries.iter().for_each(|entry| verifier.entry(entry));
    verifier.open_window(head);
    let finding = verifier.finish().finding.unwrap().to_string();
    assert!(finding.starts_with("LED-4: the entries end at 4 `"), "{finding}");
}

#[test]
fn balance_that_is_not_the_sum_of_its_postings_is_found() {
    let mut drifted = shelf();
    let power = Purse::Power.account(UserId(7));
    drifted.accounts.get_mut(&power).unwrap().balance = amount("1.00000001");
    assert_eq!(
        drifted.finding(),
        "LED-3: account 1 user_power:7:POWER holds 1.00000001, but its postings sum to 1"
    );
    let mut gone = shelf();
    gone.accounts.remove(&power);
    assert_eq!(gone.finding(), "LED-3: entry 1 `recharge:a`: account 1 does not exist");
}

#[test]
fn rewritten_chain_with_money_from_nowhere_is_found() {
    let mut unbalanced = shelf();
    unbalanced.entries[4].postings[1].amount = amount("21");
    unbalanced.entries[4].postings[1].after = amount("31");
    rechain(&mut unbalanced);
    assert!(
        unbalanced
            .finding()
            .starts_with("LED-1: entry 5 `collect:1`: its postings in POWER do not sum to zero")
    );
    let mut jump = shelf();
    jump.entries[3].postings[0].before = amount("1");
    jump.entries[3].postings[0].after = amount("22");
    rechain(&mut jump);
    assert!(
        jump.finding()
            .starts_with("LED-3: entry 4 `recharge:b`: account 1 holds 0, but its posting goes from 1 by 21 to 22")
    );
    let mut negative = shelf();
    for posting in &mut negative.entries[0].postings {
        *posting = domain::ledger::Posting {
            amount: posting.amount.negated(),
            after: posting.after.negated(),
            ..*posting
        };
    }
    rechain(&mut negative);
    assert!(
        negative
            .finding()
            .starts_with("LED-2: entry 1 `recharge:a`: user_power:7:POWER falls to -10")
    );
}

#[test]
fn booking_time_that_goes_backwards_is_found() {
    let mut shelf = shelf();
    shelf.entries[3].at = Timestamp(1);
    rechain(&mut shelf);
    assert!(
        shelf
            .finding()
            .starts_with("LED-4: entry 4 `recharge:b`: it was booked before entry 3")
    );
}

#[test]
fn second_charge_of_a_position_is_found() {
    let mut shelf = shelf();
    shelf.entries[4].key = EntryKey::settlement_of(PositionId(1));
    shelf.entries[4].kind = domain::ledger::EntryKind::PowerSettle;
    shelf.entries[4].reference = "position:1".to_owned();
    rechain(&mut shelf);
    assert!(
        shelf
            .finding()
            .starts_with("SET-1: entry 5 `settle:1`: position 1 was settled by entry 2")
    );
}

#[test]
fn settlement_that_the_entries_contradict_is_found() {
    let contradicts = |position: i64, settlement: Settlement| {
        let mut shelf = shelf();
        shelf.positions.get_mut(&PositionId(position)).unwrap().settlement = settlement;
        shelf.finding()
    };
    assert_eq!(
        contradicts(1, Settlement::Pending),
        "SET-1: position 1 is pending, which entry 2 contradicts"
    );
    assert_eq!(
        contradicts(1, Settlement::NothingDue),
        "SET-1: position 1 is nothing_due, which entry 2 contradicts"
    );
    let charged = |power: &str, rate: &str, entry| Settlement::Charged {
        power: amount(power),
        rate: rate.parse().unwrap(),
        entry: EntrySeq(entry),
    };
    assert_eq!(contradicts(1, charged("10", "0.1", 2)), "");
    assert_eq!(
        contradicts(1, charged("11", "0.11", 2)),
        "SET-1: position 1 is charged, which entry 2 contradicts"
    );
    assert_eq!(
        contradicts(1, charged("10", "0.2", 2)),
        "SET-1: position 1 is charged, which entry 2 contradicts"
    );
    assert_eq!(
        contradicts(2, charged("20", "0.1", 3)),
        "SET-1: position 2 is charged, which entry 3 contradicts"
    );
    assert_eq!(
        contradicts(3, charged("30", "0.1", 3)),
        "SET-1: position 3 is charged, which no entry contradicts"
    );
}

#[test]
fn debt_that_the_entries_contradict_is_found() {
    let mut larger = shelf();
    larger.debts.get_mut(&DebtId(1)).unwrap().owed = amount("20.00000001");
    assert_eq!(
        larger.finding(),
        "SET-1: debt 1 of 20.00000001 is not what entry 3 records"
    );
    let mut reopened = shelf();
    reopened.debts.get_mut(&DebtId(1)).unwrap().state = domain::ledger::DebtState::Owed;
    assert_eq!(
        reopened.finding(),
        "SET-1: debt 1 is owed, but the entries say otherwise"
    );
    let mut deleted = shelf();
    deleted.debts.clear();
    assert_eq!(
        deleted.finding(),
        "SET-1: entry 3 is about a debt for position 2, which does not exist"
    );
    let mut position = shelf();
    position.positions.remove(&PositionId(1));
    assert_eq!(
        position.finding(),
        "SET-1: entry 2 settles position 1, which does not exist"
    );
}

#[test]
fn ledger_that_is_written_while_it_is_audited_is_found_sound() {
    let mut before = Shelf::new();
    before.add_user(7);
    before.add_user(8);
    before.close_position(1, 7, "100");
    before.close_position(2, 8, "100");
    before.run(&[recharge("a", 7, Purse::Power, "5"), settle(1)]);
    let mut after = before.clone();
    after.run(&[recharge("b", 7, Purse::Power, "5")]);
    after.run(&[settle(2), recharge("c", 8, Purse::GiftPower, "50")]);
    let mut verifier = Verifier::new();
    before.accounts.values().for_each(|account| verifier.account(account));
    verifier.accounts_are_read();
    before.entries.iter().for_each(|entry| verifier.entry(entry));
    verifier.open_window(before.head());
    // Debts are read before the recharges, accounts in part, positions after them.
    before.debts.values().for_each(|debt| verifier.debt(debt));
    after
        .positions
        .values()
        .for_each(|row| verifier.position(PositionFact::from(row)));
    after.entries[2..].iter().for_each(|entry| verifier.entry(entry));
    after.accounts.values().for_each(|account| verifier.account(account));
    verifier.accounts_are_read();
    assert_eq!(verifier.finish().finding, None);
}

/// An account may be opened after the accounts were read for the first time: what its entries settle is compared with the
/// positions all the same.
#[test]
fn settlement_on_an_account_that_was_opened_meanwhile_is_compared() {
    let finding = |spoil: bool| {
        let mut shelf = shelf();
        if spoil {
            shelf.positions.get_mut(&PositionId(1)).unwrap().settlement = Settlement::Pending;
        }
        let mut verifier = Verifier::new();
        verifier.accounts_are_read();
        shelf.entries.iter().for_each(|entry| verifier.entry(entry));
        verifier.open_window(shelf.head());
        shelf.accounts.values().for_each(|account| verifier.account(account));
        verifier.accounts_are_read();
        shelf.debts.values().for_each(|debt| verifier.debt(debt));
        shelf
            .positions
            .values()
            .for_each(|row| verifier.position(PositionFact::from(row)));
        verifier
            .finish()
            .finding
            .map(|finding| finding.to_string())
            .unwrap_or_default()
    };
    assert_eq!(finding(false), "");
    assert_eq!(finding(true), "SET-1: position 1 is pending, which entry 2 contradicts");
}
