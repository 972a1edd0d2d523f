//! What Bitget allows.
//!
//! Source: <https://www.bitget.com/api-doc/common/intro> and the pages of the endpoints: 6,000 requests a minute from an address; by account
//! ten orders a second, and of most of what a look asks for ten a second, of positions and settings five.

use super::super::remote::{Allowances, Cost, UsedHeaders};

/// Answers do not tell what was used.
pub const USED: UsedHeaders = UsedHeaders::NONE;

/// The least of what endpoints allow counts for each of them.
pub fn allowed() -> Allowances {
    Allowances::of(&[(6_000, 60)], &[(10, 1)], &[(5, 1)])
}

/// A public question.
pub const PUBLIC: Cost = Cost::public(1);
/// A question about an account, or a setting.
pub const LOOK: Cost = Cost::look(1);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(1);
