//! Entries with rows beside them: all of a posting, or none of it; each once, and only on rows as they were decided on.

use domain::chain::{Address, BlockNumber, ChainId, Hash, LogKey, RawAmount};
use domain::change::Change;
use domain::fixed::{Amount, Quantity};
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::ledger::{
    AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting, GuardedRow, PostAnswer, Purse,
};
use domain::market::Symbol;
use domain::payout::{Payout, PayoutKind, PayoutState, payout_key};
use domain::time::Timestamp;
use domain::trigger::{Trigger, TriggerKind, TriggerState};
use proptest::prelude::*;

use super::shelf::{Shelf, amount, created, escrow, exists, recharge, rejected};

pub const SUBSCRIPTION: SubscriptionId = SubscriptionId(5);
pub const MONEY: &str = "USDT";
pub const SHARE: &str = "AAPL";

/// `what` of the subscription, or of the platform where that is so.
pub fn account(kind: AccountKind, asset: &str) -> AccountKey {
    let owner = match kind {
        AccountKind::VenueClearing | AccountKind::PlatformRevenue => 0,
        _ => SUBSCRIPTION.0,
    };
    AccountKey {
        kind,
        owner,
        asset: Asset::new(asset).unwrap(),
    }
}

pub fn lines(lines: &[(AccountKind, &str, &str)]) -> Vec<(AccountKey, Amount)> {
    let lines = lines.iter().filter(|(_, _, text)| !amount(text).is_zero());
    lines
        .map(|(kind, asset, text)| (account(*kind, asset), amount(text)))
        .collect()
}

pub fn trigger(id: i64, kind: TriggerKind, given: &str) -> Trigger {
    Trigger {
        id: TriggerId(id),
        log: LogKey {
            chain: ChainId(1),
            tx: Hash([u8::try_from(id).unwrap(); 32]),
            index: 0,
        },
        subscription: SUBSCRIPTION,
        kind,
        user: Address([9; 20]),
        symbol: Symbol::new("US.AAPL"),
        block: BlockNumber(1),
        block_hash: Hash([1; 32]),
        block_at: Timestamp(1),
        raw: RawAmount::from_units(1),
        amount: amount(given),
        dust: RawAmount::zero(),
        price: None,
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 0,
        state: TriggerState::Ready,
        error: None,
        next_at: None,
        expires_at: Timestamp(9),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 0,
    }
}

pub fn payout(id: i64, trigger: i64, kind: PayoutKind, text: &str) -> Payout {
    Payout {
        id: PayoutId(id),
        kind,
        trigger: TriggerId(trigger),
        subscription: SUBSCRIPTION,
        chain: ChainId(1),
        vault: Address([5; 20]),
        recipient: Address([9; 20]),
        raw: RawAmount::from_units(1),
        amount: amount(text),
        key: payout_key("shelf", TriggerId(trigger), kind),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 0,
    }
}

pub fn entry(key: EntryKey, kind: EntryKind, trigger: i64, lines: Vec<(AccountKey, Amount)>) -> EscrowEntry {
    EscrowEntry {
        key,
        kind,
        reference: format!("trigger:{trigger}"),
        remark: "a test".to_owned(),
        lines,
    }
}

/// What a log says was given, with its trigger.
pub fn given(trigger: &Trigger) -> EscrowPosting {
    let (asset, counter) = match trigger.kind {
        TriggerKind::Deposit => (MONEY, AccountKind::ChainCustody),
        TriggerKind::Redeem => (SHARE, AccountKind::ShareSupply),
    };
    let lines = vec![
        (account(AccountKind::ChainEscrow, asset), trigger.amount),
        (account(counter, asset), trigger.amount.negated()),
    ];
    EscrowPosting {
        entries: vec![entry(
            EntryKey::log(&trigger.log),
            EntryKind::Contract,
            trigger.id.0,
            lines,
        )],
        rows: vec![Change::AddTriggers(vec![trigger.clone()])],
        ..EscrowPosting::default()
    }
}

#[test]
fn what_was_given_is_posted_with_its_rows_and_told_as_posted_when_asked_again() {
    let mut shelf = Shelf::new();
    let first = trigger(1, TriggerKind::Deposit, "100");
    assert_eq!(shelf.run(&[escrow(given(&first))]), [created(1)]);
    assert_eq!(shelf.balance(&account(AccountKind::ChainEscrow, MONEY)), amount("100"));
    assert_eq!(
        shelf.balance(&account(AccountKind::ChainCustody, MONEY)),
        amount("-100")
    );
    assert_eq!(shelf.beside, [Change::AddTriggers(vec![first.clone()])]);
    // Again, and twice in one group.
    let second = trigger(2, TriggerKind::Redeem, "2");
    let asked = [given(&first), given(&second), given(&second)].map(escrow);
    assert_eq!(shelf.run(&asked), [exists(1), created(2), exists(2)]);
    assert_eq!(shelf.beside.len(), 2);
    shelf.assert_sound();
}

#[test]
fn a_posting_that_is_half_known_or_says_a_fact_twice_is_refused_whole() {
    let mut shelf = Shelf::new();
    let (first, second) = (
        trigger(1, TriggerKind::Deposit, "1"),
        trigger(2, TriggerKind::Deposit, "2"),
    );
    assert_eq!(shelf.run(&[escrow(given(&first))]), [created(1)]);
    let mut both = given(&first);
    both.entries.extend(given(&second).entries);
    let half = format!(
        "`{}` was posted before, and not with all of the others",
        EntryKey::log(&first.log)
    );
    let mut twice = given(&second);
    twice.entries.extend(given(&second).entries);
    let answers = shelf.run(&[escrow(both), escrow(twice)]);
    assert_eq!(
        answers,
        [rejected(&half), rejected("two of its entries are about the same fact")]
    );
    assert_eq!((shelf.entries.len(), shelf.beside.len()), (1, 1));
}

#[test]
fn a_posting_on_a_row_that_changed_since_is_refused_and_one_on_its_next_version_is_not() {
    let mut shelf = Shelf::new();
    let first = trigger(1, TriggerKind::Deposit, "100");
    shelf.run(&[escrow(given(&first))]);
    let held = Trigger {
        state: TriggerState::Held,
        ..first.clone()
    };
    let moved = |version| {
        let trigger = Trigger {
            version,
            ..held.clone()
        };
        escrow(EscrowPosting::default().with_trigger(trigger))
    };
    let stale = "Trigger(TriggerId(1)) was changed by somebody else";
    // The second is decided on what the first leaves, in one group.
    let answers = shelf.run(&[moved(0), moved(0), moved(1), moved(7)]);
    let done = PostAnswer::NothingDue;
    assert_eq!(answers, [done.clone(), rejected(stale), done, rejected(stale)]);
    assert_eq!(shelf.triggers[&TriggerId(1)].version, 2);
    let nobodys = EscrowPosting {
        guards: vec![(GuardedRow::Payout(PayoutId(1)), 0)],
        ..EscrowPosting::default()
    };
    let gone = rejected("Payout(PayoutId(1)) was changed by somebody else");
    assert_eq!(shelf.run(&[escrow(nobodys)]), [gone]);
}

#[test]
fn when_the_second_entry_would_be_short_nothing_of_the_posting_is_written() {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    let first = trigger(1, TriggerKind::Deposit, "100");
    shelf.run(&[escrow(given(&first))]);
    let out = |key: &str, text: &str| {
        let key = EntryKey::treasury(key).unwrap();
        let (escrow, custody) = (AccountKind::ChainEscrow, AccountKind::ChainCustody);
        let moved = lines(&[(escrow, MONEY, &format!("-{text}")), (custody, MONEY, text)]);
        entry(key, EntryKind::Treasury, 1, moved)
    };
    let mut posting = EscrowPosting::default().with_trigger(first.clone());
    posting.entries = vec![out("a", "60"), out("b", "40.00000001")];
    let short = "chain_escrow:5:USDT holds 40, too little for 40.00000001";
    let before = shelf.clone();
    let answers = shelf.run(&[escrow(posting), recharge("r", 7, Purse::Power, "1")]);
    assert_eq!(answers, [rejected(short), created(2)]);
    assert_eq!(shelf.balance(&account(AccountKind::ChainEscrow, MONEY)), amount("100"));
    assert_eq!(shelf.triggers, before.triggers);
    assert_eq!(shelf.beside, before.beside);
}

/// A step of a random posting: between which of three floored and one free account of an asset, and how much.
fn moves() -> impl Strategy<Value = Vec<Vec<(usize, usize, i64)>>> {
    let line = (0..4_usize, 0..4_usize, 0..60_i64);
    prop::collection::vec(prop::collection::vec(line, 1..4), 1..6)
}

proptest! {
    /// Whatever is asked, a posting is written as if its entries were posted one by one, or nothing of it is.
    #[test]
    fn a_posting_is_all_or_nothing(postings in prop::collection::vec(moves(), 1..5)) {
        let kinds = [AccountKind::ChainEscrow, AccountKind::RefundReserve, AccountKind::UserWallet, AccountKind::ChainCustody];
        let key = |place: usize| account(kinds[place], MONEY);
        let mut shelf = Shelf::new();
        for (number, posting) in postings.into_iter().enumerate() {
            let entries = posting.into_iter().enumerate().map(|(place, moved)| {
                let lines = moved.into_iter().flat_map(|(from, to, units)| {
                    let units = Amount::from_units(units).unwrap();
                    [(key(from), units.negated()), (key(to), units)]
                });
                entry(EntryKey::treasury(&format!("{number}-{place}")).unwrap(), EntryKind::Treasury, 1, lines.collect())
            });
            let posting = EscrowPosting { entries: entries.collect(), rows: vec![Change::AddTriggerMoves(vec![])], ..EscrowPosting::default() };
            let one_by_one = posting.entries.iter().map(|entry| EscrowPosting { entries: vec![entry.clone()], ..EscrowPosting::default() });
            let mut apart = shelf.clone();
            let singly: Vec<PostAnswer> = one_by_one.flat_map(|one| apart.run(&[escrow(one)])).collect();
            let all = singly.iter().all(|answer| matches!(answer, PostAnswer::Created { .. }));
            let before = shelf.clone();
            let answer = shelf.run(&[escrow(posting)]).remove(0);
            if all {
                prop_assert!(matches!(answer, PostAnswer::Created { .. }), "{answer:?}");
                prop_assert_eq!(&shelf.entries, &apart.entries);
                prop_assert_eq!(&shelf.accounts, &apart.accounts);
                prop_assert_eq!(shelf.beside.len(), before.beside.len() + 1);
            } else {
                prop_assert!(matches!(answer, PostAnswer::Rejected { .. }), "{answer:?}");
                prop_assert_eq!(&shelf.entries, &before.entries);
                prop_assert_eq!(&shelf.accounts, &before.accounts);
                prop_assert_eq!(&shelf.beside, &before.beside);
            }
        }
    }
}
