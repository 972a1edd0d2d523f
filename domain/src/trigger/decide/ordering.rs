//! The order that is put on record before it is sent, with its mark.

use crate::fixed::{Amount, Price, Quantity};
use crate::id::{StockOrderId, TriggerId};
use crate::pause::PauseScope;
use crate::stock::OrderMark;
use crate::time::Timestamp;
use crate::trigger::case::{Case, Step};
use crate::trigger::moves::{TriggerError, TriggerEvent};
use crate::trigger::{Listing, PriceLock, StockOrder, StockOrderState};

/// What is to be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// The price that is locked with it.
    pub lock: PriceLock,
    /// The worst price.
    pub limit: Price,
    /// Shares.
    pub quantity: Quantity,
}

/// Why an order cannot be put on record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// The trigger's table does not allow it.
    #[error(transparent)]
    Trigger(#[from] TriggerError),
    /// The installation's tag makes no mark.
    #[error("`{0}` is no mark of an order")]
    Mark(String),
}

/// Our mark on the `attempt`th order for a trigger, from 1; no two installations, triggers or attempts share one.
pub fn mark(installation: &str, trigger: TriggerId, attempt: u32) -> Result<OrderMark, IntentError> {
    let text = format!("{installation}-{trigger}-{attempt}");
    OrderMark::new(&text).ok_or(IntentError::Mark(text))
}

/// The step that puts a trigger's next order on record; it is refused where a pause covers the trigger.
///
/// # Errors
/// What the trigger's table does not allow, or a tag that makes no mark.
pub fn ordered(
    case: &Case,
    listing: &Listing,
    intent: &Intent,
    id: StockOrderId,
    installation: &str,
    now: Timestamp,
) -> Result<Step, IntentError> {
    let (order, price) = (id, intent.lock);
    let trigger = case.trigger.on(&TriggerEvent::Ordered { order, price }, now)?;
    let order = StockOrder {
        id,
        trigger: trigger.id,
        venue: listing.venue,
        mark: mark(installation, trigger.id, trigger.orders)?,
        venue_id: None,
        symbol: listing.symbol.clone(),
        action: trigger.kind.action(),
        quantity: intent.quantity,
        limit: intent.limit,
        filled: Quantity::ZERO,
        average_price: None,
        fee: Amount::ZERO,
        state: StockOrderState::Submitting,
        created_at: now,
        updated_at: now,
        version: 0,
    };
    Ok(Step {
        trigger: Some(trigger),
        order: Some(order),
        payouts: Vec::new(),
        not_paused: PauseScope::over_subscription(listing.venue, listing.subscription).to_vec(),
    })
}
