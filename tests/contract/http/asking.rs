//! How a request must look, and how it is told what is wrong with it.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::test::TestRequest;
use domain::access::Role;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::stage::Stage;

#[actix_web::test]
async fn unknown_place_and_unknown_method_are_problems() {
    let stage = Stage::new().await;
    let admin = Some(stage.token(Role::Admin));
    assert_eq!(stage.get(Role::Admin, "/robotz").await.wrong().0, 404);
    assert_eq!(stage.get(Role::Admin, "/").await.wrong().0, 404);
    let reply = stage.send(TestRequest::delete().uri("/robots"), admin).await;
    assert_eq!(reply.wrong().0, 405);
    assert_eq!(reply.header("allow"), Some("GET, POST"));
    assert_eq!(reply.json()["type"], "urn:bursar:problem:method-not-allowed");
}

#[actix_web::test]
async fn missing_things_are_named() {
    let stage = Stage::new().await;
    for path in ["/robots/7", "/positions/7", "/orders/7"] {
        let reply = stage.get(Role::Viewer, path).await;
        assert_eq!(reply.wrong().0, 404, "{path}");
        assert!(reply.json()["detail"].as_str().unwrap().ends_with(" 7"), "{path}");
    }
    let wrong = |reply: super::stage::Reply| reply.wrong();
    assert_eq!(
        wrong(stage.get(Role::Viewer, "/robots/zero").await),
        (422, vec!["id".to_owned()])
    );
    assert_eq!(
        wrong(stage.get(Role::Viewer, "/robots/-1").await),
        (422, vec!["id".to_owned()])
    );
}

#[actix_web::test]
async fn body_must_be_a_small_json_object_of_known_fields() {
    let stage = Stage::new().await;
    let admin = Some(stage.token(Role::Admin));
    let users = || TestRequest::post().uri("/users");
    let json = ("Content-Type", "application/json");
    let plain = stage
        .send(
            users().set_payload("{}").insert_header(("Content-Type", "text/plain")),
            admin,
        )
        .await;
    assert_eq!(plain.wrong().0, 415);
    let broken = stage.send(users().set_payload("{").insert_header(json), admin).await;
    assert_eq!(broken.wrong().0, 400);
    let list = stage.send(users().set_payload("[]").insert_header(json), admin).await;
    assert_eq!(list.wrong().0, 400);
    let large = stage
        .send(users().set_payload(" ".repeat(4_097)).insert_header(json), admin)
        .await;
    assert_eq!(large.wrong().0, 413);
    let deep = stage
        .send(users().set_payload("[".repeat(4_000)).insert_header(json), admin)
        .await;
    assert_eq!(deep.wrong().0, 400);
    let post = async |body| stage.post(Role::Admin, "/users", body).await.wrong();
    assert_eq!(post(json!({})).await, (422, vec!["name".to_owned()]));
    assert_eq!(post(json!({"name": 7})).await, (422, vec!["name".to_owned()]));
    assert_eq!(
        post(json!({"name": "x", "nmae": "y"})).await,
        (422, vec!["nmae".to_owned()])
    );
    assert_eq!(post(json!({"name": "a\nb"})).await, (422, vec!["name".to_owned()]));
    assert_eq!(
        post(json!({"name": "x", "reason": 7})).await,
        (422, vec!["reason".to_owned()])
    );
    assert_eq!(
        stage.trail().await.len(),
        3,
        "only the stage's own tokens are on record"
    );
}

#[actix_web::test]
async fn t21_small_body_that_unpacks_to_a_large_one_is_refused() {
    let stage = Stage::new().await;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 2_000_000]).unwrap();
    let packed = packer.finish().unwrap();
    assert!(packed.len() < 4_096, "{}", packed.len());
    let request = TestRequest::post()
        .uri("/users")
        .insert_header(("Content-Type", "application/json"))
        .insert_header(("Content-Encoding", "gzip"))
        .set_payload(packed);
    let reply = stage.send(request, Some(stage.token(Role::Admin))).await;
    assert_eq!(reply.wrong().0, 413);
}

#[actix_web::test]
async fn write_that_the_store_does_not_take_is_told_and_leaves_nothing() {
    let away = Arc::new(AtomicBool::new(false));
    let stage = Stage::failing(Arc::clone(&away)).await;
    let before = stage.trail().await;
    away.store(true, Ordering::SeqCst);
    let reply = stage.post(Role::Operator, "/control/pause", json!({})).await;
    assert_eq!(reply.wrong().0, 503);
    assert_eq!(reply.json()["detail"], "store is unavailable");
    assert_eq!(stage.get(Role::Viewer, "/status/pause").await.json()["paused"], false);
    assert_eq!(stage.trail().await, before);
    away.store(false, Ordering::SeqCst);
    assert_eq!(
        stage.post(Role::Operator, "/control/pause", json!({})).await.status,
        200
    );
}

#[actix_web::test]
async fn lists_are_read_page_by_page() {
    let stage = Stage::new().await;
    for name in ["a", "b", "c"] {
        assert_eq!(
            stage.post(Role::Admin, "/users", json!({ "name": name })).await.status,
            201
        );
    }
    let first = stage.get(Role::Viewer, "/users?limit=2").await.json();
    assert_eq!(
        (first["items"][0]["name"].as_str(), first["items"][1]["name"].as_str()),
        (Some("a"), Some("b"))
    );
    let next = first["next"].as_i64().unwrap();
    let second = stage
        .get(Role::Viewer, &format!("/users?limit=2&after={next}"))
        .await
        .json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["items"][0]["name"], "c");
    assert!(second.get("next").is_none());
    let wrong = async |query: &str| stage.get(Role::Viewer, &format!("/users?{query}")).await.wrong();
    assert_eq!(wrong("limit=201").await, (422, vec!["limit".to_owned()]));
    assert_eq!(wrong("limit=0").await, (422, vec!["limit".to_owned()]));
    assert_eq!(wrong("limit=x").await, (422, vec!["limit".to_owned()]));
    assert_eq!(wrong("after=-1").await, (422, vec!["after".to_owned()]));
    assert_eq!(wrong("offset=1").await, (422, vec!["offset".to_owned()]));
    assert_eq!(wrong("limit=1&limit=2").await, (422, vec!["limit".to_owned()]));
}

#[actix_web::test]
async fn taken_name_is_a_conflict() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.post(Role::Admin, "/users", json!({"name": "a"})).await.status,
        201
    );
    let again = stage.post(Role::Admin, "/users", json!({"name": "a"})).await;
    assert_eq!(again.wrong().0, 409);
    assert_eq!(again.json()["detail"], "name must not be taken");
}

#[actix_web::test]
async fn every_write_leaves_who_why_and_from_where() {
    let stage = Stage::new().await;
    let scenery = stage.trail().await.len();
    let header = TestRequest::post()
        .uri("/users")
        .set_json(json!({"name": "a"}))
        .insert_header(("X-Reason", "asked by mail"));
    assert_eq!(stage.send(header, Some(stage.token(Role::Admin))).await.status, 201);
    let pause = json!({"scope": "venue:paper", "reason": "odd prices"});
    assert_eq!(stage.post(Role::Operator, "/control/pause", pause).await.status, 200);
    assert_eq!(stage.post(Role::Operator, "/ledger/sweep", json!({})).await.status, 200);
    let trail = stage.trail().await.split_off(scenery);
    let line = |by: &str, action: &str, subject: &str, why: &str| {
        let why = format!("{why} (from 192.0.2.7)");
        (by.to_owned(), action.to_owned(), subject.to_owned(), why)
    };
    let user = trail[0].2.clone();
    assert_eq!(
        trail,
        [
            line("admin", "user.create", &user, "asked by mail"),
            line("operator", "control.pause", "venue:paper", "odd prices"),
            line("operator", "ledger.sweep", "ledger", "no reason given"),
        ]
    );
    let lines = stage.get(Role::Admin, "/audits").await.json()["items"].clone();
    let last = &lines.as_array().unwrap()[scenery + 2];
    assert_eq!(
        (&last["origin"], &last["reason"]),
        (&json!("192.0.2.7"), &json!("no reason given"))
    );
}

#[actix_web::test]
async fn refused_and_forbidden_acts_on_money_are_on_record_too() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let scenery = stage.trail().await.len();
    let body =
        |amount: &str| json!({"reference": "w-1", "user": user, "purse": "power", "amount": amount, "reason": "wire"});
    assert_eq!(
        stage.post(Role::Viewer, "/ledger/recharge", body("5")).await.wrong().0,
        403
    );
    assert_eq!(stage.post(Role::Admin, "/ledger/recharge", body("5")).await.status, 201);
    assert_eq!(
        stage.post(Role::Admin, "/ledger/recharge", body("6")).await.wrong().0,
        409
    );
    assert_eq!(
        stage.post(Role::Viewer, "/control/pause", json!({})).await.wrong().0,
        403
    );
    let line = |by: &str, action: &str, subject: &str, why: &str| {
        let words = [by, action, subject].map(str::to_owned);
        (
            words[0].clone(),
            words[1].clone(),
            words[2].clone(),
            format!("{why} (from 192.0.2.7)"),
        )
    };
    let refused = "wire; refused: this was posted before with another amount";
    let needed = "role admin is needed, the token has viewer";
    assert_eq!(
        stage.trail().await.split_off(scenery),
        [
            line("viewer", "ledger.recharge.forbidden", "/ledger/recharge", needed),
            line("admin", "ledger.recharge", "recharge:w-1", "wire"),
            line("admin", "ledger.recharge", "recharge:w-1", "wire"),
            line("admin", "ledger.recharge.refused", "recharge:w-1", refused),
        ]
    );
}

#[actix_web::test]
async fn pause_holds_until_it_is_resumed() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.get(Role::Viewer, "/status/pause").await.json(),
        json!({"paused": false, "scopes": []})
    );
    assert_eq!(
        stage.post(Role::Operator, "/control/pause", json!({})).await.json()["scope"],
        "global"
    );
    let status = stage.get(Role::Viewer, "/status/pause").await.json();
    assert_eq!(
        (&status["paused"], &status["scopes"][0]["by"]),
        (&json!(true), &json!("operator"))
    );
    assert_eq!(
        stage.post(Role::Operator, "/control/resume", json!({})).await.status,
        200
    );
    assert_eq!(stage.get(Role::Viewer, "/status/pause").await.json()["paused"], false);
    let wrong = stage
        .post(Role::Operator, "/control/pause", json!({"scope": "moon"}))
        .await;
    assert_eq!(wrong.wrong(), (422, vec!["scope".to_owned()]));
}

#[actix_web::test]
async fn same_recharge_is_posted_once_and_another_under_its_reference_is_a_conflict() {
    let stage = Stage::new().await;
    let (user, _) = stage.with_user().await;
    let body = |amount: &str| json!({"reference": "wire-1", "user": user, "purse": "power", "amount": amount});
    let first = stage.post(Role::Admin, "/ledger/recharge", body("5")).await;
    assert_eq!((first.status, first.json()["answer"].clone()), (201, json!("created")));
    let again = stage.post(Role::Admin, "/ledger/recharge", body("5")).await;
    assert_eq!((again.status, again.json()["answer"].clone()), (200, json!("exists")));
    let other = stage.post(Role::Admin, "/ledger/recharge", body("6")).await;
    assert_eq!(other.wrong().0, 409);
    assert!(other.json()["detail"].as_str().unwrap().ends_with("another amount"));
    let wrong = json!({"reference": "wire 1", "user": 99, "purse": "gold", "amount": "-1"});
    let wrong = stage.post(Role::Admin, "/ledger/recharge", wrong).await.wrong();
    assert_eq!(wrong.0, 422);
    assert_eq!(wrong.1, ["reference", "amount", "user", "purse"]);
    let float = json!({"reference": "wire-2", "user": user, "purse": "power", "amount": 5.1});
    let float = stage.post(Role::Admin, "/ledger/recharge", float).await.wrong();
    assert_eq!(float, (422, vec!["amount".to_owned()]));
}

/// T17: whatever the bytes of a body are, the answer is a problem, and nothing is written.
#[test]
fn t17_no_body_breaks_the_interface() {
    let field = prop_oneof![
        "[a-z_]{1,12}",
        Just("user".to_owned()),
        Just("limits".to_owned()),
        Just("stake".to_owned())
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 24, 4, move |inner| {
        let map = prop::collection::hash_map(field.clone(), inner.clone(), 0..5);
        let object = map.prop_map(|map| Value::Object(map.into_iter().collect()));
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), object]
    });
    let json = value.prop_map(|value| value.to_string().into_bytes());
    let body = prop_oneof![json, prop::collection::vec(any::<u8>(), 1..200)];
    let system = actix::System::new();
    let stage = system.block_on(Stage::new());
    let paths = [
        "/robots",
        "/users",
        "/venue-accounts",
        "/ledger/recharge",
        "/ledger/adjust",
        "/ledger/transfer",
    ];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let outcome = runner.run(&(prop::sample::select(paths.to_vec()), body), |(path, body)| {
        let request = TestRequest::post().uri(path).set_payload(body);
        let request = request.insert_header(("Content-Type", "application/json"));
        let reply = system.block_on(stage.send(request, Some(stage.token(Role::Admin))));
        prop_assert!([400, 422].contains(&reply.status), "{:?}", reply);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(
        system.block_on(stage.trail()).len(),
        3,
        "only the stage's own tokens are on record"
    );
}
