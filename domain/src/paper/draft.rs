//! One account while something happens to it: a copy that is kept whole or thrown away.

use crate::fixed::{Amount, NumberError, Price, Quantity, Rounding};
use crate::market::{Side, Symbol};
use crate::paper::account::{PaperAccount, PaperPosition};
use crate::paper::income::{PaperFill, PaperIncome, PaperIncomeKind};
use crate::paper::market::PaperMarket;
use crate::paper::order::PaperOrder;
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{FillCause, ReportedState};

/// The copy, and the records made on the way.
pub(super) struct Draft {
    pub account: PaperAccount,
    pub orders: Vec<PaperOrder>,
    pub fills: Vec<PaperFill>,
    pub incomes: Vec<PaperIncome>,
    now: Timestamp,
}

/// How an order is executed.
#[derive(Clone, Copy)]
pub(super) struct Execution<'a> {
    pub market: &'a PaperMarket,
    pub price: Price,
    pub maker: bool,
    pub cause: FillCause,
}

impl Draft {
    pub fn new(account: PaperAccount, now: Timestamp) -> Self {
        Self {
            account,
            orders: Vec::new(),
            fills: Vec::new(),
            incomes: Vec::new(),
            now,
        }
    }

    /// When it happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The next order number.
    pub fn next_order(&mut self) -> i64 {
        self.account.last_order += 1;
        self.account.last_order
    }

    /// The side of the open position that this order would shrink.
    pub fn closable(&self, order: &PaperOrder) -> Option<&PaperPosition> {
        let closes = match self.account.mode {
            PositionMode::OneWay => true,
            PositionMode::Hedge => order.action == order.position_side.closing(),
        };
        let side = order.action.closes();
        closes.then(|| self.account.position(&order.symbol, side)).flatten()
    }

    /// Fills up to `quantity` of the order, first closing, then opening, and moves its state.
    pub fn execute(&mut self, order: &mut PaperOrder, quantity: Quantity, how: Execution) -> Result<(), NumberError> {
        let only_closes = order.only_closes(self.account.mode);
        for part in how.market.parts(quantity)? {
            let held = self
                .closable(order)
                .map_or(Quantity::ZERO, |position| position.quantity);
            let closing = part.min(held);
            if closing.is_positive() {
                self.close_part(order, closing, how)?;
            }
            let opening = part.minus(closing)?;
            if opening.is_positive() && !only_closes {
                self.open_part(order, opening, how)?;
            }
        }
        if order.rest()?.is_zero() {
            order.end(ReportedState::Filled, self.now);
        } else if order.limit.is_none() || (only_closes && self.closable(order).is_none()) {
            order.end(ReportedState::Expired, self.now);
        } else {
            order.updated_at = self.now;
        }
        Ok(())
    }

    /// Writes the order down: on the book when it rests, and among the changed ones.
    pub fn book(&mut self, order: PaperOrder) {
        self.account.orders.retain(|resting| resting.number != order.number);
        if order.is_live() {
            let at = self
                .account
                .orders
                .partition_point(|resting| resting.number < order.number);
            self.account.orders.insert(at, order.clone());
        }
        self.orders.push(order);
    }

    /// Ends resting orders that could only close what is no longer there.
    pub fn expire_orphans(&mut self) {
        let orphans: Vec<PaperOrder> = self
            .account
            .orders
            .iter()
            .filter(|order| !order.is_conditional())
            .filter(|order| order.only_closes(self.account.mode) && self.closable(order).is_none())
            .cloned()
            .collect();
        for mut order in orphans {
            order.end(ReportedState::Expired, self.now);
            self.book(order);
        }
    }

    /// Books a payment on the balance.
    pub fn pay(
        &mut self,
        kind: PaperIncomeKind,
        symbol: &Symbol,
        side: Side,
        amount: Amount,
    ) -> Result<(), NumberError> {
        self.account.balance = self.account.balance.plus(amount)?;
        self.account.incomes = self.account.incomes.plus(amount)?;
        self.account.last_income += 1;
        self.incomes.push(PaperIncome {
            account: self.account.id,
            number: self.account.last_income,
            kind,
            symbol: symbol.clone(),
            side,
            amount,
            at: self.now,
        });
        Ok(())
    }

    /// The insurance bears what this leaves of the balance below zero.
    pub fn insure(&mut self, symbol: &Symbol, side: Side) -> Result<(), NumberError> {
        if self.account.balance.is_negative() {
            let missing = self.account.balance.negated();
            self.pay(PaperIncomeKind::Insurance, symbol, side, missing)?;
        }
        Ok(())
    }

    fn close_part(&mut self, order: &mut PaperOrder, quantity: Quantity, how: Execution) -> Result<(), NumberError> {
        let notional = how.price.notional(quantity, Rounding::HalfUp)?;
        let side = order.action.closes();
        let mut realised = Amount::ZERO;
        if let Some(position) = self.held(order, side) {
            realised = position.reduce(quantity, notional)?;
        }
        self.account
            .positions
            .retain(|position| position.quantity.is_positive());
        self.record(order, side, quantity, realised, how)
    }

    fn open_part(&mut self, order: &mut PaperOrder, quantity: Quantity, how: Execution) -> Result<(), NumberError> {
        let notional = how.price.notional(quantity, Rounding::HalfUp)?;
        let side = order.action.opens();
        if self.held(order, side).is_none() {
            self.account.positions.push(PaperPosition {
                account: self.account.id,
                symbol: order.symbol.clone(),
                side,
                quantity: Quantity::ZERO,
                cost: Amount::ZERO,
                margin: Amount::ZERO,
                leverage: order.leverage,
                margin_mode: order.margin_mode,
                opened_at: self.now,
            });
        }
        if let Some(position) = self.held(order, side) {
            position.grow(quantity, notional, order.leverage)?;
        }
        self.record(order, side, quantity, Amount::ZERO, how)
    }

    fn held(&mut self, order: &PaperOrder, side: Side) -> Option<&mut PaperPosition> {
        self.account
            .positions
            .iter_mut()
            .find(|position| position.side == side && position.symbol == order.symbol)
    }

    fn record(
        &mut self,
        order: &mut PaperOrder,
        side: Side,
        quantity: Quantity,
        realised: Amount,
        how: Execution,
    ) -> Result<(), NumberError> {
        let notional = how.price.notional(quantity, Rounding::HalfUp)?;
        let fee = how.market.fee(notional, how.maker)?;
        self.account.balance = self.account.balance.plus(realised)?.minus(fee)?;
        self.account.realised = self.account.realised.plus(realised)?;
        self.account.fees = self.account.fees.plus(fee)?;
        self.account.last_fill += 1;
        order.filled = order.filled.plus(quantity)?;
        order.spent = order.spent.plus(notional)?;
        self.fills.push(PaperFill {
            account: self.account.id,
            number: self.account.last_fill,
            order: order.number,
            client_id: order.client_id.clone(),
            symbol: order.symbol.clone(),
            action: order.action,
            side,
            reducing: side == order.action.closes(),
            quantity,
            price: how.price,
            fee,
            realised,
            cause: how.cause,
            maker: how.maker,
            at: self.now,
        });
        Ok(())
    }
}
