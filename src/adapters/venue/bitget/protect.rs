//! Orders that wait for a price, in Bitget's words: they are kept apart from plain ones.
//!
//! Source: <https://www.bitget.com/api-doc/contract/plan/Place-Tpsl-Order> and the pages beside it.

use domain::market::{Side, Symbol};
use domain::outcome::Refusal;
use domain::user::PositionMode;
use domain::venue::{Protection, ProtectionKind, VenueOrderId};
use serde::Deserialize;
use serde_json::json;

use super::super::dialect::{AskError, Call, Code, Listing, ParseError, Request, Text, Verdict};
use super::ask::PRODUCT;
use super::{CLIENT_ID, CODES, parse};

/// What was cancelled is in another list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancelled {
    #[serde(default)]
    failure_list: Option<Vec<Failure>>,
}

/// One that was not cancelled.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    #[serde(default)]
    error_code: Option<Text>,
    #[serde(default)]
    error_msg: Option<String>,
}

/// To let one wait. `listing` is of its market. Its answer is that to a plain order.
///
/// # Errors
/// When it cannot be told.
pub fn place(protection: &Protection, mode: PositionMode, listing: &Listing) -> Result<Request, AskError> {
    let kind = match protection.kind {
        ProtectionKind::StopLoss => "loss_plan",
        ProtectionKind::TakeProfit => "profit_plan",
    };
    let held = match (mode, protection.position_side) {
        (PositionMode::Hedge, Side::Long) => "long",
        (PositionMode::Hedge, Side::Short) => "short",
        (PositionMode::OneWay, Side::Long) => "buy",
        (PositionMode::OneWay, Side::Short) => "sell",
    };
    let body = json!({
        "symbol": protection.symbol.as_str(),
        "productType": PRODUCT,
        "marginCoin": listing.settle,
        "planType": kind,
        "triggerPrice": protection.trigger.to_string(),
        "triggerType": "fill_price",
        "holdSide": held,
        "size": listing.contracts(protection.quantity)?.to_string(),
        "clientOid": CLIENT_ID.write(&protection.client_id)?,
    });
    Ok(Request::new("POST", "/api/v2/mix/order/place-tpsl-order", &[]).with_body(body.to_string()))
}

/// To take one back.
pub fn cancel(symbol: &Symbol, order: &VenueOrderId) -> Request {
    let body = json!({
        "symbol": symbol.as_str(),
        "productType": PRODUCT,
        "marginCoin": "USDT",
        "orderIdList": [{ "orderId": order.0 }],
    });
    Request::new("POST", "/api/v2/mix/order/cancel-plan-order", &[]).with_body(body.to_string())
}

/// What became of the one that was to be taken back: the answer says done as a whole, and lists what was not.
///
/// # Errors
/// When it cannot be understood.
pub fn cancelled(body: &[u8]) -> Result<Verdict, ParseError> {
    let cancelled: Cancelled = parse::data("cancelled protective order", body)?;
    let Some(failure) = cancelled.failure_list.into_iter().flatten().next() else {
        return Ok(Verdict::Done);
    };
    let refusal = Refusal {
        code: failure.error_code.unwrap_or_default().0,
        reason: failure.error_msg.unwrap_or_default(),
    };
    let class = Code::class_of(CODES, &refusal.code);
    Ok(Verdict::of(class, Call::Cancel, refusal, None))
}
