//! An order as Bybit counts orders: one that waits for a price and the one that it places are the same, with one id.

use domain::fixed::Amount;
use domain::paper::{PaperFill, PaperOrder};

use super::page::Key;
use crate::simulator::exchange::History;
use crate::simulator::stillborn::Stillborn;

/// An order, from its condition to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// What is on the books or was, or waits.
    pub order: &'a PaperOrder,
    /// What waited before it.
    pub parent: Option<&'a PaperOrder>,
    /// Why it never came to the book.
    pub reason: Option<&'static str>,
}

impl<'a> Entry<'a> {
    /// An order with what waited before it.
    pub fn of(history: &'a History, order: &'a PaperOrder) -> Self {
        Self {
            order,
            parent: order.parent.and_then(|parent| history.order(parent)),
            reason: None,
        }
    }

    /// The number that its id is made of.
    pub fn number(&self) -> i64 {
        self.first().number
    }

    /// What it was first.
    pub fn first(&self) -> &'a PaperOrder {
        self.parent.unwrap_or(self.order)
    }

    /// What it is sorted by.
    pub fn key(&self) -> Key {
        let first = self.first();
        (first.placed_at.0, first.number)
    }

    /// What it paid in fees.
    pub fn fee(&self, history: &History) -> Amount {
        let own = |fill: &&PaperFill| fill.order == self.order.number;
        let lived = |fill: &&PaperFill| fill.at >= self.order.placed_at;
        let fees = history.fills().rev().take_while(lived).filter(own).map(|fill| fill.fee);
        Amount::sum(fees).unwrap_or_default()
    }
}

impl<'a> From<&'a Stillborn> for Entry<'a> {
    fn from(one: &'a Stillborn) -> Self {
        Self {
            order: &one.order,
            parent: None,
            reason: Some(one.reason),
        }
    }
}

/// All orders, newest first.
pub(super) fn all<'a>(history: &'a History, stillborns: &'a [Stillborn]) -> Vec<Entry<'a>> {
    let orders = history.orders().filter_map(|order| followed(history, order));
    let mut entries: Vec<Entry> = orders.chain(stillborns.iter().map(Entry::from)).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.key()));
    entries
}

/// The order of a number.
pub(super) fn numbered<'a>(history: &'a History, stillborns: &'a [Stillborn], number: i64) -> Option<Entry<'a>> {
    if number < 0 {
        return stillborns
            .iter()
            .find(|one| one.order.number == number)
            .map(Entry::from);
    }
    followed(history, history.order(number)?)
}

/// The order with a client's id.
pub(super) fn named<'a>(history: &'a History, stillborns: &'a [Stillborn], id: &str) -> Option<Entry<'a>> {
    let order = history.order_of(id, true).or_else(|| history.order_of(id, false));
    if let Some(order) = order {
        return Some(followed(history, order).unwrap_or_else(|| Entry::of(history, order)));
    }
    let own = |one: &&Stillborn| one.order.client_id.as_ref().is_some_and(|own| own.0 == id);
    stillborns.iter().find(own).map(Entry::from)
}

/// An order as it is listed; one that another order placed is listed with that one.
fn followed<'a>(history: &'a History, order: &'a PaperOrder) -> Option<Entry<'a>> {
    if order.parent.is_some_and(|parent| history.order(parent).is_some()) {
        return None;
    }
    Some(match history.placed_by(order) {
        Some(child) => Entry {
            order: child,
            parent: Some(order),
            reason: None,
        },
        None => Entry {
            order,
            parent: None,
            reason: None,
        },
    })
}
