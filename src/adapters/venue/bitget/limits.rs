//! What Bitget allows.
//!
//! Source: <https://www.bitget.com/api-doc/common/intro> and the pages of the endpoints: 6,000 requests a minute from an address; by account
//! ten orders a second, and of most of what a look asks for ten a second, of positions and settings five.

use std::time::Duration;

use super::super::remote::{Allowance, Allowances, Cost, UsedHeaders};

/// Answers do not tell what was used.
pub const USED: UsedHeaders = UsedHeaders {
    address: &[],
    orders: &[],
};

/// The least of what endpoints allow counts for all of them: a look asks each of them once.
pub fn allowed() -> Allowances {
    let of = |limit, seconds| Allowance {
        limit,
        window: Duration::from_secs(seconds),
    };
    Allowances {
        address: vec![of(6_000, 60)],
        orders: vec![of(10, 1)],
        requests: vec![of(20, 1)],
    }
}

/// A public question.
pub const PUBLIC: Cost = Cost {
    weight: 1,
    orders: 0,
    requests: 0,
};
/// A question about an account, or a setting.
pub const LOOK: Cost = Cost::look(1);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(1);
