//! The rules that the tables of chains check for every row in the SQL store.

use domain::chain::{StoredLog, Subscription};
use domain::fixed::{Amount, Quantity};
use domain::payout::{Attempt, Payout};
use domain::trigger::{StockOrder, Trigger, TriggerState};

use super::rules::is_name;

/// Whether a number fits into 63 bits.
pub fn is_narrow(number: u64) -> bool {
    i64::try_from(number).is_ok()
}

/// Whether a subscription's columns agree with each other.
pub fn is_subscription(subscription: &Subscription) -> bool {
    let numbers = [subscription.chain.0, subscription.start.0, subscription.cursor.0];
    is_name(&subscription.name) && subscription.cursor >= subscription.start && numbers.into_iter().all(is_narrow)
}

/// Whether a log's columns agree with each other: one that is understood has a trigger.
pub fn is_log(stored: &StoredLog) -> bool {
    let (log, block) = (&stored.seen.log, &stored.seen.block);
    let in_its_block = !log.removed && log.block == block.number && log.block_hash == block.hash;
    in_its_block
        && stored.seen.event.is_ok() == stored.trigger.is_some()
        && is_narrow(log.key.chain.0)
        && is_narrow(log.block.0)
}

/// Whether a trigger's columns agree with each other (TRG-1).
pub fn is_trigger(trigger: &Trigger) -> bool {
    let executed = trigger.filled > Quantity::ZERO;
    let fits = match trigger.state {
        TriggerState::Held | TriggerState::Ready | TriggerState::Ordering { .. } => true,
        TriggerState::Paying | TriggerState::Settled { .. } => executed,
        TriggerState::Returning | TriggerState::Returned { .. } => trigger.filled == Quantity::ZERO,
    };
    let amounts = [trigger.amount, trigger.value, trigger.fee];
    fits && trigger.filled >= Quantity::ZERO
        && amounts.iter().all(|amount| *amount >= Amount::ZERO)
        && is_name(trigger.symbol.as_str())
        && is_narrow(trigger.log.chain.0)
        && is_narrow(trigger.block.0)
}

/// Whether an order's columns agree with each other.
pub fn is_stock_order(order: &StockOrder) -> bool {
    order.quantity > Quantity::ZERO
        && (Quantity::ZERO..=order.quantity).contains(&order.filled)
        && is_name(order.symbol.as_str())
        && order.venue_id.as_ref().is_none_or(|id| is_name(&id.0))
}

/// Whether a payout's columns agree with each other.
pub fn is_payout(payout: &Payout) -> bool {
    payout.amount >= Amount::ZERO && is_narrow(payout.chain.0) && payout.state.nonce().is_none_or(is_narrow)
}

/// Whether a transaction's columns agree with each other.
pub fn is_attempt(attempt: &Attempt) -> bool {
    attempt.number > 0 && [attempt.chain.0, attempt.nonce, attempt.gas].into_iter().all(is_narrow)
}
