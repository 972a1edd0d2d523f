//! What OKX allows.
//!
//! Source: the pages of the endpoints below <https://www.okx.com/docs-v5/en/>. Private endpoints are counted by account, each by itself:
//! most of what a look asks for has 10 in two seconds. Public ones are counted by address.

use std::time::Duration;

use super::super::remote::{Allowance, Allowances, Cost, UsedHeaders};

/// Answers do not tell what was used.
pub const USED: UsedHeaders = UsedHeaders {
    address: &[],
    orders: &[],
};

/// 20 public requests in two seconds from an address; 60 orders in two seconds of an account, and 20 questions: no look
/// asks one endpoint more than every second time.
pub fn allowed() -> Allowances {
    let of = |limit, seconds| Allowance {
        limit,
        window: Duration::from_secs(seconds),
    };
    Allowances {
        address: vec![of(20, 2)],
        orders: vec![of(60, 2)],
        requests: vec![of(20, 2)],
    }
}

/// A public question.
pub const PUBLIC: Cost = Cost {
    weight: 1,
    orders: 0,
    requests: 0,
};
/// A question about an account, or a setting.
pub const LOOK: Cost = Cost::look(0);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(0);
