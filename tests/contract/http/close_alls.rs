//! Switches over HTTP: four scopes, orders to close all, and who pressed what.

use domain::access::Role;
use serde_json::{Value, json};

use super::stage::{Reply, Stage};

async fn robot(stage: &Stage) -> (i64, Value) {
    let (user, account) = stage.with_user().await;
    let draft = json!({"user": user, "account": account, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 60, "stake": "100", "leverage": 10});
    let made = stage.post(Role::Admin, "/robots", draft).await;
    assert_eq!(made.status, 201, "{made:?}");
    (user, made.json()["id"].clone())
}

async fn ask(stage: &Stage, body: Value) -> Reply {
    stage.post(Role::Operator, "/control/close-all", body).await
}

fn detail(reply: &Reply) -> String {
    reply.json()["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn each_scope_is_paused_and_resumed_by_name_and_one_of_nobody_is_refused() {
    let stage = Stage::new().await;
    let (user, robot) = robot(&stage).await;
    for scope in [
        "global".to_owned(),
        "venue:paper".to_owned(),
        format!("user:{user}"),
        format!("robot:{robot}"),
    ] {
        let body = json!({"scope": scope, "reason": "drill"});
        let paused = stage.post(Role::Operator, "/control/pause", body.clone()).await;
        assert_eq!((paused.status, &paused.json()["scope"]), (200, &json!(scope)));
        let status = stage.get(Role::Viewer, "/status/pause").await.json();
        assert_eq!(status["paused"], true);
        let resumed = stage.post(Role::Operator, "/control/resume", body).await;
        assert_eq!(resumed.json()["paused"], false);
        assert_eq!(stage.get(Role::Viewer, "/status/pause").await.json()["paused"], false);
    }
    for scope in ["user:999", "robot:999", "robot:x", "robot:", "account:1"] {
        for path in ["/control/pause", "/control/close-all"] {
            let refused = stage.post(Role::Operator, path, json!({"scope": scope})).await;
            assert_eq!(refused.wrong(), (422, vec!["scope".to_owned()]), "{path} {scope}");
        }
    }
    let vague = ask(&stage, json!({"reason": "everything?"})).await;
    assert_eq!(vague.wrong(), (422, vec!["scope".to_owned()]));
}

/// A robot's scope that is told to close all.
async fn asked(stage: &Stage) -> (String, Value) {
    let (_, robot) = robot(stage).await;
    let scope = format!("robot:{robot}");
    let asked = ask(
        stage,
        json!({"scope": scope, "external": true, "reason": "it runs wild"}),
    )
    .await;
    assert_eq!(asked.status, 201, "{asked:?}");
    (scope, asked.json())
}

#[actix_web::test]
async fn an_order_to_close_all_pauses_its_scope_and_is_not_lifted_while_it_closes() {
    let stage = Stage::new().await;
    let (scope, order) = asked(&stage).await;
    let told = ["scope", "state", "stands", "external", "by", "reason"].map(|field| order[field].clone());
    assert_eq!(
        json!(told),
        json!([scope, "closing", true, true, "operator", "it runs wild"])
    );
    let status = stage.get(Role::Viewer, "/status/pause").await.json();
    let paused = &status["scopes"][0];
    assert_eq!(json!([paused["scope"], paused["paused"]]), json!([scope, true]));
    let twice = ask(&stage, json!({"scope": scope})).await;
    assert_eq!(twice.wrong().0, 409);
    assert!(detail(&twice).contains("stands since"), "{}", detail(&twice));
    let early = stage
        .post(Role::Operator, "/control/resume", json!({"scope": scope}))
        .await;
    assert_eq!(early.wrong().0, 409);
    assert!(detail(&early).contains("call it off first"), "{}", detail(&early));
    let path = format!("/control/close-all/{}", order["id"]);
    let shown = stage.get(Role::Viewer, &path).await.json();
    let told = ["progress", "positions", "flat", "in_doubt", "live"].map(|field| shown[field].clone());
    assert_eq!(json!(told), json!(["0 of 0 positions flat", 0, 0, 0, []]));
    assert_eq!(stage.get(Role::Viewer, "/control/close-all/999").await.status, 404);
    let listed = stage.get(Role::Viewer, "/control/close-all").await.json();
    assert_eq!(listed["items"], json!([order]));
}

#[actix_web::test]
async fn an_order_to_close_all_is_called_off_once_and_its_scope_stays_paused_until_it_is_resumed() {
    let stage = Stage::new().await;
    let (scope, order) = asked(&stage).await;
    let path = format!("/control/close-all/{}/call-off", order["id"]);
    let off = stage
        .post(Role::Operator, &path, json!({"reason": "false alarm"}))
        .await;
    let told = ["state", "stands", "ended_by"].map(|field| off.json()[field].clone());
    assert_eq!(json!(told), json!(["called_off", false, "operator"]));
    assert_eq!(stage.post(Role::Operator, &path, json!({})).await.wrong().0, 409);
    assert_eq!(stage.get(Role::Viewer, "/status/pause").await.json()["paused"], true);
    let resumed = stage
        .post(Role::Operator, "/control/resume", json!({"scope": scope}))
        .await;
    assert_eq!(resumed.status, 200);
    let trail = stage.trail().await;
    let called_off = format!("close_all:{}", order["id"]);
    for (action, subject, why) in [
        ("control.close_all", &scope, "it runs wild"),
        ("control.call_off", &called_off, "false alarm"),
        ("control.resume", &scope, "no reason given"),
    ] {
        let (by, why) = ("operator".to_owned(), format!("{why} (from 192.0.2.7)"));
        let line = (by, action.to_owned(), subject.clone(), why);
        assert!(trail.contains(&line), "{line:?} is not in {trail:?}");
    }
}

#[actix_web::test]
async fn where_the_order_does_not_say_the_settings_decide_about_what_no_robot_opened() {
    for setting in [false, true] {
        let store = bursar::adapters::store::MemoryStore::new();
        let stage = Stage::on(store, |desk| desk.closing_external(setting)).await;
        let asked = ask(&stage, json!({"scope": "global"})).await;
        assert_eq!(asked.json()["external"], setting);
        let said = ask(&stage, json!({"scope": "venue:paper", "external": !setting})).await;
        assert_eq!(said.json()["external"], !setting);
    }
}
