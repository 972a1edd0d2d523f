//! Instructions in Bitget's words.
//!
//! Source: <https://www.bitget.com/api-doc/contract/trade/Place-Order>.

use domain::market::{Action, Side, Symbol};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderIntent, OrderKind, VenueOrderId};
use serde_json::json;

use super::super::dialect::{AskError, Listing, Request};
use super::CLIENT_ID;

/// The markets that this adapter is for.
pub(super) const PRODUCT: &str = "USDT-FUTURES";

/// To place an order. `listing` is of its market.
///
/// # Errors
/// When it cannot be told.
pub fn place(intent: &OrderIntent, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let margin_mode = match intent.margin_mode {
        MarginMode::Isolated => "isolated",
        MarginMode::Cross => "crossed",
    };
    let mut body = json!({
        "symbol": intent.symbol.as_str(),
        "productType": PRODUCT,
        "marginMode": margin_mode,
        "marginCoin": listing.settle,
        "size": listing.contracts(intent.quantity)?.to_string(),
        "clientOid": CLIENT_ID.write(&intent.client_id)?,
    });
    match mode {
        PositionMode::OneWay => {
            body["side"] = json!(intent.action.as_str());
            body["reduceOnly"] = json!(if intent.reduce_only { "YES" } else { "NO" });
        }
        // The side is the position's: `buy` with `close` closes a long.
        PositionMode::Hedge => {
            let side = match intent.position_side {
                Side::Long => Action::Buy,
                Side::Short => Action::Sell,
            };
            body["side"] = json!(side.as_str());
            body["tradeSide"] = json!(if intent.reduce_only { "close" } else { "open" });
        }
    }
    match intent.kind {
        OrderKind::Market if intent.post_only => return Err(AskError::PostOnly),
        OrderKind::Market => body["orderType"] = json!("market"),
        OrderKind::Limit { price } => {
            body["orderType"] = json!("limit");
            body["force"] = json!(if intent.post_only { "post_only" } else { "gtc" });
            body["price"] = json!(price.to_string());
        }
    }
    Ok(Request::new("POST", "/api/v2/mix/order/place-order", &[]).with_body(body.to_string()))
}

/// To cancel an order.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let body = json!({ "symbol": symbol.as_str(), "productType": PRODUCT, "orderId": order.0 });
    Request::new("POST", "/api/v2/mix/order/cancel-order", &[]).with_body(body.to_string())
}

/// To cancel all resting orders of a market.
pub fn cancel_all(symbol: &Symbol) -> Request {
    let body = json!({ "symbol": symbol.as_str(), "productType": PRODUCT, "marginCoin": "USDT" });
    Request::new("POST", "/api/v2/mix/order/cancel-all-orders", &[]).with_body(body.to_string())
}

/// To look an order up by our own id.
///
/// # Errors
/// When it cannot be told.
pub fn lookup(symbol: &Symbol, client_id: &ClientOrderId) -> Result<Request, AskError> {
    let id = CLIENT_ID.write(client_id)?;
    let query = [
        ("symbol", symbol.as_str()),
        ("productType", PRODUCT),
        ("clientOid", id.as_str()),
    ];
    Ok(Request::new("GET", "/api/v2/mix/order/detail", &query))
}
