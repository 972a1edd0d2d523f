//! Endpoints of single orders: place, ask, change, cancel.

use std::time::Duration;

use domain::market::Action;
use domain::paper::PaperOrder;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::contract::Contract;
use super::info::OPEN;
use super::order;
use super::params;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::fields::Fields;

/// Shortest countdown, in seconds.
const COUNTDOWN: u64 = 5;

/// `POST /futures/usdt/orders`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let (told, number) = place_one(call, &call.params).await?;
    let account = call.id()?;
    call.placed.get_or_init(|| (account, number));
    Ok(told)
}

/// Places one order, and gives its answer and number.
pub(super) async fn place_one(call: &Call<'_>, fields: &Fields) -> Result<(Value, i64), Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::plain(call, fields, &account)?;
    let open = account.orders.iter().filter(|order| !order.is_conditional());
    if open.filter(|order| order.symbol == ask.symbol).count() >= OPEN {
        return Err(Problem::bad("TOO_MANY_ORDERS", "Too many open orders"));
    }
    let placed = call.exchange.place(account.id, ask).await?;
    Ok((told(call, &placed)?, placed.number))
}

/// An order as it stands.
pub(super) fn told(call: &Call<'_>, order: &PaperOrder) -> Told {
    order::told(call.exchange, order, call.decimal()).ok_or_else(Problem::contract)
}

/// `GET /futures/usdt/orders/{order_id}`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    told(call, &named(call, call.params.named())?)
}

/// `DELETE /futures/usdt/orders/{order_id}`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let cancelled = cancel_one(call, call.params.named()).await?;
    told(call, &cancelled)
}

/// Cancels one order, by its id or text.
pub(super) async fn cancel_one(call: &Call<'_>, name: &str) -> Result<PaperOrder, Problem> {
    let order = named(call, name)?;
    if !order.is_live() {
        return Err(Problem::finished());
    }
    Ok(call.exchange.cancel(call.id()?, order.number).await?)
}

/// `PUT /futures/usdt/orders/{order_id}`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    amend_one(call, call.params.named(), &call.params).await
}

/// Changes one order, and gives its answer.
pub(super) async fn amend_one(call: &Call<'_>, name: &str, fields: &Fields) -> Told {
    let order = named(call, name)?;
    if !order.is_live() {
        return Err(Problem::finished());
    }
    let contract = Contract::of_symbol(call.exchange, &order.symbol).ok_or_else(Problem::contract)?;
    let quantity = match fields.get("amount").or_else(|| fields.get("size")) {
        None => order.quantity,
        Some(text) => {
            let size: Decimal = text.parse().map_err(|_| Problem::size())?;
            if size.is_zero() || size.is_sign_negative() != (order.action == Action::Sell) {
                return Err(Problem::size());
            }
            contract.coins(size.abs()).ok_or_else(Problem::size)?
        }
    };
    let price = params::price(fields, &contract)?.or(order.limit);
    let price = price.ok_or_else(|| Problem::value("price"))?;
    if quantity == order.quantity && Some(price) == order.limit {
        return Err(Problem::no_change());
    }
    order::near(call.exchange, &contract, price)?;
    let amended = call.exchange.amend(call.id()?, order.number, quantity, price).await?;
    told(call, &amended)
}

/// `DELETE /futures/usdt/orders`: of one contract or all, of one side or both.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    let side = match call.params.get("side") {
        None => None,
        Some("ask") => Some(Action::Sell),
        Some("bid") => Some(Action::Buy),
        Some(_) => return Err(Problem::value("side")),
    };
    let mut cancelled = Vec::new();
    for contract in params::contracts(&call.params, call.exchange)? {
        let symbol = contract.symbol();
        let Some(action) = side else {
            let all = call.exchange.cancel_all(call.id()?, symbol.clone(), false).await?;
            cancelled.extend(all);
            continue;
        };
        let account = call.exchange.account(call.id()?).await?;
        let own = account.orders.iter().filter(|order| order.symbol == *symbol);
        for order in own.filter(|order| order.action == action && !order.is_conditional()) {
            cancelled.extend(call.exchange.cancel(account.id, order.number).await.ok());
        }
    }
    cancelled.iter().map(|order| told(call, order)).collect()
}

/// `POST /futures/usdt/countdown_cancel_all`: of one contract or all.
pub(super) async fn countdown(call: &Call<'_>) -> Told {
    let timeout: u64 = call.params.need_as("timeout")?;
    if timeout != 0 && timeout < COUNTDOWN {
        return Err(Problem::value("timeout"));
    }
    for contract in params::contracts(&call.params, call.exchange)? {
        let after = Duration::from_secs(timeout);
        call.exchange.cancel_later(call.id()?, contract.symbol(), after);
    }
    let at = match timeout {
        0 => 0,
        timeout => call.asked.now.after(Duration::from_secs(timeout)).0,
    };
    Ok(json!({ "triggerTime": at.to_string() }))
}

/// The plain order that is named by its id or its text, as long as it is told of.
fn named(call: &Call<'_>, name: &str) -> Result<PaperOrder, Problem> {
    let by_text = name.starts_with("t-");
    let number = match name.parse::<i64>() {
        Ok(number) => number,
        Err(_) if by_text => 0,
        Err(_) => return Err(Problem::value("order_id")),
    };
    let now = call.exchange.market_now();
    let found = call.exchange.history(call.id()?, |history| {
        let found = if by_text {
            let mut newest = history.orders().rev().filter(|order| !order.is_conditional());
            newest.find(|order| order::text(order) == name)
        } else {
            history.order(number).filter(|order| !order.is_conditional())
        };
        found.filter(|order| order::is_told(order, by_text, now)).cloned()
    });
    found.ok_or_else(Problem::absent)
}
