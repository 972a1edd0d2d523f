//! How far an account was read whose history is told in two lists: the cursor that the store keeps.

use std::collections::BTreeMap;

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::venue::{Cursor, IncomeReport, VenueName};
use serde::{Deserialize, Serialize};

use super::history::OVERLAP;
use crate::adapters::venue::dialect::{Net, Trade};
use crate::ports::venue::VenueError;

/// How far an account was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRead {
    /// History begins here: what was before concerns nobody.
    pub since: Timestamp,
    /// Executions were read up to here.
    pub to: Timestamp,
    /// Payments were read up to here.
    pub paid_to: Timestamp,
    /// Executions that were read of the time that is read once more.
    trades: BTreeMap<String, Timestamp>,
    /// Payments that were.
    payments: BTreeMap<String, Timestamp>,
    /// The net position of each market after the last execution, in units of a quantity: long above zero.
    nets: BTreeMap<Symbol, i64>,
}

impl AccountRead {
    /// From a cursor; one that was never set begins now.
    ///
    /// # Errors
    /// When it is no cursor of this venue.
    pub fn parse(venue: VenueName, cursor: &Cursor, now: Timestamp) -> Result<Self, VenueError> {
        if cursor.0.is_empty() {
            return Ok(Self {
                since: now,
                to: now,
                paid_to: now,
                trades: BTreeMap::new(),
                payments: BTreeMap::new(),
                nets: BTreeMap::new(),
            });
        }
        let broken = |error: serde_json::Error| VenueError::Malformed(format!("cursor of {venue}: {error}"));
        serde_json::from_str(&cursor.0).map_err(broken)
    }

    /// As it is kept.
    ///
    /// # Errors
    /// Never, as far as is known: what it is made of can be written.
    pub fn cursor(&self, venue: VenueName) -> Result<Cursor, VenueError> {
        let broken = |error: serde_json::Error| VenueError::Malformed(format!("cursor of {venue}: {error}"));
        serde_json::to_string(self).map(Cursor).map_err(broken)
    }

    /// Whether an execution was told.
    pub fn has_trade(&self, trade: &Trade) -> bool {
        self.trades.contains_key(&trade.fill_id())
    }

    /// Whether a payment was told.
    pub fn has_payment(&self, payment: &IncomeReport) -> bool {
        self.payments.contains_key(&payment.venue_income_id)
    }

    /// The net positions.
    pub fn nets(&self) -> BTreeMap<Symbol, Net> {
        let nets = self.nets.iter();
        nets.map(|(symbol, net)| (symbol.clone(), Net(i128::from(*net))))
            .collect()
    }

    /// The net position of a market is this now.
    ///
    /// # Errors
    /// When it is beyond any.
    pub fn net_is(&mut self, symbol: &Symbol, net: Net) -> Result<(), VenueError> {
        let net = i64::try_from(net.0)
            .map_err(|_| VenueError::Malformed(format!("net position of {symbol} is out of range")))?;
        self.nets.insert(symbol.clone(), net);
        Ok(())
    }

    /// These executions were told, and everything up to the horizon.
    pub fn note_trades(&mut self, trades: &[Trade], horizon: Timestamp) {
        self.to = self.to.max(horizon);
        self.trades
            .extend(trades.iter().map(|trade| (trade.fill_id(), trade.at)));
        let from = self.to.before(OVERLAP);
        self.trades.retain(|_, at| *at >= from);
    }

    /// These payments were told, and everything up to the horizon.
    pub fn note_payments(&mut self, payments: &[IncomeReport], horizon: Timestamp) {
        self.paid_to = self.paid_to.max(horizon);
        let told = payments.iter();
        self.payments
            .extend(told.map(|payment| (payment.venue_income_id.clone(), payment.at)));
        let from = self.paid_to.before(OVERLAP);
        self.payments.retain(|_, at| *at >= from);
    }
}
