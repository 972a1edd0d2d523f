//! Contracts: how OKX names markets, and how many coins a contract is.
//!
//! Here a contract is ten of the market's lots and orders count tenths of one, so that a contract is neither a coin nor a lot.

use domain::fixed::{NumberError, Quantity};
use domain::market::Symbol;
use domain::paper::PaperMarket;
use rust_decimal::Decimal;

use crate::simulator::exchange::Exchange;

/// What everything is settled in.
pub(super) const ASSET: &str = "USDT";
/// Lots in a contract.
const LOTS: i128 = 10;

/// The coin of a market.
pub(super) fn base(market: &PaperMarket) -> &str {
    let name = market.instrument.symbol.as_str();
    name.strip_suffix(ASSET).unwrap_or(name)
}

/// The family of a market, such as `BTC-USDT`.
pub(super) fn family(market: &PaperMarket) -> String {
    format!("{}-{ASSET}", base(market))
}

/// The name of a market, such as `BTC-USDT-SWAP`.
pub(super) fn name(market: &PaperMarket) -> String {
    format!("{}-{ASSET}-SWAP", base(market))
}

/// The name of the market with this symbol; the symbol itself where it is no longer listed.
pub(super) fn name_of(exchange: &Exchange, symbol: &Symbol) -> String {
    exchange
        .market(symbol.as_str())
        .map_or_else(|| symbol.to_string(), name)
}

/// A market by its name.
pub(super) fn find<'a>(exchange: &'a Exchange, named: &str) -> Option<&'a PaperMarket> {
    exchange.markets().iter().find(|market| name(market) == named)
}

/// Coins of one contract.
pub(super) fn size(market: &PaperMarket) -> Quantity {
    let lot = market.instrument.lot;
    Quantity::from_wide(i128::from(lot.units()) * LOTS).unwrap_or(lot)
}

/// So many coins in contracts.
pub(super) fn count(market: &PaperMarket, coins: Quantity) -> String {
    let contracts = coins.to_decimal().checked_div(size(market).to_decimal());
    contracts.unwrap_or_default().normalize().to_string()
}

/// So many coins in contracts, of a market that may be listed no longer.
pub(super) fn count_of(exchange: &Exchange, symbol: &Symbol, coins: Quantity) -> String {
    let market = exchange.market(symbol.as_str());
    market.map_or_else(|| coins.to_string(), |market| count(market, coins))
}

/// So many contracts in coins.
pub(super) fn coins(market: &PaperMarket, contracts: Decimal) -> Result<Quantity, NumberError> {
    let coins = contracts.checked_mul(size(market).to_decimal());
    Quantity::from_decimal(coins.ok_or(NumberError::OutOfRange)?)
}
