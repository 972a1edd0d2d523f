//! The parameters of a request: a query, or one JSON object or several.

use std::ops::Deref;

use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;
use domain::venue::MarginMode;
use rust_decimal::Decimal;

use super::contract;
use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;
use crate::simulator::fields::Fields;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Fields);

impl Deref for Params {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl Params {
    /// Reads a query, or a body of one or more objects.
    pub fn read(asked: &Asked) -> Result<Vec<Self>, Problem> {
        if asked.method == "GET" {
            return Ok(vec![Self(Fields::of_query(&asked.query)?)]);
        }
        let kind = asked.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/json") {
            let words = "Invalid Content-Type. Please use \"application/json\".";
            return Err(Problem::with(400, "50006", words));
        }
        if asked.body.is_empty() {
            return Err(Problem::with(400, "50000", "Body for POST request cannot be empty."));
        }
        Ok(Fields::of_json(&asked.body)?.into_iter().map(Self).collect())
    }

    /// A parameter, or an empty text.
    pub fn or_empty(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// How many records are asked for; more than there can be is an error.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, Problem> {
        let limit = self.read_as::<usize>("limit")?.unwrap_or(usual);
        match (1..=most).contains(&limit) {
            true => Ok(limit),
            false => Err(Problem::wrong("limit")),
        }
    }

    /// The market that must be named.
    pub fn market<'a>(&self, exchange: &'a Exchange) -> Result<&'a PaperMarket, Problem> {
        let name = self.need("instId")?;
        contract::find(exchange, name).ok_or_else(Problem::unlisted)
    }

    /// The markets that are named, with commas between them; all when none is.
    pub fn markets<'a>(&self, exchange: &'a Exchange) -> Result<Vec<&'a PaperMarket>, Problem> {
        let Some(names) = self.get("instId").filter(|name| *name != "ANY") else {
            return Ok(self.of_family(exchange));
        };
        let found = names.split(',').map(|name| contract::find(exchange, name));
        found
            .map(|market| market.ok_or_else(Problem::unlisted))
            .collect::<Result<_, _>>()
    }

    /// The markets of the kind and family that are asked for.
    fn of_family<'a>(&self, exchange: &'a Exchange) -> Vec<&'a PaperMarket> {
        if !self.is_of_swaps() {
            return Vec::new();
        }
        let family = self.get("instFamily").or_else(|| self.get("uly"));
        let fits = |market: &&PaperMarket| family.is_none_or(|family| contract::family(market) == family);
        exchange.markets().iter().filter(fits).collect()
    }

    /// Whether it is about perpetual swaps, the only kind there is.
    pub fn is_of_swaps(&self) -> bool {
        self.get("instType").is_none_or(|kind| kind == "SWAP" || kind == "ANY")
    }

    /// A margin mode that must be there.
    pub fn margin_mode(&self, name: &str) -> Result<MarginMode, Problem> {
        MarginMode::parse(self.need(name)?).ok_or_else(|| Problem::wrong(name))
    }

    /// A price.
    pub fn price(&self, name: &str) -> Result<Option<Price>, Problem> {
        let price = self.read_as::<Price>(name)?;
        match price {
            Some(price) if !price.is_positive() => Err(Problem::wrong(name)),
            price => Ok(price),
        }
    }

    /// A number of contracts, in coins.
    pub fn coins(&self, name: &str, market: &PaperMarket) -> Result<Option<Quantity>, Problem> {
        let Some(contracts) = self.read_as::<Decimal>(name)? else {
            return Ok(None);
        };
        let coins = contract::coins(market, contracts);
        let coins = coins.map_err(|_| Problem::new("51121", "Order quantity must be a multiple of the lot size."))?;
        if coins.is_positive() {
            Ok(Some(coins))
        } else {
            Err(Problem::wrong(name))
        }
    }
}
