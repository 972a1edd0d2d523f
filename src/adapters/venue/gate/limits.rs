//! What Gate allows.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#rate-limit-rule>: public endpoints 200 requests in ten seconds by address, private
//! ones 200 in ten seconds by account, each by itself; orders 100 a second, cancels 200.

use std::time::Duration;

use super::super::remote::{Allowance, Allowances, Cost, UsedHeaders};

/// Answers tell what is left of an endpoint, and not what was used: nothing can be taken over from that.
pub const USED: UsedHeaders = UsedHeaders {
    address: &[],
    orders: &[],
};

/// The least of what endpoints allow counts for all of them.
pub fn allowed() -> Allowances {
    let of = |limit, seconds| Allowance {
        limit,
        window: Duration::from_secs(seconds),
    };
    Allowances {
        address: vec![of(200, 10)],
        orders: vec![of(100, 1)],
        requests: vec![of(200, 10)],
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
