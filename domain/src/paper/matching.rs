//! Acts that match: placing and cancelling orders, and what a price brings about.

use crate::fixed::{NumberError, Price, Quantity, Ratio, Rounding};
use crate::id::VenueAccountId;
use crate::instrument::FilterError;
use crate::market::{Action, Side, Symbol, Tick};
use crate::paper::account::{PaperAccount, PaperPosition};
use crate::paper::draft::{Draft, Execution};
use crate::paper::engine::{Effects, Engine, Placed};
use crate::paper::income::PaperIncomeKind;
use crate::paper::liquidation::{Terms, available, cross_is_under, isolated_is_under};
use crate::paper::market::PaperMarket;
use crate::paper::order::{PaperOrder, Request};
use crate::paper::refused::Refused;
use crate::paper::rules::{Rules, TimeInForce};
use crate::time::Timestamp;
use crate::venue::{FillCause, MarginMode, OrderKind, ReportedState};

impl Engine {
    /// Places an order: fills it now as far as it can be, and rests what a limit leaves; or lets it wait for its trigger.
    pub fn place(&mut self, id: VenueAccountId, request: &Request, now: Timestamp) -> Result<Placed, Refused> {
        match request.rules.trigger {
            Some(trigger) => self.await_trigger(id, request, trigger, now),
            None => self.take(id, request, None, now),
        }
    }

    /// Places an order that does not wait, for the conditional order `parent` where one did.
    pub(super) fn take(
        &mut self,
        id: VenueAccountId,
        request: &Request,
        parent: Option<i64>,
        now: Timestamp,
    ) -> Result<Placed, Refused> {
        let account = self.accounts.get(&id).ok_or(Refused::UnknownAccount)?;
        let market = self.boards.market(&request.symbol).ok_or(Refused::UnknownSymbol)?;
        let last = self.boards.last(&request.symbol).ok_or(Refused::NoPrice)?;
        refuse_twin(account, request)?;
        let mut draft = Draft::new(account.clone(), now);
        let mut order = PaperOrder::new(id, draft.next_order(), request, now);
        order.parent = parent;
        check_filters(market, &order, last)?;
        if order.only_closes(account.mode) {
            check_closing(&draft, &order)?;
        } else {
            check_opening(account, market, &order)?;
        }
        let order = match_now(&mut draft, market, order, last)?;
        self.settle(draft, order)
    }

    /// Keeps what an order did to its account, unless the margin does not suffice for it.
    pub(super) fn settle(&mut self, mut draft: Draft, order: PaperOrder) -> Result<Placed, Refused> {
        let opened = draft.fills.iter().any(|fill| !fill.reducing);
        let reserves = order.is_live() && !order.only_closes(draft.account.mode);
        if (opened || reserves) && available(&draft.account, &self.boards)?.is_negative() {
            return Err(Refused::Margin);
        }
        draft.insure(&order.symbol, order.position_side)?;
        draft.expire_orphans();
        let effects = self.adopt(draft);
        Ok(Placed { order, effects })
    }

    /// Cancels a resting order.
    pub fn cancel(&mut self, id: VenueAccountId, number: i64, now: Timestamp) -> Result<Placed, Refused> {
        let account = self.accounts.get(&id).ok_or(Refused::UnknownAccount)?;
        let resting = account.orders.iter().find(|order| order.number == number);
        let mut order = resting.ok_or(Refused::UnknownOrder)?.clone();
        let mut draft = Draft::new(account.clone(), now);
        order.end(ReportedState::Cancelled, now);
        draft.book(order.clone());
        let effects = self.adopt(draft);
        Ok(Placed { order, effects })
    }

    /// Takes a price as the market's last one. Whether it concerns anybody, so that [`Engine::cross`] must follow.
    pub fn mark(&mut self, symbol: &Symbol, tick: Tick) -> bool {
        let Some(board) = self.boards.0.get_mut(symbol) else {
            return false;
        };
        board.last = Some(tick);
        if board.funded_at.is_none() {
            board.funded_at = board.market.last_funding(tick.at);
        }
        board.concerns(tick)
    }

    /// What a price brings about: resting orders that it reaches, funding that has come due (several missed times of
    /// funding are charged as one), and liquidations.
    pub fn cross(&mut self, symbol: &Symbol, tick: Tick) -> Effects {
        let mut effects = Effects::default();
        let Some(board) = self.boards.0.get_mut(symbol) else {
            return effects;
        };
        let market = board.market.clone();
        let (reached, sprung) = (board.reached(tick.price), board.sprung(tick.price));
        let mut holders = Vec::new();
        if let Some(due) = board.funding_due(tick.at) {
            effects.fund(symbol, due, board.funded_at);
            board.funded_at = Some(due);
            holders = board.holders();
        }
        for (id, number) in reached {
            self.attempt(id, tick.at, &mut effects, |draft| {
                fill_resting(draft, number, &market, tick)
            });
        }
        for (id, number) in sprung {
            self.spring(id, number, tick, &mut effects);
        }
        for id in holders {
            self.attempt(id, tick.at, &mut effects, |draft| {
                fund(draft, symbol, tick.price, market.funding_rate)
            });
        }
        let endangered = self.boards.0.get(symbol).map(|board| board.endangered(tick.price));
        for id in endangered.into_iter().flatten() {
            self.liquidate_isolated(id, &market, tick, &mut effects);
            self.liquidate_cross(id, tick, &mut effects);
        }
        effects
    }

    /// Does something to an account, whole or not at all.
    pub(super) fn attempt(
        &mut self,
        id: VenueAccountId,
        now: Timestamp,
        effects: &mut Effects,
        act: impl FnOnce(&mut Draft) -> Result<(), NumberError>,
    ) {
        let Some(account) = self.accounts.get(&id) else { return };
        let mut draft = Draft::new(account.clone(), now);
        match act(&mut draft) {
            Ok(()) if draft.account == *account => {}
            Ok(()) => {
                draft.expire_orphans();
                effects.absorb(self.adopt(draft));
            }
            Err(error) => effects.failed.push((id, error)),
        }
    }

    fn liquidate_isolated(&mut self, id: VenueAccountId, market: &PaperMarket, tick: Tick, effects: &mut Effects) {
        let symbol = &market.instrument.symbol;
        self.attempt(id, tick.at, effects, |draft| {
            for position in draft.account.positions.clone() {
                if position.margin_mode == MarginMode::Isolated
                    && position.symbol == *symbol
                    && isolated_is_under(&position, tick.price, market.maintenance)?
                {
                    let (balance, margin) = (draft.account.balance, position.margin);
                    expire(draft, tick.at, |order| order.symbol == *symbol);
                    force_close(draft, &position, market, tick)?;
                    let beyond = balance.minus(draft.account.balance)?.minus(margin)?;
                    if beyond.is_positive() {
                        draft.pay(PaperIncomeKind::Insurance, symbol, position.side, beyond)?;
                    }
                }
            }
            Ok(())
        });
    }

    fn liquidate_cross(&mut self, id: VenueAccountId, tick: Tick, effects: &mut Effects) {
        let Some(account) = self.accounts.get(&id) else { return };
        let closing: Vec<(PaperPosition, PaperMarket, Price)> = match cross_is_under(account, &self.boards) {
            Ok(true) => account
                .on_cross()
                .filter_map(|position| self.marked(position))
                .collect(),
            Ok(false) => return,
            Err(error) => return effects.failed.push((id, error)),
        };
        self.attempt(id, tick.at, effects, |draft| {
            expire(draft, tick.at, |order| order.margin_mode == MarginMode::Cross);
            for (position, market, price) in &closing {
                force_close(draft, position, market, Tick { price: *price, ..tick })?;
            }
            let wallet = draft.account.cross_wallet()?;
            match closing.last() {
                Some((position, ..)) if wallet.is_negative() => draft.pay(
                    PaperIncomeKind::Insurance,
                    &position.symbol,
                    position.side,
                    wallet.negated(),
                ),
                _ => Ok(()),
            }
        });
    }

    fn marked(&self, position: &PaperPosition) -> Option<(PaperPosition, PaperMarket, Price)> {
        let board = self.boards.0.get(&position.symbol)?;
        Some((position.clone(), board.market.clone(), board.last?.price))
    }
}

/// Refuses a client id that an open order of the same kind has.
pub(super) fn refuse_twin(account: &PaperAccount, request: &Request) -> Result<(), Refused> {
    let conditional = request.rules.trigger.is_some();
    let mut alike = account
        .orders
        .iter()
        .filter(|order| order.is_conditional() == conditional);
    if request.client_id.is_some() && alike.any(|order| order.client_id == request.client_id) {
        return Err(Refused::DuplicateClientId);
    }
    Ok(())
}

/// Fills what an order's limit allows at the last price, and writes it down.
pub(super) fn match_now(
    draft: &mut Draft,
    market: &PaperMarket,
    mut order: PaperOrder,
    last: Price,
) -> Result<PaperOrder, Refused> {
    let taker = market.taker_price(order.action, last)?;
    let price = match (order.limit, order.action) {
        (None, _) => Some(taker),
        (Some(limit), Action::Buy) => (last <= limit).then_some(limit.min(taker)),
        (Some(limit), Action::Sell) => (last >= limit).then_some(limit.max(taker)),
    };
    match (order.rules.time_in_force, price) {
        (TimeInForce::PostOnly, Some(_)) => return Err(Refused::PostOnly),
        (TimeInForce::FillOrKill, None) => return Err(Refused::FillOrKill),
        _ => {}
    }
    if let Some(price) = price {
        let how = Execution {
            market,
            price,
            maker: false,
            cause: FillCause::Order,
        };
        let rest = order.rest()?;
        draft.execute(&mut order, rest, how)?;
    }
    if order.is_live() && order.rules.time_in_force == TimeInForce::ImmediateOrCancel {
        order.end(ReportedState::Expired, draft.now());
    }
    draft.book(order.clone());
    Ok(order)
}

pub(super) fn check_filters(market: &PaperMarket, order: &PaperOrder, last: Price) -> Result<(), Refused> {
    let instrument = &market.instrument;
    if let Some(price) = order.limit
        && (!price.is_positive() || !price.is_multiple_of(instrument.tick))
    {
        let tick = instrument.tick;
        return Err(FilterError::Tick { price, tick }.into());
    }
    instrument.check(order.quantity, order.limit.unwrap_or(last), order.reduce_only)?;
    Ok(())
}

pub(super) fn check_closing(draft: &Draft, order: &PaperOrder) -> Result<(), Refused> {
    let held = draft.closable(order).ok_or(Refused::ReduceOnly)?;
    // A plain closing order of a hedge account may not ask for more than there is; a reduce-only one is cut.
    if !order.reduce_only && order.quantity > held.quantity {
        return Err(Refused::ReduceOnly);
    }
    Ok(())
}

pub(super) fn check_opening(account: &PaperAccount, market: &PaperMarket, order: &PaperOrder) -> Result<(), Refused> {
    if order.leverage == 0 || order.leverage > market.instrument.max_leverage {
        return Err(Refused::Leverage(order.leverage));
    }
    for position in account.positions.iter().filter(|held| held.symbol == order.symbol) {
        if position.margin_mode != order.margin_mode {
            return Err(Refused::MarginModeWithPosition);
        }
        if position.margin_mode == MarginMode::Isolated && order.leverage < position.leverage {
            return Err(Refused::LeverageReduction);
        }
    }
    let resting = account.orders.iter().filter(|resting| resting.symbol == order.symbol);
    for resting in resting.filter(|resting| !resting.is_conditional() && !resting.only_closes(account.mode)) {
        if resting.margin_mode != order.margin_mode {
            return Err(Refused::MarginModeWithOrders);
        }
    }
    Ok(())
}

/// Fills a resting order at its limit: whole when the price went through, as far as was traded when it only touched.
fn fill_resting(draft: &mut Draft, number: i64, market: &PaperMarket, tick: Tick) -> Result<(), NumberError> {
    let resting = draft.account.orders.iter().find(|order| order.number == number);
    let Some(mut order) = resting.cloned() else {
        return Ok(());
    };
    let Some(limit) = order.limit else { return Ok(()) };
    let rest = order.rest()?;
    let quantity = if tick.price == limit && tick.quantity.is_positive() {
        rest.min(tick.quantity.floor_to(market.instrument.lot)?)
    } else {
        rest
    };
    if quantity.is_zero() {
        return Ok(());
    }
    let how = Execution {
        market,
        price: limit,
        maker: true,
        cause: FillCause::Order,
    };
    draft.execute(&mut order, quantity, how)?;
    let side = order.position_side;
    draft.book(order);
    draft.insure(&market.instrument.symbol, side)
}

/// Charges funding on every position of a market: longs pay when the rate is positive.
fn fund(draft: &mut Draft, symbol: &Symbol, price: Price, rate: Ratio) -> Result<(), NumberError> {
    for position in draft.account.positions.clone() {
        if position.symbol != *symbol || rate.is_zero() {
            continue;
        }
        let notional = price.notional(position.quantity, Rounding::HalfUp)?;
        let pays = (position.side == Side::Long) == rate.is_positive();
        let amount = if pays {
            rate.abs().of(notional, Rounding::Up)?.negated()
        } else {
            rate.abs().of(notional, Rounding::Down)?
        };
        draft.pay(PaperIncomeKind::Funding, symbol, position.side, amount)?;
        let held = draft.account.positions.iter_mut();
        for held in held.filter(|held| held.side == position.side && held.symbol == *symbol) {
            if held.margin_mode == MarginMode::Isolated {
                held.margin = held.margin.plus(amount)?.max(crate::fixed::Amount::ZERO);
            }
        }
        draft.insure(symbol, position.side)?;
    }
    Ok(())
}

/// Ends resting orders that liquidation takes off the book.
fn expire(draft: &mut Draft, now: Timestamp, concerned: impl Fn(&PaperOrder) -> bool) {
    let ending: Vec<PaperOrder> = draft
        .account
        .orders
        .iter()
        .filter(|order| concerned(order))
        .cloned()
        .collect();
    for mut order in ending {
        order.end(ReportedState::Expired, now);
        draft.book(order);
    }
}

/// Closes a position by an order of the venue's own.
fn force_close(
    draft: &mut Draft,
    position: &PaperPosition,
    market: &PaperMarket,
    tick: Tick,
) -> Result<(), NumberError> {
    let request = Request {
        client_id: None,
        symbol: position.symbol.clone(),
        action: position.side.closing(),
        position_side: position.side,
        kind: OrderKind::Market,
        quantity: position.quantity,
        reduce_only: true,
        leverage: position.leverage,
        margin_mode: position.margin_mode,
        rules: Rules::default(),
    };
    let mut order = PaperOrder::new(draft.account.id, draft.next_order(), &request, tick.at);
    let how = Execution {
        market,
        price: market.taker_price(order.action, tick.price)?,
        maker: false,
        cause: FillCause::Liquidation,
    };
    let quantity: Quantity = position.quantity;
    draft.execute(&mut order, quantity, how)?;
    draft.book(order);
    Ok(())
}
