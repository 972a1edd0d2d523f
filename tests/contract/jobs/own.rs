//! The daemon's own jobs, beside those that people made: seen and run in the same place.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bursar::actors::job_scheduler::Job;
use bursar::actors::mail::RunJob;
use bursar::jobs::{JobError, JobReport};
use domain::job::{RunState, Work};

use super::world::{World, minutes, simulate, start, stop};

/// Succeeds every ten seconds, but for one run.
fn often(fails_at: u32) -> (Job, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let job = Job::new("often", Duration::from_secs(10), Duration::from_secs(60), move || {
        counted.set(counted.get() + 1);
        let number = counted.get();
        async move {
            match number == fails_at {
                true => Err(JobError::Mail("no answer".to_owned())),
                false => Ok(JobReport::Judged(0)),
            }
        }
    });
    (job, count)
}

#[test]
fn one_success_a_minute_and_every_failure_are_on_record() {
    simulate(async {
        let world = World::new().await;
        let (job, count) = often(20);
        let daemon = world.daemon_with(vec![job]);
        minutes(10).await;
        assert!((58..=61).contains(&count.get()));
        let runs = world.runs("often").await;
        let failed: Vec<_> = runs.iter().filter(|run| run.state == RunState::Failed).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].result.as_deref(), Some("no answer"));
        assert!((9..=12).contains(&runs.len()), "{}", runs.len());
        stop(&daemon).await;
    });
}

#[test]
fn an_own_job_is_run_by_hand_and_as_the_work_of_another() {
    simulate(async {
        let world = World::new().await;
        let (job, count) = often(0);
        let daemon = world.daemon_with(vec![job]);
        minutes(1).await;
        let before = count.get();
        let id = start(&daemon, "often").await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(count.get(), before + 1);
        let runs = world.runs("often").await;
        let by_hand: Vec<_> = runs.iter().filter(|run| run.due.is_none()).collect();
        assert_eq!(by_hand.len(), 1, "it stands there once");
        assert_eq!((by_hand[0].id, by_hand[0].asked_by.as_deref()), (id, Some("ann")));
        world
            .job("mine", "0 */5 * * * *", |job| {
                job.work = Work::Builtin {
                    task: "often".to_owned(),
                }
            })
            .await;
        minutes(5).await;
        let run = world.runs("mine").await.pop().unwrap();
        assert_eq!(
            (run.state, run.result.as_deref()),
            (RunState::Succeeded, Some("0 alerts have reason"))
        );
        let asked = daemon.send(RunJob::asked("often", "bob")).await.unwrap();
        assert_eq!(asked, Ok("0 alerts have reason".to_owned()));
        tokio::time::sleep(Duration::from_millis(10)).await;
        let runs = world.runs("often").await;
        assert!(runs.iter().any(|run| run.asked_by.as_deref() == Some("bob")));
        stop(&daemon).await;
    });
}
