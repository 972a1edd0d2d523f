//! Endpoints of conditional orders: those that wait for a price, and those that take profit or stop a loss.
//!
//! Source: <https://www.bitget.com/api-doc/contract/plan/Place-Plan-Order> and the pages beside it.

use domain::fixed::{Price, Quantity};
use domain::market::{Action, Side};
use domain::paper::{PaperMarket, PaperOrder, Refused, Rules, Trigger};
use domain::user::PositionMode;
use domain::venue::OrderKind;
use serde_json::Value;

use super::batch::Both;
use super::history::page;
use super::order;
use super::params::{Page, Params};
use super::plan_words::{self, BOTH, NORMAL};
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade::{ids, is_new, mode, named_of, take_mode};
use crate::simulator::exchange::{Ask, Denied};

/// Conditional orders that may wait on a market.
const WAITING: usize = 100;
/// Days that may be asked for at once.
const DAYS: i64 = 90;
/// Kinds of conditional orders.
const KINDS: [&str; 6] = [NORMAL, "profit_plan", "loss_plan", "pos_profit", "pos_loss", BOTH];
/// Kinds that are the venue's and not here.
const TRAILING: [&str; 2] = ["track_plan", "moving_plan"];

/// `POST /api/v2/mix/order/place-plan-order`: it waits for the price to rise or to fall, from where it stands, to its trigger.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let params = &call.params;
    let market = params.market(call.exchange)?;
    params.coin()?;
    let margin_mode = params.margin_mode()?;
    if params.need("planType")? != NORMAL {
        return Err(Problem::wrong("planType"));
    }
    triggered_by(params)?;
    let trigger = params.price("triggerPrice", market)?;
    let trigger = trigger.ok_or_else(|| Problem::empty("triggerPrice"))?;
    let kind = match (
        params.need("orderType")?.to_ascii_lowercase().as_str(),
        limit(params, market)?,
    ) {
        ("market", _) => OrderKind::Market,
        ("limit", Some(price)) => OrderKind::Limit { price },
        ("limit", None) => return Err(Problem::empty("price")),
        _ => return Err(Problem::wrong("orderType")),
    };
    let size = params.size("size", market)?;
    let account = call.exchange.account(call.id()?).await?;
    let (action, position_side, reduce_only) = order::side(params, account.mode)?;
    order::without_presets(params)?;
    let last = call.exchange.last(&market.instrument.symbol);
    let rising = last.is_none_or(|last| trigger > last.tick.price);
    let ask = Ask {
        client_id: order::client_id(call, params)?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind,
        quantity: size.ok_or_else(|| Problem::empty("size"))?,
        reduce_only,
        rules: Rules {
            trigger: Some(Trigger { price: trigger, rising }),
            ..Rules::default()
        },
    };
    take_mode(call, &account, &ask.symbol, margin_mode).await?;
    wait(call, ask).await
}

/// `POST /api/v2/mix/order/place-tpsl-order`.
pub(super) async fn place_tpsl(call: &Call<'_>) -> Told {
    let params = &call.params;
    let market = params.market(call.exchange)?;
    params.coin()?;
    let (takes_profit, whole) = match params.need("planType")? {
        "profit_plan" => (true, false),
        "loss_plan" => (false, false),
        "pos_profit" => (true, true),
        "pos_loss" => (false, true),
        _ => return Err(Problem::wrong("planType")),
    };
    triggered_by(params)?;
    let price = params.price("triggerPrice", market)?;
    let price = price.ok_or_else(|| Problem::empty("triggerPrice"))?;
    let account = call.exchange.account(call.id()?).await?;
    let side = held_side(params, account.mode)?;
    if account.position(&market.instrument.symbol, side).is_none() {
        return Err(Problem::new(
            "43023",
            "Insufficient position, can not set profit or stop loss",
        ));
    }
    let size = params.size("size", market)?.filter(|_| !whole);
    let rising = takes_profit == (side == Side::Long);
    let limit = params.price("executePrice", market)?;
    let ask = Ask {
        client_id: order::client_id(call, params)?,
        symbol: market.instrument.symbol.clone(),
        action: side.closing(),
        position_side: side,
        kind: limit.map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
        quantity: match size {
            Some(size) => size,
            None if whole => Quantity::ZERO,
            None => return Err(Problem::empty("size")),
        },
        reduce_only: true,
        rules: Rules {
            trigger: Some(Trigger { price, rising }),
            whole,
            ..Rules::default()
        },
    };
    wait(call, ask).await
}

/// The position that is protected, in the words of either position mode.
fn held_side(params: &Params, mode: PositionMode) -> Result<Side, Problem> {
    match (mode, params.need("holdSide")?.to_ascii_lowercase().as_str()) {
        (PositionMode::Hedge, "long") | (PositionMode::OneWay, "buy") => Ok(Side::Long),
        (PositionMode::Hedge, "short") | (PositionMode::OneWay, "sell") => Ok(Side::Short),
        _ => Err(Problem::wrong("holdSide")),
    }
}

fn triggered_by(params: &Params) -> Result<(), Problem> {
    match params.get("triggerType") {
        None | Some("fill_price" | "mark_price" | "index_price") => Ok(()),
        Some(_) => Err(Problem::wrong("triggerType")),
    }
}

/// The limit, under either of its names.
fn limit(params: &Params, market: &PaperMarket) -> Result<Option<Price>, Problem> {
    let price = params.price("price", market)?;
    Ok(price.or(params.price("executePrice", market)?))
}

async fn wait(call: &Call<'_>, ask: Ask) -> Told {
    let placing = call.dialect.placing.lock().await;
    let account = call.exchange.account(call.id()?).await?;
    is_new(call, &account, &ask.client_id, true)?;
    let waiting = account.orders.iter().filter(|order| order.is_conditional());
    if waiting.filter(|order| order.symbol == ask.symbol).count() >= WAITING {
        return Err(Problem::new(
            "40889",
            "The plan order of this contract has reached the upper limit",
        ));
    }
    let protects = ask.reduce_only && ask.action == ask.position_side.closing();
    let against = against(&ask);
    let placed = call
        .exchange
        .place(account.id, ask)
        .await
        .map_err(|denied| match denied {
            Denied::Refused(Refused::WouldTrigger) if protects => against,
            denied => denied.into(),
        })?;
    drop(placing);
    call.placed.get_or_init(|| (placed.account, placed.number));
    Ok(ids(&placed))
}

/// Why a profit or a loss that the price has reached already cannot be waited for.
fn against(ask: &Ask) -> Problem {
    let rising = ask.rules.trigger.is_some_and(|trigger| trigger.rising);
    match (ask.action, rising) {
        (Action::Sell, true) => Problem::new("40915", "Long position take profit price please > mark price"),
        (Action::Sell, false) => Problem::new("40917", "Stop price for long positions please < mark price"),
        (Action::Buy, false) => Problem::new("45121", "Short position take profit price please < mark price"),
        (Action::Buy, true) => Problem::new("45122", "Short position stop loss price please > mark price"),
    }
}

/// `POST /api/v2/mix/order/cancel-plan-order`: those that are listed, whatever their kind, or all of a kind.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let mut both = Both::default();
    if let Some(listed) = call.params.list("orderIdList")? {
        for params in listed {
            both.add(&params, cancel_one(call, &params).await);
        }
        return Ok(both.told());
    }
    let kind = asked_kind(&call.params, Some(NORMAL))?;
    let account = call.exchange.account(call.id()?).await?;
    let waiting = account.orders.iter().filter(|order| order.is_conditional());
    let here = waiting.filter(|order| markets.iter().any(|market| market.instrument.symbol == order.symbol));
    for order in here.filter(|order| plan_words::is_of(order, &kind)) {
        let cancelled = call.exchange.cancel(account.id, order.number).await;
        both.add(&Params::default(), cancelled.map_err(Problem::from));
    }
    Ok(both.told())
}

async fn cancel_one(call: &Call<'_>, params: &Params) -> Result<PaperOrder, Problem> {
    let order = named_of(call, params, true)?.filter(PaperOrder::is_live);
    let order = order.ok_or_else(|| Problem::new("43025", "Plan order does not exist"))?;
    Ok(call.exchange.cancel(call.id()?, order.number).await?)
}

/// The kind that is asked for.
fn asked_kind(params: &Params, usual: Option<&str>) -> Result<String, Problem> {
    let kind = params.get("planType").or(usual);
    let kind = kind.ok_or_else(|| Problem::empty("planType"))?;
    if KINDS.contains(&kind) || TRAILING.contains(&kind) {
        Ok(kind.to_owned())
    } else {
        Err(Problem::wrong("planType"))
    }
}

/// `GET /api/v2/mix/order/orders-plan-pending`.
pub(super) async fn pending(call: &Call<'_>) -> Told {
    let mut page = call.params.page(DAYS, call.exchange.market_now().0)?;
    if !call.params.has("startTime") {
        page.start = 0;
    }
    listed(call, page, PaperOrder::is_live).await
}

/// `GET /api/v2/mix/order/orders-plan-history`: those that wait no longer.
pub(super) async fn history(call: &Call<'_>) -> Told {
    let page = call.params.page(DAYS, call.exchange.market_now().0)?;
    let status = call.params.get("planStatus");
    let is_asked = |order: &PaperOrder| {
        let is_so = status.is_none_or(|status| plan_words::status(order) == status);
        !order.is_live() && is_so
    };
    listed(call, page, is_asked).await
}

async fn listed(call: &Call<'_>, asked: Page, is_asked: impl Fn(&PaperOrder) -> bool) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let kind = asked_kind(&call.params, None)?;
    let number: Option<i64> = call.params.read_as("orderId")?;
    let client_id = call.params.get("clientOid").filter(|_| number.is_none());
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history.orders().rev().filter(|order| order.is_conditional());
        let own = own.filter(|order| markets.iter().any(|market| market.instrument.symbol == order.symbol));
        let own = own.filter(|order| plan_words::is_of(order, &kind) && is_asked(order));
        let own = own.filter(|order| number.is_none_or(|number| number == order.number));
        let own = own.filter(|order| client_id.is_none_or(|id| order::client_word(order) == id));
        let own = own.filter(|order| asked.holds(order.number, order.placed_at.0));
        own.take(asked.limit).cloned().collect()
    });
    let mode = mode(call).await?;
    let told: Vec<Value> = orders
        .iter()
        .map(|order| plan_words::told(call.exchange, order, mode))
        .collect();
    Ok(page("entrustedList", told, orders.last().map(|order| order.number)))
}
