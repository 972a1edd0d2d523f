//! The parameters of a request, from its query and its body.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::web::Query;
use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads query and body; the same name may stand in one of them only.
    pub fn read(asked: &Asked) -> Result<Self, Problem> {
        let mut params = BTreeMap::new();
        for part in [&asked.query, &asked.body] {
            let pairs = Query::<Vec<(String, String)>>::from_query(part);
            let pairs = pairs.map_err(|_| Problem::new(-1104, "Not all sent parameters were read."))?;
            for (name, value) in pairs.into_inner() {
                if params.insert(name, value).is_some() {
                    return Err(Problem::new(-1101, "Duplicate values for a parameter detected."));
                }
            }
        }
        Ok(Self(params))
    }

    /// From one object of a list of orders; its values are strings, numbers or booleans.
    pub fn of_object(object: &serde_json::Map<String, serde_json::Value>) -> Self {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Self(object.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }

    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it is there and not empty.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A parameter that must be there.
    pub fn need(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::mandatory(name))
    }

    /// A parameter that is read, when it is there.
    pub fn read_as<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let value = self.get(name).map(str::parse);
        value.transpose().map_err(|_| Problem::mandatory(name))
    }

    /// A parameter that is read, and must be there.
    pub fn need_as<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.read_as(name)?.ok_or_else(|| Problem::mandatory(name))
    }

    /// `true` or `false`, in any case; false when it is not there.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.get(name) {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Problem::mandatory(name)),
        }
    }

    /// How many records are asked for.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, Problem> {
        match self.read_as::<i64>("limit")? {
            None => Ok(usual),
            Some(limit) => match usize::try_from(limit) {
                Ok(limit) if limit >= 1 => Ok(limit.min(most)),
                _ => Err(Problem::new(-1130, "Data sent for parameter 'limit' is not valid.")),
            },
        }
    }

    /// The market that must be named.
    pub fn market<'a>(&self, exchange: &'a Exchange) -> Result<&'a PaperMarket, Problem> {
        let symbol = self.need("symbol")?;
        exchange
            .market(symbol)
            .ok_or_else(|| Problem::new(-1121, "Invalid symbol."))
    }

    /// The market that may be named; all of them when none is.
    pub fn markets<'a>(&self, exchange: &'a Exchange) -> Result<Vec<&'a PaperMarket>, Problem> {
        if self.has("symbol") {
            return Ok(vec![self.market(exchange)?]);
        }
        Ok(exchange.markets().iter().collect())
    }

    /// A price of a market, with no more places than it has.
    pub fn price(&self, name: &str, market: &PaperMarket) -> Result<Option<Price>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let price: Price = number(name, text)?;
        if places(text) > decimals(&market.instrument.tick.to_string()) {
            return Err(too_fine());
        }
        if !price.is_positive() {
            return Err(Problem::new(-4001, "Price less than or equal to zero."));
        }
        Ok(Some(price))
    }

    /// A quantity of a market, with no more places than it has.
    pub fn quantity(&self, market: &PaperMarket) -> Result<Option<Quantity>, Problem> {
        let Some(text) = self.get("quantity") else {
            return Ok(None);
        };
        let quantity: Quantity = number("quantity", text)?;
        if places(text) > decimals(&market.instrument.lot.to_string()) {
            return Err(too_fine());
        }
        if !quantity.is_positive() {
            return Err(Problem::new(-4003, "Quantity less than or equal to zero."));
        }
        Ok(Some(quantity))
    }
}

/// Decimal places that a step has.
pub(super) fn decimals(step: &str) -> usize {
    step.split_once('.').map_or(0, |(_, places)| places.len())
}

/// Decimal places that are not zeros at the end.
fn places(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, places)| places.trim_end_matches('0').len())
}

fn too_fine() -> Problem {
    Problem::new(-1111, "Precision is over the maximum defined for this asset.")
}

fn number<T: FromStr>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| {
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
        if plain && places(text) > 8 {
            too_fine()
        } else {
            let legal = r"^([0-9]{1,20})(\.[0-9]{1,20})?$";
            let words = format!("Illegal characters found in parameter '{name}'; legal range is '{legal}'.");
            Problem::new(-1100, words)
        }
    })
}
