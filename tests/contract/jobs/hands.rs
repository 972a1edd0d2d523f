//! Runs that somebody asks for.

use std::time::Duration;

use domain::job::RunState;

use super::world::{Deed, World, minutes, simulate, start, stop};

#[test]
fn a_run_by_hand_begins_at_once_whatever_the_times_and_says_who_asked() {
    simulate(async {
        let world = World::new().await;
        world.job("report", "0 0 0 1 1 *", |job| job.enabled = false).await;
        let daemon = world.daemon();
        let id = start(&daemon, "report").await.unwrap();
        minutes(1).await;
        let run = world.runs("report").await.pop().unwrap();
        assert_eq!((run.id, run.due, run.state), (id, None, RunState::Succeeded));
        assert_eq!(run.asked_by.as_deref(), Some("ann"));
        assert_eq!(
            start(&daemon, "nothing").await,
            Err("there is no job `nothing`".to_owned())
        );
        assert_eq!(
            start(&daemon, "No Name").await,
            Err("there is no job `No Name`".to_owned())
        );
        stop(&daemon).await;
    });
}

#[test]
fn a_single_job_is_not_run_by_hand_beside_itself_and_counts_its_failures() {
    simulate(async {
        let world = World::new().await;
        world.job("report", "0 0 0 1 1 *", |_| {}).await;
        let deeds = [Deed::Takes(Duration::from_secs(90)), Deed::Fails];
        world.then(deeds);
        let daemon = world.daemon();
        start(&daemon, "report").await.unwrap();
        let again = start(&daemon, "report").await.unwrap_err();
        assert!(again.contains("runs already"), "{again}");
        minutes(2).await;
        start(&daemon, "report").await.unwrap();
        minutes(1).await;
        assert_eq!(world.stored("report").await.failures, 1);
        assert_eq!(
            world.told("report").await,
            ["by hand manual succeeded", "by hand manual failed"]
        );
        stop(&daemon).await;
    });
}
