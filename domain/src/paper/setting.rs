//! What an account sets for a market: leverage, margin mode, and the margin of an isolated position.

use crate::fixed::Amount;
use crate::id::VenueAccountId;
use crate::market::{Side, Symbol};
use crate::paper::account::{PaperAccount, Setting};
use crate::paper::draft::Draft;
use crate::paper::engine::{Effects, Engine};
use crate::paper::liquidation::{Terms, available, isolated_is_under};
use crate::paper::market::PaperMarket;
use crate::paper::refused::Refused;
use crate::time::Timestamp;
use crate::venue::MarginMode;

impl Engine {
    /// Sets the leverage of a market, of its open positions and of what rests on it.
    pub fn set_leverage(
        &mut self,
        id: VenueAccountId,
        symbol: &Symbol,
        leverage: u32,
        now: Timestamp,
    ) -> Result<Effects, Refused> {
        let (account, market) = self.at(id, symbol)?;
        let most = market.instrument.max_leverage;
        if leverage == 0 || leverage > most {
            return Err(Refused::Leverage(leverage));
        }
        let mut draft = Draft::new(account.clone(), now);
        let setting = Setting {
            leverage,
            ..account.setting(symbol, most)
        };
        draft.account.settings.insert(symbol.clone(), setting);
        for held in draft.account.positions.iter_mut().filter(|held| held.symbol == *symbol) {
            if held.margin_mode == MarginMode::Isolated && leverage < held.leverage {
                return Err(Refused::LeverageReduction);
            }
            held.leverage = leverage;
        }
        let resting = draft.account.orders.clone();
        for mut order in resting.into_iter().filter(|order| order.symbol == *symbol) {
            order.leverage = leverage;
            draft.book(order);
        }
        let lower = account.setting(symbol, most).leverage > leverage;
        if lower && available(&draft.account, &self.boards)?.is_negative() {
            return Err(Refused::LeverageMargin);
        }
        Ok(self.adopt(draft))
    }

    /// Sets the margin mode of a market on which the account has neither positions nor orders.
    pub fn set_margin_mode(
        &mut self,
        id: VenueAccountId,
        symbol: &Symbol,
        margin_mode: MarginMode,
        now: Timestamp,
    ) -> Result<Effects, Refused> {
        let (account, market) = self.at(id, symbol)?;
        if account.positions.iter().any(|held| held.symbol == *symbol) {
            return Err(Refused::MarginModeWithPosition);
        }
        if account.orders.iter().any(|order| order.symbol == *symbol) {
            return Err(Refused::MarginModeWithOrders);
        }
        let setting = Setting {
            margin_mode,
            ..account.setting(symbol, market.instrument.max_leverage)
        };
        let mut draft = Draft::new(account.clone(), now);
        draft.account.settings.insert(symbol.clone(), setting);
        Ok(self.adopt(draft))
    }

    /// Adds margin to an isolated position, or takes some back when negative. The balance stays what it is.
    pub fn move_margin(
        &mut self,
        id: VenueAccountId,
        symbol: &Symbol,
        side: Side,
        added: Amount,
        now: Timestamp,
    ) -> Result<Effects, Refused> {
        let (account, market) = self.at(id, symbol)?;
        let last = self.boards.last(symbol).ok_or(Refused::NoPrice)?;
        let mut draft = Draft::new(account.clone(), now);
        let held = draft.account.positions.iter_mut();
        let mut held = held.filter(|held| held.symbol == *symbol && held.side == side);
        let held = held.next().ok_or(Refused::MarginWithoutPosition)?;
        if held.margin_mode != MarginMode::Isolated {
            return Err(Refused::MarginOnCross);
        }
        held.margin = held.margin.plus(added)?;
        let least = held.initial_margin()?;
        let under = isolated_is_under(held, last, market.maintenance)?;
        if added.is_negative() && (held.margin < least || under) {
            return Err(Refused::IsolatedMargin);
        }
        if available(&draft.account, &self.boards)?.is_negative() {
            return Err(Refused::Margin);
        }
        Ok(self.adopt(draft))
    }

    fn at(&self, id: VenueAccountId, symbol: &Symbol) -> Result<(&PaperAccount, &PaperMarket), Refused> {
        let account = self.accounts.get(&id).ok_or(Refused::UnknownAccount)?;
        let market = self.boards.market(symbol).ok_or(Refused::UnknownSymbol)?;
        Ok((account, market))
    }
}
