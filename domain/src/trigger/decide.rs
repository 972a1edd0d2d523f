//! What is done next for a trigger: facts in, one step out. Whoever asks brings the facts and commits the step before it is acted on.

mod found;
mod ordering;

use std::time::Duration;

use crate::fixed::NumberError;
use crate::pause::PauseScope;
use crate::stock::{Session, StockLot};
use crate::time::Timestamp;
use crate::trigger::price::{self, Prices};
use crate::trigger::{Late, Listing, StockOrderState, Trigger, TriggerKind, TriggerState};

pub use found::{Conclusion, Found, conclude, found, refusal_of};
pub use ordering::{Intent, IntentError, mark, ordered};

/// Orders after the first one that a trigger may have.
pub const RETRIES: u32 = 3;
/// Wait before another order, after one that was refused for the moment.
pub const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked again whether a market is open.
pub const LOOK: Duration = Duration::from_secs(60);
/// How soon it is looked again for a price.
const PRICE_AGAIN: Duration = Duration::from_secs(5);

/// What is known before the market is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The trigger.
    pub trigger: &'a Trigger,
    /// State of its last order.
    pub order: Option<&'a StockOrderState>,
    /// Its listing.
    pub listing: &'a Listing,
    /// The first pause that covers it.
    pub paused: Option<PauseScope>,
    /// Whether its subscription is halted.
    pub is_halted: bool,
    /// Now.
    pub now: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing by us: others pay, it is over, or a person has to look.
    Nothing,
    /// Wait.
    Wait(Wait),
    /// It is held from now on.
    Hold,
    /// It is held no longer; it may wait until then for its order.
    Resume {
        /// When its patience ends.
        expires_at: Timestamp,
    },
    /// What was given goes back.
    GiveUp {
        /// Why.
        why: String,
    },
    /// Look at the market.
    Market,
    /// Look its order up, and have it cancelled when its patience is over.
    Follow {
        /// Whether what is left of it is to be cancelled.
        cancel: bool,
    },
}

/// A wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// It is looked again then, or when somebody pokes.
    pub until: Timestamp,
    /// Whether all triggers of the listing wait for the same.
    pub is_common: bool,
    /// For what.
    pub why: String,
}

/// What to do next, as far as that is known without the market.
pub fn next(known: &Known<'_>) -> Next {
    let Known { trigger, now, .. } = *known;
    match trigger.state {
        TriggerState::Settled { .. }
        | TriggerState::Returned { .. }
        | TriggerState::Paying
        | TriggerState::Returning => Next::Nothing,
        TriggerState::Ordering { .. } => match known.order {
            Some(StockOrderState::FillCancelled) => Next::Nothing,
            _ => Next::Follow {
                cancel: now >= trigger.expires_at,
            },
        },
        TriggerState::Held if known.is_halted => halted(now),
        TriggerState::Held => match known.paused {
            Some(scope) => common(now.after(LOOK), format!("paused: {scope}")),
            None => Next::Resume {
                expires_at: trigger.expires_at.max(now.after(patience(known.listing))),
            },
        },
        TriggerState::Ready if known.is_halted => halted(now),
        TriggerState::Ready if known.paused.is_some() => Next::Hold,
        TriggerState::Ready => ready(known),
    }
}

fn ready(known: &Known<'_>) -> Next {
    let Known {
        trigger, listing, now, ..
    } = *known;
    if let Some(why) = never(trigger, listing, now) {
        return Next::GiveUp { why };
    }
    match trigger.next_at.filter(|at| *at > now) {
        Some(until) => Next::Wait(Wait {
            until: until.min(trigger.expires_at),
            is_common: false,
            why: trigger.error.clone().unwrap_or_default(),
        }),
        None => Next::Market,
    }
}

/// Why nothing is ever ordered for it, however the market stands.
fn never(trigger: &Trigger, listing: &Listing, now: Timestamp) -> Option<String> {
    let given = trigger.amount;
    let (least, unit) = match trigger.kind {
        TriggerKind::Deposit => (listing.min_deposit, &listing.money),
        TriggerKind::Redeem => (listing.min_redeem, &listing.share),
    };
    if given < least {
        return Some(format!("{given} {unit} are less than the least of {least}"));
    }
    let late_after = Duration::from_millis(u64::try_from(listing.late_after_ms).unwrap_or(0));
    let is_late = trigger.created_at.since(trigger.block_at) > late_after;
    if is_late && listing.late == Late::Return && trigger.orders == 0 {
        let age = trigger.created_at.since(trigger.block_at).as_secs();
        return Some(format!("its log was read {age}s after its block, which is too late"));
    }
    if now >= trigger.expires_at {
        let waited = trigger.error.as_deref().unwrap_or("an order");
        return Some(format!("patience is over; it waited for: {waited}"));
    }
    let stale = trigger.price.filter(|lock| !price::is_fresh(listing, lock.at, now))?;
    Some(format!(
        "the price that was locked is of {}, which is too old",
        stale.at
    ))
}

fn halted(now: Timestamp) -> Next {
    common(now.after(LOOK), "its subscription is halted".to_owned())
}

fn common(until: Timestamp, why: String) -> Next {
    let is_common = true;
    Next::Wait(Wait { until, is_common, why })
}

fn patience(listing: &Listing) -> Duration {
    Duration::from_millis(u64::try_from(listing.patience_ms).unwrap_or(0))
}

/// A market as it was just seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// Whether the stock can be traded.
    pub session: Session,
    /// The stock's filters; `None` when the venue does not list it.
    pub lot: Option<StockLot>,
    /// Prices.
    pub prices: Prices,
}

/// What the market makes of a trigger that is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deal {
    /// An order is put on record, and sent.
    Order(Intent),
    /// Wait.
    Wait(Wait),
    /// What was given goes back.
    GiveUp {
        /// Why.
        why: String,
    },
}

/// What the market makes of a trigger that is ready.
///
/// # Errors
/// Numbers beyond their range.
pub fn deal(trigger: &Trigger, listing: &Listing, market: &Market, now: Timestamp) -> Result<Deal, NumberError> {
    let wait = |after: Duration, why: String| {
        let until = now.after(after).min(trigger.expires_at.max(now));
        let is_common = true;
        Ok(Deal::Wait(Wait { until, is_common, why }))
    };
    match market.session {
        Session::Open => {}
        Session::Closed => return wait(LOOK, "the market is closed".to_owned()),
        Session::Halted => return wait(LOOK, "the stock is suspended".to_owned()),
    }
    let Some(lot) = market.lot else {
        return wait(LOOK, format!("the venue does not list {}", listing.symbol));
    };
    let lock = match trigger.price {
        Some(lock) => lock,
        None => match price::take(listing, &market.prices, now) {
            Ok(lock) => lock,
            Err(error) => return wait(PRICE_AGAIN, kind_of(&error, now)),
        },
    };
    let limit = price::limit(trigger.kind, lock.price, listing.slippage, lot.tick)?;
    let shares = price::common_lot(listing.lot, lot)?;
    if !limit.is_positive() {
        let why = format!("a price of {} has no limit above zero", lock.price);
        return Ok(Deal::GiveUp { why });
    }
    let quantity = price::quantity(trigger, listing, limit, shares)?;
    if !quantity.is_positive() {
        let why = format!("{} is less than a lot of {shares} at {limit}", trigger.amount);
        return Ok(Deal::GiveUp { why });
    }
    Ok(Deal::Order(Intent { lock, limit, quantity }))
}

/// Why there is no price, without numbers that differ each time: what is written changes only when the reason does. So the time of a
/// price is told to the minute.
fn kind_of(error: &price::NoPrice, now: Timestamp) -> String {
    match error {
        price::NoPrice::Missing(source) => format!("no price by the {}", source.as_str()),
        price::NoPrice::Old { by, at } => {
            let minute = Timestamp(at.0.saturating_sub(at.0.rem_euclid(60_000)));
            let how = if *at > now { "of the future" } else { "stale" };
            format!("the price by the {} is {how}: it is of {minute}", by.as_str())
        }
        price::NoPrice::Apart { .. } => "feed and venue are too far apart".to_owned(),
    }
}
