//! Endpoints of single orders: place, change, cancel, ask.

use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperOrder, Refused, TimeInForce};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderKind};
use serde_json::{Value, json};

use super::market::OPEN;
use super::order;
use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Ask, Denied};

/// `POST /api/v2/mix/order/place-order`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let placed = place_one(call, &call.params).await?;
    call.placed.get_or_init(|| (placed.account, placed.number));
    Ok(ids(&placed))
}

/// An order by its two ids.
pub(super) fn ids(order: &PaperOrder) -> Value {
    json!({ "orderId": order.number.to_string(), "clientOid": order::client_word(order) })
}

/// Places one order.
pub(super) async fn place_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    let placing = call.dialect.placing.lock().await;
    let account = call.exchange.account(call.id()?).await?;
    let (ask, margin_mode) = order::plain(call, params, account.mode)?;
    let placed = place_new(call, &account, ask, margin_mode).await;
    drop(placing);
    placed
}

async fn place_new(
    call: &Call<'_>,
    account: &PaperAccount,
    ask: Ask,
    margin_mode: MarginMode,
) -> Result<PaperOrder, Problem> {
    is_new(call, account, &ask.client_id, false)?;
    let open = account.orders.iter().filter(|order| !order.is_conditional());
    if open.filter(|order| order.symbol == ask.symbol).count() >= OPEN {
        return Err(Problem::new("40761", "The total number of unfilled orders is too high"));
    }
    take_mode(call, account, &ask.symbol, margin_mode).await?;
    match call.exchange.place(account.id, ask.clone()).await {
        // The venue takes such an order and cancels it. As what it cannot fill whole is not filled at all, this one ends so too.
        Err(Denied::Refused(Refused::FillOrKill)) => {
            let mut ask = ask;
            ask.rules.time_in_force = TimeInForce::ImmediateOrCancel;
            Ok(call.exchange.place(account.id, ask).await?)
        }
        placed => Ok(placed?),
    }
}

/// That a client id was never used by this account.
pub(super) fn is_new(
    call: &Call<'_>,
    account: &PaperAccount,
    id: &ClientOrderId,
    conditional: bool,
) -> Result<(), Problem> {
    let is_used = call.exchange.history(account.id, |history| {
        let before = history.order_of(&id.0, conditional);
        before.is_some_and(|order| order.parent.is_none())
    });
    if is_used {
        return Err(Problem::new("40786", "Duplicate clientOid"));
    }
    Ok(())
}

/// Takes over the margin mode that an order wants, where nothing stands against it.
pub(super) async fn take_mode(
    call: &Call<'_>,
    account: &PaperAccount,
    symbol: &Symbol,
    wanted: MarginMode,
) -> Result<(), Problem> {
    if call.exchange.setting(account, symbol).margin_mode != wanted {
        let symbol = symbol.clone();
        call.exchange.set_margin_mode(account.id, symbol, wanted).await?;
    }
    Ok(())
}

/// `POST /api/v2/mix/order/cancel-order`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    Ok(ids(&cancel_one(call, &call.params).await?))
}

/// Cancels one order.
pub(super) async fn cancel_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    let market = params.market(call.exchange)?;
    let order = named(call, params)?;
    let order = order.filter(|order| order.is_live() && order.symbol == market.instrument.symbol);
    let order = order.ok_or_else(Problem::not_open)?;
    Ok(call.exchange.cancel(call.id()?, order.number).await?)
}

/// `GET /api/v2/mix/order/detail`.
pub(super) async fn detail(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let order = named(call, &call.params)?;
    let order = order.filter(|order| order.symbol == market.instrument.symbol);
    let order = order.ok_or_else(Problem::absent)?;
    let told = order::listed(call.exchange, &[order], mode(call).await?).pop();
    let mut told = told.ok_or_else(Problem::absent)?;
    // Where one order is asked for, its status has another name.
    if let Some(fields) = told.as_object_mut()
        && let Some(status) = fields.remove("status")
    {
        fields.insert("state".to_owned(), status);
    }
    Ok(told)
}

/// `POST /api/v2/mix/order/modify-order`: the order is cancelled, and another with a client id of its own takes its place.
pub(super) async fn modify(call: &Call<'_>) -> Told {
    let market = call.params.market(call.exchange)?;
    let old = named(call, &call.params)?.filter(PaperOrder::is_live);
    let old = old.ok_or_else(Problem::not_open)?;
    let new_id = ClientOrderId(call.params.need("newClientOid")?.to_owned());
    let size = call.params.size("newSize", market)?;
    let price = call.params.price("newPrice", market)?;
    let (Some(quantity), Some(price)) = (size.or(Some(old.quantity)), price.or(old.limit)) else {
        return Err(Problem::empty("newPrice"));
    };
    let ask = Ask {
        client_id: new_id,
        symbol: old.symbol.clone(),
        action: old.action,
        position_side: old.position_side,
        kind: OrderKind::Limit { price },
        quantity,
        reduce_only: old.reduce_only,
        rules: old.rules,
    };
    let placing = call.dialect.placing.lock().await;
    let account = call.exchange.account(call.id()?).await?;
    is_new(call, &account, &ask.client_id, false)?;
    call.exchange.cancel(account.id, old.number).await?;
    let placed = call.exchange.place(account.id, ask).await?;
    drop(placing);
    Ok(ids(&placed))
}

/// The order that does not wait and is named by its id or the sender's.
pub(super) fn named(call: &Call, params: &Params) -> Result<Option<PaperOrder>, Problem> {
    named_of(call, params, false)
}

/// The order that waits, or does not, and is named by its id or the sender's.
pub(super) fn named_of(call: &Call, params: &Params, conditional: bool) -> Result<Option<PaperOrder>, Problem> {
    let number: Option<i64> = params.read_as("orderId")?;
    let client_id = params.get("clientOid");
    if number.is_none() && client_id.is_none() {
        return Err(Problem::empty("orderId"));
    }
    Ok(call.exchange.history(call.id()?, |history| {
        let found = match number {
            Some(number) => history.order(number),
            None => {
                let found = history.order_of(client_id.unwrap_or_default(), conditional);
                found.filter(|order| order.parent.is_none())
            }
        };
        found.filter(|order| order.is_conditional() == conditional).cloned()
    }))
}

/// The account's mode of positions.
pub(super) async fn mode(call: &Call<'_>) -> Result<PositionMode, Problem> {
    Ok(call.exchange.account(call.id()?).await?.mode)
}
