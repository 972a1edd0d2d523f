//! The price of a trigger: who tells it, how old it may be, and what order follows from it.

use std::time::Duration;

use crate::fixed::{Amount, NumberError, Price, Quantity, Ratio, Rounding};
use crate::stock::StockLot;
use crate::time::Timestamp;
use crate::trigger::{Listing, PriceLock, PriceSource, Trigger, TriggerKind};

/// The best prices of a stock, by the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockQuote {
    /// The highest price that somebody bids.
    pub bid: Price,
    /// The lowest price that somebody asks.
    pub ask: Price,
    /// The last traded price.
    pub last: Price,
    /// When it was so, by the venue's clock.
    pub at: Timestamp,
}

impl StockQuote {
    /// The middle between bid and ask, rounded down; the last traded price where one of them is missing or they cross.
    pub fn price(&self) -> Price {
        let both = self.bid.is_positive() && self.ask >= self.bid;
        let middle = i128::midpoint(i128::from(self.bid.units()), i128::from(self.ask.units()));
        let middle = both.then(|| Price::from_wide(middle).ok()).flatten();
        middle.unwrap_or(self.last)
    }
}

/// What an aggregator on the chain answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPrice {
    /// The price.
    pub price: Price,
    /// When it was last set, by the chain.
    pub at: Timestamp,
}

impl FeedPrice {
    /// From an answer in whole units of so many decimals; what is finer than ten places is cut off.
    ///
    /// # Errors
    /// An answer beyond the range of prices.
    pub fn from_answer(units: u128, decimals: u32, at: Timestamp) -> Result<Self, NumberError> {
        let units = i128::try_from(units).map_err(|_| NumberError::OutOfRange)?;
        let power = |exponent: u32| 10_i128.checked_pow(exponent).ok_or(NumberError::OutOfRange);
        let units = if decimals <= Price::SCALE {
            let factor = power(Price::SCALE - decimals)?;
            units.checked_mul(factor).ok_or(NumberError::OutOfRange)?
        } else {
            units / power(decimals - Price::SCALE)?
        };
        let price = Price::from_wide(units)?;
        Ok(Self { price, at })
    }
}

/// Prices of a stock that were seen just now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// The venue's, where it told one.
    pub venue: Option<StockQuote>,
    /// The feed's, where there is one and it told one.
    pub feed: Option<FeedPrice>,
}

/// Why no price is taken now; it may be otherwise in a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// Its source tells none.
    #[error("there is no price by the {}", .0.as_str())]
    Missing(PriceSource),
    /// The source's price is too old, or of a time that has not come.
    #[error("the price by the {} is of {at}", by.as_str())]
    Old {
        /// Who told it.
        by: PriceSource,
        /// When it was so.
        at: Timestamp,
    },
    /// Feed and venue are too far apart.
    #[error("feed ({feed}) and venue ({venue}) are too far apart")]
    Apart {
        /// The feed's.
        feed: Price,
        /// The venue's.
        venue: Price,
    },
}

/// The price that a trigger gets now.
///
/// # Errors
/// Why there is none.
pub fn take(listing: &Listing, prices: &Prices, now: Timestamp) -> Result<PriceLock, NoPrice> {
    let venue = prices.venue.map(|quote| (quote.price(), quote.at));
    let feed = prices.feed.map(|feed| (feed.price, feed.at));
    let told = match listing.price_source {
        PriceSource::Venue => venue,
        PriceSource::Feed => feed,
    };
    let source = listing.price_source;
    let (price, at) = told
        .filter(|(price, _)| price.is_positive())
        .ok_or(NoPrice::Missing(source))?;
    if !is_fresh(listing, at, now) {
        return Err(NoPrice::Old { by: source, at });
    }
    let fresh = |told: Option<(Price, Timestamp)>| {
        let told = told.filter(|(price, at)| price.is_positive() && is_fresh(listing, *at, now));
        told.map(|(price, _)| price)
    };
    if let (Some(feed), Some(venue)) = (fresh(feed), fresh(venue))
        && listing.max_deviation.is_positive()
        && are_apart(feed, venue, listing.max_deviation)
    {
        return Err(NoPrice::Apart { feed, venue });
    }
    Ok(PriceLock { price, at, source })
}

/// Whether a price of that time may be dealt at now. One of the future is not: a clock is wrong.
pub fn is_fresh(listing: &Listing, at: Timestamp, now: Timestamp) -> bool {
    let most = Duration::from_millis(u64::try_from(listing.max_price_age_ms).unwrap_or(0));
    now.since(at) <= most && at.since(now) <= most
}

fn are_apart(feed: Price, venue: Price, most: Ratio) -> bool {
    let apart = i128::from(feed.units()) - i128::from(venue.units());
    let allowed = venue.scaled(most, Rounding::Down);
    allowed.is_ok_and(|allowed| apart.unsigned_abs() > allowed.units().unsigned_abs().into())
}

/// The worst price of an order: no further from the locked one than slippage allows, brought to the tick on that side.
///
/// # Errors
/// A price beyond its range, or a tick of zero.
pub fn limit(kind: TriggerKind, price: Price, slippage: Ratio, tick: Price) -> Result<Price, NumberError> {
    match kind {
        TriggerKind::Deposit => {
            let most = price.scaled(Ratio::ONE.plus(slippage)?, Rounding::Down)?;
            most.floor_to(tick)
        }
        TriggerKind::Redeem => {
            let least = price.scaled(Ratio::ONE.minus(slippage)?, Rounding::Up)?;
            let down = least.floor_to(tick)?;
            if down == least { Ok(down) } else { down.plus(tick) }
        }
    }
}

/// How many shares an order is for; zero when it is less than a lot. What a buy of them costs at its limit, with all fees, is not
/// more than was given.
///
/// # Errors
/// Numbers beyond their range, or a lot or limit of zero.
pub fn quantity(trigger: &Trigger, listing: &Listing, limit: Price, lot: Quantity) -> Result<Quantity, NumberError> {
    match trigger.kind {
        TriggerKind::Deposit => {
            let beside = listing.fees.buy.plus(listing.fees.venue_reserve)?;
            let each = limit.scaled(Ratio::ONE.plus(beside)?, Rounding::Up)?;
            affordable(trigger.amount, each)?.floor_to(lot)
        }
        TriggerKind::Redeem => Quantity::from_units(trigger.amount.units())?.floor_to(lot),
    }
}

fn affordable(amount: Amount, each: Price) -> Result<Quantity, NumberError> {
    let numerator = i128::from(amount.units()) * i128::from(Price::ONE_UNITS);
    Quantity::from_wide(crate::fixed::divide(
        numerator,
        i128::from(each.units()),
        Rounding::Down,
    )?)
}

/// Orders are for a multiple of the listing's lot and of the venue's.
///
/// # Errors
/// A lot of zero, or one beyond its range.
pub fn common_lot(listing: Quantity, venue: StockLot) -> Result<Quantity, NumberError> {
    let (a, b) = (i128::from(listing.units()), i128::from(venue.lot.units()));
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    if a <= 0 || b <= 0 {
        return Err(NumberError::DivisionByZero);
    }
    Quantity::from_wide(a / divisor * b)
}
