//! A market as a venue lists it: its filters, and how many coins are one contract.

use domain::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use domain::instrument::Instrument;
use domain::market::Symbol;
use rust_decimal::Decimal;

use super::number::Number;

/// A perpetual market.
///
/// Quantities are coins of the base asset everywhere in Bursar. A venue that counts contracts has a `contract` that is
/// not one, and its numbers are turned at the edge: [`Listing::coins`] on the way in, [`Listing::contracts`] on the
/// way out.
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

    /// Coins in this many contracts.
    ///
    /// # Errors
    /// When they are finer than a quantity, or out of range.
    pub fn coins(&self, contracts: Decimal) -> Result<Quantity, NumberError> {
        let coins = contracts.checked_mul(self.contract).ok_or(NumberError::OutOfRange)?;
        Quantity::exact(coins.normalize())
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

    /// The worth of a contract at a price, in the settlement asset.
    ///
    /// # Errors
    /// When it is out of range.
    pub fn worth(&self, contracts: Decimal, price: Price) -> Result<Amount, NumberError> {
        price.notional(self.coins(contracts)?, Rounding::HalfUp)
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

    #[test]
    fn contracts_and_coins_turn_into_each_other_exactly() {
        let gate = listing("0.0001", "0.0001");
        assert_eq!(gate.coins("12".parse().unwrap()).unwrap().to_string(), "0.0012");
        assert_eq!(gate.contracts("0.0012".parse().unwrap()).unwrap().to_string(), "12");
        let okx = listing("0.01", "0.0001");
        assert_eq!(okx.contracts("0.0123".parse().unwrap()).unwrap().to_string(), "1.23");
        assert_eq!(okx.coins("1.23".parse().unwrap()).unwrap().to_string(), "0.0123");
        let shib = listing("1000000", "1000000");
        assert_eq!(shib.coins("3".parse().unwrap()).unwrap().to_string(), "3000000");
    }

    #[test]
    fn coins_between_two_lots_are_no_contracts() {
        assert!(listing("0.01", "0.01").contracts("0.015".parse().unwrap()).is_err());
        assert!(listing("0.01", "0").contracts("0.01".parse().unwrap()).is_err());
        assert!(listing("0", "0.01").contracts("0.01".parse().unwrap()).is_err());
    }
}
