//! What an exchange tells those who listen.

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperIncome, PaperPosition};

use super::archive::Step;
use super::feed::Trade;

/// One piece of news.
#[derive(Debug)]
pub enum News {
    /// A market traded.
    Traded {
        /// Which.
        symbol: Symbol,
        /// The trade.
        trade: Trade,
    },
    /// Something happened to an account.
    Account(Box<AccountNews>),
    /// The leverage of a market was set.
    Leverage {
        /// Whose.
        account: VenueAccountId,
        /// Market.
        symbol: Symbol,
        /// To this.
        leverage: u32,
    },
}

/// What one commit did to an account.
#[derive(Debug)]
pub struct AccountNews {
    /// The account after it.
    pub account: PaperAccount,
    /// What happened to its orders, in order.
    pub steps: Vec<Step>,
    /// New incomes.
    pub incomes: Vec<PaperIncome>,
    /// Positions that changed; closed ones have a quantity of zero.
    pub positions: Vec<PaperPosition>,
}

impl News {
    /// That an account stands so, without anything having happened to it.
    pub fn standing(account: PaperAccount) -> Self {
        Self::of_steps(account, Vec::new())
    }

    /// What happened to orders of an account, and to nothing else.
    pub fn of_steps(account: PaperAccount, steps: Vec<Step>) -> Self {
        Self::Account(Box::new(AccountNews {
            account,
            steps,
            incomes: Vec::new(),
            positions: Vec::new(),
        }))
    }
}

impl AccountNews {
    /// Whether nothing happened: the account was only shown.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.incomes.is_empty() && self.positions.is_empty()
    }
}
