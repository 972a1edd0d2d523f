//! Endpoints of several orders at once; each has its own answer.

use serde_json::Value;

use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade;

/// Orders in one batch, and cancels.
const PLACED: usize = 5;
const CANCELLED: usize = 10;

/// How many orders a request holds, for the limits.
pub(super) fn orders(params: &Params) -> u32 {
    let Some(list) = params.get("batchOrders") else {
        return 1;
    };
    let list: Vec<Value> = serde_json::from_str(list).unwrap_or_default();
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// `POST /fapi/v1/batchOrders`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let mut answers = Vec::new();
    for params in listed(call)? {
        let placed = trade::place_one(call, &params).await;
        answers.push(placed.map_or_else(|problem| problem.json(), |(told, _)| told));
    }
    Ok(Value::Array(answers))
}

/// `PUT /fapi/v1/batchOrders`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    let mut answers = Vec::new();
    for params in listed(call)? {
        let amended = trade::amend_one(call, &params).await;
        answers.push(amended.unwrap_or_else(|problem| problem.json()));
    }
    Ok(Value::Array(answers))
}

/// `DELETE /fapi/v1/batchOrders`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let symbol = call.params.need("symbol")?;
    let (name, list) = match (call.params.get("orderIdList"), call.params.get("origClientOrderIdList")) {
        (Some(list), _) => ("orderId", list),
        (None, Some(list)) => ("origClientOrderId", list),
        (None, None) => return Err(Problem::mandatory("orderIdList")),
    };
    let list: Vec<Value> = serde_json::from_str(list).map_err(|_| Problem::mandatory("orderIdList"))?;
    within(list.len(), CANCELLED)?;
    let mut answers = Vec::new();
    for id in list {
        let named = serde_json::Map::from_iter([(name.to_owned(), id), ("symbol".to_owned(), symbol.into())]);
        let cancelled = trade::cancel_one(call, &Params::of_object(&named)).await;
        answers.push(cancelled.unwrap_or_else(|problem| problem.json()));
    }
    Ok(Value::Array(answers))
}

fn listed(call: &Call) -> Result<Vec<Params>, Problem> {
    let list = call.params.need("batchOrders")?;
    let list: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(list).map_err(|_| Problem::mandatory("batchOrders"))?;
    within(list.len(), PLACED)?;
    Ok(list.iter().map(Params::of_object).collect())
}

fn within(count: usize, most: usize) -> Result<(), Problem> {
    match count {
        0 => Err(Problem::new(-4081, "Mandatory parameter missing in batch.")),
        count if count > most => Err(Problem::new(
            -4082,
            format!("Invalid number of batch place orders; at most {most}."),
        )),
        _ => Ok(()),
    }
}
