//! Alerts over HTTP: listed by state, acknowledged once, on record.

use bursar::ports::store::Store;
use domain::access::Role;
use domain::alert::{Alert, AlertKind};
use domain::change::{Change, ChangeSet};
use domain::id::AlertId;
use domain::page::Page;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::stage::Stage;

async fn raise(stage: &Stage, id: i64) -> Alert {
    let alert = Alert {
        id: AlertId(id),
        kind: AlertKind::JobFailing,
        subject: format!("job:{id}"),
        message: "seen".to_owned(),
        raised_at: Timestamp(1_000),
        acknowledged: None,
        resolved_at: None,
    };
    let change = Change::RaiseAlert(alert.clone());
    stage.store.commit(ChangeSet::of(change)).await.unwrap();
    alert
}

async fn ids(stage: &Stage, path: &str) -> Vec<i64> {
    let reply = stage.get(Role::Viewer, path).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let items: Vec<Value> = serde_json::from_value(reply.json()["items"].clone()).unwrap();
    items.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[actix_web::test]
async fn an_alert_is_acknowledged_once_with_a_note_and_it_is_on_record() {
    let stage = Stage::new().await;
    raise(&stage, 1).await;
    let note = json!({ "note": " looking into it " });
    let refused = stage.post(Role::Viewer, "/alerts/1/acknowledge", note.clone()).await;
    assert_eq!(refused.status, 403);
    let taken = stage.post(Role::Operator, "/alerts/1/acknowledge", note.clone()).await;
    let taken = taken.json();
    assert_eq!(taken["state"], "acknowledged");
    assert_eq!(taken["acknowledged"]["note"], "looking into it");
    assert_eq!(
        (&taken["severity"], &taken["resolved_at"]),
        (&json!("warning"), &Value::Null)
    );
    // The answer was lost and it is asked again; somebody else comes too late.
    let again = stage.post(Role::Operator, "/alerts/1/acknowledge", note.clone()).await;
    assert_eq!((again.status, again.json()), (200, taken));
    let other = stage
        .post(Role::Admin, "/alerts/1/acknowledge", json!({ "note": "mine" }))
        .await;
    assert_eq!(other.status, 409, "{other:?}");
    assert!(
        other.json()["detail"]
            .as_str()
            .unwrap()
            .starts_with("alert 1 was acknowledged by ")
    );
    let audits = stage.store.audits(Page::first(100)).await.unwrap();
    let lines = audits.iter().filter(|line| line.action == "alert.acknowledge");
    let lines: Vec<(&str, &str)> = lines
        .map(|line| (line.subject.as_str(), line.reason.as_str()))
        .collect();
    assert_eq!(lines, [("alert:1", "looking into it")]);
    assert!(audits.iter().all(|line| line.origin.is_some()));
}

#[actix_web::test]
async fn what_is_over_absent_or_without_a_note_is_not_acknowledged() {
    let stage = Stage::new().await;
    let alert = raise(&stage, 1).await;
    let empty = stage
        .post(Role::Operator, "/alerts/1/acknowledge", json!({ "note": " " }))
        .await;
    assert_eq!(empty.wrong(), (422, vec!["note".to_owned()]));
    let none = stage.post(Role::Operator, "/alerts/1/acknowledge", json!({})).await;
    assert_eq!(none.wrong(), (422, vec!["note".to_owned()]));
    let long = json!({ "note": "x".repeat(301) });
    assert_eq!(
        stage
            .post(Role::Operator, "/alerts/1/acknowledge", long)
            .await
            .wrong()
            .1,
        ["note"]
    );
    let over = Alert {
        resolved_at: Some(Timestamp(2_000)),
        ..alert
    };
    stage
        .store
        .commit(ChangeSet::of(Change::ResolveAlert(over)))
        .await
        .unwrap();
    let note = json!({ "note": "late" });
    let late = stage.post(Role::Operator, "/alerts/1/acknowledge", note.clone()).await;
    assert_eq!(late.status, 409);
    assert_eq!(late.json()["detail"], "alert 1 is over since 1970-01-01T00:00:02.000Z");
    assert_eq!(
        stage
            .post(Role::Operator, "/alerts/9/acknowledge", note.clone())
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn alerts_are_listed_by_state() {
    let stage = Stage::new().await;
    for id in 1..=3 {
        raise(&stage, id).await;
    }
    let note = json!({ "note": "on it" });
    assert_eq!(
        stage
            .post(Role::Operator, "/alerts/2/acknowledge", note.clone())
            .await
            .status,
        200
    );
    assert_eq!(ids(&stage, "/alerts").await, [3, 2, 1]);
    assert_eq!(ids(&stage, "/alerts?open=true").await, [3, 2, 1]);
    assert_eq!(ids(&stage, "/alerts?state=raised").await, [3, 1]);
    assert_eq!(ids(&stage, "/alerts?state=acknowledged").await, [2]);
    assert_eq!(ids(&stage, "/alerts?state=resolved").await, Vec::<i64>::new());
    for path in ["/alerts?state=gone", "/alerts?state=raised&open=true"] {
        let reply = stage.get(Role::Viewer, path).await;
        assert_eq!(reply.wrong().1, ["state"], "{path}");
    }
    let shown = stage.get(Role::Viewer, "/alerts/2").await.json();
    assert_eq!(
        (&shown["state"], &shown["deliveries"]),
        (&json!("acknowledged"), &json!([]))
    );
}

#[actix_web::test]
async fn a_target_that_nobody_set_up_is_not_tried() {
    let stage = Stage::new().await;
    let reply = stage
        .post(Role::Operator, "/alerts/test", json!({ "target": "ops" }))
        .await;
    assert_eq!(reply.wrong(), (422, vec!["target".to_owned()]));
}
