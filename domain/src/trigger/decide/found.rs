//! What a lookup of an order, and the end of one, mean for its trigger.

use std::time::Duration;

use super::{RETRIES, RETRY};
use crate::outcome::Refusal;
use crate::stock::{StockReport, StockState};
use crate::time::Timestamp;
use crate::trigger::report::{ABSENT, StockOrderError, StockOrderEvent};
use crate::trigger::{StockOrder, StockOrderState, Trigger};

/// What a lookup tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing new.
    Same,
    /// The order as it is now.
    Moved(StockOrder),
    /// The venue has no such order, which proves nothing yet.
    Missing,
}

/// What the answer to a lookup that began at `asked_at` makes of an order. Absence counts only when the venue was asked later than its
/// grace after the order could have left, and never for an order that it once knew.
///
/// # Errors
/// Reports that contradict the order.
pub fn found(
    order: &StockOrder,
    report: Option<&StockReport>,
    asked_at: Timestamp,
    grace: Duration,
    now: Timestamp,
) -> Result<Found, StockOrderError> {
    let event = match (report, order.in_doubt_since()) {
        (Some(report), _) => StockOrderEvent::Reported(report.clone()),
        (None, Some(since)) if order.venue_id.is_none() && asked_at > since.after(grace) => {
            StockOrderEvent::ProvenAbsent
        }
        (None, _) => return Ok(Found::Missing),
    };
    let after = order.on(&event, now)?;
    let unmoved = StockOrder {
        updated_at: order.updated_at,
        ..after.clone()
    };
    Ok(if unmoved == *order {
        Found::Same
    } else {
        Found::Moved(after)
    })
}

/// What the end of its order means for a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// It has not ended, or a person has to look.
    NotYet,
    /// Something was executed: that counts, and the rest goes back.
    Executed {
        /// Why not all, when that is so.
        why: Option<String>,
    },
    /// Nothing was executed; another order may be tried then.
    Again {
        /// When.
        next_at: Timestamp,
        /// Why it ended.
        why: String,
    },
    /// Nothing was executed, and nothing will be.
    GiveUp {
        /// Why.
        why: String,
    },
}

/// The venue's code and words for an order that it refused or ended, where a report or an answer has them.
pub fn refusal_of(event: &StockOrderEvent) -> Option<&Refusal> {
    match event {
        StockOrderEvent::Refused(refusal) => Some(refusal),
        StockOrderEvent::Reported(report) => match &report.state {
            StockState::Ended { why } => Some(why),
            StockState::Working | StockState::Filled | StockState::InDoubt | StockState::FillCancelled => None,
        },
        StockOrderEvent::Unknown(_) | StockOrderEvent::CancelIntended | StockOrderEvent::ProvenAbsent => None,
    }
}

/// What an order's state means for its trigger. `may_ask_again`: the venue names its refusal as one of the moment.
pub fn conclude(trigger: &Trigger, order: &StockOrder, may_ask_again: bool, now: Timestamp) -> Conclusion {
    let StockOrderState::Ended { why } = &order.state else {
        return Conclusion::NotYet;
    };
    if order.filled.is_positive() {
        let whole = order.filled == order.quantity;
        let partly = || format!("{} of {} executed; {why}", order.filled, order.quantity);
        return Conclusion::Executed {
            why: (!whole).then(partly),
        };
    }
    let is_absent = why == ABSENT && order.venue_id.is_none();
    let next_at = if is_absent { now } else { now.after(RETRY) };
    let is_left = trigger.orders <= RETRIES && next_at < trigger.expires_at;
    let why = if is_absent {
        "the venue never had the order"
    } else {
        why
    }
    .to_owned();
    if (may_ask_again || is_absent) && is_left {
        return Conclusion::Again { next_at, why };
    }
    Conclusion::GiveUp { why }
}
