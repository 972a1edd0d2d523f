//! What of books is shown by itself.

use super::*;
use crate::ledger::Purse;

fn draft(key: &str, lines: Vec<(AccountKey, Amount)>) -> Draft {
    Draft {
        key: EntryKey::stored(key.to_owned()),
        kind: EntryKind::Recharge,
        reference: "user:7".to_owned(),
        remark: String::new(),
        by: None,
        lines,
    }
}

fn book() -> Book {
    Book::open(Facts {
        now: Timestamp(50),
        fresh: FreshIds {
            accounts: 10..20,
            debts: 1..2,
        },
        ..Facts::default()
    })
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[test]
fn unbalanced_entry_is_refused_and_leaves_no_trace() {
    let mut book = book();
    let power = Purse::Power.account(UserId(7));
    let issuance = Purse::Power.issuance();
    let lines = vec![(power.clone(), amount("1")), (issuance.clone(), amount("-0.99999999"))];
    assert_eq!(book.post(draft("a", lines)), Err(BookError::Unbalanced(Asset::power())));
    let usdt = Purse::Wallet(Asset::new("USDT").unwrap()).issuance();
    let lines = vec![(power.clone(), amount("1")), (usdt.clone(), amount("-1"))];
    assert!(matches!(book.post(draft("b", lines)), Err(BookError::Unbalanced(_))));
    let lines = vec![(power.clone(), amount("-1")), (issuance, amount("1"))];
    assert!(matches!(book.post(draft("c", lines)), Err(BookError::Short { .. })));
    let (write, touched, head) = book.close();
    assert_eq!((write, touched, head), (LedgerWrite::default(), vec![], Head::EMPTY));
}

#[test]
fn t12_booking_time_never_goes_backwards() {
    let mut facts = Facts {
        now: Timestamp(50),
        ..Facts::default()
    };
    facts.head = Some(Head {
        at: Timestamp(80),
        ..Head::EMPTY
    });
    assert_eq!(Book::open(facts).at(), Timestamp(80));
}

#[test]
fn two_lines_on_one_account_follow_each_other() {
    let mut book = book();
    let power = Purse::Power.account(UserId(7));
    let issuance = Purse::Power.issuance();
    let lines = vec![
        (power.clone(), amount("2")),
        (issuance, amount("-1.5")),
        (power.clone(), amount("-0.5")),
    ];
    assert_eq!(book.post(draft("a", lines)), Ok(EntrySeq(1)));
    assert_eq!(book.balance(&power), amount("1.5"));
    let (write, touched, _) = book.close();
    assert_eq!(write.opened.len(), 2);
    assert_eq!(write.balances.len(), 2);
    assert_eq!(touched.len(), 2);
    let posted = &write.entries[0].postings;
    assert_eq!((posted[2].before, posted[2].after), (amount("2"), amount("1.5")));
    assert_eq!(posted[0].account, posted[2].account);
}
