//! Orders for stocks: what a stock venue is asked for, and what it reports.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Price, Quantity};
use crate::market::{Action, Symbol};
use crate::outcome::Refusal;
use crate::time::Timestamp;
use crate::venue::VenueOrderId;

/// Our own mark on an order, which the venue keeps beside it. A stock venue knows no client order id and does not hold
/// marks unique: one that is asked twice buys twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderMark(String);

impl OrderMark {
    /// Longest mark, in bytes: what Futu's `remark` takes.
    pub const LENGTH: usize = 64;

    /// From 1 to [`OrderMark::LENGTH`] visible ASCII characters.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for OrderMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One limit order for a stock, good for the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockIntent {
    /// Our mark on it.
    pub mark: OrderMark,
    /// Which stock, by its setting's symbol such as `US.AAPL`.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Shares, a whole number of lots.
    pub quantity: Quantity,
    /// The worst price.
    pub limit: Price,
}

/// Where an order stands at a stock venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockState {
    /// It is on its way, rests, or is partly filled: more may come.
    Working,
    /// All of it was executed.
    Filled,
    /// It ended before all of it was executed; what was executed stands.
    Ended {
        /// Why: cancelled, expired, or refused by the exchange.
        why: Refusal,
    },
    /// The venue itself does not know what became of it (Futu's status 4): never failure.
    InDoubt,
    /// An execution was taken back by the exchange (Futu's status 24): what was reported before no longer holds, and a person has to look.
    FillCancelled,
}

/// What a stock venue reports of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockReport {
    /// Its id there.
    pub venue_id: VenueOrderId,
    /// The mark that it carries, if any.
    pub mark: Option<OrderMark>,
    /// Which stock.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Shares asked for.
    pub quantity: Quantity,
    /// Shares executed so far.
    pub filled: Quantity,
    /// Average price of what was executed; `None` while nothing was.
    pub average_price: Option<Price>,
    /// Fees of the venue so far; zero where it does not tell (Futu's paper environment).
    pub fee: Amount,
    /// Where it stands.
    pub state: StockState,
    /// When that was last changed, by the venue's clock.
    pub updated_at: Timestamp,
}

/// Whether a stock can be traded now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "session")]
pub enum Session {
    /// Orders are executed.
    Open,
    /// The market is closed, or between two sessions.
    Closed,
    /// This stock is suspended.
    Halted,
}

/// The filters of a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockLot {
    /// Orders are for a multiple of this, in shares.
    pub lot: Quantity,
    /// Prices are a multiple of this.
    pub tick: Price,
}

/// What the account holds, for the comparison with the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockHoldings {
    /// Cash, in the currency of the market.
    pub cash: Amount,
    /// Shares by stock, ascending.
    pub shares: Vec<(Symbol, Quantity)>,
}
