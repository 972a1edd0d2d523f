//! The paper venue's matching engine: accounts, orders, fills, funding and liquidation, without clock or randomness.
//!
//! Numbers and their rounding: notional of a fill half-up to 8 places; fees, margins and maintenance up; funding up
//! when paid, down when received. A position keeps the summed notional of its opening fills (`cost`); a closing fill
//! takes `cost × part / whole` out of it, rounded half-up, and the last one takes all that is left. So over the life of
//! a position Σ realised = Σ exit notional − Σ entry notional exactly, and for every account
//! `balance = credited + Σ realised − Σ fees + Σ incomes` holds to the last unit.

mod account;
mod amend;
mod board;
mod conditional;
mod draft;
mod engine;
mod income;
mod invariant;
mod liquidation;
mod market;
mod matching;
mod order;
mod refused;
mod report;
mod rules;
mod setting;

pub use account::{PaperAccount, PaperPosition, Setting};
pub use engine::{Effects, Engine, Placed};
pub use income::{PaperFill, PaperIncome, PaperIncomeKind};
pub use invariant::Broken;
pub use market::PaperMarket;
pub use order::{PaperOrder, Request};
pub use refused::Refused;
pub use rules::{Fired, Rules, TimeInForce, Trigger};

#[cfg(test)]
mod tests;
