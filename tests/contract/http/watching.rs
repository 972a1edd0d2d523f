//! What operators watch.

use actix_web::test::TestRequest;
use domain::access::Role;
use serde_json::json;

use super::stage::Stage;

#[actix_web::test]
async fn health_asks_every_actor() {
    let stage = Stage::new().await;
    let reply = stage.get(Role::Viewer, "/health").await;
    let health = reply.json();
    assert_eq!(
        (reply.status, &health["status"], &health["dead"]),
        (200, &json!("ok"), &json!([]))
    );
    assert_eq!(health["actors"].as_array().unwrap().len(), 4);
    assert_eq!(
        (&health["robots"]["total"], &health["robots"]["items"][0]["name"]),
        (&json!(1), &json!("robot:1"))
    );
    assert_eq!(health["store"]["answers"], true);
}

#[actix_web::test]
async fn silent_ledger_and_supervisor_make_the_daemon_down() {
    let stage = Stage::silent().await;
    tokio::time::pause();
    let reply = stage.get(Role::Viewer, "/health").await;
    let health = reply.json();
    assert_eq!((reply.status, &health["status"]), (503, &json!("down")));
    assert_eq!(health["dead"], json!(["ledger", "supervisor"]));
    assert_eq!(
        health["actors"][0],
        json!({"name": "ledger", "state": "silent", "last_mail": null, "restarts": 0, "lag_ms": 0})
    );
}

#[actix_web::test]
async fn ready_is_said_only_once_it_is() {
    let stage = Stage::new().await;
    let ready = async || stage.send(TestRequest::get().uri("/health/ready"), None).await.status;
    assert_eq!(ready().await, 503);
    stage.state.ready.set(true);
    assert_eq!(ready().await, 200);
    stage.state.ready.set(false);
    assert_eq!(ready().await, 503);
}

#[actix_web::test]
async fn daemon_whose_ledger_is_silent_is_not_ready() {
    let stage = Stage::silent().await;
    stage.state.ready.set(true);
    tokio::time::pause();
    let reply = stage.send(TestRequest::get().uri("/health/ready"), None).await;
    assert_eq!(reply.wrong().0, 503);
    assert_eq!(reply.json()["detail"], "dead: ledger, supervisor");
}

#[actix_web::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let stage = Stage::new().await;
    assert_eq!(stage.get(Role::Viewer, "/orders/4711").await.status, 404);
    let text = stage.get(Role::Viewer, "/metrics").await.text;
    let count = text.lines().find(|line| {
        line.starts_with("bursar_http_requests_total{")
            && line.contains("route=\"/orders/{id}\"")
            && line.contains("status=\"404\"")
    });
    assert!(count.is_some(), "{text}");
    assert!(text.contains("bursar_http_request_duration_seconds_bucket"));
    assert!(text.contains("# TYPE bursar_http_requests_total counter"));
    assert!(text.contains("process_resident_memory_bytes"));
    assert!(!text.contains("4711"));
}

#[actix_web::test]
async fn figures_of_an_empty_ledger_are_zero() {
    let stage = Stage::new().await;
    let figures = stage.get(Role::Viewer, "/ledger/statistics").await.json();
    assert_eq!(figures["unsettled_count"], 0);
    assert_eq!(
        (&figures["charged_power"], &figures["oldest_unsettled"]),
        (&json!("0"), &json!(null))
    );
}
