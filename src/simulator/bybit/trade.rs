//! Endpoints of single orders, and of all of them: place, change, cancel.
//!
//! An answer says only that it was taken, as at Bybit. What the exchange refuses because it would take, or not be filled
//! whole, was taken all the same, and is told as cancelled.

use domain::paper::{PaperAccount, PaperOrder, Refused};
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::link;
use super::{entry, ids, lookup, order};
use crate::simulator::exchange::{Ask, Denied, News, Step, StepKind};

/// `POST /v5/order/create`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let placed = place_one(call, &call.params).await?;
    call.placed.get_or_init(|| (placed.account, placed.number));
    Ok(named(&placed).into())
}

/// Places one order.
pub(super) async fn place_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::read(call, params, account.mode)?;
    let claim = call.dialect.claims.take(account.id, &ask.client_id);
    let claim = claim.ok_or_else(Problem::duplicate)?;
    let stillborns = call.dialect.stillborns.of(account.id);
    let known = call.exchange.history(account.id, |history| {
        entry::named(history, &stillborns, &ask.client_id.0).is_some()
    });
    if known {
        return Err(Problem::duplicate());
    }
    within_limits(&account, &ask)?;
    let placed = call.exchange.place(account.id, ask.clone()).await;
    let placed = match placed {
        Err(Denied::Refused(Refused::PostOnly)) => stillborn(call, account, &ask, "EC_PostOnlyWillTakeLiquidity"),
        Err(Denied::Refused(Refused::FillOrKill)) => stillborn(call, account, &ask, "EC_NoEnoughQtyToFill"),
        placed => placed?,
    };
    drop(claim);
    Ok(placed)
}

fn within_limits(account: &PaperAccount, ask: &Ask) -> Result<(), Problem> {
    let waits = ask.rules.trigger.is_some();
    let alike = account.orders.iter().filter(|order| order.symbol == ask.symbol);
    let alike = alike.filter(|order| order.is_conditional() == waits).count();
    if waits && alike >= order::OPEN.1 {
        let words = "The number of stop orders exceeds the maximum allowable limit.";
        return Err(Problem::new(110_009, words));
    }
    if !waits && alike >= order::OPEN.0 {
        let words = "Not allowed to have more than 500 active orders.";
        return Err(Problem::new(110_020, words));
    }
    Ok(())
}

/// Writes down an order that never came to the book, and tells of it.
fn stillborn(call: &Call<'_>, account: PaperAccount, ask: &Ask, reason: &'static str) -> PaperOrder {
    let now = call.exchange.market_now().0;
    let numbered = |newest: Option<i64>| (newest.unwrap_or(0) + 1).max(now);
    let order = call
        .dialect
        .stillborns
        .add(call.exchange, &account, ask, reason, numbered);
    let step = Step {
        order: order.clone(),
        kind: StepKind::Cancelled,
    };
    call.exchange.tell(News::of_steps(account, vec![step]));
    order
}

/// An order by its ids.
pub(super) fn named(order: &PaperOrder) -> Value {
    let number = order.parent.unwrap_or(order.number);
    json!({ "orderId": ids::order(order.account, number), "orderLinkId": link(order) })
}

/// `POST /v5/order/cancel`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let cancelled = cancel_one(call, &call.params).await?;
    Ok(named(&cancelled).into())
}

/// Cancels one order.
pub(super) async fn cancel_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    params.category()?;
    let order = lookup::open(call, params, "cancel")?;
    Ok(call.exchange.cancel(order.account, order.number).await?)
}

/// `POST /v5/order/amend`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    let amended = amend_one(call, &call.params).await?;
    Ok(named(&amended).into())
}

/// Changes one order. One that was to rest and would now take is cancelled instead.
pub(super) async fn amend_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    params.category()?;
    let order = lookup::open(call, params, "replace")?;
    if order.is_conditional() {
        return Err(Problem::new(10001, "changing a conditional order is not simulated"));
    }
    let quantity = params.quantity("qty")?.unwrap_or(order.quantity);
    let price = params.price("price")?.or(order.limit);
    let price = price.ok_or_else(|| Problem::invalid("price"))?;
    if quantity == order.quantity && Some(price) == order.limit {
        let words = "The order remains unchanged as the parameters entered match the existing ones.";
        return Err(Problem::new(10001, words));
    }
    if quantity <= order.filled {
        let words = "The number of contracts modified cannot be less than or equal to the filled quantity.";
        return Err(Problem::new(110_064, words));
    }
    let amended = call.exchange.amend(order.account, order.number, quantity, price).await;
    match amended {
        Err(Denied::Refused(Refused::PostOnly)) => Ok(call.exchange.cancel(order.account, order.number).await?),
        Err(Denied::Refused(Refused::UnknownOrder)) => Err(Problem::absent("replace")),
        amended => Ok(amended?),
    }
}

/// `POST /v5/order/cancel-all`: of a market, or of a coin's markets; plain and conditional ones unless one kind is named.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    call.params.category()?;
    call.params.need_some_market()?;
    let kinds: &[bool] = match call.params.get("orderFilter") {
        None => &[false, true],
        Some("Order" | "OpenOrder") => &[false],
        Some("StopOrder") => &[true],
        Some(_) => return Err(Problem::invalid("orderFilter")),
    };
    let mut cancelled = Vec::new();
    for symbol in call.params.symbols(call.exchange)? {
        for conditional in kinds {
            let orders = call
                .exchange
                .cancel_all(call.id()?, symbol.clone(), *conditional)
                .await?;
            cancelled.extend(orders.iter().map(named));
        }
    }
    Ok(json!({ "list": cancelled, "success": "1" }).into())
}
