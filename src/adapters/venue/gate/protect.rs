//! Orders that wait for a price, in Gate's words: they are kept apart from plain ones.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#create-price-triggered-order>. Their `text` names a source, and no id of
//! a client is documented for them: the venue keeps none.

use domain::market::Side;
use domain::venue::{Protection, VenueOrderId};
use serde::Deserialize;
use serde_json::json;

use super::super::dialect::{AskError, Listing, ParseError, Request, Text, read};
use super::ask::signed;

const PRICE_ORDERS: &str = "/api/v4/futures/usdt/price_orders";

/// The answer to one.
#[derive(Debug, Deserialize)]
struct Taken {
    id: Text,
}

/// To let one wait. `listing` is of its market, whose contracts it counts. It is the same in both position modes: its kind and
/// the sign of its size name the side.
///
/// # Errors
/// When it cannot be told.
pub fn place(protection: &Protection, listing: &Listing) -> Result<Request, AskError> {
    let size = listing.contracts(protection.quantity)?;
    let kind = match protection.position_side {
        Side::Long => "plan-close-long-position",
        Side::Short => "plan-close-short-position",
    };
    let body = json!({
        "initial": {
            "contract": protection.symbol.as_str(),
            "size": signed(protection.action(), size),
            "price": "0",
            "tif": "ioc",
            "reduce_only": true,
            "text": "api",
        },
        "trigger": {
            "strategy_type": 0,
            // The last price.
            "price_type": 0,
            "price": protection.trigger.to_string(),
            "rule": if protection.rises() { 1 } else { 2 },
        },
        "order_type": kind,
    });
    Ok(Request::new("POST", PRICE_ORDERS, &[]).with_body(body.to_string()))
}

/// To take one back.
pub fn cancel(order: &VenueOrderId) -> Request {
    Request::new("DELETE", &format!("{PRICE_ORDERS}/{}", order.0), &[])
}

/// The venue's id of one that was taken.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<VenueOrderId, ParseError> {
    let taken: Taken = read("protective order", body)?;
    let id = taken.id.told();
    id.map(VenueOrderId)
        .ok_or_else(|| ParseError::new("protective order", "id", "is empty"))
}
