//! Orders that wait for a price, in OKX's words: they are kept apart from plain ones.
//!
//! Source: <https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading>.

use domain::market::Symbol;
use domain::user::PositionMode;
use domain::venue::{MarginMode, Protection, ProtectionKind, VenueOrderId};
use serde::Deserialize;
use serde_json::json;

use super::super::dialect::{AskError, Holding, Listing, ParseError, Request, Text};
use super::ask::held;
use super::{CLIENT_ID, parse};
use crate::ports::venue::VenueError;

/// The answer to one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    algo_id: Text,
}

/// How the position that is to be protected shares margin: such an order has to say it, and the venue may hold a market both ways.
///
/// # Errors
/// When nothing is held, or both ways.
pub fn margin_mode(protection: &Protection, held: &[Holding]) -> Result<MarginMode, VenueError> {
    let own = held
        .iter()
        .filter(|held| held.symbol == protection.symbol && held.side == protection.position_side);
    let mut modes = own.filter_map(|held| held.margin_mode);
    match (modes.next(), modes.next()) {
        (Some(mode), None) => Ok(mode),
        (None, _) => Err(VenueError::Refused("there is no position to protect".to_owned())),
        (Some(_), Some(_)) => Err(VenueError::Refused(
            "the market is held with isolated and with cross margin".to_owned(),
        )),
    }
}

/// To let one wait. `listing` is of its market, whose contracts it counts.
///
/// # Errors
/// When it cannot be told.
pub fn place(
    protection: &Protection,
    mode: PositionMode,
    margin_mode: MarginMode,
    listing: &Listing,
) -> Result<Request, AskError> {
    let mut body = json!({
        "instId": protection.symbol.as_str(),
        "tdMode": margin_mode.as_str(),
        "side": protection.action().as_str(),
        "ordType": "conditional",
        "sz": listing.contracts(protection.quantity)?.to_string(),
        "algoClOrdId": CLIENT_ID.write(&protection.client_id)?,
    });
    let (name, value) = held(mode, protection.position_side, true);
    body[name] = value;
    let [trigger, by, price] = match protection.kind {
        ProtectionKind::StopLoss => ["slTriggerPx", "slTriggerPxType", "slOrdPx"],
        ProtectionKind::TakeProfit => ["tpTriggerPx", "tpTriggerPxType", "tpOrdPx"],
    };
    body[trigger] = json!(protection.trigger.to_string());
    body[by] = json!("last");
    // Minus one is the market's price.
    body[price] = json!("-1");
    Ok(Request::new("POST", "/api/v5/trade/order-algo", &[]).with_body(body.to_string()))
}

/// To take one back.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let body = json!([{ "instId": symbol.as_str(), "algoId": order.0 }]);
    Request::new("POST", "/api/v5/trade/cancel-algos", &[]).with_body(body.to_string())
}

/// The venue's id of one that was taken.
///
/// # Errors
/// When it cannot be understood.
pub fn placed(body: &[u8]) -> Result<VenueOrderId, ParseError> {
    let taken: Taken = parse::one("protective order", body)?;
    let id = taken.algo_id.told();
    id.map(VenueOrderId)
        .ok_or_else(|| ParseError::new("protective order", "[0].algoId", "is empty"))
}
