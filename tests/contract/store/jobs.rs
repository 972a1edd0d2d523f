//! Jobs: read back as they were written, moved by their version, and named when they cannot be read.

use std::sync::Arc;
use std::time::Duration;

use bursar::ports::store::StoreError;
use domain::id::JobRunId;
use domain::job::{Job, JobRun, Method, Misfire, Origin, RunState, Schedule, Work};
use domain::time::Timestamp;
use sea_orm::ConnectionTrait;

use super::databases::Ground;
use super::job_samples::*;
use super::samples::{commit, refused};

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn jobs_and_runs_are_read_back_as_they_were_written(ground: Arc<Ground>) {
    let store = ground.open().await;
    let works = [
        Work::Builtin {
            task: "verify_ledger".to_owned(),
        },
        Work::Command {
            program: "backup".to_owned(),
            arguments: vec!["--all".to_owned()],
        },
        job("a").work,
        Work::Url {
            method: Method::Post,
            url: "https://ops.example/ping?a=b".to_owned(),
            body: Some("{\"a\":\"it's\"}".to_owned()),
        },
    ];
    let mut written = Vec::new();
    for (work, text) in works.into_iter().zip(["d", "c-2", "b_1", "a"]) {
        let last_ended = (text == "a").then_some(Timestamp(7));
        let mut one = job(text);
        (one.work, one.last_ended) = (work, last_ended);
        commit(&*store, add(&one)).await;
        written.push(one);
    }
    written.reverse();
    assert_eq!(store.jobs().await.unwrap(), written);
    assert_eq!(store.job(&name("c-2")).await.unwrap().as_ref(), Some(&written[2]));
    assert_eq!(store.job(&name("none")).await.unwrap(), None);
    for misfire in Misfire::ALL {
        let one = Job {
            misfire,
            enabled: false,
            singleton: true,
            back_off: Duration::ZERO,
            ..job(&format!("m_{}", misfire.as_str()))
        };
        commit(&*store, add(&one)).await;
        assert_eq!(store.job(&one.name).await.unwrap(), Some(one));
    }
    let late = JobRun {
        origin: Origin::CatchUp,
        attempt: 4,
        ..run(2, 20)
    };
    for one in [run(1, 10), late, asked(3), missed(4, 40, 10_000)] {
        commit(&*store, begin(&one)).await;
        assert_eq!(store.job_run(one.id).await.unwrap(), Some(one));
    }
    assert_eq!(store.job_run(JobRunId(5)).await.unwrap(), None);
    let failed = run(1, 10).ended(RunState::Failed, Timestamp(99), "it's 坏", &"ö\n".repeat(4_000));
    let done = asked(3).ended(RunState::Succeeded, Timestamp(9_999), "", "");
    for one in [failed, done] {
        commit(&*store, end(&one)).await;
        assert_eq!(store.job_run(one.id).await.unwrap(), Some(one));
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
pub async fn a_job_moves_by_its_version_and_keeps_who_made_it(ground: Arc<Ground>) {
    let store = ground.open().await;
    let first = job("nightly");
    commit(&*store, add(&first)).await;
    let what = refused(
        &*store,
        add(&Job {
            failures: 0,
            ..first.clone()
        }),
    )
    .await;
    assert_eq!(what, "job nightly");
    let mut changed = Job {
        work: Work::Builtin {
            task: "verify_ledger".to_owned(),
        },
        schedule: Schedule::read("0 0 0 30 2 *", "UTC").unwrap(),
        enabled: false,
        singleton: true,
        misfire: Misfire::Skip,
        time_out: Duration::from_secs(1),
        back_off: Duration::ZERO,
        failures: 0,
        last_ended: None,
        handled_through: Timestamp(2_000),
        updated_at: Timestamp(2_001),
        ..first.clone()
    };
    commit(&*store, update(&changed)).await;
    refused(&*store, update(&changed)).await;
    refused(&*store, remove(&first)).await;
    changed.version = 1;
    // Due at no time that ever comes, and still the job's.
    assert_eq!(store.job(&first.name).await.unwrap().as_ref(), Some(&changed));
    for wrong in [
        Job {
            made_by: "eve".to_owned(),
            ..changed.clone()
        },
        Job {
            created_at: Timestamp(1),
            ..changed.clone()
        },
        Job {
            time_out: Duration::ZERO,
            ..changed.clone()
        },
        Job {
            version: 1,
            ..job("another")
        },
    ] {
        refused(&*store, update(&wrong)).await;
    }
    assert_eq!(store.jobs().await.unwrap(), [changed.clone()]);
    commit(&*store, begin(&run(1, 10))).await;
    commit(&*store, remove(&changed)).await;
    refused(&*store, remove(&changed)).await;
    refused(&*store, update(&changed)).await;
    assert_eq!(store.jobs().await.unwrap(), []);
    // Its runs outlive it, and its name is free.
    assert_eq!(store.job_run(JobRunId(1)).await.unwrap(), Some(run(1, 10)));
    commit(&*store, add(&first)).await;
}

pub async fn a_job_that_cannot_be_read_is_named(ground: Arc<Ground>) {
    let store = ground.open().await;
    let connection = ground.connection().await;
    for (column, says) in [
        ("cron = '* * * * *'", "six fields"),
        ("cron = 'x * * * * *'", "six fields"),
        ("zone = 'Nowhere/At_All'", "time zone"),
        ("work = '{\"type\":\"shell\"}'", "work: unknown variant"),
        ("work = 'rm'", "work: "),
        ("kind = 'url'", "kind `url`"),
        ("failures = 4294967296", "failures is 4294967296"),
    ] {
        let one = job("nightly");
        commit(&*store, add(&one)).await;
        connection
            .execute_unprepared(&format!("UPDATE job SET {column} WHERE name = 'nightly'"))
            .await
            .unwrap();
        for answer in [store.job(&one.name).await.map(drop), store.jobs().await.map(drop)] {
            match answer {
                Err(StoreError::Corrupt { what, why }) => {
                    assert_eq!(what, "job nightly", "{column}");
                    assert!(why.contains(says), "{column}: {why}");
                }
                other => panic!("{column}: {other:?}"),
            }
        }
        commit(&*store, remove(&one)).await;
    }
    for column in [
        "misfire = 'retry'",
        "kind = 'shell'",
        "time_out = 0",
        "back_off = -1",
        "enabled = 2",
        "made_by = NULL",
    ] {
        commit(&*store, add(&job("nightly"))).await;
        let wrong = format!("UPDATE job SET {column} WHERE name = 'nightly'");
        assert!(connection.execute_unprepared(&wrong).await.is_err(), "{column}");
        commit(&*store, remove(&job("nightly"))).await;
    }
}
