//! Market words: symbols, sides, ticks and bars.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fixed::{Price, Quantity};
use crate::time::Timestamp;

/// A venue's name of a market, such as `BTCUSDT`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Symbol(Arc<str>);

impl Symbol {
    /// From the venue's own name.
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The venue's own name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The side of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Side {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Long, Self::Short].into_iter().find(|side| side.as_str() == text)
    }

    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }

    /// The action that opens or grows a position of this side.
    pub const fn opening(self) -> Action {
        match self {
            Self::Long => Action::Buy,
            Self::Short => Action::Sell,
        }
    }

    /// The action that closes or shrinks a position of this side.
    pub const fn closing(self) -> Action {
        match self {
            Self::Long => Action::Sell,
            Self::Short => Action::Buy,
        }
    }
}

/// What an order does at the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Buys the base asset.
    Buy,
    /// Sells the base asset.
    Sell,
}

impl Action {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Buy, Self::Sell]
            .into_iter()
            .find(|action| action.as_str() == text)
    }

    /// The side that this action opens or grows.
    pub const fn opens(self) -> Side {
        match self {
            Self::Buy => Side::Long,
            Self::Sell => Side::Short,
        }
    }

    /// The side that this action closes or shrinks.
    pub const fn closes(self) -> Side {
        match self {
            Self::Buy => Side::Short,
            Self::Sell => Side::Long,
        }
    }
}

/// One price seen on a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// When, by the venue's clock.
    pub at: Timestamp,
    /// Last traded price.
    pub price: Price,
    /// Traded quantity; zero when the source does not tell.
    pub quantity: Quantity,
}

/// Open, high, low, close of an interval of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Start of the interval.
    pub opened_at: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Traded quantity.
    pub volume: Quantity,
}
