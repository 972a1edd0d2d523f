//! Matching: orders trade with the best prices of others, oldest first, for as long as there are shares.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::time::Timestamp;

use super::{Fate, Fill, News, Status, StockName, World};

impl World {
    /// Lets every order for a stock trade that can.
    pub(super) fn trade(&mut self, name: &StockName, now: Timestamp) {
        if !self.is_open(name.exchange) {
            return;
        }
        for index in 0..self.orders.len() {
            let Some(stock) = self.stocks.get(name).filter(|stock| !stock.halted) else {
                return;
            };
            let order = &self.orders[index];
            let (price, fits) = if order.buys {
                (stock.ask(), order.limit >= stock.ask())
            } else {
                (stock.bid(), order.limit <= stock.bid())
            };
            let shares = order.rest().min(stock.liquidity.unwrap_or(order.rest()));
            if order.stock == *name && order.is_live() && fits && shares.is_positive() {
                self.execute(index, shares, price, now);
            }
        }
    }

    fn execute(&mut self, index: usize, shares: Quantity, price: Price, now: Timestamp) {
        self.last_id += 1;
        let fill = Fill {
            id: 9_000_000 + self.last_id,
            quantity: shares,
            price,
            at: now,
        };
        let order = &mut self.orders[index];
        order.fills.push(fill.clone());
        order.updated = now;
        if !order.rest().is_positive() && order.status != Status::TimedOut {
            order.status = Status::Filled;
        }
        let (name, is_over) = (order.stock.clone(), order.status == Status::Filled);
        if let Some(stock) = self.stocks.get_mut(&name) {
            stock.traded(shares, price);
        }
        self.settle(index, shares, price, false);
        self.charge(index);
        self.news.push(News::Fill(Box::new(self.orders[index].clone()), fill));
        self.tell(index);
        if is_over && self.orders[index].fate == Some(Fate::FillCancelled) {
            self.take_back(index, now);
        }
    }

    /// Moves shares and money of an execution, or back.
    fn settle(&mut self, index: usize, shares: Quantity, price: Price, back: bool) {
        let order = &self.orders[index];
        let cost = price.notional(shares, Rounding::HalfUp).unwrap_or(Amount::ZERO);
        let (cost, shares) = if order.buys == back {
            (cost, shares.negated())
        } else {
            (cost.negated(), shares)
        };
        let (id, code) = (order.account, order.stock.code.clone());
        if let Some(account) = self.accounts.iter_mut().find(|account| account.id == id) {
            account.cash = account.cash.plus(cost).unwrap_or(account.cash);
            let held = account.shares.entry(code).or_default();
            *held = held.plus(shares).unwrap_or(*held);
        }
    }

    /// Trading with real money costs a cent a share, at least a dollar an order.
    fn charge(&mut self, index: usize) {
        let order = &mut self.orders[index];
        let Some(account) = self.accounts.iter_mut().find(|account| account.id == order.account) else {
            return;
        };
        if !account.is_real {
            return;
        }
        let cent = Price::from_units(Price::ONE_UNITS / 100).unwrap_or(Price::ZERO);
        let fee = cent
            .notional(order.filled(), Rounding::Up)
            .unwrap_or(Amount::ONE)
            .max(Amount::ONE);
        let more = fee.minus(order.fee).unwrap_or(Amount::ZERO);
        account.cash = account.cash.minus(more).unwrap_or(account.cash);
        order.fee = fee;
    }

    fn take_back(&mut self, index: usize, now: Timestamp) {
        for fill in self.orders[index].fills.clone() {
            self.settle(index, fill.quantity, fill.price, true);
        }
        let order = &mut self.orders[index];
        order.status = Status::FillCancelled;
        order.error = Some("The execution was cancelled by the exchange".to_owned());
        order.updated = now;
        self.tell(index);
    }
}
