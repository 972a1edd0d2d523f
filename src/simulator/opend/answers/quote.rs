//! Requests about stocks and their prices.

use super::{Call, Refused};
use crate::simulator::opend::shown;
use crate::simulator::opend::wire::Told;
use crate::simulator::opend::wire::quote::{
    BasicS2c, MarketS2c, Security, SnapshotS2c, StaticC2s, StaticS2c, StocksC2s, SubC2s,
};
use crate::simulator::opend::wire::session::Nothing;
use crate::simulator::opend::world::{Stock, StockName};

/// Quotes, among what can be subscribed.
const QUOTES: i32 = 1;

impl Call<'_> {
    fn named(&self, security: &Security) -> Result<(StockName, &Stock), Refused> {
        let name = shown::of_security(security);
        let found = name.and_then(|name| self.world.stocks.get_key_value(&name));
        let (name, stock) = found.ok_or_else(|| Refused::from(format!("Unknown stock {}", security.code)))?;
        Ok((name.clone(), stock))
    }

    fn each<T>(&self, stocks: &[Security], show: impl Fn(&StockName, &Stock) -> T) -> Result<Vec<T>, Refused> {
        let shown = stocks.iter().map(|security| {
            let (name, stock) = self.named(security)?;
            Ok(show(&name, stock))
        });
        shown.collect()
    }

    pub(super) fn subscribe(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: SubC2s = Self::read(body)?;
        if asked.unsubscribe_all == Some(true) {
            self.wishes.subscribed.clear();
            self.wishes.pushed.clear();
            return Ok(Told::done(&Nothing {}));
        }
        if asked.kinds.iter().any(|kind| *kind != QUOTES) {
            return Err(Refused::from("Only quotes are simulated"));
        }
        for name in self.each(&asked.stocks, |name, _| name.clone())? {
            if asked.subscribe {
                if asked.push == Some(true) {
                    self.wishes.pushed.insert(name.clone());
                }
                self.wishes.subscribed.insert(name);
            } else {
                self.wishes.subscribed.remove(&name);
                self.wishes.pushed.remove(&name);
            }
        }
        Ok(Told::done(&Nothing {}))
    }

    pub(super) fn basic(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: StocksC2s = Self::read(body)?;
        for name in self.each(&asked.stocks, |name, _| name.clone())? {
            if !self.wishes.subscribed.contains(&name) {
                return Err(Refused::from(format!("Subscribe to quotes of {name} first")));
            }
        }
        let list = self.each(&asked.stocks, shown::basic)?;
        Ok(Told::done(&BasicS2c { list }))
    }

    pub(super) fn fixed(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: StaticC2s = Self::read(body)?;
        self.count(3202, 0, false)?;
        if !asked.stocks.is_empty() {
            let list = self.each(&asked.stocks, shown::fixed)?;
            return Ok(Told::done(&StaticS2c { list }));
        }
        let all = self.world.stocks.iter();
        let of_market = all.filter(|(name, _)| Some(shown::security(name).market) == asked.market);
        let list = of_market.map(|(name, stock)| shown::fixed(name, stock)).collect();
        Ok(Told::done(&StaticS2c { list }))
    }

    pub(super) fn snapshots(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: StocksC2s = Self::read(body)?;
        self.count(3203, 0, false)?;
        let list = self.each(&asked.stocks, shown::snapshot)?;
        Ok(Told::done(&SnapshotS2c { list }))
    }

    pub(super) fn markets(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: StocksC2s = Self::read(body)?;
        self.count(3223, 0, false)?;
        let list = self.each(&asked.stocks, |name, stock| shown::market(self.world, name, stock))?;
        Ok(Told::done(&MarketS2c { list }))
    }
}
