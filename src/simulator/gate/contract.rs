//! Contracts: Gate's names of markets, and its way to count.
//!
//! A contract is one lot of the paper market, and traded whole. Where a lot is a coin or more, it is ten lots, of which
//! tenths are traded: such a contract has `enable_decimal`.

use domain::fixed::Quantity;
use domain::market::{Action, Symbol};
use domain::paper::PaperMarket;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::simulator::exchange::Exchange;

/// What everything is settled in.
pub(super) const ASSET: &str = "USDT";
/// Largest order, in contracts.
pub(super) const LARGEST: i64 = 1_000_000;

/// A market, as Gate lists it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contract<'a> {
    pub market: &'a PaperMarket,
    /// Coins in a contract.
    pub multiplier: Decimal,
    /// Whether parts of contracts are traded.
    pub is_divided: bool,
}

/// Gate's name of a market: base and settlement asset.
pub(super) fn name_of(symbol: &Symbol) -> String {
    let name = symbol.as_str();
    name.strip_suffix(ASSET)
        .map_or_else(|| name.to_owned(), |base| format!("{base}_{ASSET}"))
}

/// A number of contracts: whole and without their parts, unless a client said that it reads decimals.
pub(super) fn told(contracts: Decimal, decimal: bool) -> Value {
    if decimal {
        return json!(contracts.normalize().to_string());
    }
    json!(i64::try_from(contracts.trunc()).unwrap_or_default())
}

impl<'a> Contract<'a> {
    /// Of a market.
    pub fn of(market: &'a PaperMarket) -> Self {
        let lot = market.instrument.lot;
        let is_divided = lot >= Quantity::ONE;
        let lots = if is_divided { Decimal::TEN } else { Decimal::ONE };
        let multiplier = lot.to_decimal().checked_mul(lots).unwrap_or(Decimal::ONE);
        Self {
            market,
            multiplier: multiplier.normalize(),
            is_divided,
        }
    }

    /// By Gate's name.
    pub fn named(exchange: &'a Exchange, name: &str) -> Option<Self> {
        Self::all(exchange).find(|contract| contract.name() == name)
    }

    /// By the market's own name.
    pub fn of_symbol(exchange: &'a Exchange, symbol: &Symbol) -> Option<Self> {
        exchange.market(symbol.as_str()).map(Self::of)
    }

    /// All that are listed.
    pub fn all(exchange: &'a Exchange) -> impl Iterator<Item = Self> {
        exchange.markets().iter().map(Self::of)
    }

    /// Gate's name.
    pub fn name(&self) -> String {
        name_of(&self.market.instrument.symbol)
    }

    /// The market's own name.
    pub fn symbol(&self) -> &'a Symbol {
        &self.market.instrument.symbol
    }

    /// The smallest order, in contracts.
    pub fn least(&self) -> Decimal {
        self.count(self.market.instrument.min_quantity)
    }

    /// How many contracts a quantity is.
    pub fn count(&self, quantity: Quantity) -> Decimal {
        let count = quantity.to_decimal().checked_div(self.multiplier);
        count.unwrap_or_default().normalize()
    }

    /// How many coins so many contracts are; `None` when the market does not trade such parts.
    pub fn coins(&self, contracts: Decimal) -> Option<Quantity> {
        let coins = Quantity::from_decimal(contracts.checked_mul(self.multiplier)?).ok()?;
        coins.is_multiple_of(self.market.instrument.lot).then_some(coins)
    }

    /// A quantity as it is told.
    pub fn size(&self, quantity: Quantity, decimal: bool) -> Value {
        told(self.count(quantity), decimal)
    }

    /// A quantity as it is told, below zero where it is sold.
    pub fn signed(&self, quantity: Quantity, action: Action, decimal: bool) -> Value {
        let count = self.count(quantity);
        told(if action == Action::Sell { -count } else { count }, decimal)
    }

    /// A trade of the market, which has at least one contract; below zero where the taker sold.
    pub fn traded(&self, quantity: Quantity, sold: bool, decimal: bool) -> Value {
        let count = self.count(quantity);
        let step = if self.is_divided { self.least() } else { Decimal::ONE };
        let whole = count.checked_div(step).unwrap_or_default().floor();
        let count = whole.checked_mul(step).unwrap_or_default().max(step);
        told(if sold { -count } else { count }, decimal)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::fixed::Ratio;
    use domain::instrument::Instrument;

    use super::*;

    fn market(symbol: &str, lot: &str) -> PaperMarket {
        PaperMarket {
            instrument: Instrument {
                symbol: Symbol::new(symbol),
                tick: "0.1".parse().unwrap(),
                lot: lot.parse().unwrap(),
                min_quantity: lot.parse().unwrap(),
                min_notional: "1".parse().unwrap(),
                max_leverage: 50,
            },
            maker_fee: Ratio::ZERO,
            taker_fee: Ratio::ZERO,
            slippage: Ratio::ZERO,
            maintenance: Ratio::ZERO,
            funding_interval: Duration::ZERO,
            funding_rate: Ratio::ZERO,
            largest_fill: Quantity::ZERO,
        }
    }

    #[test]
    fn contract_is_a_lot_and_whole_where_a_lot_is_less_than_a_coin() {
        let market = market("BTCUSDT", "0.001");
        let contract = Contract::of(&market);
        assert_eq!((contract.name().as_str(), contract.is_divided), ("BTC_USDT", false));
        assert_eq!(contract.multiplier.to_string(), "0.001");
        assert_eq!(contract.size("0.012".parse().unwrap(), false), json!(12));
        assert_eq!(
            contract.signed("0.012".parse().unwrap(), Action::Sell, true),
            json!("-12")
        );
        assert_eq!(contract.coins("12.5".parse().unwrap()), None);
    }

    #[test]
    fn contract_of_ten_coins_is_traded_in_tenths() {
        let market = market("DOGEUSDT", "1");
        let contract = Contract::of(&market);
        assert_eq!((contract.multiplier, contract.is_divided), (Decimal::TEN, true));
        assert_eq!(contract.least().to_string(), "0.1");
        assert_eq!(contract.size("25".parse().unwrap(), true), json!("2.5"));
        assert_eq!(
            contract.size("25".parse().unwrap(), false),
            json!(2),
            "as it is told to old clients"
        );
        assert_eq!(contract.coins("2.5".parse().unwrap()), "25".parse().ok());
        assert_eq!(contract.traded(Quantity::ZERO, true, true), json!("-0.1"));
    }
}
