//! The table of a trigger's moves: what may happen to it in which state, and what it is afterwards.

use crate::fixed::{Amount, Quantity};
use crate::id::{StockOrderId, TriggerId};
use crate::time::Timestamp;
use crate::trigger::{PriceLock, Trigger, TriggerState};

/// Longest text on a row, in characters.
pub const TEXT: usize = 200;

/// What can happen to a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriggerEvent {
    /// A pause covers it.
    Paused,
    /// No pause covers it any more; it may wait for its order until then.
    Resumed {
        /// When its patience ends now.
        expires_at: Timestamp,
    },
    /// It waits for what is not its own: an open market, a price.
    Waits {
        /// For what.
        why: String,
    },
    /// An order for it is on record, at this price.
    Ordered {
        /// Which.
        order: StockOrderId,
        /// The price that is locked; the one that was locked before, if one was.
        price: PriceLock,
    },
    /// Its order ended without anything executed, and another one may be tried.
    MayTryAgain {
        /// Why it ended.
        why: String,
        /// When.
        next_at: Timestamp,
    },
    /// Its order ended with something executed.
    Executed {
        /// Shares.
        filled: Quantity,
        /// Money that they cost or brought.
        value: Amount,
        /// The platform's fee, part of the money.
        fee: Amount,
        /// Why not all of it, when that is so.
        why: Option<String>,
    },
    /// Nothing was executed for it, and nothing will be.
    GivenUp {
        /// Why.
        why: String,
    },
    /// The last of its payouts is confirmed, or none was due.
    PaidOut,
}

impl TriggerEvent {
    /// Its name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Waits { .. } => "waits",
            Self::Ordered { .. } => "ordered",
            Self::MayTryAgain { .. } => "may_try_again",
            Self::Executed { .. } => "executed",
            Self::GivenUp { .. } => "given_up",
            Self::PaidOut => "paid_out",
        }
    }
}

/// A move that the table does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    /// No such move from this state.
    #[error("trigger {trigger} cannot move from {from} on {event}")]
    IllegalMove {
        /// Which.
        trigger: TriggerId,
        /// Its state.
        from: &'static str,
        /// What happened.
        event: &'static str,
    },
    /// A price is locked once.
    #[error("trigger {trigger} has its price, and gets no other")]
    PriceLocked {
        /// Which.
        trigger: TriggerId,
    },
    /// Something executed is more than nothing.
    #[error("trigger {trigger} cannot have {filled} executed")]
    NothingExecuted {
        /// Which.
        trigger: TriggerId,
        /// What was said.
        filled: Quantity,
    },
}

impl Trigger {
    /// The trigger after this happened to it. Its version stays the one that it was read at.
    ///
    /// # Errors
    /// What the table does not allow (TRG-1): a trigger ends settled or returned, never both, and never twice.
    pub fn on(&self, event: &TriggerEvent, now: Timestamp) -> Result<Self, TriggerError> {
        let state = self.state_after(event, now)?;
        let mut next = Self {
            state,
            updated_at: now.max(self.updated_at),
            ..self.clone()
        };
        match event {
            TriggerEvent::Paused => {}
            TriggerEvent::Resumed { expires_at } => next.expires_at = *expires_at,
            TriggerEvent::Waits { why } => next.error = Some(clip(why)),
            TriggerEvent::Ordered { price, .. } => next.take_order(*price)?,
            TriggerEvent::MayTryAgain { why, next_at } => {
                next.error = Some(clip(why));
                next.next_at = Some(*next_at);
            }
            TriggerEvent::Executed {
                filled,
                value,
                fee,
                why,
            } => {
                if !filled.is_positive() {
                    let (trigger, filled) = (self.id, *filled);
                    return Err(TriggerError::NothingExecuted { trigger, filled });
                }
                (next.filled, next.value, next.fee) = (*filled, *value, *fee);
                next.error = why.as_deref().map(clip);
                next.next_at = None;
            }
            TriggerEvent::GivenUp { why } => {
                next.error = Some(clip(why));
                next.next_at = None;
            }
            TriggerEvent::PaidOut => next.next_at = None,
        }
        Ok(next)
    }

    fn state_after(&self, event: &TriggerEvent, now: Timestamp) -> Result<TriggerState, TriggerError> {
        use TriggerEvent as E;
        use TriggerState as S;
        Ok(match (self.state, event) {
            (S::Ready, E::Paused) => S::Held,
            (S::Held, E::Resumed { .. })
            | (S::Ready, E::Waits { .. })
            | (S::Ordering { .. }, E::MayTryAgain { .. }) => S::Ready,
            (S::Ready, E::Ordered { order, .. }) => S::Ordering { order: *order },
            (S::Ordering { .. }, E::Executed { .. }) => S::Paying,
            (S::Ready | S::Ordering { .. }, E::GivenUp { .. }) => S::Returning,
            (S::Paying, E::PaidOut) => S::Settled { at: now },
            (S::Returning, E::PaidOut) => S::Returned { at: now },
            (
                from @ (S::Held
                | S::Ready
                | S::Ordering { .. }
                | S::Paying
                | S::Returning
                | S::Settled { .. }
                | S::Returned { .. }),
                event,
            ) => {
                return Err(TriggerError::IllegalMove {
                    trigger: self.id,
                    from: from.as_str(),
                    event: event.as_str(),
                });
            }
        })
    }

    fn take_order(&mut self, price: PriceLock) -> Result<(), TriggerError> {
        if self.price.is_some_and(|locked| locked != price) {
            return Err(TriggerError::PriceLocked { trigger: self.id });
        }
        self.price = Some(price);
        self.orders = self.orders.saturating_add(1);
        self.error = None;
        self.next_at = None;
        Ok(())
    }
}

/// At most [`TEXT`] characters of a text.
pub fn clip(text: &str) -> String {
    text.chars().take(TEXT).collect()
}
