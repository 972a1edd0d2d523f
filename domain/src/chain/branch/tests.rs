//! Reorgs that went too deep, and what an operator's word writes.

use super::super::receive::tests::{block, deposit, listing, log, redeem, subscription};
use super::*;
use crate::chain::ChainEvent;
use crate::fixed::Amount;
use crate::ledger::GuardedRow;

fn stored(seen: SeenLog, trigger: i64) -> StoredLog {
    StoredLog {
        subscription: subscription().id,
        trigger: seen.event.is_ok().then_some(TriggerId(trigger)),
        seen,
        read_at: Timestamp(5),
        orphaned: false,
    }
}

fn money(units: &str) -> Result<ChainEvent, String> {
    deposit(units)
}

#[test]
fn t7_logs_are_moved_vanished_or_fresh_by_transaction_and_place_in_it() {
    let (old, new) = (block(20, 1), block(21, 2));
    let recorded = [
        stored(log(old, 1, 3, money("5")), 1),
        stored(log(old, 1, 4, redeem("6")), 2),
        stored(log(old, 2, 5, money("7")), 3),
        stored(log(block(15, 1), 3, 0, money("8")), 4),
    ];
    let fresh = log(new, 9, 2, money("1"));
    let branch = vec![
        log(block(15, 1), 3, 0, money("8")),
        log(new, 1, 0, money("5")),
        log(new, 1, 1, redeem("6")),
        fresh.clone(),
    ];
    let sorted = sort_out(&recorded, branch);
    let at = |from: &StoredLog, index| MovedLog {
        from: from.seen.log.key,
        index,
        block: Some(new),
    };
    assert_eq!(sorted.moved, [at(&recorded[0], 0), at(&recorded[1], 1)]);
    assert_eq!(sorted.vanished, [recorded[2].clone()]);
    assert_eq!(sorted.fresh, [fresh]);
    assert!(sorted.changed.is_empty() && sorted.nameless.is_empty());
    assert_eq!(sorted.told(), Some("triggers whose logs are gone: 3".to_owned()));
    assert_eq!(sorted.moves().len(), 3);
}

#[test]
fn t7_a_log_that_says_something_else_now_stands_for_it_and_a_person_is_told() {
    let recorded = [stored(log(block(20, 1), 1, 3, money("5")), 1)];
    let now = log(block(20, 2), 1, 3, money("9"));
    let sorted = sort_out(&recorded, vec![now.clone()]);
    assert_eq!(sorted.changed, [(recorded[0].clone(), now)]);
    assert!(sorted.fresh.is_empty() && sorted.vanished.is_empty());
    assert_eq!(
        sorted.told(),
        Some("triggers whose logs say something else now: 1".to_owned())
    );
    assert_eq!(sorted.moves()[0].block, Some(block(20, 2)));
}

#[test]
fn t7_one_more_log_of_a_transaction_at_a_name_that_was_taken_is_told_and_not_received() {
    let recorded = [stored(log(block(20, 1), 1, 3, money("5")), 1)];
    let new = block(20, 2);
    let sorted = sort_out(&recorded, vec![log(new, 1, 2, money("5")), log(new, 1, 3, money("5"))]);
    assert_eq!(
        (sorted.moved.len(), sorted.nameless.len(), sorted.fresh.len()),
        (1, 1, 0)
    );
}

#[test]
fn t7_an_orphaned_log_that_comes_back_is_moved_and_does_not_act_again() {
    let orphan = StoredLog {
        orphaned: true,
        ..stored(log(block(20, 1), 1, 3, money("5")), 1)
    };
    for back in [log(block(29, 2), 1, 3, money("5")), log(block(29, 2), 1, 8, money("5"))] {
        let sorted = sort_out(std::slice::from_ref(&orphan), vec![back.clone()]);
        assert_eq!((sorted.moved.len(), sorted.fresh.len()), (1, 0));
        assert_eq!(
            (sorted.moved[0].index, sorted.moved[0].block),
            (back.log.key.index, Some(back.block))
        );
    }
    let away = sort_out(&[orphan], Vec::new());
    assert_eq!((away.moves(), away.told()), (Vec::new(), None));
}

#[test]
fn t7_the_same_branch_sorts_out_to_nothing() {
    let seen = [
        log(block(20, 1), 1, 3, money("5")),
        log(block(20, 1), 2, 4, Err("x".to_owned())),
    ];
    let recorded = seen.clone().map(|seen| stored(seen, 1));
    assert_eq!(sort_out(&recorded, seen.to_vec()), SortedOut::default());
}

fn trigger(state: TriggerState) -> Trigger {
    let (subscription, listing) = (subscription(), listing());
    let reception = crate::chain::receive::Reception {
        subscription: &subscription,
        listing: &listing,
        is_paused: false,
        first_trigger: TriggerId(3),
        now: Timestamp(1),
    };
    let seen = vec![log(block(20, 1), 2, 5, money("7000000"))];
    let received = crate::chain::receive::receive(reception, seen, crate::chain::receive::Reach::Below);
    let added = received.posting.rows.iter().find_map(|row| match row {
        Change::AddTriggers(triggers) => triggers.first().cloned(),
        _ => None,
    });
    Trigger {
        state,
        ..added.unwrap()
    }
}

fn resumed(state: TriggerState) -> Arc<EscrowPosting> {
    let sorted = sort_out(&[stored(log(block(20, 1), 2, 5, money("7000000")), 3)], Vec::new());
    let halted = Subscription {
        cursor: BlockNumber(30),
        cursor_hash: Some(block(30, 1).hash),
        follow: FollowState::Halted {
            reason: "deep".to_owned(),
            at: Timestamp(7),
        },
        ..subscription()
    };
    let go_on = GoOn {
        fork: BlockNumber(18),
        hash: Some(block(18, 1).hash),
    };
    resume(&halted, &listing(), go_on, &sorted, vec![trigger(state)], Timestamp(9))
}

#[test]
fn t7_what_waits_for_its_order_ends_with_its_log_and_what_was_booked_is_taken_back() {
    for state in [TriggerState::Ready, TriggerState::Held] {
        let posting = resumed(state);
        let entry = &posting.entries[0];
        assert!(entry.key.as_str().starts_with("unlog:1:0x0202"));
        let sums: Vec<Amount> = entry.lines.iter().map(|(_, amount)| *amount).collect();
        assert_eq!(sums, ["-7".parse().unwrap(), "7".parse().unwrap()]);
        let ended = posting.rows.iter().any(|row| {
            matches!(row, Change::UpdateTrigger(trigger) if trigger.state == TriggerState::Returned { at: Timestamp(9) })
        });
        assert!(ended);
        assert!(posting.guards.contains(&(GuardedRow::Trigger(TriggerId(3)), 0)));
    }
}

#[test]
fn t7_what_was_ordered_is_left_to_its_end_and_reading_begins_above_the_fork() {
    let posting = resumed(TriggerState::Paying);
    assert!(posting.entries.is_empty());
    assert!(matches!(&posting.rows[0], Change::MoveLogs(moves) if moves.len() == 1 && moves[0].block.is_none()));
    let rewound = posting.rows.iter().find_map(|row| match row {
        Change::UpdateSubscription(row) => Some(row),
        _ => None,
    });
    let rewound = rewound.unwrap();
    assert_eq!((rewound.cursor.0, &rewound.follow), (18, &FollowState::Following));
    assert_eq!(rewound.cursor_hash, Some(block(18, 1).hash));
}

#[test]
fn t7_a_halt_is_a_row_with_its_reason_and_counts_as_a_reorg() {
    let posting = halt(&subscription(), &"x".repeat(500), Timestamp(8));
    let Change::UpdateSubscription(row) = &posting.rows[0] else {
        panic!("{:?}", posting.rows);
    };
    assert_eq!(row.reorgs, 1);
    assert!(matches!(&row.follow, FollowState::Halted { reason, at } if reason.len() == 200 && at.0 == 8));
}
