//! Decisions about payouts, one by one.

use super::*;
use crate::chain::{Address, ChainId};
use crate::id::PayoutId;
use crate::payout::moves::tests::payout;

const NOW: Timestamp = Timestamp(100_000);

fn rules() -> PayoutRules {
    PayoutRules {
        confirmations: 3,
        stuck_after: Duration::from_secs(60),
        fees: FeeRules {
            max_fee_cap: 1_000,
            tip_cap: 100,
            least_tip: 0,
            bump_permille: 125,
        },
        gas_margin_permille: 200,
        window: 16,
        gas_floor: 0,
        dry_run: false,
    }
}

fn attempt(nonce: u64, max_fee: u128) -> Attempt {
    Attempt {
        chain: ChainId(31_337),
        payer: Address([3; 20]),
        payout: Some(PayoutId(7)),
        nonce,
        number: 1,
        hash: Hash([9; 32]),
        raw: vec![1],
        gas: 60_000,
        max_fee,
        tip: 10,
        signed_at: Timestamp(0),
    }
}

fn seen() -> Seen {
    Seen {
        mined: None,
        latest: 5,
        passed_for: 0,
        too_low: 0,
        is_underpriced: false,
        is_known: true,
        paid: Paid::NotAsked,
        market: Some(Market { base: 20, tip: 2 }),
    }
}

fn mined(succeeded: bool, depth: Option<u64>) -> Option<Mined> {
    Some(Mined {
        tx: Hash([9; 32]),
        block: BlockNumber(40),
        succeeded,
        depth,
    })
}

fn broadcast(since: i64) -> PayoutState {
    PayoutState::Broadcast {
        nonce: 5,
        hash: Hash([9; 32]),
        since: Timestamp(since),
    }
}

fn decided(state: PayoutState, fee: u128, seen: &Seen) -> Step {
    in_flight(&payout(state), &[attempt(5, fee)], seen, &rules(), NOW)
}

fn says(step: &Step, words: &str) -> bool {
    match step {
        Step::Wait(why) | Step::Halt(why) | Step::Stuck(why) => why.contains(words),
        _ => false,
    }
}

#[test]
fn s3_13_what_is_signed_goes_out_and_what_no_node_knows_goes_out_again() {
    let signed = PayoutState::Signed { nonce: 5 };
    assert_eq!(decided(signed.clone(), 100, &seen()), Step::Send);
    let lost = Seen {
        is_known: false,
        ..seen()
    };
    assert_eq!(decided(broadcast(99_000), 100, &lost), Step::Send);
    assert!(says(
        &decided(broadcast(99_000), 100, &seen()),
        "waits to be in a block"
    ));
    // Something is signed and is not on record: nothing is guessed.
    let step = in_flight(&payout(signed), &[], &seen(), &rules(), NOW);
    assert!(matches!(step, Step::Halt(_)));
}

#[test]
fn s3_13_only_a_receipt_that_is_deep_and_on_the_chain_confirms() {
    let with = |mined| Seen { mined, ..seen() };
    let state = broadcast(99_000);
    assert!(says(
        &decided(state.clone(), 100, &with(mined(true, None))),
        "not on the chain"
    ));
    assert!(says(
        &decided(state.clone(), 100, &with(mined(true, Some(2)))),
        "2 of 3"
    ));
    let (tx, block) = (Hash([9; 32]), BlockNumber(40));
    assert_eq!(
        decided(state, 100, &with(mined(true, Some(3)))),
        Step::Confirm { tx, block }
    );
}

#[test]
fn s3_29_a_reverted_payout_halts_unless_the_vault_has_paid_by_another_transaction() {
    let with = |paid, depth| Seen {
        mined: mined(false, Some(depth)),
        paid,
        ..seen()
    };
    let state = broadcast(99_000);
    let (blocks, since) = (3, BlockNumber(38));
    assert!(matches!(
        decided(state.clone(), 100, &with(Paid::NotAsked, 1)),
        Step::Wait(_)
    ));
    assert_eq!(decided(state.clone(), 100, &with(Paid::NotAsked, 3)), Step::Ask);
    assert!(says(
        &decided(state.clone(), 100, &with(Paid::No { blocks: 0 }, 3)),
        "was reverted"
    ));
    let paid = with(Paid::Yes { blocks: 1, since }, 3);
    assert!(matches!(decided(state.clone(), 100, &paid), Step::Wait(_)));
    let (tx, block) = (Hash([0; 32]), since);
    let paid = with(Paid::Yes { blocks, since }, 3);
    assert_eq!(decided(state, 100, &paid), Step::Confirm { tx, block });
}

#[test]
fn t11_a_nonce_that_somebody_else_used_is_signed_anew_only_after_the_vault_denied_it_for_long_enough() {
    let with = |paid, passed_for| Seen {
        latest: 6,
        passed_for,
        paid,
        ..seen()
    };
    let state = broadcast(99_000);
    assert_eq!(decided(state.clone(), 100, &with(Paid::NotAsked, 9)), Step::Ask);
    assert!(matches!(
        decided(state.clone(), 100, &with(Paid::Unanswered, 9)),
        Step::Wait(_)
    ));
    assert!(matches!(
        decided(state.clone(), 100, &with(Paid::No { blocks: 2 }, 9)),
        Step::Wait(_)
    ));
    assert!(matches!(
        decided(state.clone(), 100, &with(Paid::No { blocks: 9 }, 2)),
        Step::Wait(_)
    ));
    assert_eq!(
        decided(state.clone(), 100, &with(Paid::No { blocks: 3 }, 3)),
        Step::Anew
    );
    let no_vault = Paid::Unaskable("no vault answers".to_owned());
    assert!(says(&decided(state, 100, &with(no_vault, 9)), "no vault"));
}

#[test]
fn s3_26_what_waits_too_long_is_replaced_until_the_cap_and_then_a_person_is_told() {
    assert_eq!(
        decided(broadcast(10_000), 100, &seen()),
        Step::Replace(Fees { max_fee: 113, tip: 12 })
    );
    assert!(says(&decided(broadcast(10_000), 990, &seen()), "no room"));
    let dropped = Seen {
        is_known: false,
        ..seen()
    };
    assert_eq!(decided(broadcast(10_000), 990, &dropped), Step::Send);
    // What waits behind another nonce does not wait for its fees.
    let behind = Seen { latest: 4, ..seen() };
    assert!(matches!(decided(broadcast(10_000), 100, &behind), Step::Wait(_)));
    let underpriced = Seen {
        is_underpriced: true,
        ..seen()
    };
    assert!(matches!(
        decided(PayoutState::Signed { nonce: 5 }, 100, &underpriced),
        Step::Replace(_)
    ));
}

#[test]
fn s3_26_nodes_that_contradict_each_other_about_a_nonce_end_in_a_persons_hands() {
    let with = |paid| Seen {
        too_low: CONTRADICTIONS,
        paid,
        ..seen()
    };
    let state = PayoutState::Signed { nonce: 5 };
    assert_eq!(decided(state.clone(), 100, &with(Paid::NotAsked)), Step::Ask);
    assert!(matches!(
        decided(state.clone(), 100, &with(Paid::No { blocks: 0 })),
        Step::Halt(_)
    ));
    let since = BlockNumber(1);
    assert!(matches!(
        decided(state, 100, &with(Paid::Yes { blocks: 9, since })),
        Step::Wait(_)
    ));
}

#[test]
fn s3_29_what_would_be_reverted_costs_no_nonce_and_what_is_paid_is_not_signed_for() {
    let ready = QueuedSeen {
        paid: Paid::No { blocks: 0 },
        over: None,
        is_covered: true,
        estimate: Estimate::Gas(50_000),
    };
    assert_eq!(queued(&ready, &rules()), QueuedStep::Sign { gas: 60_000 });
    let unasked = QueuedSeen {
        paid: Paid::NotAsked,
        ..ready.clone()
    };
    assert!(matches!(queued(&unasked, &rules()), QueuedStep::Wait(_)));
    let reverted = QueuedSeen {
        estimate: Estimate::Reverted("blacklisted".to_owned()),
        ..ready.clone()
    };
    assert!(matches!(queued(&reverted, &rules()), QueuedStep::Halt(why) if why.contains("blacklisted")));
    let uncovered = QueuedSeen {
        is_covered: false,
        ..reverted.clone()
    };
    assert_eq!(queued(&uncovered, &rules()), QueuedStep::Uncovered);
    let over = QueuedSeen {
        over: Some("the day's limit".to_owned()),
        ..uncovered
    };
    assert!(matches!(queued(&over, &rules()), QueuedStep::Limited(_)));
    let (blocks, since) = (3, BlockNumber(4));
    let paid = QueuedSeen {
        paid: Paid::Yes { blocks, since },
        ..over
    };
    assert_eq!(queued(&paid, &rules()), QueuedStep::Confirm { block: since });
}

#[test]
fn a_halted_subscription_and_a_dry_run_sign_nothing() {
    let halted = FollowState::Halted {
        reason: "reset".to_owned(),
        at: NOW,
    };
    assert!(barred(Some(&halted), &rules()).unwrap().contains("halted"));
    assert!(barred(None, &rules()).unwrap().contains("settings"));
    assert_eq!(barred(Some(&FollowState::Following), &rules()), None);
    let dry = PayoutRules {
        dry_run: true,
        ..rules()
    };
    assert!(barred(Some(&FollowState::Following), &dry).unwrap().contains("dry run"));
}
