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
    let mut query = vec![
        ("symbol", intent.symbol.to_string()),
        ("side", word(intent.action).to_owned()),
    ];
    if mode == PositionMode::Hedge || intent.reduce_only {
        let (name, value) = held(mode, intent.position_side);
        query.push((name, value.to_owned()));
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

/// What an order does, in the venue's word.
pub(super) const fn word(action: Action) -> &'static str {
    match action {
        Action::Buy => "BUY",
        Action::Sell => "SELL",
    }
}

/// The field of an order that only shrinks. The venue refuses the flag in hedge mode, where the side alone says that it closes.
pub(super) const fn held(mode: PositionMode, side: Side) -> (&'static str, &'static str) {
    match (mode, side) {
        (PositionMode::Hedge, Side::Long) => ("positionSide", "LONG"),
        (PositionMode::Hedge, Side::Short) => ("positionSide", "SHORT"),
        (PositionMode::OneWay, _) => ("reduceOnly", "true"),
    }
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
