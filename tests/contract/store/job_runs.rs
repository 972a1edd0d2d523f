//! Runs of jobs: a due time is taken once, a run ends once, and what is old is forgotten.

use std::sync::Arc;

use bursar::ports::store::{JobRunFilter, StoreError};
use domain::change::ChangeSet;
use domain::id::JobRunId;
use domain::job::{Job, JobRun, RunState};
use domain::page::Page;
use domain::time::Timestamp;
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::databases::Ground;
use super::job_samples::*;
use super::samples::{commit, refused};

pub async fn s0_10_a_due_time_is_taken_once_and_refuses_all_else(ground: Arc<Ground>) {
    let store = ground.open().await;
    commit(&*store, add(&job("nightly"))).await;
    commit(&*store, begin(&run(1, 10))).await;
    let moved = Job {
        handled_through: Timestamp(10),
        ..job("nightly")
    };
    for again in [run(2, 10), missed(2, 10, 1), run(1, 20)] {
        let mut changes = ChangeSet::of(update(&moved));
        changes.push(begin(&again));
        match store.commit(changes).await {
            Err(StoreError::Conflict { what }) => assert!(what.contains("of job nightly due at"), "{what}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(store.jobs().await.unwrap(), [job("nightly")]);
        assert_eq!(ids(&*store, JobRunFilter::default(), Page::first(9)).await, [1]);
    }
    // Another job's due times are its own, and whoever asks gets a run.
    let other = JobRun {
        job: name("weekly"),
        ..run(2, 10)
    };
    for one in [other, asked(3), asked(4), asked(5)] {
        commit(&*store, begin(&one)).await;
    }
    let done = run(1, 10).ended(RunState::Succeeded, Timestamp(50), "done", "");
    commit(&*store, end(&done)).await;
    refused(&*store, begin(&run(6, 10))).await;
}

pub async fn job_1_of_many_that_take_a_due_time_at_once_one_wins(ground: Arc<Ground>) {
    let store = ground.open().await;
    for round in 1..=10 {
        let mut tasks = Vec::new();
        for number in 0..16 {
            let store = Arc::clone(&store);
            let one = run(round * 100 + number, round);
            tasks.push(tokio::spawn(
                async move { store.commit(ChangeSet::of(begin(&one))).await },
            ));
        }
        let mut winners = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => winners += 1,
                Err(StoreError::Conflict { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(winners, 1);
    }
    assert_eq!(ids(&*store, JobRunFilter::default(), Page::first(99)).await.len(), 10);
}

/// Two stores of one database, as two daemons have them: one has the lease, and of the other nothing is written.
pub async fn job_1_of_two_stores_that_take_a_due_time_at_once_one_wins(ground: Arc<Ground>) {
    let (one, other) = (ground.open().await, ground.open().await);
    for round in 1..=5 {
        let (first, second) = (
            ChangeSet::of(begin(&run(round * 2, round))),
            ChangeSet::of(begin(&run(round * 2 + 1, round))),
        );
        let (first, second) = tokio::join!(one.commit(first), other.commit(second));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(ids(&*one, JobRunFilter::default(), Page::first(1)).await.len(), 1);
    }
    assert_eq!(ids(&*other, JobRunFilter::default(), Page::first(99)).await.len(), 5);
}

/// Whoever writes past the store, too: the table itself takes a due time once.
pub async fn job_1_of_two_connections_that_take_a_due_time_at_once_one_wins(ground: Arc<Ground>) {
    for round in 1..=10 {
        let take = async |id: i64| {
            let connection = ground.connection().await;
            let transaction = connection.begin().await?;
            let row = format!(
                "INSERT INTO job_run (id, job, due, missed, origin, state, attempt, worker, started_at, output) \
                 VALUES ({id}, 'nightly', {round}, 0, 'schedule', 'running', 1, 'host:{id}', 5, '')"
            );
            transaction.execute_unprepared(&row).await?;
            tokio::task::yield_now().await;
            transaction.commit().await
        };
        let (first, second) = tokio::join!(take(round * 2), take(round * 2 + 1));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    }
    let store = ground.open().await;
    assert_eq!(ids(&*store, JobRunFilter::default(), Page::first(99)).await.len(), 10);
}

pub async fn a_run_ends_once_and_stays_what_it_was_there_for(ground: Arc<Ground>) {
    let store = ground.open().await;
    commit(&*store, begin(&run(1, 10))).await;
    commit(&*store, begin(&missed(2, 20, 3))).await;
    let done = run(1, 10).ended(RunState::Succeeded, Timestamp(50), "done", "all");
    let endless = JobRun {
        ended_at: None,
        ..done.clone()
    };
    let somebody_elses = JobRun {
        job: name("weekly"),
        ..done.clone()
    };
    let passed = JobRun {
        state: RunState::Missed,
        ..done.clone()
    };
    for wrong in [run(1, 10), endless, somebody_elses, passed] {
        refused(&*store, end(&wrong)).await;
    }
    assert_eq!(store.job_run(JobRunId(1)).await.unwrap(), Some(run(1, 10)));
    let told = JobRun {
        due: Some(Timestamp(11)),
        worker: "host:18".to_owned(),
        started_at: Timestamp(1),
        ..done.clone()
    };
    commit(&*store, end(&told)).await;
    assert_eq!(store.job_run(JobRunId(1)).await.unwrap().as_ref(), Some(&done));
    let failed = run(1, 10).ended(RunState::Failed, Timestamp(60), "no", "");
    let what = refused(&*store, end(&failed)).await;
    assert_eq!(what, "run 1 of job nightly due at 1970-01-01T00:00:00.010Z");
    refused(&*store, end(&done)).await;
    refused(
        &*store,
        end(&run(2, 20).ended(RunState::Failed, Timestamp(60), "no", "")),
    )
    .await;
    refused(
        &*store,
        end(&run(3, 30).ended(RunState::Failed, Timestamp(60), "no", "")),
    )
    .await;
    assert_eq!(store.job_run(JobRunId(1)).await.unwrap(), Some(done));
    assert_eq!(store.job_run(JobRunId(2)).await.unwrap(), Some(missed(2, 20, 3)));
}

pub async fn what_no_run_can_be_is_refused(ground: Arc<Ground>) {
    let store = ground.open().await;
    for wrong in [
        JobRun {
            due: None,
            ..run(1, 10)
        },
        JobRun {
            due: Some(Timestamp(10)),
            ..asked(1)
        },
        JobRun {
            ended_at: Some(Timestamp(20)),
            ..run(1, 10)
        },
        JobRun {
            state: RunState::Failed,
            ..run(1, 10)
        },
        JobRun {
            missed: 1,
            ..run(1, 10)
        },
        missed(1, 10, 0),
        missed(1, 10, -1),
        JobRun {
            missed: 1,
            state: RunState::Missed,
            ended_at: Some(Timestamp(20)),
            ..asked(1)
        },
    ] {
        refused(&*store, begin(&wrong)).await;
    }
    assert!(ids(&*store, JobRunFilter::default(), Page::first(9)).await.is_empty());
}

pub async fn runs_come_newest_first_page_by_page(ground: Arc<Ground>) {
    let store = ground.open().await;
    for id in 1..=6 {
        let text = if id % 3 == 0 { "weekly" } else { "nightly" };
        let one = JobRun {
            job: name(text),
            ..run(id, id)
        };
        commit(&*store, begin(&one)).await;
        if id < 5 {
            let state = if id % 2 == 0 {
                RunState::Failed
            } else {
                RunState::Succeeded
            };
            commit(&*store, end(&one.ended(state, Timestamp(90), "", ""))).await;
        }
    }
    let of = |text: &str, state| JobRunFilter {
        job: Some(name(text)),
        state,
    };
    let in_state = |state| JobRunFilter {
        state: Some(state),
        ..JobRunFilter::default()
    };
    for (filter, page, wanted) in [
        (JobRunFilter::default(), Page::first(4), vec![6, 5, 4, 3]),
        (JobRunFilter::default(), Page::after(3, 4), vec![2, 1]),
        (JobRunFilter::default(), Page::after(1, 4), vec![]),
        (of("nightly", None), Page::first(9), vec![5, 4, 2, 1]),
        (of("nightly", None), Page::after(4, 1), vec![2]),
        (of("weekly", Some(RunState::Running)), Page::first(9), vec![6]),
        (of("none", None), Page::first(9), vec![]),
        (in_state(RunState::Running), Page::first(9), vec![6, 5]),
        (in_state(RunState::Failed), Page::first(9), vec![4, 2]),
        (in_state(RunState::Missed), Page::first(9), vec![]),
    ] {
        assert_eq!(ids(&*store, filter.clone(), page).await, wanted, "{filter:?} {page:?}");
    }
}

pub async fn old_runs_are_forgotten_but_for_those_in_progress(ground: Arc<Ground>) {
    let store = ground.open().await;
    for id in [1, 3, 4, 6, 7] {
        commit(&*store, begin(&run(id, id))).await;
    }
    commit(&*store, begin(&missed(2, 2, 5))).await;
    let other = JobRun {
        job: name("weekly"),
        ..missed(5, 5, 1)
    };
    commit(&*store, begin(&other)).await;
    for id in [1, 4, 6, 7] {
        let done = run(id, id).ended(RunState::Succeeded, Timestamp(90), "", "");
        commit(&*store, end(&done)).await;
    }
    commit(&*store, prune("nightly", 6)).await;
    assert_eq!(
        ids(&*store, JobRunFilter::default(), Page::first(9)).await,
        [7, 6, 5, 3]
    );
    commit(&*store, prune("nightly", 6)).await;
    // What was forgotten comes back with a commit that is refused.
    let mut changes = ChangeSet::of(prune("nightly", 8));
    changes.push(begin(&run(3, 30)));
    assert!(store.commit(changes).await.is_err());
    assert_eq!(
        ids(&*store, JobRunFilter::default(), Page::first(9)).await,
        [7, 6, 5, 3]
    );
    refused(&*store, begin(&run(8, 7))).await;
}
