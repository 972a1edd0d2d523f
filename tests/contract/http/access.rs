//! Who passes where.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::test::TestRequest;
use bursar::desk::Asker;
use bursar::http::{Access, ROUTES, Row, Verb, document};
use domain::access::Role;
use serde_json::json;

use super::stage::Stage;

fn request(row: &Row) -> TestRequest {
    let path = row.path.replace("{id}", "1");
    let path = path.replace("{venue}", "paper").replace("{symbol}", "BTCUSDT");
    match row.verb {
        Verb::Get => TestRequest::get().uri(&path),
        Verb::Post => TestRequest::post().uri(&path).set_json(json!({})),
        Verb::Patch => TestRequest::patch().uri(&path).set_json(json!({})),
    }
}

#[actix_web::test]
async fn t22_each_route_lets_its_role_pass_and_no_lower_one() {
    let mut stage = Stage::new().await;
    stage.state.ready.set(true);
    for (place, row) in ROUTES.iter().enumerate() {
        let name = format!("{} {}", row.verb.as_str(), row.path);
        // Failed attempts are counted per peer; each route has its own here.
        stage.peer.set_ip([192, 0, 2, place as u8].into());
        let nobody = stage.send(request(row), None).await.status;
        let Access::Role(needed) = row.access else {
            assert_eq!(nobody, 200, "{name}");
            continue;
        };
        assert_eq!(nobody, 401, "{name} without a token");
        let forged = stage.send(request(row), Some("bursar_admin_0")).await;
        assert_eq!(forged.status, 401, "{name} with a forged token");
        assert_eq!(forged.header("www-authenticate"), Some("Bearer realm=\"bursar\""));
        for (role, token) in &stage.tokens {
            let status = stage.send(request(row), Some(token)).await.status;
            assert_eq!(status == 403, *role < needed, "{name} for {role:?} answers {status}");
            assert!(
                ![401, 405, 500].contains(&status),
                "{name} for {role:?} answers {status}"
            );
        }
    }
}

#[test]
fn document_and_table_list_the_same_routes_with_the_same_roles() {
    let document = serde_json::to_value(document()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            described.insert((
                path.clone(),
                verb.to_uppercase(),
                operation["x-role"].as_str().map(str::to_owned),
            ));
            assert!(
                operation["summary"].as_str().is_some_and(|words| !words.is_empty()),
                "{verb} {path}"
            );
            assert!(operation["responses"]["503"].is_object(), "{verb} {path}");
        }
    }
    let listed: BTreeSet<_> = ROUTES
        .iter()
        .map(|row| {
            let role = match row.access {
                Access::Public => None,
                Access::Role(role) => Some(role.as_str().to_owned()),
            };
            (row.path.to_owned(), row.verb.as_str().to_owned(), role)
        })
        .collect();
    assert_eq!(described, listed);
    assert_eq!(listed.len(), ROUTES.len(), "a route is listed twice");
}

#[test]
fn every_schema_that_the_document_refers_to_is_in_it() {
    let text = serde_json::to_string(&document()).unwrap();
    let document = serde_json::to_value(document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut referred = BTreeSet::new();
    for rest in text.split("#/components/schemas/").skip(1) {
        referred.insert(rest.split('"').next().unwrap().to_owned());
    }
    assert!(referred.contains("Problem"));
    let missing: Vec<_> = referred.iter().filter(|name| !schemas.contains_key(*name)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[actix_web::test]
async fn t22_guessing_is_slowed_down_and_a_valid_token_still_passes() {
    let mut stage = Stage::new().await;
    let guess = || TestRequest::get().uri("/robots");
    for _ in 0..10 {
        assert_eq!(stage.send(guess(), Some("bursar_admin_1")).await.status, 401);
    }
    let refused = stage.send(guess(), Some("bursar_admin_1")).await;
    assert_eq!(refused.wrong(), (429, Vec::new()));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=7).contains(&wait), "{wait}");
    let admin = stage.token(Role::Admin).to_owned();
    assert_eq!(stage.send(guess(), Some(&admin)).await.status, 200);
    stage.peer.set_ip([192, 0, 2, 200].into());
    assert_eq!(stage.send(guess(), Some("bursar_admin_1")).await.status, 401);
}

#[actix_web::test]
async fn revoked_token_is_refused_within_seconds() {
    let stage = Stage::new().await;
    tokio::time::pause();
    assert_eq!(stage.get(Role::Viewer, "/robots").await.status, 200);
    let asker = Asker {
        by: "cli".to_owned(),
        reason: "lost".to_owned(),
        from: "local".to_owned(),
    };
    stage.state.desk.revoke_token("viewer", &asker).await.unwrap();
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(stage.get(Role::Viewer, "/robots").await.status, 401);
    assert_eq!(stage.get(Role::Operator, "/robots").await.status, 200);
}

#[actix_web::test]
async fn t23_no_answer_holds_a_token_or_its_digest() {
    let stage = Stage::new().await;
    let digests: Vec<String> = stage
        .tokens
        .iter()
        .map(|(_, token)| bursar::desk::digest_of(token))
        .collect();
    for row in ROUTES.iter().filter(|row| row.verb == Verb::Get) {
        let reply = stage.send(request(row), Some(stage.token(Role::Admin))).await;
        for secret in digests.iter().chain(stage.tokens.iter().map(|(_, token)| token)) {
            assert!(!reply.text.contains(secret), "{}", row.path);
        }
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{}", row.path);
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{}", row.path);
    }
}
