//! An account as a venue shows it: balances, margins and positions at the last prices.

use domain::fixed::{Amount, NumberError, Price, Rounding};
use domain::id::VenueAccountId;
use domain::paper::{Engine, PaperAccount, PaperMarket, PaperPosition, Refused};
use domain::venue::MarginMode;

use super::{Denied, Exchange};

/// An account at the last prices.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// The account.
    pub account: PaperAccount,
    /// Free for new positions; never below zero.
    pub available: Amount,
    /// Balance less all isolated margins.
    pub cross_wallet: Amount,
    /// Profit of all open positions.
    pub unrealised: Amount,
    /// Profit of those on cross.
    pub cross_unrealised: Amount,
    /// Margin of all positions.
    pub position_margin: Amount,
    /// Margin and fees that resting orders reserve.
    pub order_margin: Amount,
    /// Maintenance margin of all positions.
    pub maintenance: Amount,
    /// Open positions.
    pub positions: Vec<PositionView>,
}

/// A position at the last price.
#[derive(Debug, Clone)]
pub struct PositionView {
    /// The position.
    pub held: PaperPosition,
    /// Average entry price.
    pub entry: Price,
    /// Last price.
    pub mark: Price,
    /// Value at the last price.
    pub notional: Amount,
    /// Profit at the last price.
    pub unrealised: Amount,
    /// Where it is liquidated, when that depends on it alone.
    pub liquidation: Option<Price>,
    /// Margin that it is held with.
    pub initial: Amount,
    /// Margin below which it is liquidated.
    pub maintenance: Amount,
}

impl Exchange {
    /// An account at the last prices.
    ///
    /// # Errors
    /// When the venue has closed, or a number leaves its range.
    pub async fn view(&self, id: VenueAccountId) -> Result<AccountView, Denied> {
        let seen = self.venue.inspect(move |engine| view(engine, id)).await;
        Ok(seen.unwrap_or(Err(Refused::UnknownAccount))?)
    }
}

fn view(engine: &Engine, id: VenueAccountId) -> Result<AccountView, Refused> {
    let account = engine.account(id).ok_or(Refused::UnknownAccount)?;
    let free = engine.available(id).ok_or(Refused::UnknownAccount)??;
    let reports = engine.position_reports(account)?;
    let mut positions = Vec::with_capacity(reports.len());
    for (held, report) in account.positions.iter().zip(reports) {
        let market = engine.market(&held.symbol).ok_or(Refused::UnknownSymbol)?;
        positions.push(position(held, report.mark_price, report.liquidation_price, market)?);
    }
    let on_cross = |view: &&PositionView| view.held.margin_mode == MarginMode::Cross;
    let isolated = Amount::sum(account.positions.iter().map(|held| held.margin))?;
    let cross_wallet = account.balance.minus(isolated)?;
    let unrealised = Amount::sum(positions.iter().map(|view| view.unrealised))?;
    let cross_unrealised = Amount::sum(positions.iter().filter(on_cross).map(|view| view.unrealised))?;
    let cross_margin = Amount::sum(positions.iter().filter(on_cross).map(|view| view.initial))?;
    let order_margin = cross_wallet.minus(cross_margin)?.plus(cross_unrealised)?.minus(free)?;
    Ok(AccountView {
        available: free.max(Amount::ZERO),
        position_margin: Amount::sum(positions.iter().map(|view| view.initial))?,
        maintenance: Amount::sum(positions.iter().map(|view| view.maintenance))?,
        account: account.clone(),
        cross_wallet,
        unrealised,
        cross_unrealised,
        order_margin,
        positions,
    })
}

fn position(
    held: &PaperPosition,
    mark: Price,
    liquidation: Option<Price>,
    market: &PaperMarket,
) -> Result<PositionView, NumberError> {
    let notional = mark.notional(held.quantity, Rounding::HalfUp)?;
    Ok(PositionView {
        entry: held.entry_price()?,
        unrealised: held.unrealised(mark)?,
        initial: held.initial_margin()?,
        maintenance: market.maintenance.of(notional, Rounding::Up)?,
        held: held.clone(),
        mark,
        notional,
        liquidation,
    })
}
