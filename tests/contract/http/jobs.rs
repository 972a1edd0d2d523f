//! Jobs over HTTP: who may, what is named when it is wrong, and what is shown.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::store::MemoryStore;
use bursar::jobs::Builtin;
use bursar::ports::store::Store as _;
use bursar::ports::work::{Done, Worker};
use domain::access::Role;
use domain::change::{Change, ChangeSet};
use domain::id::JobRunId;
use domain::job::{JobChange, JobName, JobRun, JobWrong, Origin, RunState, Work};
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::stage::Stage;

/// Allows one program, and runs nothing.
struct Strict;

#[async_trait]
impl Worker for Strict {
    fn check(&self, work: &Work) -> Result<(), JobWrong> {
        match work {
            Work::Command { program, .. } if program == "backup" => Ok(()),
            other => Err(JobWrong::new(
                if other.kind() == "command" { "program" } else { "type" },
                "is not allowed by the settings",
            )),
        }
    }

    async fn run(&self, _: &JobName, _: &Work, _: Duration) -> Done {
        unreachable!("the stage runs nothing")
    }
}

async fn stage() -> Stage {
    let own = Builtin {
        name: "verify_ledger",
        about: "derives every balance from the entries again",
        every: Duration::from_secs(86_400),
    };
    Stage::on(MemoryStore::new(), |desk| desk.with_jobs(vec![own], Arc::new(Strict))).await
}

fn backup() -> Value {
    json!({
        "name": "nightly",
        "work": {"type": "command", "program": "backup", "arguments": ["--all"]},
        "cron": "0 30 2 * * *",
        "zone": "Europe/Berlin",
        "reason": "wanted",
    })
}

#[actix_web::test]
async fn s4_19_only_admins_make_jobs_and_only_of_what_the_settings_allow() {
    let stage = stage().await;
    for role in [Role::Viewer, Role::Operator] {
        assert_eq!(stage.post(role, "/jobs", backup()).await.status, 403);
    }
    for (field, work) in [
        ("work.program", json!({"type": "command", "program": "rm"})),
        ("work.program", json!({"type": "command", "program": "/bin/sh"})),
        (
            "work.type",
            json!({"type": "url", "url": "http://169.254.169.254/latest"}),
        ),
        (
            "work.type",
            json!({"type": "script", "interpreter": "sh", "file": "x.sh"}),
        ),
        (
            "work.file",
            json!({"type": "script", "interpreter": "sh", "file": "../x.sh"}),
        ),
        ("work.task", json!({"type": "builtin", "task": "rm"})),
    ] {
        let mut body = backup();
        body["work"] = work;
        let refused = stage.post(Role::Admin, "/jobs", body).await;
        assert_eq!(refused.wrong(), (422, vec![field.to_owned()]), "{refused:?}");
    }
    let made = stage.post(Role::Admin, "/jobs", backup()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let trail = stage.trail().await;
    let (by, action, subject, why) = trail.last().unwrap();
    assert_eq!(
        (by.as_str(), action.as_str(), subject.as_str()),
        ("admin", "job.create", "job:nightly")
    );
    assert!(why.starts_with("wanted"), "{why}");
    // A change is judged like a new job.
    let change = json!({"work": {"type": "command", "program": "rm"}});
    assert_eq!(
        stage.patch(Role::Admin, "/jobs/nightly", change).await.wrong(),
        (422, vec!["work.program".to_owned()])
    );
}

#[actix_web::test]
async fn field_of_a_job_that_breaks_a_rule_is_named() {
    let stage = stage().await;
    for (field, value) in [
        ("name", json!("Nightly")),
        ("name", json!("runs")),
        ("name", json!("verify_ledger")),
        ("cron", json!("30 2 * * *")),
        ("cron", json!("0 0 0 30 2 *")),
        ("zone", json!("Mars/Olympus")),
        ("misfire", json!("sometimes")),
        ("time_out", json!(0)),
        ("back_off", json!(3_601)),
        ("shell", json!("sh")),
    ] {
        let mut body = backup();
        body[field] = value;
        let reply = stage.post(Role::Admin, "/jobs", body).await;
        assert_eq!(reply.wrong(), (422, vec![field.to_owned()]), "{reply:?}");
    }
    assert_eq!(stage.post(Role::Admin, "/jobs", backup()).await.status, 201);
    assert_eq!(stage.post(Role::Admin, "/jobs", backup()).await.wrong().0, 409);
    assert_eq!(stage.get(Role::Viewer, "/jobs/nothing").await.status, 404);
}

#[actix_web::test]
async fn s4_20_the_next_due_times_of_a_pattern_are_shown_before_a_job_is_made_of_it() {
    let stage = stage().await;
    let shown = stage
        .get(Role::Viewer, "/jobs/next?cron=30%20*/5%20*%20*%20*%20*")
        .await
        .json();
    let next = shown["next"].as_array().unwrap();
    assert_eq!(next.len(), 5);
    assert!(
        next.iter().all(|due| due.as_str().unwrap().ends_with(":30.000Z")),
        "{shown}"
    );
    let wrong = stage.get(Role::Viewer, "/jobs/next?cron=*/5%20*%20*%20*%20*").await;
    assert_eq!(wrong.wrong(), (422, vec!["cron".to_owned()]));
    stage.post(Role::Admin, "/jobs", backup()).await;
    let job = stage.get(Role::Viewer, "/jobs/nightly").await.json();
    assert_eq!(job["next"].as_array().unwrap().len(), 5, "{job}");
    assert_eq!(
        (&job["cron"], &job["zone"]),
        (&json!("0 30 2 * * *"), &json!("Europe/Berlin"))
    );
}

#[actix_web::test]
async fn a_job_is_changed_switched_and_removed_and_the_daemons_own_ones_are_not() {
    let stage = stage().await;
    stage.post(Role::Admin, "/jobs", backup()).await;
    let off = stage
        .post(Role::Operator, "/jobs/nightly/disable", json!({}))
        .await
        .json();
    assert_eq!((&off["enabled"], &off["next"]), (&json!(false), &json!([])));
    let on = stage
        .post(Role::Operator, "/jobs/nightly/enable", json!({}))
        .await
        .json();
    assert_eq!(on["enabled"], true);
    let changed = stage
        .patch(Role::Admin, "/jobs/nightly", json!({"misfire": "skip", "time_out": 60}))
        .await
        .json();
    assert_eq!(
        (&changed["misfire"], &changed["time_out"]),
        (&json!("skip"), &json!(60))
    );
    assert_eq!(changed["cron"], "0 30 2 * * *", "what is not said stays");
    for act in ["disable", "remove"] {
        let path = format!("/jobs/verify_ledger/{act}");
        assert_eq!(stage.post(Role::Admin, &path, json!({})).await.wrong().0, 409);
    }
    let all = stage.get(Role::Viewer, "/jobs").await.json();
    let names: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| &job["name"])
        .collect();
    assert_eq!(names, ["verify_ledger", "nightly"]);
    assert_eq!(
        stage
            .post(Role::Operator, "/jobs/nightly/remove", json!({}))
            .await
            .status,
        403
    );
    assert_eq!(
        stage.post(Role::Admin, "/jobs/nightly/remove", json!({})).await.status,
        200
    );
    assert_eq!(stage.get(Role::Viewer, "/jobs/nightly").await.status, 404);
}

#[actix_web::test]
async fn a_run_is_asked_for_on_record_and_shown_with_its_end() {
    let stage = stage().await;
    stage.post(Role::Admin, "/jobs", backup()).await;
    let run = JobRun {
        id: JobRunId(1),
        job: JobName::new("nightly").unwrap(),
        due: None,
        missed: 0,
        origin: Origin::Manual,
        state: RunState::Running,
        attempt: 1,
        worker: "host:1".to_owned(),
        asked_by: Some("operator".to_owned()),
        started_at: Timestamp(1_000),
        ended_at: None,
        result: None,
        output: String::new(),
    };
    let write = async |change| stage.store.commit(ChangeSet::of(Change::Job(change))).await.unwrap();
    write(JobChange::AddRun(Box::new(run.clone()))).await;
    assert_eq!(
        stage.post(Role::Viewer, "/jobs/nightly/run", json!({})).await.status,
        403
    );
    assert_eq!(
        stage.post(Role::Operator, "/jobs/nothing/run", json!({})).await.status,
        404
    );
    let begun = stage
        .post(Role::Operator, "/jobs/nightly/run", json!({"reason": "now"}))
        .await;
    assert_eq!((begun.status, &begun.json()["state"]), (202, &json!("running")));
    assert_eq!(stage.trail().await.last().unwrap().1, "job.run");
    let ended = run.ended(RunState::Failed, Timestamp(3_500), "exited with 2", "no such file");
    write(JobChange::EndRun(Box::new(ended))).await;
    let shown = stage.get(Role::Viewer, "/jobs/runs/1").await.json();
    assert_eq!(
        (&shown["state"], &shown["took_ms"], &shown["output"], &shown["result"]),
        (
            &json!("failed"),
            &json!(2_500),
            &json!("no such file"),
            &json!("exited with 2")
        )
    );
    let listed = stage
        .get(Role::Viewer, "/jobs/runs?job=nightly&state=failed")
        .await
        .json();
    assert_eq!(listed["items"], json!([shown]));
    let wrong = stage.get(Role::Viewer, "/jobs/runs?state=lost").await;
    assert_eq!(wrong.wrong(), (422, vec!["state".to_owned()]));
}
