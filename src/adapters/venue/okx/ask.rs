//! Instructions in OKX's words.
//!
//! Source: <https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order>.

use domain::market::{Side, Symbol};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderIntent, OrderKind, VenueOrderId};
use serde_json::{Value, json};

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;

/// To place an order. `listing` is of its market, whose contracts it counts.
///
/// # Errors
/// When it cannot be told.
pub fn place(intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let mut body = json!({
        "instId": intent.symbol.as_str(),
        "tdMode": intent.margin_mode.as_str(),
        "side": intent.action.as_str(),
        "sz": listing.contracts(intent.quantity)?.to_string(),
        "clOrdId": CLIENT_ID.write(&intent.client_id)?,
    });
    let (name, value) = held(mode, intent.position_side, intent.reduce_only);
    body[name] = value;
    match intent.kind {
        OrderKind::Market if intent.post_only => return Err(AskError::PostOnly),
        OrderKind::Market => body["ordType"] = json!("market"),
        OrderKind::Limit { price } => {
            body["ordType"] = json!(if intent.post_only { "post_only" } else { "limit" });
            body["px"] = json!(price.to_string());
        }
    }
    Ok(Request::new("POST", "/api/v5/trade/order", &[]).with_body(body.to_string()))
}

/// The field that says what an order is for: the side in hedge mode, else whether it only shrinks.
pub(super) fn held(mode: PositionMode, side: Side, reduces: bool) -> (&'static str, Value) {
    match mode {
        PositionMode::Hedge => ("posSide", json!(side.as_str())),
        PositionMode::OneWay => ("reduceOnly", json!(reduces)),
    }
}

/// To cancel an order.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let body = json!({ "instId": symbol.as_str(), "ordId": order.0 });
    Request::new("POST", "/api/v5/trade/cancel-order", &[]).with_body(body.to_string())
}

/// To cancel several orders of a market, at most 20.
pub fn cancel_many(symbol: &Symbol, orders: &[VenueOrderId]) -> Request {
    let orders = orders
        .iter()
        .map(|order| json!({ "instId": symbol.as_str(), "ordId": order.0 }));
    let body = serde_json::Value::Array(orders.collect());
    Request::new("POST", "/api/v5/trade/cancel-batch-orders", &[]).with_body(body.to_string())
}

/// To look an order up by our own id.
///
/// # Errors
/// When it cannot be told.
pub fn lookup(symbol: &Symbol, client_id: &ClientOrderId) -> Result<Request, AskError> {
    let id = CLIENT_ID.write(client_id)?;
    let query = [("instId", symbol.as_str()), ("clOrdId", id.as_str())];
    Ok(Request::new("GET", "/api/v5/trade/order", &query))
}
