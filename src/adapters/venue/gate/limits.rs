//! What Gate allows.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#rate-limit-rule>: public endpoints 200 requests in ten seconds by address, private
//! ones 200 in ten seconds by account, each by itself; orders 100 a second, cancels 200.

use super::super::remote::{Allowances, Cost, UsedHeaders};

/// Answers tell what is left of an endpoint, and not what was used: nothing can be taken over from that.
pub const USED: UsedHeaders = UsedHeaders::NONE;

/// Each endpoint by itself.
pub fn allowed() -> Allowances {
    Allowances::of(&[(200, 10)], &[(100, 1)], &[(200, 10)])
}

/// A public question.
pub const PUBLIC: Cost = Cost::public(1);
/// A question about an account, or a setting.
pub const LOOK: Cost = Cost::look(0);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(0);
