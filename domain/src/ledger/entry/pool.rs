//! The keys of entries about pools.

use super::EntryKey;
use crate::id::HoldingId;
use crate::pool::PoolDay;

impl EntryKey {
    /// What a holding earned up to a day and was not paid before. `number` is 0, or that of the last correction of that day which the
    /// payment follows.
    pub fn yield_of(holding: HoldingId, day: PoolDay, number: u32) -> Self {
        Self(of_day("yield", holding, day, number))
    }

    /// What was left to pay when a holding ended.
    pub fn last_yield_of(holding: HoldingId, day: PoolDay) -> Self {
        Self(format!("yield:{holding}:{day}:end"))
    }

    /// The referrer's part of the last payment.
    pub fn last_commission_of(holding: HoldingId, day: PoolDay) -> Self {
        Self(format!("commission:{holding}:{day}:end"))
    }

    /// The referrer's part of the payment of that name.
    pub fn commission_of(holding: HoldingId, day: PoolDay, number: u32) -> Self {
        Self(of_day("commission", holding, day, number))
    }

    /// The return of a holding's principal after its last day.
    pub fn maturity_of(holding: HoldingId, last_day: PoolDay) -> Self {
        Self(of_day("mature", holding, last_day, 0))
    }

    /// What a user put into a product, by the asker's own reference: 1 to 100 visible ASCII characters.
    pub fn pool_in(reference: &str) -> Option<Self> {
        Self::referenced("pool_in", reference)
    }

    /// What a user took out of a product, by the asker's own reference: 1 to 100 visible ASCII characters.
    pub fn pool_out(reference: &str) -> Option<Self> {
        Self::referenced("pool_out", reference)
    }

    /// What a user lost by taking it out early, under the same reference.
    pub fn pool_penalty(reference: &str) -> Option<Self> {
        Self::referenced("pool_penalty", reference)
    }

    /// What an operator gave a product to pay its yield from, or took back, by its own reference: 1 to 100 visible ASCII characters.
    pub fn pool_fund(reference: &str) -> Option<Self> {
        Self::referenced("pool_fund", reference)
    }
}

/// The name of what happened to a holding on a day.
fn of_day(fact: &str, holding: HoldingId, day: PoolDay, number: u32) -> String {
    match number {
        0 => format!("{fact}:{holding}:{day}"),
        number => format!("{fact}:{holding}:{day}:{number}"),
    }
}
