//! Instructions in Binance's words.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api>.

use domain::market::{Action, Side, Symbol};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderIntent, OrderKind, VenueOrderId};

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;

/// To place an order. `listing` is of its market.
///
/// # Errors
/// When it cannot be told.
pub fn place(intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let client_id = CLIENT_ID.write(&intent.client_id)?;
    let quantity = listing.contracts(intent.quantity)?.to_string();
    let side = match intent.action {
        Action::Buy => "BUY",
        Action::Sell => "SELL",
    };
    let mut query = vec![("symbol", intent.symbol.to_string()), ("side", side.to_owned())];
    match (mode, intent.position_side) {
        (PositionMode::Hedge, Side::Long) => query.push(("positionSide", "LONG".to_owned())),
        (PositionMode::Hedge, Side::Short) => query.push(("positionSide", "SHORT".to_owned())),
        // The venue refuses the flag in hedge mode, where the side alone says that it closes.
        (PositionMode::OneWay, _) if intent.reduce_only => query.push(("reduceOnly", "true".to_owned())),
        (PositionMode::OneWay, _) => {}
    }
    match intent.kind {
        OrderKind::Market if intent.post_only => return Err(AskError::PostOnly),
        OrderKind::Market => query.push(("type", "MARKET".to_owned())),
        OrderKind::Limit { price } => query.extend([
            ("type", "LIMIT".to_owned()),
            ("timeInForce", if intent.post_only { "GTX" } else { "GTC" }.to_owned()),
            ("price", price.to_string()),
        ]),
    }
    query.extend([
        ("quantity", quantity),
        ("newClientOrderId", client_id),
        ("newOrderRespType", "RESULT".to_owned()),
    ]);
    Ok(Request {
        method: "POST",
        path: "/fapi/v1/order".to_owned(),
        query,
        body: String::new(),
    })
}

/// To cancel an order.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let query = [("symbol", symbol.as_str()), ("orderId", order.0.as_str())];
    Request::new("DELETE", "/fapi/v1/order", &query)
}

/// To cancel all resting orders of a market.
pub fn cancel_all(symbol: &Symbol) -> Request {
    Request::new("DELETE", "/fapi/v1/allOpenOrders", &[("symbol", symbol.as_str())])
}

/// To look an order up by our own id.
///
/// # Errors
/// When it cannot be told.
pub fn lookup(symbol: &Symbol, client_id: &ClientOrderId) -> Result<Request, AskError> {
    let id = CLIENT_ID.write(client_id)?;
    let query = [("symbol", symbol.as_str()), ("origClientOrderId", id.as_str())];
    Ok(Request::new("GET", "/fapi/v1/order", &query))
}
