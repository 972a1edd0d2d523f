//! Endpoints of conditional orders: take profit, stop loss, and triggers.
//!
//! Source: <https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading>. Pairs of both (`oco`), trailing stops and orders
//! in slices are not there.

use domain::fixed::{Price, Quantity};
use domain::market::Action;
use domain::paper::{PaperMarket, PaperOrder, Refused, Rules, Trigger};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind, ReportedState};
use serde_json::{Value, json};

use super::history::Page;
use super::order::{self, KINDS};
use super::params::Params;
use super::problem::Problem;
use super::routes::{Body, Call, Told};
use super::words::{blank, flag, joined, shown};
use super::{contract, info, market, setting, stillborn, trade};
use crate::simulator::exchange::{Ask, Denied, Exchange};

/// Cancels in one request.
const BATCH: usize = 10;

/// What a conditional order waits for, and at which price it then asks; without a limit it takes what there is.
struct Wait {
    kind: &'static str,
    trigger: Trigger,
    limit: Option<Price>,
}

/// `POST /api/v5/trade/order-algo`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let placed = place_one(call, params).await;
    let (code, words, id) = match placed {
        Ok(number) => ("0", String::new(), stillborn::id(number).to_string()),
        Err(problem) => (problem.code, problem.words, String::new()),
    };
    let told = json!({
        "algoClOrdId": params.or_empty("algoClOrdId"),
        "algoId": id,
        "clOrdId": params.or_empty("clOrdId"),
        "sCode": code,
        "sMsg": words,
        "tag": params.or_empty("tag"),
    });
    Ok(Body::of_items(vec![(told, code != "0")]))
}

async fn place_one(call: &Call<'_>, params: &Params) -> Result<i64, Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let market = params.market(call.exchange)?;
    let waiting: Vec<_> = account.orders.iter().filter(|order| order.is_conditional()).collect();
    if waiting.len() >= info::OPEN.1 {
        let words = format!(
            "Each user can hold up to {} pending stop orders at the same time.",
            info::OPEN.1
        );
        return Err(Problem::new("51261", words));
    }
    let id = order::checked_id(params, "algoClOrdId")?;
    if id.is_some_and(|id| waiting.iter().any(|order| order::algo_word(order).1 == id)) {
        return Err(Problem::new("51065", "algoClOrdId already exists."));
    }
    let wait = wait(call, params, market)?;
    let id = id.map_or_else(|| call.dialect.unnamed(call.asked.now), str::to_owned);
    let client_id = ClientOrderId(format!("{}/{id}", wait.kind));
    let ask = ask(params, market, account.mode, &wait, client_id)?;
    setting::trade_in(call, &account, market, params.margin_mode("tdMode")?).await?;
    match call.exchange.place(account.id, ask.clone()).await {
        Ok(placed) => Ok(placed.number),
        Err(Denied::Refused(Refused::WouldTrigger)) => Err(reached(params, ask.action)),
        Err(denied) => Err(denied.into()),
    }
}

fn ask(
    params: &Params,
    market: &PaperMarket,
    mode: PositionMode,
    wait: &Wait,
    client_id: ClientOrderId,
) -> Result<Ask, Problem> {
    let action = order::action(params)?;
    let (position_side, reduce_only) = order::side(params, action, mode)?;
    let whole = match params.get("closeFraction") {
        None => false,
        Some("1") if wait.limit.is_some() => {
            return Err(Problem::new(
                "51330",
                "closeFraction is only available for stop market orders",
            ));
        }
        Some("1") if mode == PositionMode::OneWay && !reduce_only => {
            return Err(Problem::new(
                "51328",
                "closeFraction is only available for reduceOnly orders",
            ));
        }
        Some("1") => true,
        Some(_) => return Err(Problem::wrong("closeFraction")),
    };
    let coins = params.coins("sz", market)?;
    Ok(Ask {
        client_id,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind: wait.limit.map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
        quantity: match coins {
            _ if whole => Quantity::ZERO,
            Some(coins) => coins,
            None => return Err(Problem::empty("sz")),
        },
        reduce_only: reduce_only || whole,
        rules: Rules {
            trigger: Some(wait.trigger),
            whole,
            ..Rules::default()
        },
    })
}

/// Reads what an order waits for.
fn wait(call: &Call, params: &Params, market: &PaperMarket) -> Result<Wait, Problem> {
    let action = order::action(params)?;
    // A limit of minus one means: at the market's price.
    let limit = |name: &str| match params.get(name) {
        Some("-1") => Ok(None),
        Some(_) => params.price(name),
        None => Err(Problem::empty(name)),
    };
    match params.need("ordType")? {
        "conditional" => {
            let (profit, loss) = (params.price("tpTriggerPx")?, params.price("slTriggerPx")?);
            let (price, stops, name) = match (profit, loss) {
                (Some(price), None) => (price, false, "tpOrdPx"),
                (None, Some(price)) => (price, true, "slOrdPx"),
                _ => return Err(Problem::either("tpTriggerPx", "slTriggerPx")),
            };
            let rising = stops == (action == Action::Buy);
            Ok(Wait {
                kind: KINDS[0],
                trigger: Trigger { price, rising },
                limit: limit(name)?,
            })
        }
        "trigger" => {
            let price = params.price("triggerPx")?;
            let price = price.ok_or_else(|| Problem::empty("triggerPx"))?;
            let last = market::last_price(call.exchange, &market.instrument.symbol);
            let rising = price > last.ok_or_else(Problem::no_data)?;
            Ok(Wait {
                kind: KINDS[1],
                trigger: Trigger { price, rising },
                limit: limit("orderPx")?,
            })
        }
        _ => Err(Problem::wrong("ordType")),
    }
}

/// The price has reached the trigger already.
fn reached(params: &Params, action: Action) -> Problem {
    let (code, words) = match (params.has("tpTriggerPx"), action) {
        (true, Action::Buy) => ("51277", "TP trigger price cannot be higher than the last price."),
        (true, Action::Sell) => ("51279", "TP trigger price cannot be lower than the last price."),
        (false, Action::Buy) => ("51278", "SL trigger price cannot be lower than the last price."),
        (false, Action::Sell) => ("51280", "SL trigger price cannot be higher than the last price."),
    };
    Problem::new(code, words)
}

/// `POST /api/v5/trade/cancel-algos`: a list.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    if !(1..=BATCH).contains(&call.params.len()) {
        return Err(Problem::with(
            400,
            "50025",
            format!("Parameter orders count exceeds the limit {BATCH}"),
        ));
    }
    let mut items = Vec::new();
    for params in &call.params {
        let cancelled = cancel_one(call, params).await;
        let failed = cancelled.is_err();
        let (id, code, words) = match cancelled {
            Ok(number) => (stillborn::id(number).to_string(), "0", String::new()),
            Err(problem) => (params.or_empty("algoId").to_owned(), problem.code, problem.words),
        };
        let told = json!({
            "algoClOrdId": params.or_empty("algoClOrdId"),
            "algoId": id,
            "clOrdId": "",
            "sCode": code,
            "sMsg": words,
            "tag": "",
        });
        items.push((told, failed));
    }
    Ok(Body::of_items(items))
}

async fn cancel_one(call: &Call<'_>, params: &Params) -> Result<i64, Problem> {
    params.market(call.exchange)?;
    let order = named(call, params)?.filter(PaperOrder::is_live);
    let order = order.ok_or_else(Problem::not_open)?;
    Ok(call.exchange.cancel(call.id()?, order.number).await?.number)
}

/// `GET /api/v5/trade/order-algo`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    let order = named(call, call.one()?)?.ok_or_else(Problem::absent)?;
    let mode = trade::mode(call).await?;
    Ok(vec![told(call.exchange, &order, mode)].into())
}

fn named(call: &Call, params: &Params) -> Result<Option<PaperOrder>, Problem> {
    let account = call.id()?;
    let found = if params.has("algoId") {
        let number = stillborn::number(params.need_as("algoId")?);
        call.exchange.history(account, |history| history.order(number).cloned())
    } else if let Some(id) = params.get("algoClOrdId") {
        let newest = |history: &crate::simulator::exchange::History| {
            let found = KINDS.map(|kind| history.order_of(&format!("{kind}/{id}"), true).cloned());
            found.into_iter().flatten().max_by_key(|order| order.number)
        };
        call.exchange.history(account, newest)
    } else {
        return Err(Problem::either("algoId", "algoClOrdId"));
    };
    Ok(found.filter(PaperOrder::is_conditional))
}

/// `GET /api/v5/trade/orders-algo-pending`.
pub(super) async fn pending(call: &Call<'_>) -> Told {
    list(call, |order| order.is_live()).await
}

/// `GET /api/v5/trade/orders-algo-history`: of three months; a state or an id must be named.
pub(super) async fn history(call: &Call<'_>) -> Told {
    let params = call.one()?;
    if !params.has("state") && !params.has("algoId") {
        return Err(Problem::new("51602", "Either order status or order ID is required."));
    }
    let asked = params.or_empty("state").to_owned();
    list(call, move |order| {
        !order.is_live() && (asked.is_empty() || state(order) == asked)
    })
    .await
}

async fn list(call: &Call<'_>, wanted: impl Fn(&PaperOrder) -> bool + Send) -> Told {
    let params = call.one()?;
    let kinds = params.need("ordType")?;
    let page = Page::read(params)?.of_days(90, call.exchange.market_now());
    let id: Option<i64> = params.read_as::<i64>("algoId")?.map(stillborn::number);
    let named = params.get("algoClOrdId");
    let fits = |order: &&PaperOrder| {
        let (kind, own) = order::algo_word(order);
        let market = contract::name_of(call.exchange, &order.symbol);
        order.is_conditional()
            && wanted(order)
            && params.is_of_swaps()
            && kinds.split(',').any(|asked| asked == kind)
            && id.is_none_or(|id| id == order.number)
            && named.is_none_or(|named| named == own)
            && params.get("instId").is_none_or(|asked| asked == market)
    };
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history.orders().rev().filter(fits);
        let page = page.of(own, |order| stillborn::id(order.number), |order| order.placed_at.0);
        page.into_iter().cloned().collect()
    });
    let mode = trade::mode(call).await?;
    let told = orders.iter().map(|order| told(call.exchange, order, mode));
    Ok(told.collect::<Vec<_>>().into())
}

/// The state of a conditional order.
fn state(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open => "live",
        ReportedState::Filled => "effective",
        ReportedState::Rejected => "order_failed",
        ReportedState::Cancelled | ReportedState::Expired => "canceled",
    }
}

/// A conditional order as it stands.
pub(super) fn told(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    joined([
        blank(&[
            "activePx",
            "amendPxOnTriggerType",
            "amendResult",
            "callbackRatio",
            "callbackSpread",
            "ccy",
            "clOrdId",
            "moveTriggerPx",
            "ordPx",
            "pxLimit",
            "pxSpread",
            "pxVar",
            "quickMgnType",
            "reqId",
            "slOrdPx",
            "slTriggerPx",
            "slTriggerPxType",
            "szLimit",
            "tag",
            "tgtCcy",
            "timeInterval",
            "tpOrdPx",
            "tpTriggerPx",
            "tpTriggerPxType",
            "triggerPx",
            "triggerPxType",
        ]),
        terms(exchange, order, mode),
        waits(order),
        placed(exchange, order),
    ])
}

fn terms(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    let (kind, id) = order::algo_word(order);
    json!({
        "algoClOrdId": id,
        "algoId": stillborn::id(order.number).to_string(),
        "attachAlgoOrds": [],
        "cTime": order.placed_at.0.to_string(),
        "closeFraction": if order.rules.whole { "1" } else { "" },
        "instId": contract::name_of(exchange, &order.symbol),
        "instType": "SWAP",
        "isTradeBorrowMode": "",
        "last": shown(market::last_price(exchange, &order.symbol)),
        "lever": order.leverage.to_string(),
        "linkedOrd": { "ordId": "" },
        "ordType": kind,
        "posSide": order::position_word(order.position_side, mode),
        "reduceOnly": flag(order.reduce_only),
        "side": order::side_word(order.action),
        "state": state(order),
        "sz": if order.rules.whole {
            String::new()
        } else {
            contract::count_of(exchange, &order.symbol, order.quantity)
        },
        "tdMode": order.margin_mode.as_str(),
        "uTime": order.updated_at.0.to_string(),
    })
}

/// What it waits for, in the fields of its kind.
fn waits(order: &PaperOrder) -> Value {
    let Some(trigger) = order.rules.trigger else {
        return json!({});
    };
    let (price, limit) = (trigger.price.to_string(), order.limit);
    let limit = limit.map_or_else(|| "-1".to_owned(), |price| price.to_string());
    match (
        order::algo_word(order).0,
        trigger.rising == (order.action == Action::Buy),
    ) {
        ("trigger", _) => json!({ "triggerPx": price, "ordPx": limit, "triggerPxType": "last" }),
        (_, true) => json!({ "slTriggerPx": price, "slOrdPx": limit, "slTriggerPxType": "last" }),
        (_, false) => json!({ "tpTriggerPx": price, "tpOrdPx": limit, "tpTriggerPxType": "last" }),
    }
}

/// What it placed.
fn placed(exchange: &Exchange, order: &PaperOrder) -> Value {
    let fired = order.fired.as_ref();
    let number = fired.and_then(|fired| fired.order);
    let own = exchange.placed_by(order);
    let price = own.as_ref().and_then(|own| own.average_price().ok());
    let side = match order.rules.trigger {
        Some(trigger) if fired.is_some() && trigger.rising == (order.action == Action::Buy) => "sl",
        Some(_) if fired.is_some() => "tp",
        _ => "",
    };
    let ids: Vec<String> = number
        .map(|number| stillborn::id(number).to_string())
        .into_iter()
        .collect();
    json!({
        "actualPx": shown(price.filter(|price| price.is_positive())),
        "actualSide": if order::algo_word(order).0 == KINDS[0] { side } else { "" },
        "actualSz": own.map_or_else(|| "0".to_owned(), |own| contract::count_of(exchange, &own.symbol, own.filled)),
        "failCode": if fired.is_some_and(|fired| fired.refused.is_some()) { "51000" } else { "" },
        "ordId": ids.first().cloned().unwrap_or_default(),
        "ordIdList": ids,
        "triggerTime": fired.map_or_else(|| "0".to_owned(), |fired| fired.at.0.to_string()),
    })
}
