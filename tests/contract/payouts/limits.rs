//! Limits and reserves: what is over them waits, and is told.

use bursar::actors::payout::Vault;
use bursar::adapters::store::MemoryStore;
use bursar::ports::store::Store as _;
use domain::fixed::Amount;
use domain::pause::PauseScope;
use domain::payout::PayoutKind;
use domain::payout::limits::Limits;

use super::world::{SUBSCRIPTION, World, rules, simulate, user, vault};

fn whole(number: i64) -> Option<Amount> {
    Some(Amount::whole(number).unwrap())
}

async fn with(limits: Limits) -> World {
    let vault = Vault {
        money: limits,
        ..vault()
    };
    World::with(MemoryStore::new(), vault, rules()).await
}

#[test]
fn s3_28_what_is_over_the_limit_of_one_payout_waits_for_a_person_and_shares_go_on() {
    simulate(async {
        let each = whole(10);
        let mut world = with(Limits {
            each,
            ..Limits::default()
        })
        .await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 11)]).await;
        world.owe(2, user(1), &[(PayoutKind::Refund, 10)]).await;
        world.owe(3, user(1), &[(PayoutKind::Mint, 500)]).await;
        world.steps(10).await;
        assert_eq!(world.states().await, ["queued", "confirmed", "confirmed"]);
        assert!(
            world
                .payout(10)
                .await
                .note
                .unwrap()
                .contains("limit of one payout is 10")
        );
        assert_eq!(world.open_alerts().await, ["payout_limited subscription:2"]);
        world.check("each").await;
    });
}

#[test]
fn s3_28_a_recipients_day_and_a_day_hold_what_is_over_them_until_it_has_passed() {
    simulate(async {
        let limits = Limits {
            user_day: whole(10),
            day: whole(15),
            ..Limits::default()
        };
        let mut world = with(limits).await;
        world.owe(1, user(1), &[(PayoutKind::Refund, 6)]).await;
        world.owe(2, user(1), &[(PayoutKind::Refund, 6)]).await;
        world.owe(3, user(2), &[(PayoutKind::Refund, 8)]).await;
        world.owe(4, user(3), &[(PayoutKind::Refund, 8)]).await;
        world.steps(10).await;
        assert_eq!(world.states().await, ["confirmed", "queued", "confirmed", "queued"]);
        let notes = [world.payout(20).await.note, world.payout(40).await.note];
        assert!(notes[0].as_ref().unwrap().contains("recipient's day"), "{notes:?}");
        assert!(notes[1].as_ref().unwrap().contains("of a day"), "{notes:?}");
        tokio::time::sleep(domain::payout::limits::DAY).await;
        world.come_to_rest(20).await;
        assert_eq!(world.states().await, ["confirmed"; 4]);
        world.check("days").await;
    });
}

#[test]
fn s3_28_a_payout_that_the_vault_cannot_cover_waits_and_a_smaller_one_goes() {
    simulate(async {
        let mut world = World::new().await;
        world.chain.set_vault_money(10_000_000);
        world.owe(1, user(1), &[(PayoutKind::Refund, 8)]).await;
        world.owe(2, user(2), &[(PayoutKind::Refund, 8)]).await;
        world.owe(3, user(3), &[(PayoutKind::Refund, 2)]).await;
        world.owe(4, user(4), &[(PayoutKind::Mint, 2)]).await;
        world.look().await;
        assert_eq!(world.states().await, ["broadcast", "queued", "broadcast", "broadcast"]);
        world.steps(8).await;
        assert_eq!(world.states().await, ["confirmed", "queued", "confirmed", "confirmed"]);
        assert_eq!(world.open_alerts().await, ["payout_reserve subscription:2"]);
        world.chain.set_vault_money(18_000_000);
        world.come_to_rest(20).await;
        world.step().await;
        assert_eq!(
            (world.states().await, world.open_alerts().await),
            (vec!["confirmed"; 4], Vec::new())
        );
        world.check("covered").await;
    });
}

#[test]
fn s3_28_below_its_floor_a_vault_accepts_no_deposits_until_it_holds_enough_and_a_person_resumes() {
    simulate(async {
        let vault = Vault {
            floor: whole(100).unwrap(),
            ..vault()
        };
        let mut world = World::with(MemoryStore::new(), vault, rules()).await;
        world.chain.set_vault_money(105_000_000);
        world.step().await;
        assert_eq!(paused(&world).await, None);
        // What is to be paid counts before it is paid.
        world.owe(1, user(1), &[(PayoutKind::Refund, 6)]).await;
        world.look().await;
        let why = paused(&world).await.unwrap();
        assert!(why.contains("105000000") && why.contains("6000000"), "{why}");
        assert_eq!(world.open_alerts().await, ["payout_reserve subscription:2"]);
        // Payouts go on.
        world.come_to_rest(20).await;
        assert_eq!(world.states().await, ["confirmed"]);
        world.chain.set_vault_money(200_000_000);
        world.step().await;
        assert_eq!(world.open_alerts().await, [""; 0]);
        assert!(paused(&world).await.is_some(), "only a person resumes");
    });
}

/// Why the subscription is paused, when it is.
async fn paused(world: &World) -> Option<String> {
    let scope = PauseScope::Subscription(SUBSCRIPTION);
    let pauses = world.store.pauses_on(&[scope]).await.unwrap();
    let pause = pauses.into_iter().find(|pause| pause.paused)?;
    assert_eq!(pause.by, "bursar");
    Some(pause.reason)
}
