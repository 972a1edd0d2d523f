//! What the auditor finds in escrow: each row and each entry of a trigger is compared, and what was tampered with is named.

use domain::chain::{BlockNumber, Hash};
use domain::change::Change;
use domain::fixed::Amount;
use domain::id::{PayoutId, TriggerId};
use domain::ledger::chain::sealed;
use domain::ledger::verify::Verifier;
use domain::ledger::{AccountKind, Digest, EntryKey, EntryKind, EntrySeq, EscrowPosting, Head};
use domain::payout::{Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;
use domain::trigger::{Trigger, TriggerKind, TriggerState};

use super::escrow::{MONEY, SHARE, account, entry, given, lines, payout, trigger};
use super::shelf::{Shelf, amount, escrow};

use AccountKind::{ChainCustody, ChainEscrow, PlatformRevenue, ShareSupply, VenueClearing};

/// A trade of trigger `id` with the payouts that it makes.
fn traded(stored: &Trigger, filled: &str, value: &str, fee: &str, payouts: Vec<Payout>) -> EscrowPosting {
    let after = Trigger {
        filled: filled.parse().unwrap(),
        value: amount(value),
        fee: amount(fee),
        state: TriggerState::Paying,
        ..stored.clone()
    };
    let (cost, shares) = (amount(value).plus(amount(fee)).unwrap().to_string(), filled.to_owned());
    let net = amount(value).minus(amount(fee)).unwrap().to_string();
    let minus = |text: &str| amount(text).negated().to_string();
    let lines = match stored.kind {
        TriggerKind::Deposit => lines(&[
            (ChainEscrow, MONEY, &minus(&cost)),
            (VenueClearing, MONEY, value),
            (PlatformRevenue, MONEY, fee),
            (VenueClearing, SHARE, &minus(&shares)),
            (ChainEscrow, SHARE, &shares),
        ]),
        TriggerKind::Redeem => lines(&[
            (ChainEscrow, SHARE, &minus(&shares)),
            (VenueClearing, SHARE, &shares),
            (VenueClearing, MONEY, &minus(value)),
            (ChainEscrow, MONEY, &net),
            (PlatformRevenue, MONEY, fee),
        ]),
    };
    let id = stored.id;
    let mut posting = EscrowPosting::default().with_trigger(after);
    posting.entries = vec![entry(EntryKey::trade_of(id), EntryKind::Trade, id.0, lines)];
    posting.with(Change::AddPayouts(payouts))
}

/// The confirmation of a payout, and the trigger's end where it is given.
fn paid(shelf: &Shelf, id: i64, end: Option<TriggerState>) -> EscrowPosting {
    let payout = shelf.payouts[&PayoutId(id)].clone();
    let (text, trigger) = (payout.amount.to_string(), payout.trigger);
    let (kind, counter, asset) = match payout.kind.is_money() {
        true => (EntryKind::Payout, ChainCustody, MONEY),
        false => (EntryKind::Mint, ShareSupply, SHARE),
    };
    let lines = lines(&[(ChainEscrow, asset, &format!("-{text}")), (counter, asset, &text)]);
    let confirmed = Payout {
        state: PayoutState::Confirmed {
            tx: Hash([7; 32]),
            block: BlockNumber(7),
            at: Timestamp(7),
        },
        ..payout
    };
    let mut posting = EscrowPosting::default().with_payout(confirmed);
    posting.entries = vec![entry(EntryKey::payout(PayoutId(id)), kind, trigger.0, lines)];
    match end {
        Some(state) => posting.with_trigger(Trigger {
            state,
            ..shelf.triggers[&trigger].clone()
        }),
        None => posting,
    }
}

/// Trigger 1: 100 given, 3 shares for 90 and 1 fee, minted and 9 returned. Trigger 2: 5 shares given, 2 sold for 60 less 1,
/// the money is paid and 3 shares wait to be minted again. Trigger 3: 7 given, all of it to go back. Trigger 4: 8 given.
/// Entries: 1 to 4 of logs, 5 and 6 trades, 7 mint, 8 refund, 9 proceeds.
fn shelf() -> Shelf {
    let mut shelf = Shelf::new();
    let run = |shelf: &mut Shelf, posting: EscrowPosting| {
        let answers = shelf.run(&[escrow(posting)]);
        assert!(
            format!("{answers:?}").contains("Created") || format!("{answers:?}").contains("NothingDue"),
            "{answers:?}"
        );
    };
    let first = trigger(1, TriggerKind::Deposit, "100");
    let second = trigger(2, TriggerKind::Redeem, "5");
    for one in [
        &first,
        &second,
        &trigger(3, TriggerKind::Deposit, "7"),
        &trigger(4, TriggerKind::Deposit, "8"),
    ] {
        run(&mut shelf, given(one));
    }
    let bought = vec![
        payout(1, 1, PayoutKind::Mint, "3"),
        payout(2, 1, PayoutKind::Refund, "9"),
    ];
    run(&mut shelf, traded(&first, "3", "90", "1", bought));
    let sold = vec![
        payout(3, 2, PayoutKind::Proceeds, "59"),
        payout(4, 2, PayoutKind::Remint, "3"),
    ];
    run(&mut shelf, traded(&second, "2", "60", "1", sold));
    let posting = paid(&shelf, 1, None);
    run(&mut shelf, posting);
    let posting = paid(&shelf, 2, Some(TriggerState::Settled { at: Timestamp(7) }));
    run(&mut shelf, posting);
    let posting = paid(&shelf, 3, None);
    run(&mut shelf, posting);
    let back = Trigger {
        state: TriggerState::Returning,
        ..shelf.triggers[&TriggerId(3)].clone()
    };
    let posting = EscrowPosting::default().with_trigger(back);
    run(
        &mut shelf,
        posting.with(Change::AddPayouts(vec![payout(5, 3, PayoutKind::Refund, "7")])),
    );
    assert_eq!(shelf.entries.len(), 9);
    shelf
}

/// Entries, digests and balances are made to fit again, as by somebody who may write everything.
fn rechain(shelf: &mut Shelf) {
    let mut previous = Digest::default();
    let mut balances = std::collections::HashMap::new();
    for (entry, seq) in shelf.entries.iter_mut().zip(1..) {
        entry.seq = EntrySeq(seq);
        for posting in &mut entry.postings {
            let balance = balances.entry(posting.account).or_insert(Amount::ZERO);
            posting.before = *balance;
            posting.after = balance.plus(posting.amount).unwrap();
            *balance = posting.after;
        }
        entry.previous = previous;
        *entry = sealed(entry.clone());
        previous = entry.digest;
    }
    for account in shelf.accounts.values_mut() {
        account.balance = balances.get(&account.id).copied().unwrap_or(Amount::ZERO);
    }
}

/// What the auditor says of the shelf after this was done to it.
fn after(tamper: impl Fn(&mut Shelf)) -> String {
    let mut shelf = shelf();
    tamper(&mut shelf);
    rechain(&mut shelf);
    shelf.finding()
}

fn one(shelf: &mut Shelf, id: i64) -> &mut Trigger {
    shelf.triggers.get_mut(&TriggerId(id)).unwrap()
}

fn pay(shelf: &mut Shelf, id: i64) -> &mut Payout {
    shelf.payouts.get_mut(&PayoutId(id)).unwrap()
}

#[test]
fn sound_escrow_is_found_sound_and_holds_what_live_triggers_have_in_it() {
    let shelf = shelf();
    shelf.assert_sound();
    assert_eq!(shelf.audit().triggers, 4);
    // 7 of trigger 3 and 8 of trigger 4; 3 shares of trigger 2.
    assert_eq!(shelf.balance(&account(ChainEscrow, MONEY)), amount("15"));
    assert_eq!(shelf.balance(&account(ChainEscrow, SHARE)), amount("3"));
}

#[test]
fn a_trigger_without_its_logs_entry_and_an_entry_without_its_trigger_are_found() {
    let found = after(|shelf| drop(shelf.entries.remove(3)));
    assert_eq!(
        found,
        "CHN-1: trigger 4 has 0 entries of its log 1:0x".to_owned() + &"04".repeat(32) + ":0"
    );
    let found = after(|shelf| drop(shelf.triggers.remove(&TriggerId(4))));
    let key = format!("log:1:0x{}:0", "04".repeat(32));
    assert_eq!(
        found,
        format!("CHN-1: entry 4 `{key}` is of a trigger that does not exist")
    );
    let found = after(|shelf| one(shelf, 4).amount = amount("8.00000001"));
    assert_eq!(
        found,
        "TRG-1: trigger 4: 8.00000001 was given, and its log's entry says 8 USDT"
    );
    // The same log booked once more, under the name of another one.
    let found = after(|shelf| {
        let mut again = shelf.entries[3].clone();
        again.key = EntryKey::stored("log:1:0xff:0".to_owned());
        shelf.entries.push(again);
    });
    assert_eq!(found, "TRG-1: entry 10 `log:1:0xff:0` is not of trigger 4");
}

#[test]
fn a_trade_that_rows_and_entries_do_not_both_know_is_found() {
    let found = after(|shelf| drop(shelf.entries.remove(4)));
    assert_eq!(found, "TRG-1: trigger 1 executed 3 and has 0 entries of a trade");
    let found = after(|shelf| {
        let trigger = one(shelf, 2);
        (trigger.filled, trigger.state) = ("0".parse().unwrap(), TriggerState::Returning);
    });
    assert_eq!(found, "TRG-1: trigger 2 executed 0 and has 1 entries of a trade");
    let found = after(|shelf| one(shelf, 1).fee = amount("2"));
    assert_eq!(
        found,
        "TRG-1: trigger 1: its trade took 92 and brought 3, and the entry says 3 AAPL and -91 USDT"
    );
    let found = after(|shelf| one(shelf, 2).filled = "2.00000001".parse().unwrap());
    assert_eq!(
        found,
        "TRG-1: trigger 2: its trade took 2.00000001 and brought 59, and the entry says -2 AAPL and 59 USDT"
    );
}

#[test]
fn a_payout_that_is_booked_twice_or_not_at_all_or_otherwise_is_found() {
    let found = after(|shelf| drop(shelf.entries.remove(8)));
    assert_eq!(found, "PAY-1: payout 3 of trigger 2 is confirmed and has 0 entries");
    let found = after(|shelf| {
        pay(shelf, 3).state = PayoutState::Signed { nonce: 1 };
    });
    assert_eq!(found, "PAY-1: payout 3 of trigger 2 is signed and has 1 entries");
    let found = after(|shelf| {
        let again = shelf.entries[8].clone();
        shelf.entries.push(again);
        // The money of trigger 3 pays for it.
        shelf.entries[2].postings[0].amount = amount("100");
        shelf.entries[2].postings[1].amount = amount("-100");
        one(shelf, 3).amount = amount("100");
        pay(shelf, 5).amount = amount("100");
    });
    assert_eq!(found, "PAY-1: payout 3 of trigger 2 is confirmed and has 2 entries");
    let found = after(|shelf| {
        pay(shelf, 3).amount = amount("58");
        one(shelf, 2).fee = amount("2");
    });
    assert!(
        found.starts_with("TRG-1: trigger 2: its trade took 2 and brought 58"),
        "{found}"
    );
    let found = after(|shelf| drop(shelf.payouts.remove(&PayoutId(3))));
    assert_eq!(found, "TRG-1: entry 9 `payout:3` is not of trigger 2");
}

#[test]
fn payouts_that_are_not_what_is_due_are_found() {
    let found = after(|shelf| pay(shelf, 4).amount = amount("3.00000001"));
    assert_eq!(
        found,
        "TRG-1: trigger 2: 3 is due as remint, and its payouts are 3.00000001"
    );
    let found = after(|shelf| drop(shelf.payouts.remove(&PayoutId(5))));
    assert_eq!(found, "TRG-1: trigger 3: 7 is due as refund, and its payouts are 0");
    let found = after(|shelf| pay(shelf, 5).kind = PayoutKind::Remint);
    assert_eq!(found, "TRG-1: trigger 3: payout 5 is a remint");
    let found = after(|shelf| one(shelf, 3).state = TriggerState::Ready);
    assert_eq!(found, "TRG-1: trigger 3: payout 5 was made before it was decided on");
    let found = after(|shelf| one(shelf, 3).state = TriggerState::Returned { at: Timestamp(1) });
    assert_eq!(found, "TRG-1: trigger 3: it is returned, and payout 5 is not");
}

#[test]
fn escrow_that_somebody_else_moves_is_found() {
    let found = after(|shelf| {
        let mut taken = shelf.entries[8].clone();
        (taken.key, taken.kind) = (EntryKey::adjustment("oops").unwrap(), EntryKind::Adjust);
        taken
            .postings
            .iter_mut()
            .for_each(|line| line.amount = amount(if line.amount.is_negative() { "-1" } else { "1" }));
        shelf.entries.push(taken);
    });
    assert_eq!(found, "TRG-1: entry 10 `adjust:oops` moves escrow for no trigger");
    let found = after(|shelf| {
        let id = shelf.accounts[&account(ChainEscrow, MONEY)].id;
        let mut elsewhere = shelf.accounts.remove(&account(ChainEscrow, MONEY)).unwrap();
        elsewhere.key.owner = 6;
        assert_eq!(elsewhere.id, id);
        shelf.accounts.insert(elsewhere.key.clone(), elsewhere);
    });
    assert!(found.starts_with("TRG-1: trigger 1: entry 1 `log:"), "{found}");
    assert!(found.ends_with("moves chain_escrow:6:USDT"), "{found}");
}

#[test]
fn a_log_that_was_taken_back_leaves_a_returned_trigger_and_nothing_else() {
    let taken_back = |shelf: &mut Shelf| {
        let mut back = shelf.entries[3].clone();
        back.key = EntryKey::stored(format!("un{}", back.key));
        back.postings
            .iter_mut()
            .for_each(|line| line.amount = line.amount.negated());
        shelf.entries.push(back);
    };
    let sound = after(|shelf| {
        taken_back(shelf);
        one(shelf, 4).state = TriggerState::Returned { at: Timestamp(1) };
    });
    assert_eq!(sound, "");
    assert_eq!(
        after(taken_back),
        "TRG-1: the log of trigger 4 was taken back, and it is ready"
    );
}

/// The audit of a ledger that is written meanwhile: rows may be as new as any entry since the window.
#[test]
fn rows_that_are_newer_than_the_window_are_explained_by_the_entries_since() {
    let shelf = shelf();
    for window in 0..=9 {
        let mut verifier = Verifier::new();
        shelf.accounts.values().for_each(|account| verifier.account(account));
        verifier.accounts_are_read();
        let (old, new) = shelf.entries.split_at(window);
        old.iter().for_each(|entry| verifier.entry(entry));
        verifier.open_window(old.last().map_or(Head::EMPTY, |entry| Head {
            seq: entry.seq,
            digest: entry.digest,
            at: entry.at,
        }));
        for trigger in shelf.triggers.values() {
            let payouts = shelf.payouts.values().filter(|payout| payout.trigger == trigger.id);
            verifier.trigger(trigger, &payouts.cloned().collect::<Vec<_>>());
        }
        new.iter().for_each(|entry| verifier.entry(entry));
        assert_eq!(verifier.finish().finding, None, "window after {window}");
    }
}
