//! Endpoints of several orders at once; each has its own answer.

use serde_json::{Value, json};

use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade;
use crate::simulator::fields::WrongField;

/// Orders that are placed or changed at once, and cancelled.
const ORDERS: usize = 10;
const CANCELLED: usize = 20;

/// `POST /futures/usdt/batch_orders`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let mut answers = Vec::new();
    for fields in call.params.list(ORDERS)? {
        let placed = trade::place_one(call, &fields).await.map(|(told, _)| told);
        answers.push(answer(placed, fields.get("text")));
    }
    Ok(Value::Array(answers))
}

/// `POST /futures/usdt/batch_amend_orders`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    let mut answers = Vec::new();
    for fields in call.params.list(ORDERS)? {
        let name = fields.get("order_id").or_else(|| fields.get("text"));
        let name = name.ok_or_else(|| WrongField::Missing("order_id".to_owned()))?;
        let amended = trade::amend_one(call, name, &fields).await;
        answers.push(answer(amended, fields.get("text")));
    }
    Ok(Value::Array(answers))
}

/// `POST /futures/usdt/batch_cancel_orders`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let mut answers = Vec::new();
    for name in call.params.words(CANCELLED)? {
        let cancelled = trade::cancel_one(call, &name).await;
        let words = cancelled.as_ref().err().map_or("", |problem| problem.label);
        answers.push(json!({
            "user_id": call.id()?.0,
            "id": name,
            "succeeded": cancelled.is_ok(),
            "message": words,
        }));
    }
    Ok(Value::Array(answers))
}

fn answer(told: Told, text: Option<&str>) -> Value {
    match told {
        Ok(mut order) => {
            if let Some(fields) = order.as_object_mut() {
                fields.insert("succeeded".to_owned(), json!(true));
            }
            order
        }
        Err(Problem { label, words, .. }) => json!({
            "succeeded": false,
            "text": text.unwrap_or_default(),
            "label": label,
            "detail": words,
        }),
    }
}
