//! Reads an order from the parameters of a request.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/order/create-order>.

use domain::fixed::Price;
use domain::market::{Action, Side};
use domain::paper::{PaperMarket, Rules, TimeInForce, Trigger};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind};

use super::params::Params;
use super::problem::Problem;
use super::routes::Call;
use super::words::OURS;
use crate::simulator::exchange::Ask;

/// Orders that may be open on a market, and conditional ones.
pub(super) const OPEN: (usize, usize) = (500, 10);
/// Longest id of a client.
const LONGEST: usize = 36;

/// Reads an order.
pub(super) fn read(call: &Call, params: &Params, mode: PositionMode) -> Result<Ask, Problem> {
    params.category()?;
    let market = params.market(call.exchange)?;
    let action = match params.need("side")? {
        "Buy" => Action::Buy,
        "Sell" => Action::Sell,
        _ => return Err(Problem::new(10001, "Side invalid")),
    };
    let kind = match params.need("orderType")? {
        "Market" => OrderKind::Market,
        "Limit" => {
            let price = params.price("price")?;
            OrderKind::Limit {
                price: price.ok_or_else(|| Problem::invalid("price"))?,
            }
        }
        _ => return Err(Problem::new(10001, "OrderType invalid")),
    };
    for name in ["takeProfit", "stopLoss"] {
        if params
            .get(name)
            .is_some_and(|price| price.parse::<Price>().is_ok_and(Price::is_positive))
        {
            let words = format!("{name} of an order is not simulated; set it on the position with trading-stop");
            return Err(Problem::new(10001, words));
        }
    }
    let quantity = params.quantity("qty")?;
    Ok(Ask {
        client_id: client_id(call, params.get("orderLinkId"))?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side: position_side(params, action, mode)?,
        kind,
        quantity: quantity.ok_or_else(|| Problem::new(10001, "Qty invalid"))?,
        reduce_only: params.flag("reduceOnly")? || params.flag("closeOnTrigger")?,
        rules: Rules {
            time_in_force: lasting(params, kind)?,
            trigger: trigger(call, params, market)?,
            whole: false,
        },
    })
}

/// How long an order stays. A market order does not, whatever is said.
fn lasting(params: &Params, kind: OrderKind) -> Result<TimeInForce, Problem> {
    let lasting = match params.get("timeInForce").unwrap_or("GTC") {
        "GTC" => TimeInForce::UntilCancelled,
        "IOC" => TimeInForce::ImmediateOrCancel,
        "FOK" => TimeInForce::FillOrKill,
        "PostOnly" => TimeInForce::PostOnly,
        _ => return Err(Problem::invalid("timeInForce")),
    };
    Ok(match kind {
        OrderKind::Market => TimeInForce::UntilCancelled,
        OrderKind::Limit { .. } => lasting,
    })
}

/// The price that an order waits for; the price must not be there yet.
fn trigger(call: &Call, params: &Params, market: &PaperMarket) -> Result<Option<Trigger>, Problem> {
    let Some(price) = params.price("triggerPrice")? else {
        return Ok(None);
    };
    let rising = match params.get("triggerDirection") {
        Some("1") => true,
        Some("2") => false,
        _ => return Err(Problem::invalid("triggerDirection")),
    };
    let trigger = Trigger { price, rising };
    let last = call.exchange.last(&market.instrument.symbol);
    match last.map(|trade| trade.tick.price) {
        Some(last) if trigger.is_reached(last) => {
            let (code, word, sign) = if rising {
                (110_092, "Rising", "<=")
            } else {
                (110_093, "Falling", ">=")
            };
            let words = format!("expect {word}, but trigger_price[{price}] {sign} current[{last}]??LastPrice");
            Err(Problem::new(code, words))
        }
        _ => Ok(Some(trigger)),
    }
}

/// The side of the position, by its index.
pub(super) fn position_side(params: &Params, action: Action, mode: PositionMode) -> Result<Side, Problem> {
    match (mode, params.get("positionIdx").unwrap_or("0")) {
        (PositionMode::OneWay, "0") => Ok(action.opens()),
        (PositionMode::Hedge, "1") => Ok(Side::Long),
        (PositionMode::Hedge, "2") => Ok(Side::Short),
        (_, "0" | "1" | "2") => Err(Problem::new(10001, "position idx not match position mode")),
        _ => Err(Problem::invalid("positionIdx")),
    }
}

/// The sender's id, or one that no sender could have.
fn client_id(call: &Call, sent: Option<&str>) -> Result<ClientOrderId, Problem> {
    let Some(id) = sent else {
        let number = call.dialect.claims.fresh(call.asked.now);
        return Ok(ClientOrderId(format!("{OURS}{number}")));
    };
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if id.len() > LONGEST || !plain {
        return Err(Problem::invalid("orderLinkId"));
    }
    Ok(ClientOrderId(id.to_owned()))
}
