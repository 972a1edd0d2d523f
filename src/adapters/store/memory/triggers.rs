//! What logs set off, guarded as in the SQL store: triggers, their histories, and orders for them.

use domain::page::Page;
use domain::trigger::{StockOrder, StockOrderState, Trigger, TriggerMove};
use domain::venue::{VenueName, VenueOrderId};

use super::chain_rules::{is_stock_order, is_trigger};
use super::journal::{Journal, Refusal};
use super::rules::is_name;
use super::state::State;
use crate::ports::store::TriggerFilter;

impl Journal<'_> {
    pub fn add_trigger(&mut self, trigger: &Trigger) -> Result<(), Refusal> {
        let chains = &self.state.chains;
        self.require(chains.subscriptions.contains_key(&trigger.subscription.0))?;
        self.require(is_trigger(trigger) && !chains.triggers.contains_key(&trigger.id.0))?;
        self.add(|state| &mut state.chains.trigger_logs, trigger.log, trigger.id.0)?;
        self.put_trigger(trigger.clone());
        Ok(())
    }

    pub fn update_trigger(&mut self, trigger: &Trigger) -> Result<(), Refusal> {
        let stored = self.state.chains.triggers.get(&trigger.id.0);
        self.require(stored.is_some_and(|stored| {
            stored.version == trigger.version
                && stored.log == trigger.log
                && stored.subscription == trigger.subscription
                && stored.event() == trigger.event()
                && stored.amount == trigger.amount
        }))?;
        self.require(is_trigger(trigger))?;
        self.put_trigger(Trigger {
            version: trigger.version + 1,
            ..trigger.clone()
        });
        Ok(())
    }

    fn put_trigger(&mut self, trigger: Trigger) {
        let id = trigger.id.0;
        if trigger.state.is_final() {
            self.remove(|state| &mut state.chains.live_triggers, id);
        } else {
            self.put(|state| &mut state.chains.live_triggers, id, ());
        }
        self.put(|state| &mut state.chains.triggers, id, trigger);
    }

    pub fn add_trigger_move(&mut self, one: &TriggerMove) -> Result<(), Refusal> {
        self.require(one.number > 0 && is_name(&one.what))?;
        self.require(self.state.chains.triggers.contains_key(&one.trigger.0))?;
        let key = (one.trigger.0, one.number);
        self.add(|state| &mut state.chains.moves, key, one.clone())
    }

    pub fn add_stock_order(&mut self, order: &StockOrder) -> Result<(), Refusal> {
        let chains = &self.state.chains;
        self.require(chains.triggers.contains_key(&order.trigger.0))?;
        self.require(is_stock_order(order) && !chains.stock_orders.contains_key(&order.id.0))?;
        self.add(|state| &mut state.chains.marks, order.mark.clone(), order.id.0)?;
        self.put_stock_order(order.clone())
    }

    pub fn update_stock_order(&mut self, order: &StockOrder) -> Result<(), Refusal> {
        let stored = self.state.chains.stock_orders.get(&order.id.0).cloned();
        let same = stored.filter(|stored| {
            stored.version == order.version
                && stored.trigger == order.trigger
                && stored.venue == order.venue
                && stored.mark == order.mark
                && stored.symbol == order.symbol
                && stored.action == order.action
        });
        let stored = same.ok_or_else(|| Refusal(self.what.clone()))?;
        self.require(is_stock_order(order))?;
        if let Some(key) = stock_id(&stored) {
            self.remove(|state| &mut state.chains.stock_ids, key);
        }
        if !has_ended(&stored) {
            self.remove(|state| &mut state.chains.open_stock_orders, stored.trigger.0);
        }
        self.put_stock_order(StockOrder {
            version: order.version + 1,
            ..order.clone()
        })
    }

    /// A trigger has one order that has not ended.
    fn put_stock_order(&mut self, order: StockOrder) -> Result<(), Refusal> {
        let id = order.id.0;
        if let Some(key) = stock_id(&order) {
            self.add(|state| &mut state.chains.stock_ids, key, id)?;
        }
        if !has_ended(&order) {
            self.add(|state| &mut state.chains.open_stock_orders, order.trigger.0, id)?;
        }
        self.put(|state| &mut state.chains.stock_orders, id, order);
        Ok(())
    }
}

fn stock_id(order: &StockOrder) -> Option<(VenueName, VenueOrderId)> {
    order.venue_id.clone().map(|id| (order.venue, id))
}

fn has_ended(order: &StockOrder) -> bool {
    matches!(order.state, StockOrderState::Ended { .. })
}

/// Triggers of a page.
pub fn list(state: &State, filter: TriggerFilter, page: Page) -> Vec<Trigger> {
    let fits = |trigger: &&Trigger| {
        filter.subscription.is_none_or(|id| trigger.subscription == id)
            && filter.user.is_none_or(|user| trigger.user == user)
            && filter.kind.is_none_or(|kind| trigger.kind == kind)
            && filter.live.is_none_or(|live| trigger.state.is_final() != live)
            && filter.state.is_none_or(|state| trigger.state.as_str() == state)
    };
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let chains = &state.chains;
    if filter.live == Some(true) {
        let live = chains.live_triggers.keys().filter(|id| **id > page.after);
        let live = live.filter_map(|id| chains.triggers.get(id));
        return live.filter(fits).take(limit).cloned().collect();
    }
    let beyond = chains.triggers.values().filter(|trigger| trigger.id.0 > page.after);
    beyond.filter(fits).take(limit).cloned().collect()
}
