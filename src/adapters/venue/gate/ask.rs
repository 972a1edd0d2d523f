//! Instructions in Gate's words.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#create-a-futures-order>.

use std::time::Duration;

use domain::market::{Action, Symbol};
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, OrderIntent, OrderKind, VenueOrderId};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;

const ORDERS: &str = "/api/v4/futures/usdt/orders";
/// The most orders that the venue lists at once.
const LIMIT: &str = "100";

/// To place an order. `listing` is of its market, whose contracts it counts. It is the same in both position modes: an
/// order that only reduces finds its side by its sign.
///
/// # Errors
/// When it cannot be told.
pub fn place(intent: &OrderIntent, listing: &Listing) -> Result<Request, AskError> {
    let size = listing.contracts(intent.quantity)?;
    let (price, until) = match intent.kind {
        OrderKind::Market if intent.post_only => return Err(AskError::PostOnly),
        // A price of zero takes the best there is.
        OrderKind::Market => ("0".to_owned(), "ioc"),
        OrderKind::Limit { price } => (price.to_string(), if intent.post_only { "poc" } else { "gtc" }),
    };
    let body = json!({
        "contract": intent.symbol.as_str(),
        "size": signed(intent.action, size),
        "price": price,
        "tif": until,
        "reduce_only": intent.reduce_only,
        "text": CLIENT_ID.write(&intent.client_id)?,
    });
    Ok(Request::new("POST", ORDERS, &[]).with_body(body.to_string()))
}

/// A size, above zero where it buys. Whole contracts are a JSON number; parts of them, which only some markets have, are text.
pub(super) fn signed(action: Action, size: Decimal) -> Value {
    let size = match action {
        Action::Buy => size,
        Action::Sell => -size,
    };
    match i64::try_from(size) {
        Ok(whole) if size.fract().is_zero() => json!(whole),
        Ok(_) | Err(_) => json!(size.to_string()),
    }
}

/// To cancel an order.
pub fn cancel(order: &VenueOrderId) -> Request {
    Request::new("DELETE", &format!("{ORDERS}/{}", order.0), &[])
}

/// To cancel all resting orders of a market.
pub fn cancel_all(symbol: &Symbol) -> Request {
    Request::new("DELETE", ORDERS, &[("contract", symbol.as_str())])
}

/// To look an order up by our own id: by itself, which finds it only while it rests and for 60 seconds after it ended,
/// then among all orders of the market since it was made. It is absent when both lack it.
///
/// # Errors
/// When it cannot be told.
pub fn lookup(symbol: &Symbol, client_id: &ClientOrderId, made: Timestamp) -> Result<[Request; 2], AskError> {
    let id = CLIENT_ID.write(client_id)?;
    // Clocks differ: a minute earlier costs nothing.
    let from = (made.before(Duration::from_secs(60)).0 / 1000).to_string();
    let query = [("contract", symbol.as_str()), ("from", from.as_str()), ("limit", LIMIT)];
    Ok([
        Request::new("GET", &format!("{ORDERS}/{id}"), &[]),
        Request::new("GET", &format!("{ORDERS}_timerange"), &query),
    ])
}
