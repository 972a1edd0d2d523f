//! How far an account's history was read, and what the next executions of it were.

use std::collections::BTreeMap;

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::Cursor;
use serde::{Deserialize, Serialize};

use super::super::dialect::{Holding, Net, Trade};
use crate::ports::venue::VenueError;

/// How far one market was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketRead {
    /// The number of the first execution that was not read.
    pub next: u64,
    /// The net position after the last that was, in units of a quantity: long above zero.
    pub net: i64,
}

/// How far an account was read. It is kept as text in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRead {
    /// History begins here: what was before concerns nobody.
    pub since: Timestamp,
    /// Executions, market by market: the venue tells them in no other way.
    pub markets: BTreeMap<Symbol, MarketRead>,
    /// Lines of the account's history were read up to this time.
    pub bookings: Timestamp,
}

impl HistoryRead {
    /// From a cursor; one that was never set begins now.
    ///
    /// # Errors
    /// When it is no cursor of this venue.
    pub fn parse(cursor: &Cursor, now: Timestamp) -> Result<Self, VenueError> {
        if cursor.0.is_empty() {
            return Ok(Self {
                since: now,
                markets: BTreeMap::new(),
                bookings: now,
            });
        }
        serde_json::from_str(&cursor.0).map_err(|error| VenueError::Malformed(format!("cursor of binance: {error}")))
    }

    /// As it is kept.
    ///
    /// # Errors
    /// Never, as far as is known: what it is made of can be written.
    pub fn cursor(&self) -> Result<Cursor, VenueError> {
        let text = serde_json::to_string(self);
        text.map(Cursor)
            .map_err(|error| VenueError::Malformed(format!("cursor of binance: {error}")))
    }

    /// Executions of a market were read, oldest first; before the first of them the net position was `before`.
    ///
    /// # Errors
    /// When the number of an execution is none.
    pub fn note(&mut self, symbol: &Symbol, trades: &[Trade], before: Net) -> Result<(), VenueError> {
        let Some(last) = trades.last() else {
            return Ok(());
        };
        let after = trades
            .iter()
            .fold(before, |net, trade| net.after(trade.action, trade.quantity));
        let next = number(&last.id)?.saturating_add(1);
        self.set(symbol, next, after)
    }

    /// The net position of a market after the last execution that was read.
    pub fn net(&self, symbol: &Symbol) -> Option<Net> {
        self.markets.get(symbol).map(|read| Net(i128::from(read.net)))
    }

    /// Nothing is left to read of a market: what the venue says that it holds is its net position. So a mistake in it, if
    /// there ever was one, does not outlive its market's next quiet moment.
    ///
    /// # Errors
    /// When the position is beyond any.
    pub fn settle(&mut self, symbol: &Symbol, now: Net) -> Result<(), VenueError> {
        match self.markets.get(symbol).map(|read| read.next) {
            Some(next) => self.set(symbol, next, now),
            None => Ok(()),
        }
    }

    fn set(&mut self, symbol: &Symbol, next: u64, net: Net) -> Result<(), VenueError> {
        let net = i64::try_from(net.0).map_err(|_| broken(&format!("net position of {symbol} is out of range")))?;
        self.markets.insert(symbol.clone(), MarketRead { next, net });
        Ok(())
    }
}

/// What is held of a market, long and short together.
pub fn net_of(symbol: &Symbol, held: &[Holding]) -> Net {
    let of_market = held.iter().filter(|position| position.symbol == *symbol);
    Net(of_market
        .map(|position| Net::of(position.side, position.quantity).0)
        .sum())
}

fn number(id: &str) -> Result<u64, VenueError> {
    id.parse()
        .map_err(|_| broken(&format!("number of execution {id} is none")))
}

fn broken(what: &str) -> VenueError {
    VenueError::Malformed(what.to_owned())
}
