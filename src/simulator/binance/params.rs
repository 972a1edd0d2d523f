//! The parameters of a request, from its query and its body.

use std::ops::Deref;
use std::str::FromStr;

use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;
use crate::simulator::fields::{Fields, WrongField, decimals, places};

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Fields);

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        match wrong {
            WrongField::Unreadable => Self::new(-1104, "Not all sent parameters were read."),
            WrongField::Missing(name) | WrongField::Malformed(name) => Self::mandatory(&name),
            WrongField::Twice(_) => Self::new(-1101, "Duplicate values for a parameter detected."),
        }
    }
}

impl Deref for Params {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl Params {
    /// Reads query and body; the same name may stand in one of them only.
    pub fn read(asked: &Asked) -> Result<Self, Problem> {
        Ok(Self(Fields::of_both(&asked.query, &asked.body)?))
    }

    /// From one object of a list of orders; its values are strings, numbers or booleans.
    pub fn of_object(object: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(Fields::of_object(object))
    }

    /// How many records are asked for.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, Problem> {
        let limit = self.0.limit(usual, most);
        limit.map_err(|_| Problem::new(-1130, "Data sent for parameter 'limit' is not valid."))
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
