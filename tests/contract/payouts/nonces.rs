//! Nonces: many payouts at once, a key that is used elsewhere, nodes that forget, and nothing that jams.

use std::collections::BTreeSet;

use domain::chain::FollowState;
use domain::payout::PayoutKind;

use super::world::{OTHER, START, World, simulate, user};
use crate::payer_chain::{CHAIN, PAYER, Pay, PlainAbi, Reply};

const KINDS: [PayoutKind; 4] = PayoutKind::ALL;

async fn owe_many(world: &World, count: i64) {
    for trigger in 1..=count {
        let kind = KINDS[usize::try_from(trigger).unwrap() % KINDS.len()];
        world.owe(trigger, user(1), &[(kind, 1)]).await;
    }
}

#[test]
fn t11_a_hundred_payouts_at_once_are_all_paid_in_order_without_a_gap() {
    simulate(async {
        let mut world = World::new().await;
        owe_many(&world, 100).await;
        world.look().await;
        // No more wait at once than may.
        assert_eq!(world.chain.waiting(), 16);
        world.come_to_rest(100).await;
        assert_eq!(world.states().await, ["confirmed"; 100]);
        assert_eq!((world.chain.used(), world.chain.reverted()), (100, 0));
        assert_eq!(world.chain.signatures(), 100);
        world.check("a hundred").await;
    });
}

#[test]
fn t11_a_hundred_payouts_with_every_third_answer_lost_or_wrong_are_all_paid_once() {
    simulate(async {
        let mut world = World::new().await;
        owe_many(&world, 100).await;
        let script: Vec<Reply> = (0..300)
            .map(|turn| match turn % 3 {
                0 => Reply::ALL[(turn / 3) % Reply::ALL.len()],
                _ => Reply::Fair,
            })
            .collect();
        world.chain.script(&script);
        world.come_to_rest(400).await;
        assert_eq!(world.states().await, ["confirmed"; 100]);
        world.check("a hundred with faults").await;
    });
}

#[test]
fn t11_a_nonce_that_somebody_else_used_costs_no_payout_and_pays_none_twice() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        owe_many(&world, 5).await;
        world.look().await;
        // Another uses the key at the nonce of the second payout, by more gas.
        world.chain.use_key(1, None);
        world.chain.set_mining(true);
        world.steps(6).await;
        assert_eq!(world.open_alerts().await, ["payout_foreign_nonce payout:20"]);
        world.come_to_rest(100).await;
        assert_eq!(world.states().await, ["confirmed"; 5]);
        let attempts = world.attempts(20).await;
        let nonces: Vec<u64> = attempts.iter().map(|attempt| attempt.nonce).collect();
        assert_eq!(nonces, [1, 5]);
        world.check("a foreign nonce").await;
        world.step().await;
        assert_eq!(world.open_alerts().await, [""; 0]);
    });
}

#[test]
fn t11_a_second_daemon_that_pays_with_the_same_key_is_seen_and_nothing_is_paid_twice() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.look().await;
        let payout = world.payout(10).await;
        let theirs: Pay = PlainAbi::pay(&payout);
        world.chain.use_key(0, Some(&theirs));
        world.chain.set_mining(true);
        world.come_to_rest(30).await;
        assert_eq!(world.states().await, ["confirmed"]);
        assert_eq!(world.chain.effects(), [theirs]);
        assert_eq!(world.attempts(10).await.len(), 1);
        world.check("a second daemon").await;
    });
}

#[test]
fn t11_a_payment_that_another_made_behind_ours_confirms_from_the_vaults_word() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let payout = world.payout(10).await;
        // It is paid by another's nonce 0; ours comes behind it and is reverted.
        world.chain.use_key(0, Some(&PlainAbi::pay(&payout)));
        world.look().await;
        assert_eq!(world.attempts(10).await[0].nonce, 1);
        world.chain.set_mining(true);
        world.come_to_rest(30).await;
        assert_eq!((world.states().await, world.chain.reverted()), (vec!["confirmed"], 1));
        world.check("another was first").await;
    });
}

#[test]
fn t11_a_node_that_starts_anew_with_an_empty_mempool_gets_the_same_bytes_again() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        owe_many(&world, 10).await;
        world.step().await;
        let first: BTreeSet<_> = world.chain.arrived().into_iter().collect();
        world.chain.restart();
        // New ones do not take the place of those that were forgotten.
        world.owe(11, user(1), &[(PayoutKind::Mint, 1)]).await;
        world.step().await;
        assert_eq!(world.chain.waiting(), 11);
        let all: BTreeSet<_> = world.chain.arrived().into_iter().collect();
        assert_eq!((all.len(), first.len()), (11, 10));
        world.chain.set_mining(true);
        world.come_to_rest(50).await;
        assert_eq!((world.chain.used(), world.chain.signatures()), (11, 11));
        world.check("an empty mempool").await;
    });
}

#[test]
fn t11_a_nonce_that_another_left_open_is_filled_and_jams_nothing() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        // Another's transaction waits with nonce 0, ours comes behind it, and theirs is forgotten.
        world.chain.use_key(0, None);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.look().await;
        world.chain.restart();
        world.chain.set_mining(true);
        world.come_to_rest(30).await;
        let filled = world.store_attempts(&[0]).await;
        assert_eq!(filled.len(), 1);
        assert_eq!((filled[0].payout, filled[0].nonce), (None, 0));
        assert_eq!(world.states().await, ["confirmed"]);
        world.check("an open nonce").await;
    });
}

#[test]
fn t11_what_a_halted_subscription_signed_is_not_sent_until_it_is_resumed() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_mining(false);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.chain.script(&[Reply::Error]);
        world.look().await;
        let halted = FollowState::Halted {
            reason: "the chain was reset".to_owned(),
            at: START,
        };
        world.follow(halted).await;
        let before = world.chain.arrived().len();
        world.steps(5).await;
        // It is the only one, so nothing is jammed by what is not sent.
        assert_eq!(world.chain.arrived().len(), before);
        world.follow(FollowState::Following).await;
        world.chain.set_mining(true);
        world.come_to_rest(30).await;
        assert_eq!(world.states().await, ["confirmed"]);
        world.check("halted and resumed").await;
    });
}

#[test]
fn t11_what_a_halted_subscription_signed_jams_no_other_and_is_signed_anew_after_the_resume() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.script(&[Reply::Error]);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        world.look().await;
        let reason = "a deep reorg".to_owned();
        world.follow(FollowState::Halted { reason, at: START }).await;
        // The other subscription's comes behind it.
        world.owe_from(OTHER, 2, user(2), &[(PayoutKind::Refund, 6)]).await;
        world.steps(8).await;
        assert_eq!(world.states().await, ["signed", "confirmed"]);
        let at_first = world.store_attempts(&[0]).await;
        assert_eq!(at_first.last().unwrap().payout, None);
        world.follow(FollowState::Following).await;
        world.come_to_rest(30).await;
        assert_eq!(world.states().await, ["confirmed", "confirmed"]);
        let nonces: Vec<u64> = world.attempts(10).await.iter().map(|attempt| attempt.nonce).collect();
        assert_eq!(nonces, [0, 2]);
        world.check("halted, and another behind").await;
    });
}

impl World {
    async fn store_attempts(&self, nonces: &[u64]) -> Vec<domain::payout::Attempt> {
        use bursar::ports::store::ChainStore as _;
        self.store.attempts_at(CHAIN, PAYER, nonces).await.unwrap()
    }
}
