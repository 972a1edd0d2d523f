//! Acts on money: who may, what must be said, what is answered, and what stays on record.

use bursar::ports::store::Store;
use domain::access::Role;
use domain::change::{Change, ChangeSet};
use domain::id::UserId;
use domain::user::User;
use serde_json::{Value, json};

use super::stage::Stage;

/// Two users.
async fn couple(stage: &Stage) -> (i64, i64) {
    let (first, _) = stage.with_user().await;
    let second = User {
        id: UserId(first + 100),
        name: "second".to_owned(),
        created_at: domain::time::Timestamp(1),
    };
    let id = second.id.0;
    stage
        .store
        .commit(ChangeSet::of(Change::AddUser(second)))
        .await
        .unwrap();
    (first, id)
}

fn acts(first: i64, second: i64) -> [(&'static str, Value); 3] {
    [
        (
            "/ledger/withdraw",
            json!({"reference": "w-1", "user": first, "purse": "power", "amount": "5", "reason": "paid out"}),
        ),
        (
            "/ledger/adjust",
            json!({"reference": "a-1", "user": first, "purse": "gift_power", "amount": "-0.00000001", "reason": "dust"}),
        ),
        (
            "/ledger/transfer",
            json!({"reference": "t-1", "from": first, "to": second, "purse": "wallet:USDT", "amount": "3", "reason": "asked"}),
        ),
    ]
}

#[actix_web::test]
async fn act_on_money_is_done_once_under_its_reference() {
    let stage = Stage::new().await;
    let (first, second) = couple(&stage).await;
    for (path, body) in acts(first, second) {
        let created = stage.post(Role::Admin, path, body.clone()).await;
        assert_eq!(
            (created.status, created.json()["answer"].clone()),
            (201, json!("created")),
            "{path}"
        );
        let again = stage.post(Role::Admin, path, body.clone()).await;
        assert_eq!(
            (again.status, again.json()["answer"].clone()),
            (200, json!("exists")),
            "{path}"
        );
        let mut other = body.clone();
        other["amount"] = json!("4");
        let other = stage.post(Role::Admin, path, other).await;
        assert_eq!(other.wrong().0, 409, "{path}");
        assert_eq!(other.json()["detail"], "this was posted before with another amount");
        // A client need not read the words.
        assert_eq!(other.json()["answer"], "exists_different");
        assert_eq!(other.json()["field"], "amount");
    }
}

#[actix_web::test]
async fn act_on_money_without_a_reason_names_the_rule_and_is_not_done() {
    let stage = Stage::new().await;
    let (first, second) = couple(&stage).await;
    let scenery = stage.trail().await.len();
    for (path, body) in acts(first, second) {
        for reason in [
            Value::Null,
            json!("ab"),
            json!("   a   "),
            json!("x".repeat(201)),
            json!("a\nb c"),
        ] {
            let mut body = body.clone();
            body["reason"] = reason.clone();
            if reason.is_null() {
                body.as_object_mut().unwrap().remove("reason");
            }
            let reply = stage.post(Role::Admin, path, body).await;
            assert_eq!(reply.wrong(), (422, vec!["reason".to_owned()]), "{path} {reason}");
        }
    }
    for path in ["/ledger/debts/1/waive", "/ledger/entries/1/reverse"] {
        let reply = stage.post(Role::Admin, path, json!({})).await;
        assert_eq!(reply.wrong(), (422, vec!["reason".to_owned()]), "{path}");
        let reply = stage.post(Role::Admin, path, json!({"reason": "asked by mail"})).await;
        assert_eq!(reply.wrong().0, 404, "{path}: there is no such thing");
    }
    assert_eq!(stage.trail().await.len(), scenery);
}

#[actix_web::test]
async fn every_wrong_field_of_an_act_on_money_is_named_at_once() {
    let stage = Stage::new().await;
    let (first, _) = couple(&stage).await;
    let fields = async |path: &str, body: Value| stage.post(Role::Admin, path, body).await.wrong();
    let wrong = json!({"reference": "a b", "user": 99, "purse": "gold", "amount": "0"});
    let names = |names: &[&str]| (422, names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let all = names(&["reference", "amount", "user", "purse", "reason"]);
    assert_eq!(fields("/ledger/adjust", wrong.clone()).await, all);
    assert_eq!(fields("/ledger/withdraw", wrong).await, all);
    let wrong =
        json!({"reference": "", "from": first, "to": first, "purse": "wallet:usdt", "amount": "-1", "reason": "why"});
    assert_eq!(
        fields("/ledger/transfer", wrong).await,
        names(&["reference", "amount", "to", "purse"])
    );
}

#[actix_web::test]
async fn what_is_asked_of_the_ledger_is_on_record_with_its_key_and_what_it_refuses_as_well() {
    let stage = Stage::new().await;
    let (first, second) = couple(&stage).await;
    let scenery = stage.trail().await.len();
    for (path, body) in acts(first, second) {
        assert_eq!(stage.post(Role::Operator, path, body.clone()).await.wrong().0, 403);
        assert_eq!(stage.post(Role::Admin, path, body).await.status, 201);
    }
    let more = json!({"reference": "w-2", "user": first, "purse": "power", "amount": "1000.1", "reason": "paid out"});
    let refused = stage.post(Role::Admin, "/ledger/withdraw", more).await;
    assert_eq!(
        (refused.wrong().0, refused.json()["detail"].clone()),
        (409, json!("too little"))
    );
    assert_eq!(
        (refused.json()["answer"].clone(), refused.json()["reason"].clone()),
        (json!("rejected"), json!("too little"))
    );
    let trail = stage.trail().await.split_off(scenery);
    let told: Vec<[&str; 3]> = trail
        .iter()
        .map(|(by, action, subject, _)| [&**by, &**action, &**subject])
        .collect();
    assert_eq!(
        told,
        [
            ["operator", "ledger.withdraw.forbidden", "/ledger/withdraw"],
            ["admin", "ledger.withdraw", "withdraw:w-1"],
            ["operator", "ledger.adjust.forbidden", "/ledger/adjust"],
            ["admin", "ledger.adjust", "adjust:a-1"],
            ["operator", "ledger.transfer.forbidden", "/ledger/transfer"],
            ["admin", "ledger.transfer", "transfer:t-1"],
            ["admin", "ledger.withdraw", "withdraw:w-2"],
            ["admin", "ledger.withdraw.refused", "withdraw:w-2"],
        ]
    );
    assert_eq!(trail[7].3, "paid out; refused: too little (from 192.0.2.7)");
}

#[actix_web::test]
async fn the_document_tells_what_a_refused_act_answers() {
    let stage = Stage::new().await;
    let document = stage.get(Role::Viewer, "/openapi.json").await.json();
    let problem = &document["components"]["schemas"]["Problem"];
    for field in ["answer", "field", "reason"] {
        let told = problem["properties"][field]["description"].as_str();
        assert!(told.is_some_and(|told| told.contains('`')), "{field}: {problem}");
        let required = problem["required"].as_array().unwrap();
        assert!(
            !required.contains(&json!(field)),
            "{field} is not part of every problem"
        );
    }
}
