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
