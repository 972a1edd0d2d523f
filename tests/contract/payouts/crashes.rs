//! Every point at which the process may die, times everything that a node may answer, times money and shares.

use domain::payout::PayoutKind;

use super::world::{World, simulate, user};
use crate::deaths;
use crate::payer_chain::Reply;

const POINTS: [&str; 7] = [
    "payout.before_signed",
    "payout.signed",
    "payout.sent",
    "payout.receipt",
    "payout.before_confirmed",
    "payout.confirmed",
    "",
];

/// What happens to what is in a block.
#[derive(Debug, Clone, Copy)]
enum Later {
    Stays,
    IsReorganised,
    IsReorganisedAndForgotten,
    IsDropped,
}

async fn tell(point: &str, passes: u32, reply: Reply, later: Later, kind: PayoutKind) {
    let story = format!("{point} after {passes}, {reply:?}, {later:?}, {kind}");
    let mut world = World::new().await;
    let other = if kind.is_money() {
        PayoutKind::Mint
    } else {
        PayoutKind::Refund
    };
    world.owe(1, user(1), &[(kind, 5), (other, 2)]).await;
    world.owe(2, user(2), &[(kind, 7)]).await;
    world.chain.script(&[reply]);
    if !point.is_empty() {
        deaths::die_at(point, passes);
    }
    world.steps(3).await;
    match later {
        Later::Stays => {}
        Later::IsReorganised => world.chain.reorg(3, false),
        Later::IsReorganisedAndForgotten => world.chain.reorg(3, true),
        Later::IsDropped => world.chain.restart(),
    }
    world.come_to_rest(200).await;
    if !point.is_empty() {
        deaths::live_on();
        assert_eq!(world.crashes, 1, "{story}: it never died");
    }
    assert_eq!(world.states().await, ["confirmed"; 3], "{story}");
    for trigger in [1, 2] {
        let state = world.trigger(trigger).await.state;
        assert!(state.is_final(), "{story}: trigger {trigger} is {state:?}");
    }
    world.check(&story).await;
}

fn tell_all(kind: PayoutKind, later: &'static [Later]) {
    simulate(async move {
        for point in POINTS {
            for reply in Reply::ALL {
                for later in later {
                    tell(point, 0, reply, *later, kind).await;
                }
            }
        }
    });
}

#[test]
fn t10_a_refund_is_paid_once_wherever_the_process_dies_and_whatever_the_node_answers() {
    tell_all(PayoutKind::Refund, &[Later::Stays]);
}

#[test]
fn t10_shares_are_minted_once_wherever_the_process_dies_and_whatever_the_node_answers() {
    tell_all(PayoutKind::Mint, &[Later::Stays]);
}

#[test]
fn t10_a_payout_whose_block_is_reorganised_is_paid_once_all_the_same() {
    tell_all(
        PayoutKind::Refund,
        &[Later::IsReorganised, Later::IsReorganisedAndForgotten],
    );
}

#[test]
fn t10_a_payout_that_every_mempool_forgot_is_paid_once_all_the_same() {
    tell_all(PayoutKind::Mint, &[Later::IsDropped]);
}

#[test]
fn t10_dying_at_the_second_payout_is_no_different() {
    simulate(async {
        for point in POINTS
            .into_iter()
            .filter(|point| !point.is_empty() && *point != "payout.receipt")
        {
            for reply in Reply::ALL {
                tell(point, 1, reply, Later::Stays, PayoutKind::Refund).await;
            }
        }
    });
}
