//! Margin rules: what is free, when a position is under water, and at which price that will be.

use crate::fixed::{Amount, NumberError, Price, Ratio, Rounding, divide};
use crate::market::{Side, Symbol};
use crate::paper::account::{PaperAccount, PaperPosition};
use crate::paper::market::PaperMarket;
use crate::venue::MarginMode;

/// What the rules need to know of a market.
pub(super) trait Terms {
    /// The market, when it is listed.
    fn market(&self, symbol: &Symbol) -> Option<&PaperMarket>;
    /// Its last price, once there is one.
    fn last(&self, symbol: &Symbol) -> Option<Price>;
}

/// Balance that is free for new positions; below zero when losses on cross have eaten into what is reserved.
pub(super) fn available(account: &PaperAccount, terms: &impl Terms) -> Result<Amount, NumberError> {
    let mut free = account.cross_wallet()?;
    for position in account.on_cross() {
        free = free.minus(position.initial_margin()?)?;
        if let Some(last) = terms.last(&position.symbol) {
            free = free.plus(position.unrealised(last)?)?;
        }
    }
    for order in &account.orders {
        if let Some(market) = terms.market(&order.symbol) {
            free = free.minus(order.reserve(account.mode, market)?)?;
        }
    }
    Ok(free)
}

/// Margin below which a position of this notional is liquidated, rounded up.
fn maintenance(position: &PaperPosition, price: Price, rate: Ratio) -> Result<Amount, NumberError> {
    rate.of(price.notional(position.quantity, Rounding::HalfUp)?, Rounding::Up)
}

/// Whether an isolated position is below its maintenance margin at `price`.
pub(super) fn isolated_is_under(position: &PaperPosition, price: Price, rate: Ratio) -> Result<bool, NumberError> {
    let equity = position.margin.plus(position.unrealised(price)?)?;
    Ok(equity < maintenance(position, price, rate)?)
}

/// Whether the account's positions on cross are below their summed maintenance margin at the last prices.
pub(super) fn cross_is_under(account: &PaperAccount, terms: &impl Terms) -> Result<bool, NumberError> {
    let mut equity = account.cross_wallet()?;
    let mut needed = Amount::ZERO;
    for position in account.on_cross() {
        if let (Some(market), Some(last)) = (terms.market(&position.symbol), terms.last(&position.symbol)) {
            equity = equity.plus(position.unrealised(last)?)?;
            needed = needed.plus(maintenance(position, last, market.maintenance)?)?;
        }
    }
    Ok(equity < needed)
}

/// The price at which a position is liquidated, rounded away from safety; `None` when that depends on other
/// positions, or when no price would do it.
pub(super) fn liquidation_price(account: &PaperAccount, position: &PaperPosition, rate: Ratio) -> Option<Price> {
    let margin = match position.margin_mode {
        MarginMode::Isolated => position.margin,
        MarginMode::Cross if account.on_cross().count() == 1 => account.cross_wallet().ok()?,
        MarginMode::Cross => return None,
    };
    // Long: margin + q·p − cost < r·q·p. Short: margin + cost − q·p < r·q·p.
    let (numerator, share, rounding) = match position.side {
        Side::Long => (position.cost.minus(margin), Ratio::ONE.minus(rate), Rounding::Up),
        Side::Short => (position.cost.plus(margin), Ratio::ONE.plus(rate), Rounding::Down),
    };
    let price = Price::average(numerator.ok()?, position.quantity, rounding).ok()?;
    let scaled = i128::from(price.units()) * i128::from(Ratio::ONE_UNITS);
    let units = divide(scaled, share.ok()?.units().into(), rounding).ok()?;
    Price::from_wide(units).ok().filter(|price| price.is_positive())
}
