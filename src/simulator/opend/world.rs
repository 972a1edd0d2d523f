//! The market and the accounts: stocks with prices and sessions, orders that are matched, cash and shares. Knows no protocol.

mod carried;
mod matching;
mod order;
mod stock;

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::time::Timestamp;

pub use carried::Carried;
pub(super) use order::{Fate, Fill, Order, Status};
pub(super) use stock::{Exchange, Stock, StockName};

/// Something changed, for whoever listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// An order.
    Order(Box<Order>),
    /// An execution, of an order as it stands after it.
    Fill(Box<Order>, Fill),
    /// A price.
    Price(StockName),
}

/// A no, in words.
pub(super) type No = String;

/// An account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// Its number.
    pub id: u64,
    /// Whether it trades with real money.
    pub is_real: bool,
    /// Where it trades.
    pub exchange: Exchange,
    /// Cash.
    pub cash: Amount,
    /// Shares by stock.
    pub shares: BTreeMap<String, Quantity>,
}

/// Everything there is.
#[derive(Debug, Default)]
pub(super) struct World {
    /// Stocks by name.
    pub stocks: BTreeMap<StockName, Stock>,
    /// Exchanges that are closed.
    pub closed: Vec<Exchange>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Orders, oldest first.
    pub orders: Vec<Order>,
    /// Whether trading with real money is unlocked.
    pub unlocked: bool,
    last_id: u64,
    news: Vec<News>,
}

/// What somebody wants to trade.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Whose account.
    pub account: u64,
    /// Which stock.
    pub stock: StockName,
    /// Buys, or sells.
    pub buys: bool,
    /// Shares.
    pub quantity: Quantity,
    /// The worst price.
    pub limit: Price,
    /// The client's mark.
    pub remark: Option<String>,
}

impl World {
    /// What changed since this was asked last.
    pub fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    fn tell(&mut self, index: usize) {
        self.news.push(News::Order(Box::new(self.orders[index].clone())));
    }

    /// Whether an exchange is in session.
    pub fn is_open(&self, exchange: Exchange) -> bool {
        !self.closed.contains(&exchange)
    }

    /// An account.
    pub fn account(&self, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Places an order, and lets it trade at once where it can.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn place(&mut self, wanted: Wanted, fate: Option<Fate>, now: Timestamp) -> Result<Order, No> {
        self.check(&wanted)?;
        self.last_id += 1;
        let id = 7_000_000 + self.last_id;
        let status = match fate {
            Some(Fate::TimedOut { .. }) => Status::TimedOut,
            Some(Fate::Rejected) => Status::Failed,
            _ if self.is_open(wanted.stock.exchange) => Status::Submitted,
            _ => Status::WaitingSubmit,
        };
        let error = (fate == Some(Fate::Rejected)).then(|| "The order was rejected by the exchange".to_owned());
        self.orders.push(Order {
            id,
            account: wanted.account,
            stock: wanted.stock.clone(),
            buys: wanted.buys,
            quantity: wanted.quantity,
            limit: wanted.limit,
            remark: wanted.remark,
            status,
            error,
            fate,
            fills: Vec::new(),
            fee: Amount::ZERO,
            created: now,
            updated: now,
            is_of_today: true,
        });
        let index = self.orders.len() - 1;
        self.tell(index);
        let placed = self.orders[index].clone();
        self.trade(&wanted.stock, now);
        Ok(placed)
    }

    fn check(&self, wanted: &Wanted) -> Result<(), No> {
        let account = self.account(wanted.account).ok_or("Unknown account")?;
        if account.is_real && !self.unlocked {
            return Err("Unlock trade first".to_owned());
        }
        let stock = self.stocks.get(&wanted.stock).ok_or("Unknown stock")?;
        if account.exchange != wanted.stock.exchange {
            return Err("The account does not trade in this market".to_owned());
        }
        if !wanted.quantity.is_positive() || !wanted.quantity.is_multiple_of(stock.lot) {
            return Err(format!("Quantity must be a multiple of the lot {}", stock.lot));
        }
        if !wanted.limit.is_positive() || !wanted.limit.is_multiple_of(stock.tick) {
            return Err(format!("Price must be a multiple of {}", stock.tick));
        }
        if wanted.remark.as_ref().is_some_and(|remark| remark.len() > 64) {
            return Err("The remark is longer than 64 bytes".to_owned());
        }
        if wanted.buys {
            let cost = wanted
                .limit
                .notional(wanted.quantity, Rounding::Up)
                .map_err(|error| error.to_string())?;
            if cost > self.free_cash(account) {
                return Err("Insufficient buying power".to_owned());
            }
        } else if wanted.quantity > self.free_shares(account, &wanted.stock.code) {
            return Err("Insufficient shares to sell".to_owned());
        }
        Ok(())
    }

    fn resting<'a>(&'a self, account: &'a Account, buys: bool) -> impl Iterator<Item = &'a Order> {
        let own = self.orders.iter().filter(move |order| order.account == account.id);
        own.filter(move |order| order.buys == buys && order.is_live())
    }

    /// Cash that no order holds.
    pub fn free_cash(&self, account: &Account) -> Amount {
        let held = self.resting(account, true).map(|order| {
            let cost = order.limit.notional(order.rest(), Rounding::Up);
            cost.unwrap_or(Amount::ZERO)
        });
        let held = Amount::sum(held).unwrap_or(Amount::ZERO);
        account.cash.minus(held).unwrap_or(Amount::ZERO)
    }

    /// Shares that no order holds.
    pub fn free_shares(&self, account: &Account, code: &str) -> Quantity {
        let held = self.resting(account, false).filter(|order| order.stock.code == code);
        let held = Quantity::sum(held.map(Order::rest)).unwrap_or(Quantity::ZERO);
        let own = account.shares.get(code).copied().unwrap_or_default();
        own.minus(held).unwrap_or(Quantity::ZERO)
    }

    /// Cancels what is left of an order.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn cancel(&mut self, account: u64, id: u64, now: Timestamp) -> Result<Order, No> {
        let index = self.find(account, id)?;
        if !self.orders[index].is_live() {
            return Err("The order has ended and cannot be cancelled".to_owned());
        }
        self.end(index, None, now);
        Ok(self.orders[index].clone())
    }

    /// Changes limit and quantity of an order.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn change(&mut self, account: u64, id: u64, to: (Quantity, Price), now: Timestamp) -> Result<Order, No> {
        let index = self.find(account, id)?;
        let order = &self.orders[index];
        if !order.is_live() {
            return Err("The order has ended and cannot be changed".to_owned());
        }
        if to.0 <= order.filled() {
            return Err("Quantity is not above what was executed".to_owned());
        }
        let before = std::mem::replace(&mut self.orders[index].status, Status::Cancelled);
        let wanted = Wanted {
            account,
            stock: self.orders[index].stock.clone(),
            buys: self.orders[index].buys,
            quantity: to.0,
            limit: to.1,
            remark: None,
        };
        let checked = self.check(&wanted);
        let order = &mut self.orders[index];
        order.status = before;
        checked?;
        (order.quantity, order.limit, order.updated) = (to.0, to.1, now);
        let stock = order.stock.clone();
        self.tell(index);
        self.trade(&stock, now);
        Ok(self.orders[index].clone())
    }

    fn find(&self, account: u64, id: u64) -> Result<usize, No> {
        let own = |order: &Order| order.account == account && order.id == id;
        self.orders
            .iter()
            .position(own)
            .ok_or_else(|| "Unknown order".to_owned())
    }

    fn end(&mut self, index: usize, why: Option<&str>, now: Timestamp) {
        let order = &mut self.orders[index];
        order.status = Status::Cancelled;
        order.error = why.map(ToOwned::to_owned);
        order.updated = now;
        self.tell(index);
    }

    /// Opens or closes an exchange. What is good for the day ends when it closes.
    pub fn set_open(&mut self, exchange: Exchange, open: bool, now: Timestamp) {
        self.closed.retain(|closed| *closed != exchange);
        if !open {
            self.closed.push(exchange);
            for index in 0..self.orders.len() {
                if self.orders[index].is_live() && self.orders[index].stock.exchange == exchange {
                    self.end(index, Some("The order has expired"), now);
                }
            }
            return;
        }
        for index in 0..self.orders.len() {
            let order = &mut self.orders[index];
            if order.status == Status::WaitingSubmit && order.stock.exchange == exchange {
                order.status = Status::Submitted;
                order.updated = now;
                self.tell(index);
            }
        }
        for stock in self.stocks.keys().cloned().collect::<Vec<_>>() {
            self.trade(&stock, now);
        }
    }

    /// Another day begins: what has ended is history.
    pub fn next_day(&mut self) {
        for order in &mut self.orders {
            order.is_of_today = order.is_live();
        }
    }

    /// A price, by hand or by the generator.
    ///
    /// # Errors
    /// When there is no such stock, or the price is none.
    pub fn set_price(&mut self, name: &StockName, price: Price, now: Timestamp) -> Result<(), No> {
        let stock = self.stocks.get_mut(name).ok_or("there is no such stock")?;
        if price <= stock.tick || !price.is_multiple_of(stock.tick) {
            return Err(format!("a price must be a multiple of {}, and above it", stock.tick));
        }
        stock.set_price(price, now);
        self.news.push(News::Price(name.clone()));
        self.trade(name, now);
        Ok(())
    }

    /// How many shares are to be had at the best prices, until it is set again; any number when `None`.
    ///
    /// # Errors
    /// When there is no such stock.
    pub fn set_liquidity(&mut self, name: &StockName, shares: Option<Quantity>, now: Timestamp) -> Result<(), No> {
        self.stocks.get_mut(name).ok_or("there is no such stock")?.liquidity = shares;
        self.trade(name, now);
        Ok(())
    }

    /// Suspends a stock, or ends that.
    ///
    /// # Errors
    /// When there is no such stock.
    pub fn set_halted(&mut self, name: &StockName, halted: bool, now: Timestamp) -> Result<(), No> {
        self.stocks.get_mut(name).ok_or("there is no such stock")?.halted = halted;
        self.trade(name, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
