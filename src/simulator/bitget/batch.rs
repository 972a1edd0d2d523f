//! Endpoints of several orders at once; each has its own answer.

use domain::market::{Side, Symbol};
use domain::paper::{PaperOrder, Rules};
use domain::venue::{ClientOrderId, OrderKind};
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade::{cancel_one, ids, place_one};
use crate::simulator::exchange::Ask;

/// Orders in one batch.
const MOST: usize = 50;
/// What a batch says once for all of its orders.
const SHARED: [&str; 4] = ["symbol", "productType", "marginCoin", "marginMode"];

/// What was done and what was not.
#[derive(Debug, Default)]
pub(super) struct Both {
    pub done: Vec<Value>,
    pub failed: Vec<Value>,
}

impl Both {
    /// Adds the outcome of one of them, as it was named.
    pub fn add(&mut self, params: &Params, outcome: Result<PaperOrder, Problem>) {
        match outcome {
            Ok(order) => self.done.push(ids(&order)),
            Err(problem) => {
                let name = |name: &str| params.get(name).unwrap_or_default();
                self.failed.push(problem.entry(name("orderId"), name("clientOid")));
            }
        }
    }

    /// As it is answered.
    pub fn told(self) -> Value {
        json!({ "successList": self.done, "failureList": self.failed })
    }
}

/// `POST /api/v2/mix/order/batch-place-order`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let orders = call.params.list("orderList")?;
    let mut both = Both::default();
    for params in within(orders.ok_or_else(|| Problem::empty("orderList"))?)? {
        let params = params.within(&call.params, &SHARED);
        let placed = place_one(call, &params).await.map_err(|problem| match problem.code {
            // In a batch the venue has another code for it.
            "40786" => Problem::new("43118", "clientOrderId duplicate"),
            _ => problem,
        });
        both.add(&params, placed);
    }
    Ok(both.told())
}

/// `POST /api/v2/mix/order/batch-cancel-orders`: those that are listed, or all of a market, or all.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let Some(orders) = call.params.list("orderIdList")? else {
        return cancel_all(call).await;
    };
    let mut both = Both::default();
    for params in within(orders)? {
        let params = params.within(&call.params, &SHARED);
        both.add(&params, cancel_one(call, &params).await);
    }
    Ok(both.told())
}

/// `POST /api/v2/mix/order/cancel-all-orders`.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    let mut both = Both::default();
    for market in call.params.markets(call.exchange)? {
        let symbol = market.instrument.symbol.clone();
        let cancelled = call.exchange.cancel_all(call.id()?, symbol, false).await?;
        both.done.extend(cancelled.iter().map(ids));
    }
    if both.done.is_empty() {
        return Err(Problem::new("22001", "No order to cancel"));
    }
    Ok(both.told())
}

/// `POST /api/v2/mix/order/close-positions`: at the market, whole.
pub(super) async fn close(call: &Call<'_>) -> Told {
    let symbols: Vec<Symbol> = call
        .params
        .markets(call.exchange)?
        .into_iter()
        .map(|market| market.instrument.symbol.clone())
        .collect();
    let side = match call.params.word("holdSide").as_deref() {
        None => None,
        Some("long" | "buy") => Some(Side::Long),
        Some("short" | "sell") => Some(Side::Short),
        Some(_) => return Err(Problem::wrong("holdSide")),
    };
    let account = call.exchange.account(call.id()?).await?;
    let mut both = Both::default();
    let held = account.positions.iter().filter(|held| symbols.contains(&held.symbol));
    for held in held.filter(|held| side.is_none_or(|side| side == held.side)) {
        let ask = Ask {
            client_id: ClientOrderId(call.dialect.fresh(call.asked.now)),
            symbol: held.symbol.clone(),
            action: held.side.closing(),
            position_side: held.side,
            kind: OrderKind::Market,
            quantity: held.quantity,
            reduce_only: true,
            rules: Rules::default(),
        };
        let closed = call.exchange.place(account.id, ask).await;
        both.add(&Params::default(), closed.map_err(Problem::from));
    }
    if both.done.is_empty() && both.failed.is_empty() {
        return Err(Problem::no_position());
    }
    Ok(both.told())
}

fn within(orders: Vec<Params>) -> Result<Vec<Params>, Problem> {
    match orders.len() {
        0 => Err(Problem::empty("orderList")),
        count if count > MOST => Err(Problem::new(
            "40306",
            "Batch processing orders can only process up to 50",
        )),
        _ => Ok(orders),
    }
}
