//! One market's board: last price, and who is concerned when the price reaches where.

use std::collections::BTreeSet;

use crate::fixed::Price;
use crate::id::VenueAccountId;
use crate::market::{Action, Side, Tick};
use crate::paper::account::PaperAccount;
use crate::paper::liquidation::liquidation_price;
use crate::paper::market::PaperMarket;
use crate::time::Timestamp;
use crate::venue::MarginMode;

/// A market with its indexes: everything but `market`, `last` and `funded_at` is derived from the accounts.
#[derive(Debug)]
pub(super) struct Board {
    pub market: PaperMarket,
    pub last: Option<Tick>,
    pub funded_at: Option<Timestamp>,
    buys: BTreeSet<(Price, VenueAccountId, i64)>,
    sells: BTreeSet<(Price, VenueAccountId, i64)>,
    /// Conditional orders that wait for the price to rise to theirs.
    rising: BTreeSet<(Price, VenueAccountId, i64)>,
    /// The same for a price that must fall.
    falling: BTreeSet<(Price, VenueAccountId, i64)>,
    longs: BTreeSet<(Price, VenueAccountId)>,
    shorts: BTreeSet<(Price, VenueAccountId)>,
    /// Accounts whose positions on cross can only be judged together.
    together: BTreeSet<VenueAccountId>,
    holders: BTreeSet<VenueAccountId>,
}

impl Board {
    pub fn new(market: PaperMarket) -> Self {
        Self {
            market,
            last: None,
            funded_at: None,
            buys: BTreeSet::new(),
            sells: BTreeSet::new(),
            rising: BTreeSet::new(),
            falling: BTreeSet::new(),
            longs: BTreeSet::new(),
            shorts: BTreeSet::new(),
            together: BTreeSet::new(),
            holders: BTreeSet::new(),
        }
    }

    /// Resting orders that this price reaches, best first for buys and sells apart.
    pub fn reached(&self, price: Price) -> Vec<(VenueAccountId, i64)> {
        let first = (price, VenueAccountId(i64::MIN), i64::MIN);
        let last = (price, VenueAccountId(i64::MAX), i64::MAX);
        let buys = self.buys.range(first..).rev();
        let sells = self.sells.range(..=last);
        buys.chain(sells)
            .map(|(_, account, order)| (*account, *order))
            .collect()
    }

    /// Conditional orders that this price triggers.
    pub fn sprung(&self, price: Price) -> Vec<(VenueAccountId, i64)> {
        let first = (price, VenueAccountId(i64::MIN), i64::MIN);
        let last = (price, VenueAccountId(i64::MAX), i64::MAX);
        let falling = self.falling.range(first..).rev();
        let rising = self.rising.range(..=last);
        falling
            .chain(rising)
            .map(|(_, account, order)| (*account, *order))
            .collect()
    }

    /// Accounts that may have to be liquidated at this price.
    pub fn endangered(&self, price: Price) -> BTreeSet<VenueAccountId> {
        let longs = self.longs.range((price, VenueAccountId(i64::MIN))..);
        let shorts = self.shorts.range(..=(price, VenueAccountId(i64::MAX)));
        let judged = longs.chain(shorts).map(|(_, account)| *account);
        judged.chain(self.together.iter().copied()).collect()
    }

    /// Accounts with a position here.
    pub fn holders(&self) -> Vec<VenueAccountId> {
        self.holders.iter().copied().collect()
    }

    /// Whether a price concerns anybody.
    pub fn concerns(&self, tick: Tick) -> bool {
        let first = (tick.price, VenueAccountId(i64::MIN), i64::MIN);
        let last = (tick.price, VenueAccountId(i64::MAX), i64::MAX);
        !self.together.is_empty()
            || self.buys.range(first..).next().is_some()
            || self.sells.range(..=last).next().is_some()
            || self.falling.range(first..).next().is_some()
            || self.rising.range(..=last).next().is_some()
            || self
                .longs
                .range((tick.price, VenueAccountId(i64::MIN))..)
                .next()
                .is_some()
            || self
                .shorts
                .range(..=(tick.price, VenueAccountId(i64::MAX)))
                .next()
                .is_some()
            || self.funding_due(tick.at).is_some()
    }

    /// The time of funding that has come by `now` and was not charged yet.
    pub fn funding_due(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.market.last_funding(now)?;
        (Some(due) > self.funded_at).then_some(due)
    }

    /// Enters an account's orders and positions on this market.
    pub fn enter(&mut self, account: &PaperAccount) {
        self.change(account, true);
    }

    /// Takes an account's orders and positions off this market.
    pub fn leave(&mut self, account: &PaperAccount) {
        self.change(account, false);
    }

    fn change(&mut self, account: &PaperAccount, present: bool) {
        let symbol = &self.market.instrument.symbol;
        for order in account.orders.iter().filter(|order| order.symbol == *symbol) {
            if let Some(trigger) = order.rules.trigger {
                let set = match trigger.rising {
                    true => &mut self.rising,
                    false => &mut self.falling,
                };
                put(set, (trigger.price, account.id, order.number), present);
                continue;
            }
            let Some(limit) = order.limit else { continue };
            let set = match order.action {
                Action::Buy => &mut self.buys,
                Action::Sell => &mut self.sells,
            };
            put(set, (limit, account.id, order.number), present);
        }
        let several = account.on_cross().count() > 1;
        for position in account.positions.iter().filter(|position| position.symbol == *symbol) {
            put(&mut self.holders, account.id, present);
            if several && position.margin_mode == MarginMode::Cross {
                put(&mut self.together, account.id, present);
            } else if let Some(price) = liquidation_price(account, position, self.market.maintenance) {
                let set = match position.side {
                    Side::Long => &mut self.longs,
                    Side::Short => &mut self.shorts,
                };
                put(set, (price, account.id), present);
            }
        }
    }
}

fn put<K: Ord>(set: &mut BTreeSet<K>, key: K, present: bool) {
    if present {
        set.insert(key);
    } else {
        set.remove(&key);
    }
}
