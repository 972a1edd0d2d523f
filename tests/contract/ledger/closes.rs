//! Alerts on what is unusual in closes: raised once, over when it is over, and looked for in pages.

use std::time::Duration;

use bursar::jobs::judge_closes::{CloseRules, Ears, judge_closes};
use bursar::ports::store::Store;
use domain::alert::AlertKind;
use domain::alert::rules::{DebtLimits, HandLimits, SpikeLimits};
use domain::change::Change;
use domain::position::{CloseReason, Position, PositionState};

use super::world::{START, World, closed, commit, options, simulate};

const HOUR: Duration = Duration::from_secs(3_600);

/// Four of the last five closes by hand; three times the usual profit and above ten; half of the power owed.
pub fn rules() -> CloseRules {
    CloseRules {
        window: HOUR,
        hand: HandLimits {
            closes: 5,
            least: 4,
            share: "0.8".parse().unwrap(),
        },
        spike: SpikeLimits {
            closes: 5,
            least: 3,
            factor: "3".parse().unwrap(),
            floor: "10".parse().unwrap(),
        },
        spike_open_for: HOUR * 24,
        debt: DebtLimits {
            share: "0.5".parse().unwrap(),
            least: "1".parse().unwrap(),
        },
        debt_window: HOUR * 2,
    }
}

async fn world() -> World {
    let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(bursar::adapters::store::MemoryStore::new());
    World::new(store, options()).await
}

async fn judged(world: &World) -> usize {
    let ears = Ears {
        raises: world.alerts.clone().recipient(),
        resolves: world.alerts.clone().recipient(),
    };
    let judged = judge_closes(world.store.clone(), world.clock.clone(), rules(), ears).await;
    judged.unwrap()
}

/// Closes of a user now, from this id on.
async fn close(world: &World, user: i64, first: i64, reason: CloseReason, profits: &[&str]) {
    for (id, profit) in (first..).zip(profits) {
        let at = bursar::clock::Clock::now(&*world.clock);
        let profit = profit.parse().unwrap();
        let state = PositionState::Closed { at, reason, profit };
        let position = Position {
            state,
            ..closed(id, user, profit, at)
        };
        commit(&*world.store, Change::AddPosition(Box::new(position))).await;
    }
}

#[test]
fn a_user_who_closes_by_hand_is_an_alert_until_the_robot_closes_again() {
    simulate(async {
        let world = world().await;
        close(&world, 7, 1, CloseReason::Manual, &["-1", "-1", "-1"]).await;
        close(&world, 8, 10, CloseReason::StopLoss, &["-1", "-1", "-1", "-1"]).await;
        assert_eq!(judged(&world).await, 0);
        close(&world, 7, 4, CloseReason::Manual, &["-1"]).await;
        assert_eq!(judged(&world).await, 1);
        let open = [(AlertKind::ManualCloser, "user:7".to_owned())];
        assert_eq!(world.open_alerts().await, open);
        assert_eq!(judged(&world).await, 0, "it is open already");
        // Nothing new is closed within the window: the habit lasts.
        world.clock.advance(HOUR * 2);
        assert_eq!(judged(&world).await, 0);
        assert_eq!(world.open_alerts().await, open);
        close(&world, 7, 5, CloseReason::TakeProfit, &["-1", "-1"]).await;
        assert_eq!(judged(&world).await, 0);
        assert_eq!(world.open_alerts().await, []);
    });
}

#[test]
fn a_profit_spike_is_told_once_and_its_alert_ends_after_its_time() {
    simulate(async {
        let world = world().await;
        // The usual profit of the others is 5: 15 is three times that, and more is a spike.
        close(&world, 7, 1, CloseReason::TakeProfit, &["5", "5", "5", "5", "15"]).await;
        assert_eq!(judged(&world).await, 0);
        close(&world, 7, 6, CloseReason::TakeProfit, &["15.00000001"]).await;
        assert_eq!(judged(&world).await, 1);
        let subjects = [(AlertKind::ProfitSpike, "position:6".to_owned())];
        assert_eq!(world.open_alerts().await, subjects);
        assert_eq!(judged(&world).await, 0);
        world.clock.advance(HOUR * 24 - Duration::from_millis(1));
        judged(&world).await;
        assert_eq!(world.open_alerts().await, subjects);
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(judged(&world).await, 0);
        assert_eq!(world.open_alerts().await, []);
    });
}

#[test]
fn too_much_owed_is_an_alert_until_the_debts_are_collected_or_too_long_ago() {
    simulate(async {
        let world = world().await;
        world.close_at(1, 7, "100", START).await;
        world.settle(1).await;
        assert_eq!(judged(&world).await, 1);
        let open = [(AlertKind::DebtRatio, "settlement".to_owned())];
        assert!(world.open_alerts().await.contains(&open[0]));
        world.clock.advance(HOUR * 2);
        assert_eq!(judged(&world).await, 0);
        assert!(
            world.open_alerts().await.contains(&open[0]),
            "the end of the window counts"
        );
        world.clock.advance(Duration::from_millis(1));
        assert_eq!(judged(&world).await, 0);
        assert!(!world.open_alerts().await.contains(&open[0]));
    });
}

#[test]
fn closes_are_looked_at_page_by_page() {
    simulate(async {
        let world = world().await;
        let usual = vec!["1"; 700];
        close(&world, 7, 1, CloseReason::TakeProfit, &usual).await;
        world.clock.advance(Duration::from_secs(1));
        let spikes = vec!["90"; 2];
        close(&world, 7, 701, CloseReason::TakeProfit, &spikes).await;
        assert_eq!(judged(&world).await, 2, "those of the second page");
    });
}
