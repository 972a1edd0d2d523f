//! Pools over HTTP: what is named when it is wrong, who may, and what is shown.

use bursar::ports::store::PoolStore;
use domain::access::Role;
use domain::page::Page;
use serde_json::{Value, json};

use super::stage::Stage;

fn flexible() -> Value {
    json!({"name": "Flexible", "asset": "USDT", "rate": "0.0002", "quota": "1000000"})
}

async fn open_product(stage: &Stage) -> i64 {
    let made = stage.post(Role::Admin, "/pool/products", flexible()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["id"].as_i64().unwrap();
    let opened = stage
        .post(Role::Admin, &format!("/pool/products/{id}/open"), json!({}))
        .await;
    assert_eq!(
        (opened.status, opened.json()["state"].clone()),
        (200, json!("open")),
        "{opened:?}"
    );
    id
}

#[actix_web::test]
async fn s4_09_product_shows_apr_and_apy_under_their_names() {
    let stage = Stage::new().await;
    let id = open_product(&stage).await;
    let shown = stage.get(Role::Viewer, &format!("/pool/products/{id}")).await.json();
    assert_eq!(
        (&shown["rate"], &shown["apr"], &shown["apy"]),
        (&json!("0.0002"), &json!("0.073"), &json!("0.0757226852"))
    );
    assert_eq!((&shown["zone"], &shown["cut_off"]), (&json!("UTC"), &json!("00:00")));
    let list = stage.get(Role::Viewer, "/pool/products").await.json();
    assert_eq!(list["items"][0], shown);
}

#[actix_web::test]
async fn field_of_a_product_that_breaks_a_rule_is_named() {
    let stage = Stage::new().await;
    for (field, value) in [
        ("asset", json!("POWER")),
        ("rate", json!("1.5")),
        ("quota", json!("0")),
        ("zone", json!("Mars/Olympus")),
        ("cut_off", json!("25:00")),
        ("payday", json!("monthly")),
        ("commission", json!("2")),
        ("early_penalty", json!("0.1")),
        ("name", json!("")),
        ("quotta", json!("1")),
    ] {
        let mut body = flexible();
        body[field] = value;
        let reply = stage.post(Role::Admin, "/pool/products", body).await;
        assert_eq!(reply.wrong(), (422, vec![field.to_owned()]));
    }
    open_product(&stage).await;
    let again = stage.post(Role::Admin, "/pool/products", flexible()).await;
    assert_eq!(again.wrong().0, 409);
}

#[actix_web::test]
async fn subscription_is_put_on_record_before_it_is_posted_and_a_refusal_after_it() {
    let stage = Stage::new().await;
    let id = open_product(&stage).await;
    let (user, _) = stage.with_user().await;
    let path = format!("/pool/products/{id}/subscribe");
    let body = json!({"reference": "s-1", "user": user, "amount": "100"});
    for role in [Role::Viewer, Role::Operator] {
        assert_eq!(stage.post(role, &path, body.clone()).await.status, 403);
    }
    let made = stage.post(Role::Admin, &path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json()["holding"]["principal"], "100");
    let too_much = json!({"reference": "s-2", "user": user, "amount": "1000001"});
    assert_eq!(stage.post(Role::Admin, &path, too_much).await.wrong().0, 409);
    let nobody = json!({"reference": "s-3", "user": 999, "amount": "1", "referrer": 998});
    let wrong = stage.post(Role::Admin, &path, nobody).await.wrong();
    assert_eq!(wrong, (422, vec!["user".to_owned(), "referrer".to_owned()]));
    let actions: Vec<String> = stage.trail().await.into_iter().map(|line| line.1).collect();
    let count = |action: &str| actions.iter().filter(|other| *other == action).count();
    assert_eq!((count("pool.subscribe"), count("pool.subscribe.refused")), (3, 2));
}

#[actix_web::test]
async fn rates_and_ends_are_written_down_and_days_are_read_as_csv() {
    let stage = Stage::new().await;
    let id = open_product(&stage).await;
    let rate = json!({"rate": "0.0003"});
    assert_eq!(
        stage
            .post(Role::Admin, &format!("/pool/products/{id}/rates"), rate)
            .await
            .status,
        200
    );
    let rates = stage
        .get(Role::Viewer, &format!("/pool/products/{id}/rates"))
        .await
        .json();
    assert_eq!(rates["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        stage
            .post(Role::Admin, &format!("/pool/products/{id}/close"), json!({}))
            .await
            .status,
        200
    );
    let past = json!({"last_day": "2020-01-01"});
    let wrong = stage
        .post(Role::Admin, &format!("/pool/products/{id}/end"), past)
        .await
        .wrong();
    assert_eq!(wrong, (422, vec!["last_day".to_owned()]));
    let ended = stage
        .post(Role::Admin, &format!("/pool/products/{id}/end"), json!({}))
        .await;
    assert_eq!(ended.json()["state"], "ended");
    let csv = stage.get(Role::Viewer, "/pool/reports/book?format=csv").await;
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(
        csv.text.starts_with("product,name,asset,held,ended,principal,"),
        "{}",
        csv.text
    );
    assert_eq!(csv.text.lines().count(), 2);
    let days = stage
        .get(Role::Viewer, &format!("/pool/reports/days/{id}"))
        .await
        .json();
    assert_eq!(days["items"], json!([]));
    assert_eq!(
        stage.get(Role::Viewer, "/pool/reports/statements/9").await.wrong().0,
        404
    );
    assert_eq!(
        stage.get(Role::Viewer, "/pool/holdings?held=true").await.json()["items"],
        json!([])
    );
    assert_eq!(
        stage.get(Role::Viewer, "/pool/progress").await.json()["items"],
        json!([])
    );
    let run = stage.post(Role::Operator, "/pool/distribute", json!({})).await;
    assert_eq!(run.json()["said"], "ran distribute_yield");
    assert_eq!(stage.store.products().await.unwrap().len(), 1);
    assert!(
        stage
            .store
            .pool_days(domain::id::ProductId(id), Page::first(1))
            .await
            .unwrap()
            .is_empty()
    );
}
