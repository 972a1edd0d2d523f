//! Conditional orders: they wait for a price, and then place an order of their own.

use crate::fixed::Quantity;
use crate::id::VenueAccountId;
use crate::instrument::FilterError;
use crate::market::Tick;
use crate::paper::account::PaperAccount;
use crate::paper::draft::Draft;
use crate::paper::engine::{Effects, Engine, Placed};
use crate::paper::liquidation::Terms;
use crate::paper::matching::{check_filters, refuse_twin};
use crate::paper::order::{PaperOrder, Request};
use crate::paper::refused::Refused;
use crate::paper::rules::{Fired, Rules, Trigger};
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::{OrderKind, ReportedState};

impl Engine {
    /// Takes in an order that waits for its trigger. It reserves no margin; what it places is checked when it is placed.
    pub(super) fn await_trigger(
        &mut self,
        id: VenueAccountId,
        request: &Request,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<Placed, Refused> {
        let account = self.accounts.get(&id).ok_or(Refused::UnknownAccount)?;
        let market = self.boards.market(&request.symbol).ok_or(Refused::UnknownSymbol)?;
        let last = self.boards.last(&request.symbol).ok_or(Refused::NoPrice)?;
        refuse_twin(account, request)?;
        let (price, tick) = (trigger.price, market.instrument.tick);
        if !price.is_positive() || !price.is_multiple_of(tick) {
            return Err(FilterError::Tick { price, tick }.into());
        }
        let mut draft = Draft::new(account.clone(), now);
        let mut order = PaperOrder::new(id, draft.next_order(), request, now);
        if order.rules.whole {
            order.quantity = Quantity::ZERO;
        } else {
            check_filters(market, &order, price)?;
        }
        if trigger.is_reached(last) {
            return Err(Refused::WouldTrigger);
        }
        draft.book(order.clone());
        let effects = self.adopt(draft);
        Ok(Placed { order, effects })
    }

    /// Lets a conditional order place its own, and writes down what came of it.
    pub(super) fn spring(&mut self, id: VenueAccountId, number: i64, tick: Tick, effects: &mut Effects) {
        let Some(account) = self.accounts.get(&id) else { return };
        let waiting = account.orders.iter().find(|order| order.number == number);
        let Some(waiting) = waiting.filter(|order| order.is_conditional()).cloned() else {
            return;
        };
        let placed = match released(account, &waiting) {
            Some(request) => self.take(id, &request, Some(number), tick.at),
            None => Err(Refused::ReduceOnly),
        };
        let (fired, state) = match placed {
            Ok(placed) => {
                let order = Some(placed.order.number);
                effects.absorb(placed.effects);
                (fired(tick, order, None), ReportedState::Filled)
            }
            Err(refused) => (fired(tick, None, Some(refused.to_string())), ReportedState::Rejected),
        };
        self.attempt(id, tick.at, effects, |draft| {
            let mut order = waiting;
            order.fired = Some(fired);
            order.end(state, tick.at);
            draft.book(order);
            Ok(())
        });
    }
}

fn fired(tick: Tick, order: Option<i64>, refused: Option<String>) -> Fired {
    Fired {
        at: tick.at,
        order,
        refused,
    }
}

/// The order that a conditional one places; `None` when it closes a whole position and there is none.
fn released(account: &PaperAccount, waiting: &PaperOrder) -> Option<Request> {
    let setting = account.settings.get(&waiting.symbol);
    let mut request = Request {
        client_id: waiting.client_id.clone(),
        symbol: waiting.symbol.clone(),
        action: waiting.action,
        position_side: waiting.position_side,
        kind: waiting
            .limit
            .map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
        quantity: waiting.quantity,
        reduce_only: waiting.reduce_only,
        leverage: setting.map_or(waiting.leverage, |setting| setting.leverage),
        margin_mode: setting.map_or(waiting.margin_mode, |setting| setting.margin_mode),
        rules: Rules {
            trigger: None,
            ..waiting.rules
        },
    };
    if waiting.rules.whole {
        let side = waiting.action.closes();
        let held = account.position(&waiting.symbol, side)?;
        if account.mode == PositionMode::Hedge && waiting.position_side != side {
            return None;
        }
        (request.quantity, request.reduce_only) = (held.quantity, true);
    }
    Some(request)
}
