//! What OKX allows.
//!
//! Source: the pages of the endpoints below <https://www.okx.com/docs-v5/en/>. Private endpoints are counted by account, each by itself:
//! most of what a look asks for has 10 in two seconds. Public ones are counted by address.

use super::super::remote::{Allowances, Cost, UsedHeaders};

/// Answers do not tell what was used.
pub const USED: UsedHeaders = UsedHeaders::NONE;

/// 20 public requests in two seconds from an address; 60 orders in two seconds of an account, and ten questions at one
/// endpoint, which is the least that any of those that a look asks allows.
pub fn allowed() -> Allowances {
    Allowances::of(&[(20, 2)], &[(60, 2)], &[(10, 2)])
}

/// A public question.
pub const PUBLIC: Cost = Cost::public(1);
/// A question about an account, or a setting.
pub const LOOK: Cost = Cost::look(0);
/// An order or a cancel.
pub const ORDER: Cost = Cost::order(0);
