//! A market as a venue lists it: its filters, and how many coins are one contract.

use std::collections::BTreeMap;

use domain::fixed::{Amount, NumberError, Price, Quantity};
use domain::instrument::Instrument;
use domain::market::Symbol;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::number::Number;
use super::read::{ParseError, read};

/// A perpetual market.
///
/// Quantities are coins of the base asset everywhere in Bursar. A venue that counts contracts has a `contract` that is
/// not one, and its numbers are turned at the edge: by [`Contracts`] on the way in, by
/// [`Listing::contracts`] on the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The venue's name of the market.
    pub symbol: Symbol,
    /// The asset that is traded.
    pub base: String,
    /// The asset that margin, profit and fees are counted in.
    pub settle: String,
    /// Coins in one contract; one where the venue counts coins.
    pub contract: Decimal,
    /// Prices are whole multiples of this.
    pub tick: Price,
    /// Quantities, in coins, are whole multiples of this.
    pub lot: Quantity,
    /// Smallest quantity of an order, in coins.
    pub min_quantity: Quantity,
    /// Largest quantity of a market order, in coins, where the venue tells.
    pub max_market_quantity: Option<Quantity>,
    /// Smallest price × quantity of an opening order; zero where the venue has no such filter.
    pub min_notional: Amount,
    /// Highest leverage, where this endpoint tells.
    pub max_leverage: Option<u32>,
    /// Whether orders are accepted now.
    pub is_trading: bool,
}

impl Listing {
    /// The filters, as the domain knows them. `max_leverage` is what another endpoint told, where this one does not.
    pub fn instrument(&self, max_leverage: u32) -> Instrument {
        Instrument {
            symbol: self.symbol.clone(),
            tick: self.tick,
            lot: self.lot,
            min_quantity: self.min_quantity,
            min_notional: self.min_notional,
            max_leverage: self.max_leverage.unwrap_or(max_leverage),
        }
    }

    /// Contracts in this many coins.
    ///
    /// # Errors
    /// When the coins are no multiple of the lot.
    pub fn contracts(&self, coins: Quantity) -> Result<Decimal, NumberError> {
        if !coins.is_multiple_of(self.lot) {
            return Err(NumberError::TooFine { scale: Quantity::SCALE });
        }
        let contracts = coins.to_decimal().checked_div(self.contract);
        contracts
            .map(|number| number.normalize())
            .ok_or(NumberError::DivisionByZero)
    }
}

/// The markets of a venue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listings {
    /// Those that can be traded.
    pub markets: Vec<Listing>,
    /// What is wrong with the others, such as a tick that is finer than a price: one strange market takes no other away.
    pub left_out: Vec<ParseError>,
}

impl Listings {
    /// Reads rows one by one; `turn` answers `None` for a kind of market that is not traded.
    pub(in crate::adapters::venue) fn read<'a, T: Deserialize<'a>>(
        what: &'static str,
        rows: &[&'a RawValue],
        turn: impl Fn(T) -> Option<Result<Listing, ParseError>>,
    ) -> Self {
        let mut listings = Self::default();
        for (index, row) in rows.iter().enumerate() {
            let read = read::<T>(what, row.get().as_bytes()).map_err(|error| ParseError {
                field: format!("[{index}].{}", error.field),
                ..error
            });
            match read.map(&turn) {
                Ok(None) => {}
                Ok(Some(Ok(market))) => listings.markets.push(market),
                Ok(Some(Err(error))) | Err(error) => listings.left_out.push(error),
            }
        }
        listings
    }
}

/// How many coins are one contract, market by market.
#[derive(Debug, Clone, Default)]
pub struct Contracts(BTreeMap<Symbol, Decimal>);

impl Contracts {
    /// From what a venue lists.
    pub fn of<'a>(listings: impl IntoIterator<Item = &'a Listing>) -> Self {
        let sizes = listings
            .into_iter()
            .map(|listing| (listing.symbol.clone(), listing.contract));
        Self(sizes.collect())
    }

    /// Coins in this many contracts of a market.
    ///
    /// # Errors
    /// When the market is not listed, or the coins are finer than a quantity.
    pub fn coins(
        &self,
        what: &'static str,
        symbol: &Symbol,
        field: &str,
        contracts: Decimal,
    ) -> Result<Quantity, ParseError> {
        let broken = |rule: &str| ParseError::new(what, format!("{symbol}.{field}"), rule);
        let size = self
            .0
            .get(symbol)
            .ok_or_else(|| broken("is in contracts of a market that is not listed"))?;
        let coins = contracts.checked_mul(*size).ok_or(NumberError::OutOfRange);
        let coins = coins.and_then(|coins| Quantity::exact(coins.normalize()));
        coins.map_err(|error| broken(&error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(contract: &str, lot: &str) -> Listing {
        Listing {
            symbol: Symbol::new("BTC_USDT"),
            base: "BTC".to_owned(),
            settle: "USDT".to_owned(),
            contract: contract.parse().unwrap(),
            tick: "0.1".parse().unwrap(),
            lot: lot.parse().unwrap(),
            min_quantity: lot.parse().unwrap(),
            max_market_quantity: None,
            min_notional: Amount::ZERO,
            max_leverage: None,
            is_trading: true,
        }
    }

    fn coins(listing: &Listing, contracts: &str) -> Result<String, ParseError> {
        let contracts = contracts.parse().unwrap();
        let coins = Contracts::of([listing]).coins("t", &listing.symbol, "size", contracts);
        coins.map(|coins| coins.to_string())
    }

    #[test]
    fn contracts_and_coins_turn_into_each_other_exactly() {
        let gate = listing("0.0001", "0.0001");
        assert_eq!(coins(&gate, "12").unwrap(), "0.0012");
        assert_eq!(coins(&gate, "-12").unwrap(), "-0.0012");
        assert_eq!(gate.contracts("0.0012".parse().unwrap()).unwrap().to_string(), "12");
        let okx = listing("0.01", "0.0001");
        assert_eq!(okx.contracts("0.0123".parse().unwrap()).unwrap().to_string(), "1.23");
        assert_eq!(coins(&okx, "1.23").unwrap(), "0.0123");
        assert_eq!(coins(&listing("1000000", "1000000"), "3").unwrap(), "3000000");
    }

    #[test]
    fn contracts_of_a_market_that_is_not_listed_are_no_coins() {
        let error = Contracts::default()
            .coins("orders", &Symbol::new("X"), "sz", Decimal::ONE)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "orders: X.sz: is in contracts of a market that is not listed"
        );
        assert!(coins(&listing("0.00000001", "1"), "0.5").is_err());
        assert!(coins(&listing("1000000", "1"), "100000000000000000000000").is_err());
    }

    #[test]
    fn coins_between_two_lots_are_no_contracts() {
        assert!(listing("0.01", "0.01").contracts("0.015".parse().unwrap()).is_err());
        assert!(listing("0.01", "0").contracts("0.01".parse().unwrap()).is_err());
        assert!(listing("0", "0.01").contracts("0.01".parse().unwrap()).is_err());
    }
}
