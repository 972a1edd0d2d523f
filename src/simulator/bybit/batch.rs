//! Endpoints of several orders at once; each has its own outcome beside the list.

use domain::paper::PaperOrder;
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Good, Told};
use super::trade::{self, named};

/// Orders in one batch.
const MOST: usize = 20;

/// The rows of a batch and their outcomes.
#[derive(Default)]
struct Rows {
    list: Vec<Value>,
    outcomes: Vec<Value>,
}

/// `POST /v5/order/create-batch`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let mut rows = Rows::default();
    for params in call.params.batch(MOST)? {
        let placed = trade::place_one(call, &params).await;
        rows.add(&params, placed, Some(call.asked.now.0));
    }
    Ok(rows.told())
}

/// `POST /v5/order/amend-batch`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    let mut rows = Rows::default();
    for params in call.params.batch(MOST)? {
        let amended = trade::amend_one(call, &params).await;
        rows.add(&params, amended, None);
    }
    Ok(rows.told())
}

/// `POST /v5/order/cancel-batch`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let mut rows = Rows::default();
    for params in call.params.batch(MOST)? {
        let cancelled = trade::cancel_one(call, &params).await;
        rows.add(&params, cancelled, None);
    }
    Ok(rows.told())
}

impl Rows {
    fn add(&mut self, params: &Params, done: Result<PaperOrder, Problem>, at: Option<i64>) {
        let sent = |name: &str| params.get(name).unwrap_or_default();
        let (mut row, code, words) = match done {
            Ok(order) => (named(&order), 0, "OK".to_owned()),
            Err(problem) => {
                let row = json!({ "orderId": sent("orderId"), "orderLinkId": sent("orderLinkId") });
                (row, problem.code, problem.words)
            }
        };
        row["category"] = json!("linear");
        row["symbol"] = json!(sent("symbol"));
        if let Some(at) = at {
            row["createAt"] = json!(if code == 0 { at.to_string() } else { String::new() });
        }
        self.list.push(row);
        self.outcomes.push(json!({ "code": code, "msg": words }));
    }

    fn told(self) -> Good {
        Good {
            result: json!({ "list": self.list }),
            more: json!({ "list": self.outcomes }),
        }
    }
}
