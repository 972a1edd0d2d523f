//! The parameters of a request: from its query, or from its body in JSON.

use std::ops::Deref;

use domain::fixed::{Price, Quantity};
use domain::paper::PaperMarket;
use domain::venue::MarginMode;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::Exchange;
use crate::simulator::fields::{Fields, WrongField, decimals, places};

/// What margin is counted in.
pub(super) const COIN: &str = "USDT";
/// The markets that there are.
pub(super) const PRODUCT: &str = "USDT-FUTURES";
/// Those that Bitget has beside them; here they are empty.
const OTHERS: [&str; 5] = [
    "COIN-FUTURES",
    "USDC-FUTURES",
    "SUSDT-FUTURES",
    "SCOIN-FUTURES",
    "SUSDC-FUTURES",
];
const DAY: i64 = 86_400_000;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(Fields);

/// A page of a list, newest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// No record with this number or a higher one.
    pub below: i64,
    /// So many.
    pub limit: usize,
    /// None from before this.
    pub start: i64,
    /// None from after this.
    pub end: i64,
}

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        match wrong {
            WrongField::Unreadable => Self::new("40409", "wrong format"),
            WrongField::Missing(name) => Self::empty(&name),
            WrongField::Malformed(name) | WrongField::Twice(name) => Self::wrong(&name),
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
    /// From the query of a GET, and from the body of a POST.
    pub fn read(asked: &Asked) -> Result<Self, Problem> {
        if asked.method == "GET" {
            return Ok(Self(Fields::of_query(&asked.query)?));
        }
        match Fields::of_json(&asked.body)?.as_slice() {
            [one] => Ok(Self(one.clone())),
            _ => Err(WrongField::Unreadable.into()),
        }
    }

    /// The objects of a list within the body; `None` where there is no list.
    pub fn list(&self, name: &str) -> Result<Option<Vec<Self>>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if !text.starts_with('[') {
            return Err(Problem::wrong(name));
        }
        let fields = Fields::of_json(text).map_err(|_| Problem::wrong(name))?;
        Ok(Some(fields.into_iter().map(Self).collect()))
    }

    /// The same with these parameters of a request around it, where it has none of its own.
    pub fn within(mut self, outer: &Self, names: &[&str]) -> Self {
        for name in names {
            if let (false, Some(value)) = (self.has(name), outer.get(name)) {
                // An empty one may stand there already; it is replaced.
                self.0.add((*name).to_owned(), value.to_owned()).unwrap_or_default();
            }
        }
        self
    }

    /// A parameter in small letters.
    pub fn word(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_ascii_lowercase)
    }

    /// `YES` or `NO` in any case.
    pub fn yes(&self, name: &str) -> Result<bool, Problem> {
        match self.word(name).as_deref() {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(_) => Err(Problem::wrong(name)),
        }
    }

    /// Whether the product is the one that is here.
    pub fn is_ours(&self) -> Result<bool, Problem> {
        let product = self.need("productType")?.to_ascii_uppercase();
        if product == PRODUCT || OTHERS.contains(&product.as_str()) {
            Ok(product == PRODUCT)
        } else {
            Err(Problem::wrong("productType"))
        }
    }

    /// The market that must be named.
    pub fn market<'a>(&self, exchange: &'a Exchange) -> Result<&'a PaperMarket, Problem> {
        let is_ours = self.is_ours()?;
        self.named(exchange, is_ours)
    }

    /// The market of a request that tells no product.
    pub fn market_alone<'a>(&self, exchange: &'a Exchange) -> Result<&'a PaperMarket, Problem> {
        self.named(exchange, true)
    }

    fn named<'a>(&self, exchange: &'a Exchange, is_ours: bool) -> Result<&'a PaperMarket, Problem> {
        let symbol = self.need("symbol")?.to_ascii_uppercase();
        let market = exchange.market(&symbol).filter(|_| is_ours);
        market.ok_or_else(|| Problem::new("40034", format!("Parameter {symbol} does not exist")))
    }

    /// The market that may be named; all of the product when none is.
    pub fn markets<'a>(&self, exchange: &'a Exchange) -> Result<Vec<&'a PaperMarket>, Problem> {
        let is_ours = self.is_ours()?;
        if self.has("symbol") {
            return Ok(vec![self.named(exchange, is_ours)?]);
        }
        Ok(exchange.markets().iter().filter(|_| is_ours).collect())
    }

    /// The same where the product need not be told.
    pub fn markets_alone<'a>(&self, exchange: &'a Exchange) -> Result<Vec<&'a PaperMarket>, Problem> {
        match (self.has("productType"), self.has("symbol")) {
            (true, _) => self.markets(exchange),
            (false, true) => Ok(vec![self.market_alone(exchange)?]),
            (false, false) => Ok(exchange.markets().iter().collect()),
        }
    }

    /// That margin is counted in what there is.
    pub fn coin(&self) -> Result<(), Problem> {
        if self.need("marginCoin")?.eq_ignore_ascii_case(COIN) {
            Ok(())
        } else {
            Err(Problem::wrong("marginCoin"))
        }
    }

    /// The margin mode.
    pub fn margin_mode(&self) -> Result<MarginMode, Problem> {
        match self.need("marginMode")?.to_ascii_lowercase().as_str() {
            "isolated" => Ok(MarginMode::Isolated),
            "crossed" => Ok(MarginMode::Cross),
            _ => Err(Problem::wrong("marginMode")),
        }
    }

    /// A price of a market, with no more places than it has; zero is none.
    pub fn price(&self, name: &str, market: &PaperMarket) -> Result<Option<Price>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let tick = market.instrument.tick;
        if places(text) > decimals(&tick.to_string()) {
            let words = format!("The price you enter should be a multiple of {tick}");
            return Err(Problem::new("45115", words));
        }
        let price: Price = text.parse().map_err(|_| Problem::wrong(name))?;
        if price.is_negative() {
            return Err(Problem::wrong(name));
        }
        Ok(Some(price).filter(|price| price.is_positive()))
    }

    /// A quantity of a market, with no more places than it has.
    pub fn size(&self, name: &str, market: &PaperMarket) -> Result<Option<Quantity>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let scale = decimals(&market.instrument.lot.to_string());
        if places(text) > scale {
            let words =
                format!("Parameter verification exception {name} checkBDScale error value={text} checkScale={scale}");
            return Err(Problem::new("40808", words));
        }
        let size: Quantity = text.parse().map_err(|_| Problem::wrong(name))?;
        if !size.is_positive() {
            let words = format!("Parameter verification exception {name} count {size} > 0");
            return Err(Problem::new("40808", words));
        }
        Ok(Some(size))
    }

    /// A page of what happened within at most so many days; the last ones where no time is told.
    pub fn page(&self, days: i64, now: i64) -> Result<Page, Problem> {
        let (start, end) = (self.read_as::<i64>("startTime")?, self.read_as::<i64>("endTime")?);
        let most = days * DAY;
        let (start, end) = match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, start.saturating_add(most)),
            (None, Some(end)) => (end.saturating_sub(most), end),
            (None, None) => (now.saturating_sub(most), i64::MAX),
        };
        if start > end {
            return Err(Problem::new("40707", "Start time is greater than end time"));
        }
        if end != i64::MAX && end - start > most {
            let words = format!("startTime and endTime interval cannot be greater than {days} days");
            return Err(Problem::new("00001", words));
        }
        Ok(Page {
            below: self.read_as("idLessThan")?.unwrap_or(i64::MAX),
            limit: self.limit(100, 100)?,
            start,
            end,
        })
    }
}

impl Page {
    /// Whether a record is on it or on one after it.
    pub fn holds(&self, number: i64, at: i64) -> bool {
        number < self.below && (self.start..=self.end).contains(&at)
    }
}
