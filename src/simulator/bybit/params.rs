//! The parameters of a request: from the query where it is read, from a JSON body where something is done.

use std::ops::Deref;

use domain::fixed::{Price, Quantity};
use domain::market::Symbol;
use domain::paper::PaperMarket;

use super::info::{ASSET, base};
use super::page::Key;
use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;
use crate::simulator::fields::{Fields, WrongField};

/// Longest span of time that may be asked for, in milliseconds.
const SPAN: i64 = 7 * 86_400_000;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Fields);

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        match wrong {
            WrongField::Unreadable => Self::new(10001, "Request parameter error."),
            WrongField::Missing(name) => Self::new(10001, format!("params error: {name} missing")),
            WrongField::Malformed(name) | WrongField::Twice(name) => Self::invalid(&name),
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
    /// Reads the query of a GET, else the body.
    pub fn read(asked: &Asked) -> Result<Self, Problem> {
        if asked.method == "GET" {
            return Ok(Self(Fields::of_query(&asked.query)?));
        }
        let mut objects = Fields::of_json(&asked.body)?;
        match (objects.pop(), objects.is_empty()) {
            (Some(only), true) => Ok(Self(only)),
            _ => Err(WrongField::Unreadable.into()),
        }
    }

    /// The orders of a batch, each with the category of the whole.
    pub fn batch(&self, most: usize) -> Result<Vec<Self>, Problem> {
        self.category()?;
        let mut orders = Fields::of_json(self.0.need("request")?)?;
        if orders.is_empty() || orders.len() > most {
            return Err(Problem::new(10001, format!("a batch holds 1 to {most} orders")));
        }
        for order in &mut orders {
            if !order.has("category") {
                order.add("category".to_owned(), "linear".to_owned())?;
            }
        }
        Ok(orders.into_iter().map(Self).collect())
    }

    /// Whether it is about linear markets; of other categories there is nothing here.
    pub fn is_linear(&self) -> Result<bool, Problem> {
        match self.need("category")? {
            "linear" => Ok(true),
            "spot" | "inverse" | "option" => Ok(false),
            _ => Err(Problem::new(10001, "Illegal category")),
        }
    }

    /// It must be about linear markets.
    pub fn category(&self) -> Result<(), Problem> {
        if self.is_linear()? {
            Ok(())
        } else {
            Err(Problem::new(10001, "Not supported symbols"))
        }
    }

    /// The market that must be named.
    pub fn market<'a>(&self, exchange: &'a Exchange) -> Result<&'a PaperMarket, Problem> {
        let symbol = self.need("symbol")?;
        exchange.market(symbol).ok_or_else(|| Problem::invalid("symbol"))
    }

    /// The markets that are asked about: the one that is named, else those of a base or settlement coin, else all.
    pub fn markets<'a>(&self, exchange: &'a Exchange) -> Result<Vec<&'a PaperMarket>, Problem> {
        if self.has("category") && !self.is_linear()? {
            return Ok(Vec::new());
        }
        if self.has("symbol") {
            return Ok(vec![self.market(exchange)?]);
        }
        let coin = self.get("baseCoin");
        let fits = |market: &&PaperMarket| {
            coin.is_none_or(|coin| coin == base(market)) && self.get("settleCoin").is_none_or(|coin| coin == ASSET)
        };
        Ok(exchange.markets().iter().filter(fits).collect())
    }

    /// The symbols of the markets that are asked about.
    pub fn symbols(&self, exchange: &Exchange) -> Result<Vec<Symbol>, Problem> {
        let markets = self.markets(exchange)?;
        Ok(markets
            .into_iter()
            .map(|market| market.instrument.symbol.clone())
            .collect())
    }

    /// A market or a coin must be named where lists of what is open are asked for.
    pub fn need_some_market(&self) -> Result<(), Problem> {
        if ["symbol", "baseCoin", "settleCoin"].iter().any(|name| self.has(name)) {
            return Ok(());
        }
        let words = "Missing some parameters that must be filled in, symbol, settleCoin or baseCoin";
        Err(Problem::new(10001, words))
    }

    /// A price above zero.
    pub fn price(&self, name: &str) -> Result<Option<Price>, Problem> {
        let price: Option<Price> = self.read_as(name)?;
        match price {
            Some(price) if !price.is_positive() => Err(Problem::invalid(name)),
            price => Ok(price),
        }
    }

    /// A quantity above zero.
    pub fn quantity(&self, name: &str) -> Result<Option<Quantity>, Problem> {
        let quantity: Option<Quantity> = self.0.read_as(name).map_err(|_| Problem::new(10001, "Qty invalid"))?;
        match quantity {
            Some(quantity) if !quantity.is_positive() => Err(Problem::new(10001, "Qty invalid")),
            quantity => Ok(quantity),
        }
    }

    /// From when to when; seven days where that is not said, and at most.
    pub fn span(&self, now: i64) -> Result<(i64, i64), Problem> {
        let start: Option<i64> = self.read_as("startTime")?;
        let end: Option<i64> = self.read_as("endTime")?;
        match (start, end) {
            (Some(start), Some(end)) if start > end => Err(Problem::new(10001, "startTime is later than endTime")),
            (Some(start), Some(end)) if end - start > SPAN => {
                let words = "The time range between startTime and endTime cannot exceed 7 days";
                Err(Problem::new(10001, words))
            }
            (Some(start), Some(end)) => Ok((start, end)),
            (Some(start), None) => Ok((start, start.saturating_add(SPAN))),
            (None, Some(end)) => Ok((end.saturating_sub(SPAN), end)),
            (None, None) => Ok((now - SPAN, i64::MAX)),
        }
    }

    /// Behind which record the page begins.
    pub fn after(&self) -> Result<Option<Key>, Problem> {
        let Some(text) = self.get("cursor") else {
            return Ok(None);
        };
        let key = super::page::key_of(text);
        key.map(Some).ok_or_else(|| Problem::invalid("cursor"))
    }
}
