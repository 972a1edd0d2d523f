//! What becomes of due times: in time, too late, beside a run that is in progress, and after failures.

use std::time::Duration;

use domain::job::{JobChange, RunState};

use super::world::{Deed, START, World, changed, minutes, simulate, stop};

#[test]
fn s4_21_a_run_tells_what_it_was_for_when_it_began_and_ended_and_what_it_said() {
    simulate(async {
        let world = World::new().await;
        world.job("report", "0 */10 * * * *", |_| {}).await;
        world.then([Deed::Takes(Duration::from_secs(30))]);
        let daemon = world.daemon();
        minutes(11).await;
        let run = world.runs("report").await.pop().unwrap();
        assert_eq!(run.due.unwrap().0, START.0 + 600_000);
        let late = run.started_at.since(run.due.unwrap());
        assert!(late < Duration::from_secs(1), "{late:?}");
        assert!(run.ended_at.unwrap().since(run.started_at) >= Duration::from_secs(30));
        assert_eq!((run.state, run.attempt, run.asked_by), (RunState::Succeeded, 1, None));
        assert_eq!((run.worker.as_str(), run.output.as_str()), ("host:1", "what it said"));
        assert_eq!(run.result.as_deref(), Some("done at last"));
        let began = world.hand.began.lock().unwrap().clone();
        assert_eq!(began.len(), 1);
        assert_eq!(began[0].1, Duration::from_secs(600), "the job's own time-out");
        minutes(40).await;
        let all: Vec<String> = [10, 20, 30, 40, 50]
            .iter()
            .map(|at| format!("+{at} schedule succeeded"))
            .collect();
        assert_eq!(world.told("report").await, all);
        stop(&daemon).await;
    });
}

#[test]
fn s4_21_a_single_job_runs_beside_no_other_run_of_its_own() {
    simulate(async {
        let world = World::new().await;
        world
            .job("slow", "0 * * * * *", |job| job.misfire = "skip".to_owned())
            .await;
        world.then([Deed::Takes(Duration::from_secs(150))]);
        let daemon = world.daemon();
        minutes(5).await;
        // Begun at +1 and over at +3:30: +2 is missed when it is late, and +3 waits for its turn.
        let told = world.told("slow").await;
        assert_eq!(
            told[..3],
            [
                "+1 schedule succeeded",
                "+2 schedule missed (1)",
                "+3 schedule succeeded"
            ]
        );
        assert_eq!(world.hand.most_at_work.load(std::sync::atomic::Ordering::SeqCst), 1);
        stop(&daemon).await;
    });
}

#[test]
fn a_job_that_is_not_single_runs_beside_itself_up_to_a_limit() {
    simulate(async {
        let world = World::new().await;
        world.job("wide", "0 * * * * *", |job| job.singleton = false).await;
        for _ in 0..20 {
            world.then([Deed::Takes(Duration::from_secs(1_000))]);
        }
        let daemon = world.daemon();
        tokio::time::sleep(Duration::from_secs(250)).await;
        assert_eq!(world.hand.at_work.load(std::sync::atomic::Ordering::SeqCst), 4);
        minutes(11).await;
        assert_eq!(world.hand.at_work.load(std::sync::atomic::Ordering::SeqCst), 8);
        stop(&daemon).await;
        assert_eq!(world.hand.at_work.load(std::sync::atomic::Ordering::SeqCst), 0);
        let ended = world.runs("wide").await;
        assert!(ended.iter().all(|run| run.state != RunState::Running));
        assert_eq!(ended[0].result.as_deref(), Some("the daemon was stopped"));
    });
}

#[test]
fn due_times_of_an_absence_are_skipped_stood_for_or_caught_up() {
    simulate(async {
        let world = World::new().await;
        for policy in ["skip", "run_once", "catch_up"] {
            let name = policy.replace('_', "-");
            world
                .job(&name, "0 */10 * * * *", |job| job.misfire = policy.to_owned())
                .await;
        }
        minutes(85).await;
        let daemon = world.daemon();
        minutes(1).await;
        assert_eq!(world.told("skip").await, ["+80 schedule missed (8)"]);
        assert_eq!(
            world.told("run-once").await,
            ["+70 schedule missed (7)", "+80 catch_up succeeded"]
        );
        let caught: Vec<String> = [40, 50, 60, 70, 80]
            .iter()
            .map(|at| format!("+{at} catch_up succeeded"))
            .collect();
        assert_eq!(
            world.told("catch-up").await,
            [&["+30 schedule missed (3)".to_owned()][..], &caught].concat()
        );
        minutes(5).await;
        assert_eq!(world.told("skip").await[1..], ["+90 schedule succeeded"]);
        stop(&daemon).await;
    });
}

#[test]
fn s0_12_failures_back_off_raise_an_alert_and_a_success_ends_both() {
    simulate(async {
        let world = World::new().await;
        world.job("shaky", "0 * * * * *", |job| job.back_off = 120).await;
        let deeds = [Deed::Fails, Deed::Panics, Deed::Fails];
        world.then(deeds);
        let daemon = world.daemon();
        minutes(3).await;
        assert_eq!(world.stored("shaky").await.failures, 1);
        assert_eq!(world.alerts().await, [""; 0]);
        // Failed at +1, again two minutes later, and four minutes after that.
        minutes(5).await;
        assert_eq!(world.stored("shaky").await.failures, 3);
        let alerts = world.alerts().await;
        assert_eq!(alerts, ["job shaky failed 3 times in a row: it did not work"]);
        let runs = world.runs("shaky").await;
        let tries: Vec<_> = runs
            .iter()
            .filter(|run| run.missed == 0)
            .map(|run| run.attempt)
            .collect();
        assert_eq!(tries, [1, 2, 3]);
        assert!(
            runs.iter()
                .any(|run| run.result.as_deref().is_some_and(|why| why.contains("panic")))
        );
        minutes(10).await;
        assert_eq!(world.stored("shaky").await.failures, 0);
        assert_eq!(world.alerts().await, [""; 0]);
        stop(&daemon).await;
    });
}

#[test]
fn a_clock_that_is_set_runs_no_due_time_twice() {
    simulate(async {
        let world = World::new().await;
        world
            .job("tick", "0 * * * * *", |job| job.misfire = "catch_up".to_owned())
            .await;
        let daemon = world.daemon();
        for seconds in [-90, 150, -3_600, 3_700, -45, 1, 0] {
            minutes(3).await;
            world.clock.set(seconds);
        }
        minutes(70).await;
        let runs = world.runs("tick").await;
        let mut dues: Vec<_> = runs.iter().map(|run| run.due.unwrap()).collect();
        let count = dues.len();
        assert!(dues.is_sorted());
        dues.dedup();
        assert_eq!(dues.len(), count);
        let of_runs: i64 = runs.iter().map(|run| run.missed.max(1)).sum();
        let through = world.stored("tick").await.handled_through;
        assert_eq!(
            of_runs,
            (through.0 - START.0) / 60_000,
            "each minute is taken or missed"
        );
        stop(&daemon).await;
    });
}

#[test]
fn what_is_changed_disabled_or_removed_holds_from_the_next_due_time_on() {
    simulate(async {
        let world = World::new().await;
        world.job("job", "0 */10 * * * *", |_| {}).await;
        let daemon = world.daemon();
        minutes(11).await;
        let mut job = world.stored("job").await;
        job.enabled = false;
        world.write(JobChange::Update(Box::new(job))).await;
        changed(&daemon).await;
        minutes(20).await;
        assert_eq!(world.told("job").await, ["+10 schedule succeeded"]);
        let mut job = world.stored("job").await;
        job.enabled = true;
        job.handled_through = START.after(Duration::from_secs(31 * 60));
        world.write(JobChange::Update(Box::new(job))).await;
        changed(&daemon).await;
        minutes(10).await;
        assert_eq!(world.told("job").await[1..], ["+40 schedule succeeded"]);
        // Removed while it runs: the run ends, and is on record.
        world.then([Deed::Takes(Duration::from_secs(600))]);
        minutes(10).await;
        world
            .write(JobChange::Remove(Box::new(world.stored("job").await)))
            .await;
        changed(&daemon).await;
        minutes(30).await;
        assert_eq!(world.told("job").await[2..], ["+50 schedule succeeded"]);
        stop(&daemon).await;
    });
}
