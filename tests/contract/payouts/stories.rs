//! Payouts one by one: fees, reverts, reorgs, lost commits, silent nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bursar::adapters::store::{CommitFault, MemoryStore};
use domain::chain::FollowState;
use domain::change::Change;
use domain::ledger::AccountKind;
use domain::payout::decide::PayoutRules;
use domain::payout::{PayoutKind, PayoutState};
use domain::trigger::TriggerState;

use super::world::{START, World, money, rules, share, simulate, user, vault};
use crate::payer_chain::{PAYER, Reply, Tx};

#[test]
fn s3_13_a_refund_and_a_mint_of_one_trigger_are_booked_each_once_and_settle_it_together() {
    simulate(async {
        let mut world = World::new().await;
        world
            .owe(1, user(1), &[(PayoutKind::Mint, 3), (PayoutKind::Refund, 5)])
            .await;
        assert_eq!(
            world.balance(AccountKind::ChainEscrow, money()).await,
            "5",
            "three were spent"
        );
        world.look().await;
        assert_eq!(world.states().await, ["broadcast", "broadcast"]);
        world.steps(3).await;
        // One block too few on top.
        assert_eq!(world.states().await, ["broadcast", "broadcast"]);
        assert_eq!(world.trigger(1).await.state, TriggerState::Paying);
        world.come_to_rest(10).await;
        assert!(matches!(world.trigger(1).await.state, TriggerState::Settled { .. }));
        for (kind, asset, left) in [
            (AccountKind::ChainEscrow, money(), "0"),
            (AccountKind::ChainEscrow, share(), "0"),
            (AccountKind::ChainCustody, money(), "-3"),
            (AccountKind::ShareSupply, share(), "3"),
        ] {
            assert_eq!(world.balance(kind, asset).await, left);
        }
        world.check("both").await;
        let told: Vec<String> = world.lines(1).await;
        assert!(told.contains(&"payout 10 signed".to_owned()), "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("trigger settled"));
    });
}

#[test]
fn s3_14_what_is_returned_ends_the_trigger_as_returned() {
    simulate(async {
        let mut world = World::new().await;
        world.owe(1, user(1), &[(PayoutKind::Remint, 3)]).await;
        world.come_to_rest(10).await;
        assert!(matches!(world.trigger(1).await.state, TriggerState::Returned { .. }));
        world.check("returned").await;
    });
}

#[test]
fn s3_26_a_stuck_payout_is_replaced_at_its_nonce_by_the_same_call_up_to_the_cap_and_then_told() {
    simulate(async {
        let mut world = World::new().await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.look().await;
        // No block takes it.
        world.chain.set_mining(false);
        world.steps(100).await;
        let attempts = world.attempts(10).await;
        assert_eq!(attempts.len(), 20, "{attempts:?}");
        let first = Tx::read(&attempts[0].raw);
        for (before, after) in attempts.iter().zip(&attempts[1..]) {
            assert_eq!((before.nonce, before.number + 1), (after.nonce, after.number));
            assert!(after.max_fee * 1_000 >= before.max_fee * 1_125 && after.tip * 1_000 >= before.tip * 1_125);
            let tx = Tx::read(&after.raw);
            assert_eq!(
                (tx.to, &tx.data, tx.nonce, tx.gas),
                (first.to, &first.data, first.nonce, first.gas)
            );
        }
        assert!(
            attempts
                .iter()
                .all(|attempt| attempt.max_fee <= world.rules.fees.max_fee_cap)
        );
        assert_eq!(world.open_alerts().await, ["payout_stuck payout:10"]);
        world.chain.set_mining(true);
        world.come_to_rest(20).await;
        world.step().await;
        assert_eq!(world.open_alerts().await, [""; 0]);
        world.check("stuck").await;
    });
}

#[test]
fn s3_29_a_recipient_who_cannot_be_paid_halts_without_a_nonce_and_blocks_nobody() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.block_recipient(user(1));
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.owe(2, user(2), &[(PayoutKind::Refund, 6)]).await;
        world.come_to_rest(20).await;
        assert_eq!(world.states().await, ["halted", "confirmed"]);
        assert!(matches!(&world.payout(10).await.state,
            PayoutState::Halted { reason, nonce: None, .. } if reason.contains("blocked")));
        assert_eq!((world.chain.used(), world.chain.reverted()), (1, 0));
        assert_eq!(world.open_alerts().await, ["payout_halted payout:10"]);
        world.check("blocked").await;
    });
}

#[test]
fn s3_29_a_payout_that_is_reverted_on_the_chain_halts_and_the_queue_behind_it_goes_on() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.owe(2, user(2), &[(PayoutKind::Refund, 6)]).await;
        world.look().await;
        // It is blocked between the foretelling and the block.
        world.chain.block_recipient(user(1));
        world.chain.set_mining(true);
        world.come_to_rest(20).await;
        assert_eq!(world.states().await, ["halted", "confirmed"]);
        assert!(matches!(&world.payout(10).await.state,
            PayoutState::Halted { reason, nonce: Some(0), .. } if reason.contains("reverted")));
        assert_eq!(world.balance(AccountKind::ChainEscrow, money()).await, "5");
        world.check("reverted").await;
    });
}

#[test]
fn s3_26_without_gas_money_nothing_is_signed_and_somebody_is_told() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_funds(1_000);
        world.owe(1, user(1), &[(PayoutKind::Mint, 5)]).await;
        world.steps(3).await;
        assert_eq!((world.states().await, world.chain.signatures()), (vec!["queued"], 0));
        let alert = format!("payout_no_gas payer:31337:{PAYER}");
        assert_eq!(world.open_alerts().await, [alert]);
        world.chain.set_funds(u128::MAX / 4);
        world.come_to_rest(20).await;
        world.step().await;
        assert_eq!(world.open_alerts().await, [""; 0]);
        world.check("gas").await;
    });
}

#[test]
fn s3_13_a_commit_that_may_or_may_not_be_written_signs_nothing_twice() {
    for fault in [CommitFault::Before, CommitFault::After] {
        for place in 0..8 {
            simulate(async move {
                let commits = AtomicU32::new(0);
                let plan = move |changes: &domain::change::ChangeSet| {
                    let counts = changes
                        .changes
                        .iter()
                        .any(|change| matches!(change, Change::UpdatePayout(_)));
                    match counts && commits.fetch_add(1, Ordering::Relaxed) == place {
                        true => fault,
                        false => CommitFault::None,
                    }
                };
                let store = MemoryStore::new().with_faults(Arc::new(plan));
                let mut world = World::with(store, vault(), rules()).await;
                for trigger in 1..=4 {
                    world.owe(trigger, user(1), &[(PayoutKind::Refund, 5)]).await;
                }
                world.come_to_rest(40).await;
                assert_eq!(world.states().await, ["confirmed"; 4]);
                world.check(&format!("{fault:?} at {place}")).await;
                assert_eq!(world.chain.reverted(), 0);
            });
        }
    }
}

#[test]
fn s3_13_while_no_node_answers_nothing_is_concluded_and_nothing_is_signed() {
    simulate(async {
        let mut world = World::new().await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.look().await;
        world.chain.set_away(true);
        world.owe(2, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.steps(20).await;
        assert_eq!(
            (world.states().await, world.chain.signatures()),
            (vec!["broadcast", "queued"], 1)
        );
        world.chain.set_away(false);
        world.come_to_rest(20).await;
        world.check("away").await;
    });
}

#[test]
fn s3_13_nodes_that_contradict_each_other_about_a_nonce_end_in_a_persons_hands() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.script(&[Reply::NonceLow; 12]);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.come_to_rest(40).await;
        assert_eq!(world.states().await, ["halted"]);
        assert_eq!(world.open_alerts().await, ["payout_halted payout:10"]);
        // Its nonce jams nobody.
        world.owe(2, user(1), &[(PayoutKind::Refund, 6)]).await;
        world.come_to_rest(40).await;
        assert_eq!(world.states().await, ["halted", "confirmed"]);
        world.check("contradiction").await;
    });
}

#[test]
fn s3_13_what_answers_at_the_vaults_address_must_be_a_vault() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_no_vault(true);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.come_to_rest(5).await;
        assert_eq!((world.states().await, world.chain.signatures()), (vec!["halted"], 0));
    });
}

#[test]
fn s3_13_a_dry_run_and_a_halted_subscription_sign_and_send_nothing_and_say_so() {
    simulate(async {
        let dry = PayoutRules {
            dry_run: true,
            ..rules()
        };
        let mut world = World::with(MemoryStore::new(), vault(), dry).await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.steps(3).await;
        assert!(world.payout(10).await.note.unwrap().contains("dry run"));
        assert_eq!((world.chain.signatures(), world.chain.arrived().len()), (0, 0));

        let mut world = World::new().await;
        let (reason, at) = ("deep reorg".to_owned(), START);
        world.follow(FollowState::Halted { reason, at }).await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.steps(3).await;
        assert!(world.payout(10).await.note.unwrap().contains("halted"));
        assert_eq!(world.chain.signatures(), 0);
        world.follow(FollowState::Following).await;
        world.come_to_rest(20).await;
        assert_eq!(world.states().await, ["confirmed"]);
    });
}

impl World {
    async fn lines(&self, trigger: i64) -> Vec<String> {
        use bursar::ports::store::ChainStore as _;
        let moves = self.store.moves_of(domain::id::TriggerId(trigger)).await.unwrap();
        moves.into_iter().map(|line| line.what).collect()
    }
}
