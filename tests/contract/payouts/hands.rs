//! What operators do to payouts, by mail, each on the audit trail.

use actix::{Actor, Addr};
use bursar::actors::mail::{ByHand, HoldPayout, HowAreYou, Look, MailError, ReplacePayout, RetryPayout, Stop};
use bursar::actors::payout::{PayoutActor, Vault};
use bursar::adapters::store::MemoryStore;
use bursar::ports::store::Store as _;
use domain::fixed::Amount;
use domain::id::PayoutId;
use domain::page::Page;
use domain::payout::limits::Limits;
use domain::payout::{PayoutKind, PayoutState};

use super::world::{STEP, World, rules, simulate, user, vault};
use crate::deaths;

fn hand(reason: &str) -> ByHand {
    ByHand {
        by: "ann".to_owned(),
        reason: reason.to_owned(),
        from: Some("127.0.0.1".to_owned()),
    }
}

fn retry(id: i64, over_limits: bool) -> RetryPayout {
    RetryPayout {
        id: PayoutId(id),
        over_limits,
        hand: hand("the block was lifted"),
    }
}

/// An actor over the world, and blocks.
async fn start(world: &World) -> Addr<PayoutActor> {
    let actor = PayoutActor::new(world.deps()).start();
    settle(&actor).await;
    actor
}

async fn settle(actor: &Addr<PayoutActor>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let health = actor.send(HowAreYou).await.unwrap();
        if health.state == "idle" && health.lag_ms == 0 {
            return;
        }
    }
}

async fn steps(world: &World, actor: &Addr<PayoutActor>, count: u32) {
    for _ in 0..count {
        world.chain.mine(1);
        tokio::time::sleep(STEP).await;
        actor.try_send(Look).unwrap();
        settle(actor).await;
    }
}

async fn trail(world: &World) -> Vec<String> {
    let audits = world.store.audits(Page::first(100)).await.unwrap();
    let word =
        |audit: &domain::access::Audit| format!("{} {} {} {}", audit.by, audit.action, audit.subject, audit.reason);
    audits.iter().map(word).collect()
}

fn refused(answer: Result<String, MailError>) -> String {
    match answer {
        Err(MailError::Failed(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s3_29_a_halted_payout_is_retried_by_hand_once_its_cause_is_gone() {
    simulate(async {
        let world = World::new().await;
        world.chain.block_recipient(user(1));
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let actor = start(&world).await;
        assert_eq!(world.states().await, ["halted"]);
        world.chain.unblock_all();
        actor.send(retry(10, false)).await.unwrap().unwrap();
        steps(&world, &actor, 6).await;
        assert_eq!(world.states().await, ["confirmed"]);
        assert_eq!(trail(&world).await, ["ann payout.retry payout:10 the block was lifted"]);
        assert!(refused(actor.send(retry(10, false)).await.unwrap()).contains("is confirmed"));
        assert!(refused(actor.send(retry(99, false)).await.unwrap()).contains("no payout 99"));
        world.check("retried").await;
        actor.send(Stop).await.unwrap();
        tokio::time::sleep(STEP).await;
        assert!(!actor.connected());
    });
}

#[test]
fn s3_13_a_retry_while_the_vault_does_not_answer_says_so_and_changes_nothing() {
    simulate(async {
        let world = World::new().await;
        world.chain.block_recipient(user(1));
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let actor = start(&world).await;
        world.chain.set_no_vault(true);
        let why = refused(actor.send(retry(10, false)).await.unwrap());
        assert!(why.contains("cannot be asked"), "{why}");
        assert_eq!((world.states().await, trail(&world).await.len()), (vec!["halted"], 0));
    });
}

#[test]
fn s3_28_a_payout_over_a_limit_passes_by_hand_and_on_record() {
    simulate(async {
        let each = Some(Amount::whole(1).unwrap());
        let vault = Vault {
            money: Limits {
                each,
                ..Limits::default()
            },
            ..vault()
        };
        let world = World::with(MemoryStore::new(), vault, rules()).await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let actor = start(&world).await;
        assert_eq!(world.states().await, ["queued"]);
        assert!(refused(actor.send(retry(10, false)).await.unwrap()).contains("is queued"));
        actor.send(retry(10, true)).await.unwrap().unwrap();
        steps(&world, &actor, 6).await;
        assert_eq!(world.states().await, ["confirmed"]);
        assert!(trail(&world).await[0].ends_with("(over the limits)"));
    });
}

#[test]
fn s3_13_a_payout_is_held_back_only_while_nothing_is_signed_for_it() {
    simulate(async {
        let world = World::new().await;
        let actor = start(&world).await;
        world.chain.set_mining(false);
        world.chain.set_funds(0);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let hold = |id| HoldPayout {
            id: PayoutId(id),
            hand: hand("looks wrong"),
        };
        actor.send(hold(10)).await.unwrap().unwrap();
        world.chain.set_funds(u128::MAX / 4);
        world.owe(2, user(2), &[(PayoutKind::Refund, 5)]).await;
        steps(&world, &actor, 2).await;
        assert_eq!(world.states().await, ["halted", "broadcast"]);
        let held = world.payout(10).await.state;
        assert!(matches!(held, PayoutState::Halted { reason, .. } if reason == "held by ann: looks wrong"));
        assert!(refused(actor.send(hold(20)).await.unwrap()).contains("is broadcast"));
        actor.send(retry(10, false)).await.unwrap().unwrap();
        world.chain.set_mining(true);
        steps(&world, &actor, 8).await;
        assert_eq!(world.states().await, ["confirmed", "confirmed"]);
    });
}

#[test]
fn s3_26_a_payout_is_replaced_by_hand_at_once_and_never_above_the_cap() {
    simulate(async {
        let world = World::new().await;
        world.chain.set_mining(false);
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        let actor = start(&world).await;
        let replace = || ReplacePayout {
            id: PayoutId(10),
            hand: hand("hurry"),
        };
        let mut count = 0;
        let why = loop {
            match actor.send(replace()).await.unwrap() {
                Ok(_) => count += 1,
                refused => break self::refused(refused),
            }
        };
        assert!(why.contains("caps leave no room"), "{why}");
        let attempts = world.attempts(10).await;
        assert_eq!(attempts.len(), 1 + count);
        assert!(attempts.iter().all(|attempt| attempt.nonce == 0));
        assert_eq!(trail(&world).await.len(), count);
        world.chain.set_mining(true);
        steps(&world, &actor, 8).await;
        assert_eq!(world.states().await, ["confirmed"]);
        assert!(refused(actor.send(replace()).await.unwrap()).contains("is confirmed"));
        world.check("by hand").await;
    });
}

#[test]
fn t10_an_actor_whose_look_panics_goes_on_from_what_is_on_record() {
    simulate(async {
        let world = World::new().await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 5)]).await;
        deaths::die_at("payout.sent", 0);
        let actor = start(&world).await;
        assert_eq!(actor.send(HowAreYou).await.unwrap().restarts, 1);
        steps(&world, &actor, 6).await;
        assert_eq!(world.states().await, ["confirmed"]);
        world.check("a panic").await;
    });
}
