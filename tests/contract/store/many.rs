//! Groups of the ledger of every size, and what it reads of many positions at once.

use std::sync::Arc;

use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{DebtId, LedgerAccountId, PositionId, UserId};
use domain::ledger::{
    BalanceMove, ChangedDebt, Debt, DebtState, Entry, EntrySeq, LedgerWrite, PositionFact, Posting, SettledPosition,
};
use domain::page::Page;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::PowerRate;

use super::databases::Ground;
use super::samples::*;

/// A group that settles so many positions after `done` earlier ones, each with an entry of one unit from account 1 to 2.
fn group(done: i64, size: i64) -> LedgerWrite {
    let units = |number| Amount::from_units(number).unwrap();
    let line = |account, amount: i64, before: i64| Posting {
        account: LedgerAccountId(account),
        amount: units(amount),
        before: units(before),
        after: units(before + amount),
    };
    let moved = |account, before, after| BalanceMove {
        account: LedgerAccountId(account),
        before: units(before),
        after: units(after),
    };
    let ids = done + 1..=done + size;
    LedgerWrite {
        entries: ids
            .clone()
            .map(|seq| {
                entry(
                    seq,
                    &format!("settle:{seq}"),
                    vec![line(1, -1, 1 - seq), line(2, 1, seq - 1)],
                )
            })
            .collect(),
        balances: vec![moved(1, -done, -done - size), moved(2, done, done + size)],
        settled: ids
            .map(|id| SettledPosition {
                position: PositionId(id),
                from: Settlement::Pending,
                to: Settlement::Charged {
                    power: units(1),
                    rate: tenth(),
                    entry: EntrySeq(id),
                },
                profit: amount("1"),
                settled_profit: amount("1"),
                corrections: 0,
            })
            .collect(),
        ..LedgerWrite::default()
    }
}

pub async fn a_group_of_any_size_is_written_whole_or_not_at_all(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut done = 0;
    for size in [1, 17, 66, 1_030] {
        let ids: Vec<PositionId> = (done + 1..=done + size).map(PositionId).collect();
        let changes = ids.iter().map(|id| add_position(&closed(id.0, 5, "1"))).collect();
        store.commit(ChangeSet { changes }).await.unwrap();
        let right = group(done, size);
        let last = usize::try_from(size).unwrap() - 1;
        let mut wrong = right.clone();
        wrong.settled[last].profit = amount("2");
        refused(&*store, ledger(wrong)).await;
        let mut wrong = right.clone();
        wrong.balances[1].before = amount("7");
        refused(&*store, ledger(wrong)).await;
        let mut wrong = right.clone();
        wrong.entries[last].key = domain::ledger::EntryKey::stored(format!("settle:{done}"));
        if done > 0 {
            refused(&*store, ledger(wrong)).await;
        }
        assert_eq!(store.last_entry().await.unwrap(), EntrySeq(done), "{size}");
        commit(&*store, ledger(right.clone())).await;
        let stored = store
            .entries_between(EntrySeq(done), EntrySeq(done + size))
            .await
            .unwrap();
        assert_eq!(stored, right.entries, "{size}");
        let found = store.settling(&ids).await.unwrap().positions;
        assert_eq!(found.len(), ids.len(), "{size}");
        for fact in found {
            let entry = EntrySeq(fact.id.0);
            assert!(
                matches!(fact.settlement, Settlement::Charged { entry: by, .. } if by == entry),
                "{fact:?}"
            );
        }
        done += size;
    }
}

pub async fn what_people_wrote_comes_back_letter_by_letter(ground: Arc<Ground>) {
    const WORDS: [&str; 5] = ["", "=", "a\\n\"b\"'c'", "多谢\n\u{1F600}\t", "$1 ? :x %s"];
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    let mut written: Vec<Entry> = Vec::new();
    for (seq, words) in (1..).zip(WORDS) {
        let mut group = transfer(seq, &format!("k{seq}"), (1, 1 - seq), (2, seq - 1), 1);
        group.entries[0].remark = words.to_owned();
        group.entries[0].by = (seq > 1).then(|| words.to_owned());
        written.push(group.entries[0].clone());
        commit(&*store, ledger(group)).await;
    }
    assert_eq!(store.entries_between(EntrySeq(0), EntrySeq(5)).await.unwrap(), written);
    assert_eq!(
        store.entries_between(EntrySeq(1), EntrySeq(3)).await.unwrap(),
        written[1..3]
    );
    let mut seq = 5;
    let mut post = |key: String| {
        seq += 1;
        transfer(seq, &key, (1, 1 - seq), (2, seq - 1), 1)
    };
    for (number, words) in (1..).zip(WORDS) {
        let open = Debt {
            correction: u32::try_from(number).unwrap(),
            ..debt(number, 1, 1)
        };
        let waived = Debt {
            state: DebtState::Waived {
                entry: EntrySeq(1),
                at: Timestamp(9_600),
                reason: words.to_owned(),
            },
            ..open.clone()
        };
        let mut made = post(format!("owe:{number}"));
        made.debts = vec![open.clone()];
        commit(&*store, ledger(made)).await;
        let mut ended = post(format!("waive:{number}"));
        ended.changed_debts = vec![ChangedDebt {
            owed_before: open.owed,
            debt: waived.clone(),
        }];
        commit(&*store, ledger(ended)).await;
        assert_eq!(store.debts_by_id(&[DebtId(number)]).await.unwrap(), [waived]);
    }
}

pub async fn what_the_ledger_knows_of_positions_is_what_their_rows_say(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let other = UserId(USER.0 + 1);
    let rate = |user, from| PowerRate {
        user,
        rate: tenth(),
        effective_from: Timestamp(from),
    };
    let positions = [
        position(1),
        closed(2, 5, "1"),
        closed(3, 6, "-1.5"),
        closed(4, 7, "0.00000001"),
    ];
    let rates = [rate(None, 1), rate(None, 9), rate(Some(USER), 3), rate(Some(other), 4)];
    let mut changes = vec![Change::AddUser(user(other.0))];
    changes.extend(positions.iter().map(add_position));
    changes.extend(rates.iter().map(|rate| Change::AddPowerRate(*rate)));
    let made = LedgerWrite {
        holds: vec![hold(2, 1), hold(9, 1)],
        ..transfer(1, "hold:2", (1, 0), (2, 0), 1)
    };
    changes.push(ledger(made));
    store.commit(ChangeSet { changes }).await.unwrap();
    let expected: Vec<PositionFact> = positions.iter().map(PositionFact::from).collect();
    let mut found = store.settling(&[4, 1, 77, 2, 3].map(PositionId)).await.unwrap();
    found.positions.sort_by_key(|fact| fact.id);
    assert_eq!(found.positions, expected);
    assert_eq!(found.holds, [hold(2, 1)]);
    found.rates.sort_by_key(|rate| (rate.user, rate.effective_from));
    found.rates.dedup();
    assert_eq!(found.rates, rates[..3]);
    assert_eq!(store.position_facts(Page::after(1, 2)).await.unwrap(), expected[1..3]);
    let nothing = store.settling(&[PositionId(77)]).await.unwrap();
    assert_eq!((nothing.positions.len(), nothing.holds.len()), (0, 0));
}
