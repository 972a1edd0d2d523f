//! Robots over HTTP.

use actix_web::test::TestRequest;
use domain::access::Role;
use serde_json::{Value, json};

use super::stage::{Reply, Stage};

fn draft(user: i64, account: i64) -> Value {
    json!({"user": user, "account": account, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 60, "stake": "100", "leverage": 10})
}

async fn patch(stage: &Stage, id: &Value, body: Value, if_match: Option<&str>) -> Reply {
    let mut request = TestRequest::patch().uri(&format!("/robots/{id}")).set_json(body);
    if let Some(version) = if_match {
        request = request.insert_header(("If-Match", version));
    }
    stage.send(request, Some(stage.token(Role::Admin))).await
}

#[actix_web::test]
async fn robot_is_created_stopped_changed_started_closed_and_stopped() {
    let stage = Stage::new().await;
    let (user, account) = stage.with_user().await;
    let created = stage.post(Role::Admin, "/robots", draft(user, account)).await;
    assert_eq!(created.status, 201);
    let robot = created.json();
    assert_eq!((&robot["wanted"], &robot["stake"]), (&json!("stopped"), &json!("100")));
    let id = &robot["id"];
    let changed = patch(&stage, id, json!({"version": robot["version"], "stake": "50"}), None).await;
    assert_eq!((changed.status, changed.json()["stake"].clone()), (200, json!("50")));
    let started = stage
        .post(Role::Operator, &format!("/robots/{id}/start"), json!({}))
        .await
        .json();
    assert_eq!(started["wanted"], "running");
    assert!(started["run_started_at"].is_string());
    let closed = stage
        .post(
            Role::Operator,
            &format!("/robots/{id}/close"),
            json!({"reason": "enough"}),
        )
        .await;
    assert_eq!(closed.status, 202);
    let stopped = stage
        .post(Role::Operator, &format!("/robots/{id}/stop"), json!({}))
        .await
        .json();
    assert_eq!(stopped["wanted"], "stopped");
    let listed = stage.get(Role::Viewer, "/robots").await.json();
    assert_eq!(listed["items"], json!([stopped]));
    assert_eq!(stage.get(Role::Viewer, &format!("/robots/{id}")).await.json(), stopped);
}

#[actix_web::test]
async fn every_wrong_field_of_a_robot_is_named_at_once() {
    let stage = Stage::new().await;
    let (user, account) = stage.with_user().await;
    let mut body = draft(user, account);
    body["stake"] = json!("0");
    body["leverage"] = json!(126);
    body["window_seconds"] = json!(0);
    body["limits"] = json!({"max_notional": "0"});
    let wrong = stage.post(Role::Admin, "/robots", body).await.wrong();
    assert_eq!(wrong.0, 422);
    assert_eq!(wrong.1, ["window_seconds", "leverage", "stake", "limits.max_notional"]);
    let mut body = draft(user + 1, account);
    body["symbol"] = json!("DOGEUSDT");
    let wrong = stage.post(Role::Admin, "/robots", body).await.wrong();
    assert_eq!(wrong.1, ["user", "account", "symbol"]);
    let wrong = stage
        .post(Role::Admin, "/robots", draft(user, account + 1))
        .await
        .wrong();
    assert_eq!(wrong.1, ["account"]);
}

#[actix_web::test]
async fn several_robots_live_on_one_account_and_market_and_their_net_is_explained() {
    let stage = Stage::new().await;
    let (user, account) = stage.with_user().await;
    for _ in 0..2 {
        let robot = stage.post(Role::Admin, "/robots", draft(user, account)).await.json();
        let path = format!("/robots/{}/start", robot["id"]);
        assert_eq!(stage.post(Role::Operator, &path, json!({})).await.status, 200);
    }
    let path = format!("/nets?account={account}&symbol=BTCUSDT");
    let net = stage.get(Role::Viewer, &path).await.json();
    assert_eq!((&net["account"], &net["symbol"]), (&json!(account), &json!("BTCUSDT")));
    assert_eq!(
        (&net["seen_at"], &net["items"]),
        (&Value::Null, &json!([])),
        "nobody asked a venue"
    );
    let wrong = stage.get(Role::Viewer, "/nets?account=1").await.wrong();
    assert_eq!(wrong, (422, vec!["symbol".to_owned()]));
    let path = format!("/nets?account={}&symbol=BTCUSDT", account + 7);
    assert_eq!(stage.get(Role::Viewer, &path).await.status, 404);
}

#[actix_web::test]
async fn change_needs_the_version_it_was_decided_on() {
    let stage = Stage::new().await;
    let (user, account) = stage.with_user().await;
    let robot = stage.post(Role::Admin, "/robots", draft(user, account)).await.json();
    let id = &robot["id"];
    assert_eq!(
        patch(&stage, id, json!({"stake": "50"}), None).await.wrong(),
        (422, vec!["version".to_owned()])
    );
    let version = robot["version"].to_string();
    assert_eq!(
        patch(&stage, id, json!({"stake": "50"}), Some(&format!("\"{version}\"")))
            .await
            .status,
        200
    );
    assert_eq!(
        patch(&stage, id, json!({"stake": "60"}), Some(&version))
            .await
            .wrong()
            .0,
        409
    );
    assert_eq!(
        stage.get(Role::Viewer, &format!("/robots/{id}")).await.json()["stake"],
        "50"
    );
    let body = json!({"version": 1, "symbol": "ETHUSDT"});
    assert_eq!(
        patch(&stage, id, body, None).await.wrong(),
        (422, vec!["symbol".to_owned()])
    );
}
