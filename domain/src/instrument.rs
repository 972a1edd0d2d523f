//! What a venue allows on one market: steps, minimums and leverage.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use crate::market::Symbol;

/// A market's filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The venue's name of the market.
    pub symbol: Symbol,
    /// Prices are whole multiples of this.
    pub tick: Price,
    /// Quantities are whole multiples of this.
    pub lot: Quantity,
    /// Smallest quantity of an order.
    pub min_quantity: Quantity,
    /// Smallest price × quantity of an opening order.
    pub min_notional: Amount,
    /// Highest leverage.
    pub max_leverage: u32,
}

/// Which filter an order does not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Quantity is not a multiple of the lot.
    #[error("quantity {quantity} is not a multiple of the lot {lot}")]
    Lot {
        /// What was asked.
        quantity: Quantity,
        /// The filter.
        lot: Quantity,
    },
    /// Quantity below the minimum.
    #[error("quantity {quantity} is below the minimum {minimum}")]
    MinQuantity {
        /// What was asked.
        quantity: Quantity,
        /// The filter.
        minimum: Quantity,
    },
    /// Notional below the minimum.
    #[error("notional {notional} is below the minimum {minimum}")]
    MinNotional {
        /// What was asked.
        notional: Amount,
        /// The filter.
        minimum: Amount,
    },
    /// Price is not a multiple of the tick.
    #[error("price {price} is not a multiple of the tick {tick}")]
    Tick {
        /// What was asked.
        price: Price,
        /// The filter.
        tick: Price,
    },
    /// A number left its range.
    #[error("number left its range")]
    Number(#[from] NumberError),
}

impl Instrument {
    /// The largest quantity, in whole lots, that `notional` buys at `price`.
    pub fn quantity_for(&self, notional: Amount, price: Price) -> Result<Quantity, NumberError> {
        let numerator = i128::from(notional.units()) * i128::from(Price::ONE_UNITS);
        let units = crate::fixed::divide(numerator, i128::from(price.units()), Rounding::Down)?;
        Quantity::from_wide(units)?.floor_to(self.lot)
    }

    /// Checks quantity and notional at `price`; a reducing order has no minimum notional.
    pub fn check(&self, quantity: Quantity, price: Price, reducing: bool) -> Result<(), FilterError> {
        if !quantity.is_multiple_of(self.lot) {
            return Err(FilterError::Lot {
                quantity,
                lot: self.lot,
            });
        }
        if quantity < self.min_quantity || !quantity.is_positive() {
            return Err(FilterError::MinQuantity {
                quantity,
                minimum: self.min_quantity,
            });
        }
        let notional = price.notional(quantity, Rounding::Down)?;
        if !reducing && notional < self.min_notional {
            return Err(FilterError::MinNotional {
                notional,
                minimum: self.min_notional,
            });
        }
        Ok(())
    }
}
