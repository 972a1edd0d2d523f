//! An order in Binance's words: read from parameters, and told.

use domain::fixed::Quantity;
use domain::market::{Action, Side};
use domain::paper::{PaperMarket, PaperOrder, Rules, TimeInForce, Trigger};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind, ReportedState};
use serde_json::{Value, json};

use super::params::Params;
use super::problem::Problem;
use super::routes::Call;
use crate::simulator::exchange::Ask;

/// Orders that may be open on a market, and conditional ones.
pub(super) const OPEN: (usize, usize) = (200, 100);

/// Reads a plain order.
pub(super) fn plain(call: &Call, params: &Params, mode: PositionMode) -> Result<Ask, Problem> {
    let market = params.market(call.exchange)?;
    let action = action(params)?;
    let time_in_force = params.get("timeInForce").map(lasting).transpose()?;
    let kind = match params.need("type")? {
        "MARKET" if time_in_force.is_some() => return Err(Problem::needless("timeinforce")),
        "MARKET" if params.has("price") => return Err(Problem::needless("price")),
        "MARKET" => OrderKind::Market,
        "LIMIT" => {
            time_in_force.ok_or_else(|| Problem::mandatory("timeinforce"))?;
            let price = params.price("price", market)?;
            OrderKind::Limit {
                price: price.ok_or_else(|| Problem::mandatory("price"))?,
            }
        }
        "STOP" | "STOP_MARKET" | "TAKE_PROFIT" | "TAKE_PROFIT_MARKET" | "TRAILING_STOP_MARKET" => {
            let words = "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.";
            return Err(Problem::new(-4120, words));
        }
        _ => return Err(Problem::new(-1116, "Invalid orderType.")),
    };
    let quantity = params.quantity(market)?;
    let (position_side, reduce_only) = side(params, action, mode)?;
    Ok(Ask {
        client_id: client_id(call, params.get("newClientOrderId"))?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind,
        quantity: quantity.ok_or_else(|| Problem::mandatory("quantity"))?,
        reduce_only,
        rules: Rules {
            time_in_force: time_in_force.unwrap_or_default(),
            ..Rules::default()
        },
    })
}

/// Reads a conditional order.
pub(super) fn conditional(call: &Call, params: &Params, mode: PositionMode) -> Result<Ask, Problem> {
    if params.need("algoType")? != "CONDITIONAL" {
        return Err(Problem::mandatory("algotype"));
    }
    let market = params.market(call.exchange)?;
    let action = action(params)?;
    let (stops, limited) = waits_as(params)?;
    let trigger = params.price("triggerPrice", market)?;
    let trigger = Trigger {
        price: trigger.ok_or_else(|| Problem::mandatory("triggerprice"))?,
        rising: stops == (action == Action::Buy),
    };
    let kind = match params.price("price", market)? {
        Some(price) if limited => OrderKind::Limit { price },
        None if limited => return Err(Problem::mandatory("price")),
        _ => OrderKind::Market,
    };
    let whole = params.flag("closePosition")?;
    let (position_side, reduce_only) = side(params, action, mode)?;
    if whole && limited {
        return Err(Problem::new(
            -4136,
            "Target strategy invalid for orderType STOP,closePosition true",
        ));
    }
    if whole && params.has("quantity") {
        return Err(Problem::new(
            -4137,
            "Quantity must be zero with closePosition equals true",
        ));
    }
    let quantity = params.quantity(market)?;
    let time_in_force = params.get("timeInForce").filter(|_| limited).map(lasting).transpose()?;
    Ok(Ask {
        client_id: client_id(call, params.get("clientAlgoId"))?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind,
        quantity: match quantity {
            Some(quantity) => quantity,
            None if whole => Quantity::ZERO,
            None => return Err(Problem::mandatory("quantity")),
        },
        reduce_only: reduce_only || whole,
        rules: Rules {
            time_in_force: time_in_force.unwrap_or_default(),
            trigger: Some(trigger),
            whole,
        },
    })
}

/// Whether a conditional order stops a loss, and whether what it places has a limit.
fn waits_as(params: &Params) -> Result<(bool, bool), Problem> {
    match params.need("type")? {
        "STOP" => Ok((true, true)),
        "STOP_MARKET" => Ok((true, false)),
        "TAKE_PROFIT" => Ok((false, true)),
        "TAKE_PROFIT_MARKET" => Ok((false, false)),
        _ => Err(Problem::new(-1116, "Invalid orderType.")),
    }
}

fn action(params: &Params) -> Result<Action, Problem> {
    match params.need("side")? {
        "BUY" => Ok(Action::Buy),
        "SELL" => Ok(Action::Sell),
        _ => Err(Problem::new(-1117, "Invalid side.")),
    }
}

fn lasting(text: &str) -> Result<TimeInForce, Problem> {
    match text {
        "GTC" => Ok(TimeInForce::UntilCancelled),
        "IOC" => Ok(TimeInForce::ImmediateOrCancel),
        "FOK" => Ok(TimeInForce::FillOrKill),
        "GTX" => Ok(TimeInForce::PostOnly),
        _ => Err(Problem::new(-1115, "Invalid timeInForce.")),
    }
}

/// The side of the position, and whether the order may only reduce.
fn side(params: &Params, action: Action, mode: PositionMode) -> Result<(Side, bool), Problem> {
    let reduce_only = params.flag("reduceOnly")?;
    match (mode, params.get("positionSide").unwrap_or("BOTH")) {
        (PositionMode::OneWay, "BOTH") => Ok((action.opens(), reduce_only)),
        (PositionMode::Hedge, "LONG" | "SHORT") if params.has("reduceOnly") => Err(Problem::needless("reduceonly")),
        (PositionMode::Hedge, "LONG") => Ok((Side::Long, false)),
        (PositionMode::Hedge, "SHORT") => Ok((Side::Short, false)),
        (_, "BOTH" | "LONG" | "SHORT") => {
            let words = "Order's position side does not match user's setting.";
            Err(Problem::new(-4061, words))
        }
        _ => Err(Problem::new(-1102, "Invalid positionSide.")),
    }
}

/// The sender's id, or one that is made up.
fn client_id(call: &Call, sent: Option<&str>) -> Result<ClientOrderId, Problem> {
    let Some(id) = sent else {
        return Ok(ClientOrderId(call.dialect.listens.fresh(22, call.asked.now)));
    };
    if id.len() > 36 {
        return Err(Problem::new(
            -4015,
            "Client order id length should be less than 36 chars",
        ));
    }
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || ".:/_-".contains(c)) {
        let words =
            "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.";
        return Err(Problem::new(-1100, words));
    }
    Ok(ClientOrderId(id.to_owned()))
}

/// `BUY` or `SELL`.
pub(super) const fn side_word(action: Action) -> &'static str {
    match action {
        Action::Buy => "BUY",
        Action::Sell => "SELL",
    }
}

/// `BOTH` with one-way mode, else the side.
pub(super) const fn position_word(side: Side, mode: PositionMode) -> &'static str {
    match (mode, side) {
        (PositionMode::OneWay, _) => "BOTH",
        (PositionMode::Hedge, Side::Long) => "LONG",
        (PositionMode::Hedge, Side::Short) => "SHORT",
    }
}

/// The state of a plain order.
pub(super) fn status(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open if order.filled.is_zero() => "NEW",
        ReportedState::Open => "PARTIALLY_FILLED",
        ReportedState::Filled => "FILLED",
        ReportedState::Cancelled => "CANCELED",
        ReportedState::Expired => "EXPIRED",
        ReportedState::Rejected => "REJECTED",
    }
}

/// `LIMIT` or `MARKET`.
pub(super) const fn type_word(order: &PaperOrder) -> &'static str {
    if order.limit.is_some() { "LIMIT" } else { "MARKET" }
}

/// The type of a conditional order.
pub(super) fn algo_word(order: &PaperOrder) -> &'static str {
    let rising = order.rules.trigger.is_some_and(|trigger| trigger.rising);
    match (rising == (order.action == Action::Buy), order.limit.is_some()) {
        (true, true) => "STOP",
        (true, false) => "STOP_MARKET",
        (false, true) => "TAKE_PROFIT",
        (false, false) => "TAKE_PROFIT_MARKET",
    }
}

/// How long an order stays.
pub(super) const fn lasting_word(order: &PaperOrder) -> &'static str {
    match order.rules.time_in_force {
        TimeInForce::UntilCancelled => "GTC",
        TimeInForce::ImmediateOrCancel => "IOC",
        TimeInForce::FillOrKill => "FOK",
        TimeInForce::PostOnly => "GTX",
    }
}

/// The sender's id; orders of the venue's own are liquidations here.
pub(super) fn client_word(order: &PaperOrder) -> String {
    match &order.client_id {
        Some(id) => id.to_string(),
        None => format!("autoclose-{}{}", order.placed_at.0, order.number),
    }
}

/// A price or zero.
pub(super) fn price_word(price: Option<domain::fixed::Price>) -> String {
    price.map_or_else(|| "0".to_owned(), |price| price.to_string())
}

/// An order as it stands, as a query for it is answered.
pub(super) fn told(order: &PaperOrder, mode: PositionMode, market: Option<&PaperMarket>) -> Value {
    let average = order.average_price().unwrap_or_default();
    // An average has more places than prices have; Binance shows two more than the tick.
    let average = market.map_or(average, |market| {
        let step = market.instrument.tick.units() / 100;
        let step = domain::fixed::Price::from_units(step.max(1)).unwrap_or(market.instrument.tick);
        average.floor_to(step).unwrap_or(average)
    });
    json!({
        "orderId": order.number,
        "symbol": order.symbol.as_str(),
        "pair": order.symbol.as_str(),
        "status": status(order),
        "clientOrderId": client_word(order),
        "price": price_word(order.limit),
        "avgPrice": average.to_string(),
        "origQty": order.quantity.to_string(),
        "executedQty": order.filled.to_string(),
        "cumQuote": order.spent.to_string(),
        "timeInForce": lasting_word(order),
        "type": type_word(order),
        "origType": type_word(order),
        "reduceOnly": order.reduce_only,
        "closePosition": order.rules.whole,
        "side": side_word(order.action),
        "positionSide": position_word(order.position_side, mode),
        "stopPrice": "0",
        "workingType": "CONTRACT_PRICE",
        "priceMatch": "NONE",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "goodTillDate": 0,
        "priceProtect": false,
        "time": order.placed_at.0,
        "updateTime": order.updated_at.0,
    })
}

/// An order right after an act on it: with what was filled so far under another name as well, and without its birth.
pub(super) fn acted(order: &PaperOrder, mode: PositionMode, market: Option<&PaperMarket>) -> Value {
    let mut value = told(order, mode, market);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("time");
        fields.insert("cumQty".to_owned(), json!(order.filled.to_string()));
    }
    value
}
