//! Ends in the middle: of the daemon, of commits, and two daemons at once. Each due time has one run.

use std::collections::BTreeMap;
use std::time::Duration;

use actix::Addr;
use bursar::actors::job_scheduler::JobSchedulerActor;
use bursar::adapters::store::CommitFault;
use domain::job::{JobRun, RunState};

use super::world::{Deed, START, World, minutes, simulate, start, stop};
use crate::dice::Dice;

/// Due times of runs, each once, and none left out of the first so many minutes.
fn assert_each_once(runs: &[JobRun], minutes: i64) {
    let mut taken: BTreeMap<i64, i64> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.state != RunState::Missed) {
        *taken.entry((run.due.unwrap().0 - START.0) / 60_000).or_default() += 1;
    }
    assert!(taken.values().all(|count| *count == 1), "{taken:?}");
    let missed: i64 = runs.iter().map(|run| run.missed).sum();
    let all = i64::try_from(taken.len()).unwrap() + missed;
    assert!(all >= minutes, "{all} of {minutes}: {taken:?}");
}

/// Ends a daemon as a kill does: nothing is written down any more.
async fn kill(world: &World, daemon: Addr<JobSchedulerActor>) {
    world.faults.lock().unwrap().extend([CommitFault::Before; 10]);
    stop(&daemon).await;
    world.faults.lock().unwrap().clear();
}

#[test]
fn s0_10_a_run_that_a_kill_ended_is_told_as_failed_and_its_due_time_is_not_taken_again() {
    simulate(async {
        let world = World::new().await;
        world
            .job("slow", "0 */10 * * * *", |job| job.misfire = "catch_up".to_owned())
            .await;
        world.then([Deed::Takes(Duration::from_secs(300))]);
        let daemon = world.daemon();
        minutes(11).await;
        kill(&world, daemon).await;
        assert_eq!(world.told("slow").await, ["+10 schedule running"]);
        let daemon = world.daemon();
        minutes(1).await;
        assert_eq!(world.told("slow").await, ["+10 schedule failed"]);
        let job = world.stored("slow").await;
        assert_eq!(job.failures, 1);
        let why = world.runs("slow").await[0].result.clone().unwrap();
        assert!(why.contains("daemon ended"), "{why}");
        minutes(10).await;
        assert_eq!(world.told("slow").await[1..], ["+20 schedule succeeded"]);
        assert_eq!(world.hand.began.lock().unwrap().len(), 2);
        stop(&daemon).await;
    });
}

#[test]
fn s0_10_two_daemons_on_one_store_take_each_due_time_once() {
    simulate(async {
        let world = World::new().await;
        world.job("race", "*/10 * * * * *", |_| {}).await;
        let daemons = [world.daemon(), world.daemon()];
        minutes(10).await;
        for daemon in &daemons {
            stop(daemon).await;
        }
        let runs = world.runs("race").await;
        let mut dues: Vec<_> = runs.iter().map(|run| run.due.unwrap()).collect();
        assert!((59..=60).contains(&dues.len()), "{}", dues.len());
        dues.sort_unstable();
        dues.dedup();
        assert_eq!(dues.len(), runs.len());
        assert_eq!(
            world.hand.began.lock().unwrap().len(),
            runs.len(),
            "each run ran, and no other"
        );
    });
}

/// What becomes of the next commits and runs.
fn fate(world: &World, dice: &mut Dice) {
    for _ in 0..dice.between(0, 6) {
        let fault = match dice.between(0, 3) {
            0 => CommitFault::Before,
            1 => CommitFault::After,
            _ => CommitFault::None,
        };
        world.faults.lock().unwrap().push_back(fault);
        let deed = match dice.between(0, 3) {
            0 => Deed::Fails,
            _ => Deed::Takes(Duration::from_secs(dice.between(0, 100))),
        };
        world.then([deed]);
    }
}

#[test]
fn job_1_each_due_time_has_one_run_whatever_commits_and_daemons_do() {
    for seed in 0..10 {
        simulate(async move {
            let mut dice = Dice(seed);
            let world = World::new().await;
            let policy = ["skip", "run_once", "catch_up"][usize::try_from(dice.between(0, 3)).unwrap()];
            world
                .job("job", "0 * * * * *", |job| job.misfire = policy.to_owned())
                .await;
            for _ in 0..8 {
                let daemon = world.daemon();
                fate(&world, &mut dice);
                tokio::time::sleep(Duration::from_secs(dice.between(0, 300))).await;
                if dice.between(0, 2) == 0 {
                    kill(&world, daemon).await;
                } else {
                    stop(&daemon).await;
                }
                tokio::time::sleep(Duration::from_secs(dice.between(0, 200))).await;
            }
            let daemon = world.daemon();
            minutes(10).await;
            assert!(start(&daemon, "job").await.is_ok(), "seed {seed}");
            minutes(2).await;
            stop(&daemon).await;
            let mut runs = world.runs("job").await;
            assert!(
                runs.iter().all(|run| run.state != RunState::Running),
                "seed {seed}: {runs:?}"
            );
            let began = world.hand.began.lock().unwrap().len();
            let of_record = runs.iter().filter(|run| run.state != RunState::Missed).count();
            assert!(
                began <= of_record,
                "seed {seed}: {began} began, {of_record} are on record"
            );
            runs.retain(|run| run.due.is_some());
            let through = world.stored("job").await.handled_through;
            assert_each_once(&runs, (through.0 - START.0) / 60_000);
        });
    }
}
