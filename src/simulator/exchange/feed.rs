//! A market's last trades, and the order book that is made up around the last price.

use std::collections::{BTreeMap, VecDeque};

use domain::fixed::{Price, Quantity};
use domain::market::{Action, Tick};
use domain::paper::PaperMarket;

/// Trades that are kept of a market.
const KEPT: usize = 2_000;
/// Levels of one side that a change of the book tells.
const SHIFTED: usize = 20_000;

/// A trade of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Ascending within the market.
    pub number: i64,
    /// Price, quantity and time.
    pub tick: Tick,
    /// Whether the buyer was the one that rested: the price did not rise.
    pub buyer_rested: bool,
}

/// The trades of one market.
#[derive(Debug)]
pub(super) struct Feed {
    next: i64,
    trades: VecDeque<Trade>,
}

/// An order book: best prices first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Number of the trade that it is made of.
    pub number: i64,
    /// Who buys, and how much.
    pub bids: Vec<(Price, Quantity)>,
    /// Who sells.
    pub asks: Vec<(Price, Quantity)>,
    /// The trade's time.
    pub at: domain::time::Timestamp,
}

/// Levels that changed between two books: a quantity of zero is one that is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shift {
    /// Of those who buy.
    pub bids: Vec<(Price, Quantity)>,
    /// Of those who sell.
    pub asks: Vec<(Price, Quantity)>,
}

type Level = (Price, Quantity);

impl Trade {
    /// What whoever took did.
    pub const fn taker(&self) -> Action {
        if self.buyer_rested { Action::Sell } else { Action::Buy }
    }
}

impl Feed {
    /// Without trades; the first one gets this number.
    pub fn from(next: i64) -> Self {
        Self {
            next,
            trades: VecDeque::new(),
        }
    }

    pub fn add(&mut self, tick: Tick) -> Trade {
        let before = self.trades.back().map(|trade| trade.tick.price);
        let trade = Trade {
            number: self.next,
            tick,
            buyer_rested: before.is_some_and(|before| tick.price <= before),
        };
        self.next += 1;
        if self.trades.len() == KEPT {
            self.trades.pop_front();
        }
        self.trades.push_back(trade);
        trade
    }

    pub fn last(&self, from: Option<i64>, limit: usize) -> Vec<Trade> {
        match from {
            Some(from) => {
                let later = self.trades.iter().filter(|trade| trade.number >= from);
                later.take(limit).copied().collect()
            }
            None => {
                let skipped = self.trades.len().saturating_sub(limit);
                self.trades.iter().skip(skipped).copied().collect()
            }
        }
    }
}

impl Ladder {
    /// A book whose best prices are what an immediate order gets, with made-up quantities. `None` when a number leaves
    /// its range.
    pub fn around(market: &PaperMarket, last: &Trade, levels: usize) -> Option<Self> {
        let tick = market.instrument.tick;
        let (bid, ask) = best(market, last.tick.price)?;
        let (mut bids, mut asks) = (Vec::with_capacity(levels), Vec::with_capacity(levels));
        let (mut low, mut high) = (bid, ask);
        for _ in 0..levels {
            if low.is_positive() {
                bids.push((low, depth(market, low)));
                low = low.minus(tick).ok()?;
            }
            asks.push((high, depth(market, high)));
            high = high.plus(tick).ok()?;
        }
        Some(Self {
            number: last.number,
            bids,
            asks,
            at: last.tick.at,
        })
    }

    /// Best bid and ask.
    pub fn best(&self) -> Option<[Level; 2]> {
        Some([*self.bids.first()?, *self.asks.first()?])
    }

    /// The levels that make this book out of an earlier one, best prices first.
    pub fn since(&self, earlier: &Self) -> Shift {
        let mut bids = moved(&earlier.bids, &self.bids);
        bids.reverse();
        let asks = moved(&earlier.asks, &self.asks);
        Shift { bids, asks }
    }
}

impl Shift {
    /// What changed in the book with the price. A level's quantity is the same in every book, so what lies deeper stands.
    pub fn between(market: &PaperMarket, before: Price, after: Price) -> Option<Self> {
        let ((bid, ask), (new_bid, new_ask)) = (best(market, before)?, best(market, after)?);
        let tick = market.instrument.tick;
        // Best prices themselves belong to their books.
        let bids = levels(
            market,
            bid.min(new_bid).plus(tick).ok()?,
            bid.max(new_bid),
            new_bid > bid,
        );
        let asks = levels(
            market,
            ask.min(new_ask),
            ask.max(new_ask).minus(tick).ok()?,
            new_ask < ask,
        );
        Some(Self { bids, asks })
    }
}

/// The levels that are other than before, lowest price first; a quantity of zero is one that is gone.
fn moved(before: &[Level], after: &[Level]) -> Vec<Level> {
    let mut levels: BTreeMap<Price, Quantity> = after.iter().copied().collect();
    for (price, quantity) in before {
        match levels.get(price) {
            Some(now) if now == quantity => {
                levels.remove(price);
            }
            Some(_) => {}
            None => {
                levels.insert(*price, Quantity::ZERO);
            }
        }
    }
    levels.into_iter().collect()
}

/// The levels between two prices, both included: as they are, or gone.
fn levels(market: &PaperMarket, from: Price, to: Price, present: bool) -> Vec<(Price, Quantity)> {
    let mut levels = Vec::new();
    let mut price = from;
    while price <= to && levels.len() < SHIFTED {
        let quantity = if present { depth(market, price) } else { Quantity::ZERO };
        levels.push((price, quantity));
        let Ok(next) = price.plus(market.instrument.tick) else {
            break;
        };
        price = next;
    }
    levels
}

/// Best bid and ask at a last price: what an immediate order gets.
fn best(market: &PaperMarket, last: Price) -> Option<(Price, Price)> {
    let ask = market.taker_price(Action::Buy, last).ok()?;
    let bid = market.taker_price(Action::Sell, last).ok()?;
    // Without slippage both are the last price; a book never crosses.
    let bid = if bid < ask {
        bid
    } else {
        ask.minus(market.instrument.tick).ok()?
    };
    Some((bid, ask))
}

/// How much waits at a price: between 500 and 1,500 times the least order, the same whenever it is asked.
fn depth(market: &PaperMarket, price: Price) -> Quantity {
    let steps = price.units() / market.instrument.tick.units().max(1);
    let times = 500 + steps.wrapping_mul(7_919).rem_euclid(1_001);
    let units = i128::from(market.instrument.min_quantity.units()) * i128::from(times);
    Quantity::from_wide(units).unwrap_or(market.instrument.min_quantity)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::fixed::{Amount, Ratio};
    use domain::instrument::Instrument;
    use domain::market::Symbol;
    use domain::time::Timestamp;

    use super::*;

    fn market(slippage: &str) -> PaperMarket {
        PaperMarket {
            instrument: Instrument {
                symbol: Symbol::new("BTCUSDT"),
                tick: "0.1".parse().unwrap(),
                lot: "0.001".parse().unwrap(),
                min_quantity: "0.001".parse().unwrap(),
                min_notional: Amount::whole(5).unwrap(),
                max_leverage: 100,
            },
            maker_fee: Ratio::ZERO,
            taker_fee: Ratio::ZERO,
            slippage: slippage.parse().unwrap(),
            maintenance: Ratio::ZERO,
            funding_interval: Duration::ZERO,
            funding_rate: Ratio::ZERO,
            largest_fill: Quantity::ZERO,
        }
    }

    fn trade(price: &str) -> Trade {
        let tick = Tick {
            at: Timestamp(0),
            price: price.parse().unwrap(),
            quantity: Quantity::ZERO,
        };
        Trade {
            number: 1,
            tick,
            buyer_rested: false,
        }
    }

    #[test]
    fn levels_that_leave_the_book_are_told_as_gone() {
        let level = |price: i64, quantity: i64| (Price::whole(price).unwrap(), Quantity::whole(quantity).unwrap());
        let (last, next) = ([level(10, 1), level(9, 2)], [level(11, 3), level(10, 1)]);
        assert_eq!(moved(&last, &next), [level(9, 0), level(11, 3)]);
        assert_eq!(moved(&next, &next), []);
    }

    #[test]
    fn book_with_its_changes_is_the_next_book() {
        for slippage in ["0", "0.0002"] {
            let market = market(slippage);
            for (from, to) in [("50000", "50003.7"), ("50000", "49990"), ("50000", "50000")] {
                let (before, after) = (trade(from), trade(to));
                let mut sides = [BTreeMap::new(), BTreeMap::new()];
                let ladder = Ladder::around(&market, &before, 400).unwrap();
                let shift = Shift::between(&market, before.tick.price, after.tick.price).unwrap();
                for (side, (old, changes)) in sides
                    .iter_mut()
                    .zip([(ladder.bids, shift.bids), (ladder.asks, shift.asks)])
                {
                    side.extend(old);
                    side.extend(changes);
                    side.retain(|_, quantity| quantity.is_positive());
                }
                let next = Ladder::around(&market, &after, 100).unwrap();
                let [bids, asks] = sides;
                assert_eq!(
                    bids.into_iter().rev().take(100).collect::<Vec<_>>(),
                    next.bids,
                    "{from} to {to}"
                );
                assert_eq!(
                    asks.into_iter().take(100).collect::<Vec<_>>(),
                    next.asks,
                    "{from} to {to}"
                );
                assert!(next.bids[0].0 < next.asks[0].0);
            }
        }
    }
}
