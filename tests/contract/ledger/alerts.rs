//! Alerts: one open row per kind and subject, through outages and restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bursar::actors::mail::{Raise, Resolve};
use bursar::adapters::store::{CommitFault, MemoryStore};
use domain::alert::AlertKind;

use super::world::{World, options, simulate};
use crate::databases::Ground;

fn raise(subject: &str, message: &str) -> Raise {
    Raise {
        kind: AlertKind::JobFailing,
        subject: subject.to_owned(),
        message: message.to_owned(),
    }
}

fn resolve(subject: &str) -> Resolve {
    Resolve {
        kind: AlertKind::JobFailing,
        subject: subject.to_owned(),
    }
}

pub async fn alert_is_written_once_and_resolved_once(ground: Arc<Ground>) {
    let world = World::on(&ground).await;
    for message in ["first", "second", "third"] {
        world.alerts.send(raise("job:a", message)).await.unwrap();
        world.alerts.send(raise("job:b", message)).await.unwrap();
    }
    let open = world.all_alerts(true).await;
    let told: Vec<_> = open
        .iter()
        .map(|alert| (alert.subject.as_str(), alert.message.as_str()))
        .collect();
    assert_eq!(told, [("job:b", "first"), ("job:a", "first")]);
    world.stop().await;
    drop(world);
    // A new actor knows what is open.
    let world = World::on(&ground).await;
    world.alerts.send(raise("job:a", "again")).await.unwrap();
    world.alerts.send(resolve("job:b")).await.unwrap();
    world.alerts.send(resolve("job:b")).await.unwrap();
    assert_eq!(world.open_alerts().await, [(AlertKind::JobFailing, "job:a".to_owned())]);
    world.alerts.send(raise("job:b", "anew")).await.unwrap();
    let all = world.all_alerts(false).await;
    let told: Vec<_> = all
        .iter()
        .map(|alert| {
            (
                alert.subject.as_str(),
                alert.message.as_str(),
                alert.resolved_at.is_some(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("job:b", "anew", false),
            ("job:b", "first", true),
            ("job:a", "first", false)
        ]
    );
}

#[test]
fn alerts_raised_while_the_store_is_away_are_written_when_it_is_back() {
    simulate(async {
        let left = Arc::new(AtomicU32::new(0));
        let faults = Arc::clone(&left);
        let store = MemoryStore::new().with_faults(Arc::new(move |_| {
            let before = faults.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            match before {
                Ok(left) if left % 2 == 0 => CommitFault::After,
                Ok(_) => CommitFault::Before,
                Err(_) => CommitFault::None,
            }
        }));
        let world = World::new(Arc::new(store), options()).await;
        left.store(9, Ordering::SeqCst);
        world.alerts.send(raise("job:a", "first")).await.unwrap();
        world.alerts.send(raise("job:b", "second")).await.unwrap();
        world.alerts.send(resolve("job:a")).await.unwrap();
        assert_eq!(world.open_alerts().await, [(AlertKind::JobFailing, "job:b".to_owned())]);
        assert_eq!(world.all_alerts(false).await.len(), 2);
        world.stop().await;
        assert!(!world.alerts.connected());
    });
}
