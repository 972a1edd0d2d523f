//! What always holds for an account of the paper venue.

use crate::fixed::{Amount, NumberError};
use crate::id::VenueAccountId;
use crate::paper::account::PaperAccount;
use crate::paper::engine::Engine;
use crate::user::PositionMode;

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Balance is not credited + realised − fees + incomes.
    #[error("balance {balance} of account {account} should be {expected}")]
    Balance {
        /// Where.
        account: VenueAccountId,
        /// What it is.
        balance: Amount,
        /// What the totals say.
        expected: Amount,
    },
    /// Balance below zero.
    #[error("balance {balance} of account {account} is below zero")]
    Negative {
        /// Where.
        account: VenueAccountId,
        /// What it is.
        balance: Amount,
    },
    /// A resting order is filled beyond its quantity, or is not live, or has no limit.
    #[error("order {number} of account {account} must not rest")]
    Order {
        /// Where.
        account: VenueAccountId,
        /// Which.
        number: i64,
    },
    /// A position is empty, has no cost, or stands beside its opposite on a one-way account.
    #[error("a position of account {account} in {symbol} must not be")]
    Position {
        /// Where.
        account: VenueAccountId,
        /// Market.
        symbol: String,
    },
    /// A number left its range.
    #[error("a number of account {account} left its range")]
    Number {
        /// Where.
        account: VenueAccountId,
        /// Why.
        #[source]
        source: NumberError,
    },
}

impl Engine {
    /// Checks every account; the first rule that does not hold.
    pub fn check(&self) -> Result<(), Broken> {
        self.accounts().try_for_each(PaperAccount::check)
    }
}

impl PaperAccount {
    /// Checks this account.
    pub fn check(&self) -> Result<(), Broken> {
        self.check_balance()?;
        for order in &self.orders {
            let waits = order.is_conditional() && order.filled.is_zero() && order.fired.is_none();
            let rests = order.limit.is_some() && order.filled < order.quantity;
            if !order.is_live() || !(waits || rests) {
                let (account, number) = (self.id, order.number);
                return Err(Broken::Order { account, number });
            }
        }
        for held in &self.positions {
            let twin = self
                .positions
                .iter()
                .filter(|other| other.symbol == held.symbol)
                .count()
                > 1;
            let misplaced = twin && self.mode == PositionMode::OneWay;
            if misplaced || !held.quantity.is_positive() || held.margin.is_negative() || self.last_fill == 0 {
                return Err(Broken::Position {
                    account: self.id,
                    symbol: held.symbol.to_string(),
                });
            }
        }
        Ok(())
    }

    fn check_balance(&self) -> Result<(), Broken> {
        let (account, balance) = (self.id, self.balance);
        let expected = self.expected().map_err(|source| Broken::Number { account, source })?;
        if balance != expected {
            return Err(Broken::Balance {
                account,
                balance,
                expected,
            });
        }
        if balance.is_negative() {
            return Err(Broken::Negative { account, balance });
        }
        Ok(())
    }

    fn expected(&self) -> Result<Amount, NumberError> {
        self.credited.plus(self.realised)?.minus(self.fees)?.plus(self.incomes)
    }
}
