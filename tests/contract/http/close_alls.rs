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

#[actix_web::test]
async fn an_order_to_close_all_is_asked_shown_and_called_off_on_record() {
    let stage = Stage::new().await;
    let (_, robot) = robot(&stage).await;
    let scope = format!("robot:{robot}");
    let asked = ask(
        &stage,
        json!({"scope": scope, "external": true, "reason": "it runs wild"}),
    )
    .await;
    assert_eq!(asked.status, 201, "{asked:?}");
    let order = asked.json();
    let told = json!([
        order["scope"],
        order["state"],
        order["stands"],
        order["external"],
        order["by"],
        order["reason"]
    ]);
    assert_eq!(told, json!([scope, "closing", true, true, "operator", "it runs wild"]));
    let paused = stage.get(Role::Viewer, "/status/pause").await.json();
    assert_eq!(
        (&paused["scopes"][0]["scope"], &paused["scopes"][0]["paused"]),
        (&json!(scope), &json!(true))
    );
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
    let told = json!([
        shown["progress"],
        shown["positions"],
        shown["flat"],
        shown["in_doubt"],
        shown["live"]
    ]);
    assert_eq!(told, json!(["0 of 0 positions flat", 0, 0, 0, []]));
    let off = stage
        .post(
            Role::Operator,
            &format!("{path}/call-off"),
            json!({"reason": "false alarm"}),
        )
        .await;
    assert_eq!(
        (off.status, &off.json()["state"], &off.json()["stands"]),
        (200, &json!("called_off"), &json!(false))
    );
    assert_eq!(off.json()["ended_by"], "operator");
    let again = stage.post(Role::Operator, &format!("{path}/call-off"), json!({})).await;
    assert_eq!(again.wrong().0, 409);
    assert_eq!(stage.get(Role::Viewer, "/status/pause").await.json()["paused"], true);
    let resumed = stage
        .post(Role::Operator, "/control/resume", json!({"scope": scope}))
        .await;
    assert_eq!(resumed.status, 200);
    assert_eq!(stage.get(Role::Viewer, "/control/close-all/999").await.status, 404);
    let listed = stage.get(Role::Viewer, "/control/close-all").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let trail = stage.trail().await;
    let line = |action: &str, subject: &str, why: &str| {
        let why = format!("{why} (from 192.0.2.7)");
        ("operator".to_owned(), action.to_owned(), subject.to_owned(), why)
    };
    let called_off = format!("close_all:{}", order["id"]);
    for line in [
        line("control.close_all", &scope, "it runs wild"),
        line("control.call_off", &called_off, "false alarm"),
        line("control.resume", &scope, "no reason given"),
    ] {
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
