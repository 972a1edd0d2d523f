//! Orders that wait for a price, in Binance's words: they are kept apart from plain ones.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order> and the pages beside it.

use domain::user::PositionMode;
use domain::venue::{Protection, ProtectionKind, VenueOrderId};
use serde::Deserialize;

use super::super::dialect::{AskError, Listing, ParseError, Request, Text, read};
use super::CLIENT_ID;
use super::ask::{held, word};

const ALGO_ORDER: &str = "/fapi/v1/algoOrder";

/// The answer to one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    algo_id: Text,
}

/// To let one wait. `listing` is of its market.
///
/// # Errors
/// When it cannot be told.
pub fn place(protection: &Protection, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let quantity = listing.contracts(protection.quantity)?.to_string();
    let client_id = CLIENT_ID.write(&protection.client_id)?;
    let trigger = protection.trigger.to_string();
    let kind = match protection.kind {
        ProtectionKind::StopLoss => "STOP_MARKET",
        ProtectionKind::TakeProfit => "TAKE_PROFIT_MARKET",
    };
    let mut query = vec![
        ("algoType", "CONDITIONAL"),
        ("symbol", protection.symbol.as_str()),
        ("side", word(protection.action())),
    ];
    query.push(held(mode, protection.position_side));
    query.extend([
        ("type", kind),
        ("triggerPrice", trigger.as_str()),
        ("workingType", "CONTRACT_PRICE"),
        ("quantity", quantity.as_str()),
        ("clientAlgoId", client_id.as_str()),
    ]);
    Ok(Request::new("POST", ALGO_ORDER, &query))
}

/// To take one back.
pub fn cancel(order: &VenueOrderId) -> Request {
    Request::new("DELETE", ALGO_ORDER, &[("algoId", order.0.as_str())])
}

/// The venue's id of one that was taken.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<VenueOrderId, ParseError> {
    let taken: Taken = read("protective order", body)?;
    let id = taken.algo_id.told();
    id.map(VenueOrderId)
        .ok_or_else(|| ParseError::new("protective order", "algoId", "is empty"))
}
