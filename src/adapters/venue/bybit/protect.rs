//! Orders that wait for a price, in Bybit's words: orders like others, which name it.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/order/create-order>. The stops of a position (`position/trading-stop`) are another
//! thing: they have no id of ours, and setting one is not answered with the venue's.

use domain::user::PositionMode;
use domain::venue::Protection;
use serde_json::json;

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;
use super::ask::{index, word};

/// To let one wait. `listing` is of its market. Its answer is that to a plain order, and it is cancelled like one.
///
/// # Errors
/// When it cannot be told.
pub fn place(protection: &Protection, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let body = json!({
        "category": "linear",
        "symbol": protection.symbol.as_str(),
        "side": word(protection.action()),
        "orderType": "Market",
        "qty": listing.contracts(protection.quantity)?.to_string(),
        "triggerPrice": protection.trigger.to_string(),
        "triggerDirection": if protection.rises() { 1 } else { 2 },
        "triggerBy": "LastPrice",
        "positionIdx": index(mode, protection.position_side),
        "reduceOnly": true,
        "orderLinkId": CLIENT_ID.write(&protection.client_id)?,
    });
    Ok(Request::new("POST", "/v5/order/create", &[]).with_body(body.to_string()))
}
