//! Instructions in Bybit's words.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/order/create-order>.

use domain::market::{Action, Side, Symbol};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderIntent, OrderKind, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;

/// To place an order. `listing` is of its market.
///
/// # Errors
/// When it cannot be told.
pub fn place(intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let mut body = json!({
        "category": "linear",
        "symbol": intent.symbol.as_str(),
        "side": word(intent.action),
        "qty": listing.contracts(intent.quantity)?.to_string(),
        "positionIdx": index(mode, intent.position_side),
        "reduceOnly": intent.reduce_only,
        "orderLinkId": CLIENT_ID.write(&intent.client_id)?,
    });
    match intent.kind {
        OrderKind::Market if intent.post_only => return Err(AskError::PostOnly),
        OrderKind::Market => body["orderType"] = json!("Market"),
        OrderKind::Limit { price } => {
            body["orderType"] = json!("Limit");
            body["timeInForce"] = json!(if intent.post_only { "PostOnly" } else { "GTC" });
            body["price"] = json!(price.to_string());
        }
    }
    Ok(Request::new("POST", "/v5/order/create", &[]).with_body(body.to_string()))
}

/// What an order does, in the venue's word.
pub(super) const fn word(action: Action) -> &'static str {
    match action {
        Action::Buy => "Buy",
        Action::Sell => "Sell",
    }
}

/// The number of the position that an order is for.
pub(super) const fn index(mode: PositionMode, side: Side) -> u8 {
    match (mode, side) {
        (PositionMode::OneWay, _) => 0,
        (PositionMode::Hedge, Side::Long) => 1,
        (PositionMode::Hedge, Side::Short) => 2,
    }
}

/// To cancel an order.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let body = json!({ "category": "linear", "symbol": symbol.as_str(), "orderId": order.0 });
    Request::new("POST", "/v5/order/cancel", &[]).with_body(body.to_string())
}

/// To cancel all resting orders of a market.
pub fn cancel_all(symbol: &Symbol) -> Request {
    let body = json!({ "category": "linear", "symbol": symbol.as_str() });
    Request::new("POST", "/v5/order/cancel-all", &[]).with_body(body.to_string())
}

/// To look an order up by our own id: what rests or ended lately, then the history. It is absent when both lack it.
///
/// # Errors
/// When it cannot be told.
pub fn lookup(symbol: &Symbol, client_id: &ClientOrderId) -> Result<[Request; 2], AskError> {
    let id = CLIENT_ID.write(client_id)?;
    let query = [
        ("category", "linear"),
        ("symbol", symbol.as_str()),
        ("orderLinkId", id.as_str()),
    ];
    let paths = ["/v5/order/realtime", "/v5/order/history"];
    Ok(paths.map(|path| Request::new("GET", path, &query)))
}
