//! The parameters of a request: in the query, in one object of the body, or in a list of them.

use std::ops::Deref;
use std::sync::OnceLock;

use domain::fixed::Price;
use serde_json::{Map, Value};

use super::contract::Contract;
use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;
use crate::simulator::fields::{Fields, WrongField};

/// Parameters by name, and the body as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Params {
    fields: Fields,
    /// The body, where it is JSON.
    pub body: Value,
    /// What stands in the path where the endpoint has a gap.
    named: Option<String>,
    /// Headers of the answer that tell which part of a list it is.
    pub page: OnceLock<Vec<(&'static str, String)>>,
}

impl Deref for Params {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.fields
    }
}

impl Params {
    /// Reads query and body; the same name may stand in one of them only.
    fn read(asked: &Asked) -> Result<Self, Problem> {
        let mut fields = Fields::of_query(&asked.query)?;
        let body = match asked.body.trim() {
            "" => Value::Null,
            text => serde_json::from_str(text).map_err(|_| WrongField::Unreadable)?,
        };
        if let Value::Object(object) = &body {
            for (name, value) in object {
                fields.add(name.clone(), plain(value))?;
            }
        }
        Ok(Self {
            fields,
            body,
            ..Self::default()
        })
    }

    /// Those of a call, and what fills the gap of its path.
    pub fn of_call(asked: &Asked, named: Option<&str>) -> Result<Self, Problem> {
        Ok(Self {
            named: named.map(str::to_owned),
            ..Self::read(asked)?
        })
    }

    /// What stands in the path where the endpoint has a gap.
    pub fn named(&self) -> &str {
        self.named.as_deref().unwrap_or_default()
    }

    /// An object within the body.
    pub fn within(&self, name: &str) -> Result<Fields, Problem> {
        let object = self.body.get(name).and_then(Value::as_object);
        let object = object.ok_or_else(|| WrongField::Missing(name.to_owned()))?;
        Ok(Fields::of_object(object))
    }

    /// The body as a list of objects, at most so many.
    pub fn list(&self, most: usize) -> Result<Vec<Fields>, Problem> {
        let list: Option<Vec<&Map<String, Value>>> = self.array(most)?.iter().map(Value::as_object).collect();
        let list = list.ok_or(WrongField::Unreadable)?;
        Ok(list.into_iter().map(Fields::of_object).collect())
    }

    /// The body as a list of words, at most so many.
    pub fn words(&self, most: usize) -> Result<Vec<String>, Problem> {
        Ok(self.array(most)?.iter().map(plain).collect())
    }

    fn array(&self, most: usize) -> Result<&Vec<Value>, Problem> {
        let list = self.body.as_array().ok_or(WrongField::Unreadable)?;
        if list.is_empty() || list.len() > most {
            let words = format!("a list must have 1 to {most} items");
            return Err(Problem::bad("INVALID_PARAM_VALUE", words));
        }
        Ok(list)
    }

    /// Where a list begins and how long it may be.
    pub fn page(&self, most: usize) -> Result<(usize, usize), Problem> {
        let offset: Option<usize> = self.fields.read_as("offset")?;
        Ok((offset.unwrap_or(0), self.fields.limit(100, most)?))
    }

    /// From when to when, in milliseconds, both included; told in seconds.
    pub fn span(&self) -> Result<(i64, i64), Problem> {
        let from: i64 = self.fields.read_as("from")?.unwrap_or(0);
        let to: i64 = self.fields.read_as("to")?.unwrap_or(i64::MAX / 2_000);
        if from > to {
            return Err(Problem::value("from"));
        }
        Ok((from.saturating_mul(1_000), to.saturating_mul(1_000).saturating_add(999)))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The contract that must be named.
pub(super) fn contract<'a>(fields: &Fields, exchange: &'a Exchange) -> Result<Contract<'a>, Problem> {
    Contract::named(exchange, fields.need("contract")?).ok_or_else(Problem::contract)
}

/// The contract that may be named; all of them when none is.
pub(super) fn contracts<'a>(fields: &Fields, exchange: &'a Exchange) -> Result<Vec<Contract<'a>>, Problem> {
    if fields.has("contract") {
        return Ok(vec![contract(fields, exchange)?]);
    }
    Ok(Contract::all(exchange).collect())
}

/// A price of a contract; zero and nothing are none.
pub(super) fn price(fields: &Fields, contract: &Contract<'_>) -> Result<Option<Price>, Problem> {
    let Some(text) = fields.get("price") else {
        return Ok(None);
    };
    let wrong = || Problem::bad("INVALID_ARGUMENT", "invalid price");
    let price: Price = text.parse().map_err(|_| wrong())?;
    if price.is_negative() || !price.is_multiple_of(contract.market.instrument.tick) {
        return Err(wrong());
    }
    Ok((!price.is_zero()).then_some(price))
}
