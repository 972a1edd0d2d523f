//! Small forms that many answers share: objects put together, fields that are empty, numbers that may be absent.

use std::collections::BTreeMap;

use domain::fixed::Amount;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value};

/// One object of several; a later field takes the place of an earlier one.
pub(super) fn joined(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut fields = Map::new();
    for part in parts {
        if let Value::Object(own) = part {
            fields.extend(own);
        }
    }
    Value::Object(fields)
}

/// Fields that OKX has and that say nothing here.
pub(super) fn blank(names: &[&str]) -> Value {
    let fields: BTreeMap<&str, &str> = names.iter().map(|name| (*name, "")).collect();
    serde_json::json!(fields)
}

/// A number, or nothing.
pub(super) fn shown(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// `true` or `false`, as a text.
pub(super) const fn flag(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

/// One amount by another, to six places; nothing where there is nothing to divide by.
pub(super) fn ratio(part: Amount, whole: Amount) -> String {
    let share = part.to_decimal().checked_div(whole.to_decimal());
    shown(share.map(|share: Decimal| {
        share
            .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
            .normalize()
    }))
}

/// A fee as OKX tells it: below zero when it was paid.
pub(super) fn paid(fee: Amount) -> String {
    fee.negated().to_string()
}
