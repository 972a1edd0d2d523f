//! What Bybit allows.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/rate-limit>. It counts requests by address, and by account and endpoint;
//! the least of what endpoints allow counts for all of them.

use super::super::remote::{Allowances, Cost, UsedHeaders};

/// Answers tell what is left of an endpoint, and not what was used: nothing can be taken over from that.
pub const USED: UsedHeaders = UsedHeaders::NONE;

/// 600 requests in five seconds from an address; 10 orders a second, and 50 questions at one endpoint, of an account.
pub fn allowed() -> Allowances {
    Allowances::of(&[(600, 5)], &[(10, 1)], &[(50, 1)])
}

/// Any question or setting.
pub const LOOK: Cost = Cost::look(1);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(1);
