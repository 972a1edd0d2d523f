//! The engine's records in the words of the venue port.

use crate::fixed::{Amount, NumberError};
use crate::id::VenueAccountId;
use crate::paper::account::{PaperAccount, PaperPosition};
use crate::paper::engine::Engine;
use crate::paper::income::{PaperFill, PaperIncome};
use crate::paper::liquidation::{Terms, available, liquidation_price};
use crate::paper::order::PaperOrder;
use crate::venue::{FillReport, IncomeReport, OrderReport, PositionReport, VenueOrderId};

/// The venue's id of an order: account and number.
fn order_id(account: VenueAccountId, number: i64) -> VenueOrderId {
    VenueOrderId(format!("{account}-{number}"))
}

impl PaperOrder {
    /// As the venue reports it.
    pub fn report(&self) -> OrderReport {
        OrderReport {
            venue_id: order_id(self.account, self.number),
            client_id: self.client_id.clone(),
            symbol: self.symbol.clone(),
            action: self.action,
            state: self.state,
            quantity: self.quantity,
            filled: self.filled,
            updated_at: self.updated_at,
        }
    }

    /// The order's number, from the venue's id of an order of this account.
    pub fn number_of(id: &VenueOrderId, account: VenueAccountId) -> Option<i64> {
        let (owner, number) = id.0.split_once('-')?;
        let number = number.parse().ok()?;
        (owner.parse() == Ok(account)).then_some(number)
    }
}

impl PaperFill {
    /// As the venue reports it.
    pub fn report(&self) -> FillReport {
        FillReport {
            venue_fill_id: self.number.to_string(),
            venue_order_id: order_id(self.account, self.order),
            client_id: self.client_id.clone(),
            symbol: self.symbol.clone(),
            action: self.action,
            position_side: self.side,
            reducing: self.reducing,
            quantity: self.quantity,
            price: self.price,
            fee: self.fee,
            realised: self.realised,
            cause: self.cause,
            at: self.at,
        }
    }
}

impl PaperIncome {
    /// As the venue reports it.
    pub fn report(&self) -> IncomeReport {
        IncomeReport {
            venue_income_id: self.number.to_string(),
            symbol: self.symbol.clone(),
            position_side: Some(self.side),
            amount: self.amount,
            at: self.at,
        }
    }
}

impl Engine {
    /// An account's open positions as the venue reports them.
    pub fn position_reports(&self, account: &PaperAccount) -> Result<Vec<PositionReport>, NumberError> {
        let reports = account.positions.iter().map(|held| self.position_report(account, held));
        reports.collect()
    }

    /// Balance free for new positions as the venue reports it: never below zero.
    pub fn reported_available(&self, account: &PaperAccount) -> Result<Amount, NumberError> {
        available(account, &self.boards).map(|free| free.max(Amount::ZERO))
    }

    fn position_report(&self, account: &PaperAccount, held: &PaperPosition) -> Result<PositionReport, NumberError> {
        let entry_price = held.entry_price()?;
        let market = self.boards.market(&held.symbol);
        Ok(PositionReport {
            symbol: held.symbol.clone(),
            side: held.side,
            quantity: held.quantity,
            entry_price,
            mark_price: self.boards.last(&held.symbol).unwrap_or(entry_price),
            leverage: held.leverage,
            liquidation_price: market.and_then(|market| liquidation_price(account, held, market.maintenance)),
        })
    }
}
