//! Endpoints of orders: place, change, cancel, ask; one or several at once.

use std::time::Duration;

use domain::market::Side;
use domain::paper::{PaperAccount, PaperOrder, Refused};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind};
use serde_json::{Value, json};

use super::order::{self, Sums};
use super::params::Params;
use super::problem::Problem;
use super::routes::{Body, Call, Told};
use super::{contract, info, setting, stillborn};
use crate::simulator::exchange::{Ask, Denied};

/// Orders in one request.
const BATCH: usize = 20;

/// `POST /api/v5/trade/order` and `batch-orders`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    within(call)?;
    let mut items = Vec::new();
    for params in &call.params {
        let placed = place_one(call, params).await;
        if let Ok(order) = &placed
            && order.number > 0
        {
            call.placed.get_or_init(|| (order.account, order.number));
        }
        items.push(item(call, params, placed.map(|order| order.number)));
    }
    Ok(Body::of_items(items))
}

async fn place_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::plain(call, params, account.mode)?;
    let market = params.market(call.exchange)?;
    let open = account.orders.iter().filter(|order| !order.is_conditional());
    if open.filter(|order| order.symbol == ask.symbol).count() >= info::OPEN.0 {
        let words = format!(
            "Order failed, the number of pending orders for this instId can't be more than {} (orders)",
            info::OPEN.0
        );
        return Err(Problem::new("51102", words));
    }
    setting::trade_in(call, &account, market, params.margin_mode("tdMode")?).await?;
    match call.exchange.place(account.id, ask.clone()).await {
        Err(Denied::Refused(Refused::PostOnly | Refused::FillOrKill)) => {
            let account = call.exchange.account(account.id).await?;
            Ok(stillborn::take(call, account, &ask))
        }
        Err(Denied::Refused(Refused::ReduceOnly)) => Err(nothing_to_reduce(&account, &ask)),
        placed => Ok(placed?),
    }
}

/// Why an order may not close: there is nothing, there is less, or it goes the same way.
fn nothing_to_reduce(account: &PaperAccount, ask: &Ask) -> Problem {
    let closing = account.position(&ask.symbol, ask.action.closes());
    match account.mode {
        PositionMode::OneWay if account.position(&ask.symbol, ask.action.opens()).is_some() => Problem::new(
            "51170",
            "Failed to place order. A reduce-only order can't be the same trading direction as your existing positions.",
        ),
        PositionMode::Hedge if closing.is_some() => {
            Problem::new("51112", "Close order size exceeds available size for this position.")
        }
        _ => Problem::from(&Refused::ReduceOnly),
    }
}

/// `POST /api/v5/trade/cancel-order` and `cancel-batch-orders`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    within(call)?;
    let mut items = Vec::new();
    for params in &call.params {
        let cancelled = cancel_one(call, params).await;
        items.push(item(call, params, cancelled));
    }
    Ok(Body::of_items(items))
}

async fn cancel_one(call: &Call<'_>, params: &Params) -> Result<i64, Problem> {
    let missing = || Problem::new("51407", "Either order ID or client order ID is required.");
    let order = named(call, params)?.ok_or_else(missing)?;
    let order = order.filter(PaperOrder::is_live).ok_or_else(Problem::not_open)?;
    let cancelled = call.exchange.cancel(call.id()?, order.number).await?;
    Ok(cancelled.number)
}

/// `POST /api/v5/trade/amend-order` and `amend-batch-orders`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    within(call)?;
    let mut items = Vec::new();
    for params in &call.params {
        let amended = amend_one(call, params).await;
        let (mut told, failed) = item(call, params, amended);
        told["reqId"] = json!(params.or_empty("reqId"));
        items.push((told, failed));
    }
    Ok(Body::of_items(items))
}

async fn amend_one(call: &Call<'_>, params: &Params) -> Result<i64, Problem> {
    let missing = || Problem::new("51407", "Either order ID or client order ID is required.");
    let gone = || Problem::new("51503", "Your order has already been filled or canceled.");
    let order = named(call, params)?.ok_or_else(missing)?;
    let order = order.filter(PaperOrder::is_live).ok_or_else(gone)?;
    let market = params.market(call.exchange)?;
    let (coins, price) = (params.coins("newSz", market)?, params.price("newPx")?);
    if coins.is_none() && price.is_none() {
        return Err(Problem::new("51500", "You must enter a price, quantity, or TP/SL"));
    }
    let limit = price.or(order.limit);
    let limit = limit.ok_or_else(|| Problem::new("51506", "Order modification unavailable for the order type."))?;
    let coins = coins.unwrap_or(order.quantity);
    let amended = call.exchange.amend(call.id()?, order.number, coins, limit).await;
    match amended {
        Ok(amended) => Ok(amended.number),
        Err(refused) => {
            if params.flag("cxlOnFail")? {
                call.exchange.cancel(call.id()?, order.number).await?;
            }
            Err(match refused {
                Denied::Refused(Refused::Margin) => {
                    Problem::new("51502", "Unable to edit order: insufficient balance or margin.")
                }
                Denied::Refused(Refused::UnknownOrder) => gone(),
                refused => Problem::from(refused),
            })
        }
    }
}

/// One item of an answer, and whether it failed.
fn item(call: &Call, params: &Params, done: Result<i64, Problem>) -> (Value, bool) {
    let failed = done.is_err();
    let (id, code, words) = match done {
        Ok(number) => (stillborn::id(number).to_string(), "0", String::new()),
        // Of what was not placed there is no id; of what was not cancelled it is the one that was asked for.
        Err(problem) => (params.or_empty("ordId").to_owned(), problem.code, problem.words),
    };
    let told = json!({
        "clOrdId": params.or_empty("clOrdId"),
        "ordId": id,
        "sCode": code,
        "sMsg": words,
        "subCode": "",
        "tag": params.or_empty("tag"),
        "ts": call.exchange.market_now().0.to_string(),
    });
    (told, failed)
}

fn within(call: &Call) -> Result<(), Problem> {
    let batch = call.asked.path.contains("batch");
    match call.params.len() {
        1 => Ok(()),
        2..=BATCH if batch => Ok(()),
        0 => Err(Problem::wrong("Body")),
        _ => Err(Problem::with(
            400,
            "50025",
            format!("Parameter orders count exceeds the limit {BATCH}"),
        )),
    }
}

/// `GET /api/v5/trade/order`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let found = named(call, params)?.ok_or_else(|| Problem::either("ordId", "clOrdId"))?;
    let found = found.filter(|order| !super::history::is_forgotten(order, call.exchange.market_now()));
    let order = found.ok_or_else(Problem::absent)?;
    let sums = call
        .exchange
        .history(order.account, |history| Sums::of(history, order.number, i64::MAX));
    let mode = mode(call).await?;
    Ok(vec![order::told(call.exchange, &order, mode, &sums)].into())
}

/// The plain order that is named by its id or the sender's; nothing at all where none is named.
fn named(call: &Call, params: &Params) -> Result<Option<Option<PaperOrder>>, Problem> {
    let (account, market) = (call.id()?, params.market(call.exchange)?);
    let stillborns = &call.dialect.stillborns;
    let found = if params.has("ordId") {
        let number = stillborn::number(params.need_as("ordId")?);
        let kept = call.exchange.history(account, |history| history.order(number).cloned());
        kept.or_else(|| stillborns.order(account, number))
    } else if let Some(id) = params.get("clOrdId") {
        let kept = call
            .exchange
            .history(account, |history| history.order_of(id, false).cloned());
        let gone = stillborns.order_of(account, id);
        kept.into_iter()
            .chain(gone)
            .max_by_key(|order| stillborn::id(order.number))
    } else {
        return Ok(None);
    };
    Ok(Some(found.filter(|order| {
        !order.is_conditional() && order.symbol == market.instrument.symbol
    })))
}

/// `POST /api/v5/trade/cancel-all-after`: seconds, or zero to call it off.
pub(super) async fn cancel_all_after(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let seconds: u32 = params.need_as("timeOut")?;
    if seconds != 0 && !(10..=120).contains(&seconds) {
        return Err(Problem::wrong("timeOut"));
    }
    for market in call.exchange.markets() {
        let after = Duration::from_secs(seconds.into());
        call.exchange.cancel_later(call.id()?, &market.instrument.symbol, after);
    }
    let now = call.asked.now.0;
    let at = if seconds == 0 {
        0
    } else {
        now + i64::from(seconds) * 1_000
    };
    Ok(json!([{ "triggerTime": at.to_string(), "tag": params.or_empty("tag"), "ts": now.to_string() }]).into())
}

/// `POST /api/v5/trade/close-position`: at the market's price.
pub(super) async fn close_position(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let (market, mode) = (params.market(call.exchange)?, params.margin_mode("mgnMode")?);
    let account = call.exchange.account(call.id()?).await?;
    let symbol = &market.instrument.symbol;
    let side = match (account.mode, params.get("posSide").unwrap_or("net")) {
        (PositionMode::OneWay, "net") => None,
        (PositionMode::Hedge, side) => Some(Side::parse(side).ok_or_else(|| Problem::wrong("posSide"))?),
        (PositionMode::OneWay, _) => return Err(Problem::wrong("posSide")),
    };
    let mut held = account.positions.iter().filter(|held| held.symbol == *symbol);
    let held = held.find(|held| held.margin_mode == mode && side.is_none_or(|side| side == held.side));
    let held = held.ok_or_else(Problem::no_position)?;
    let client_id = order::checked_id(params, "clOrdId")?.map(str::to_owned);
    let ask = Ask {
        client_id: ClientOrderId(client_id.unwrap_or_else(|| call.dialect.unnamed(call.asked.now))),
        symbol: symbol.clone(),
        action: held.side.closing(),
        position_side: held.side,
        kind: OrderKind::Market,
        quantity: held.quantity,
        reduce_only: account.mode == PositionMode::OneWay,
        rules: domain::paper::Rules::default(),
    };
    call.exchange.place(account.id, ask).await?;
    Ok(json!([{
        "clOrdId": params.or_empty("clOrdId"),
        "instId": contract::name(market),
        "posSide": order::position_word(held.side, account.mode),
        "tag": params.or_empty("tag"),
    }])
    .into())
}

/// The account's mode of positions.
pub(super) async fn mode(call: &Call<'_>) -> Result<PositionMode, Problem> {
    Ok(call.exchange.account(call.id()?).await?.mode)
}
