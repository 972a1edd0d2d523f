//! A stock: where it is traded, its filters, its prices.

use std::fmt;
use std::str::FromStr;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::time::Timestamp;

/// Where stocks are traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulator::opend) enum Exchange {
    /// New York.
    Us,
    /// Hong Kong.
    Hk,
}

impl Exchange {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Us, Self::Hk];

    /// As it stands before a code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Hk => "HK",
        }
    }
}

impl FromStr for Exchange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|exchange| exchange.as_str() == text);
        known.ok_or_else(|| format!("{text} is no exchange: there are US and HK"))
    }
}

/// A stock's name, such as `US.AAPL`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulator::opend) struct StockName {
    /// Where it is traded.
    pub exchange: Exchange,
    /// Its code there.
    pub code: String,
}

impl fmt::Display for StockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.exchange.as_str(), self.code)
    }
}

impl FromStr for StockName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (exchange, code) = text
            .split_once('.')
            .ok_or_else(|| format!("{text} is not like US.AAPL"))?;
        Ok(Self {
            exchange: exchange.parse()?,
            code: code.to_owned(),
        })
    }
}

/// A stock.
#[derive(Debug, Clone)]
pub(in crate::simulator::opend) struct Stock {
    /// Its company.
    pub company: String,
    /// Shares of a lot.
    pub lot: Quantity,
    /// Step of prices.
    pub tick: Price,
    /// The last price.
    pub last: Price,
    /// The first of the day.
    pub open: Price,
    /// The highest of the day.
    pub high: Price,
    /// The lowest of the day.
    pub low: Price,
    /// The last of the day before.
    pub close_before: Price,
    /// Shares that were traded here.
    pub volume: Quantity,
    /// What they cost.
    pub turnover: Amount,
    /// Shares that are to be had; any number when `None`.
    pub liquidity: Option<Quantity>,
    /// Whether it is suspended.
    pub halted: bool,
    /// When its price was set.
    pub updated: Timestamp,
}

impl Stock {
    /// A stock at its first price.
    pub fn new(company: &str, lot: i64, tick: Price, price: Price, now: Timestamp) -> Self {
        Self {
            company: company.to_owned(),
            lot: Quantity::whole(lot).unwrap_or(Quantity::ONE),
            tick,
            last: price,
            open: price,
            high: price,
            low: price,
            close_before: price,
            volume: Quantity::ZERO,
            turnover: Amount::ZERO,
            liquidity: None,
            halted: false,
            updated: now,
        }
    }

    /// What somebody bids: a step below the last price.
    pub fn bid(&self) -> Price {
        self.last.minus(self.tick).unwrap_or(self.last)
    }

    /// What somebody asks: a step above it.
    pub fn ask(&self) -> Price {
        self.last.plus(self.tick).unwrap_or(self.last)
    }

    pub(super) fn set_price(&mut self, price: Price, now: Timestamp) {
        self.last = price;
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.updated = now;
    }

    pub(super) fn traded(&mut self, shares: Quantity, price: Price) {
        self.volume = self.volume.plus(shares).unwrap_or(self.volume);
        let cost = price.notional(shares, Rounding::HalfUp).unwrap_or(Amount::ZERO);
        self.turnover = self.turnover.plus(cost).unwrap_or(self.turnover);
        if let Some(liquidity) = &mut self.liquidity {
            *liquidity = liquidity.minus(shares).unwrap_or(Quantity::ZERO);
        }
    }
}
