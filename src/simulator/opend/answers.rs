//! What each request is answered: the table of requests, and those about connection and accounts.

mod quote;
mod trade;

use std::collections::BTreeSet;
use std::time::Duration;

use domain::time::Timestamp;
use tokio::time::Instant;

use super::limits::Counts;
use super::shown;
use super::wire::session::{AccountsS2c, AliveS2c, Nothing, StateS2c, SubAccC2s, UnlockC2s};
use super::wire::{Told, question};
use super::world::{Exchange, Fate, StockName, World};

/// OpenD's version that is told.
pub(super) const VERSION: i32 = 1_011;

/// What one connection asked to be told.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// Accounts.
    pub accounts: Vec<u64>,
    /// Stocks whose prices it asks for.
    pub subscribed: BTreeSet<StockName>,
    /// Stocks whose prices are pushed.
    pub pushed: BTreeSet<StockName>,
}

/// A request on its way.
pub(super) struct Call<'a> {
    /// Everything there is.
    pub world: &'a mut World,
    /// Requests that were taken.
    pub counts: &'a mut Counts,
    /// What the connection asked to be told.
    pub wishes: &'a mut Wishes,
    /// The connection.
    pub connection: u64,
    /// Serial of the frame.
    pub serial: u32,
    /// MD5 of the password that unlocks trading.
    pub password: &'a str,
    /// Time of day.
    pub now: Timestamp,
    /// What is to become of an order.
    pub fate: Option<Fate>,
    /// For how long orders are not listed, out of the cache and out of the servers.
    pub unlisted: (Duration, Duration),
    /// The order that was placed.
    pub placed: Option<u64>,
}

/// Why there is no answer but a no.
pub(super) struct Refused(pub Told);

impl From<&str> for Refused {
    fn from(words: &str) -> Self {
        Self(Told::no(-1, words))
    }
}

impl From<String> for Refused {
    fn from(words: String) -> Self {
        Self::from(words.as_str())
    }
}

/// The body is no such message.
const MALFORMED: i32 = -500;

impl Call<'_> {
    /// What a request is answered.
    pub fn answer(&mut self, number: u32, body: &[u8]) -> Told {
        let told = match number {
            1002 => Ok(self.state()),
            1004 => Ok(Told::done(&AliveS2c {
                time: self.now.0 / 1_000,
            })),
            2001 => Ok(self.accounts()),
            2005 => self.unlock(body),
            2008 => self.heed(body),
            2101 => self.funds(body),
            2102 => self.positions(body),
            2201 => self.orders(body, true),
            2221 => self.orders(body, false),
            2202 => self.place(body),
            2205 => self.modify(body),
            2211 => self.fills(body, true),
            2222 => self.fills(body, false),
            2225 => self.fees(body),
            3001 => self.subscribe(body),
            3004 => self.basic(body),
            3202 => self.fixed(body),
            3203 => self.snapshots(body),
            3223 => self.markets(body),
            other => Err(Refused::from(format!("Request {other} is not simulated"))),
        };
        told.unwrap_or_else(|Refused(told)| told)
    }

    fn read<T: prost::Message + Default>(body: &[u8]) -> Result<T, Refused> {
        question(body).ok_or_else(|| Refused(Told::no(MALFORMED, "The request cannot be read")))
    }

    fn count(&mut self, number: u32, account: u64, refresh: bool) -> Result<(), Refused> {
        match self.counts.exceeded(number, account, refresh, Instant::now()) {
            Some(allowed) => Err(too_many(allowed)),
            None => Ok(()),
        }
    }

    fn state(&self) -> Told {
        let at = |exchange| shown::state(self.world, exchange);
        Told::done(&StateS2c {
            market_hk: at(Exchange::Hk),
            market_us: at(Exchange::Us),
            market_sh: 6,
            market_sz: 6,
            market_hk_future: 6,
            qot_logined: true,
            trd_logined: true,
            server_ver: VERSION,
            server_build: 1,
            time: self.now.0 / 1_000,
            local_time: Some(super::wire::number::seconds(self.now.0)),
            conn_id: Some(self.connection),
        })
    }

    fn accounts(&self) -> Told {
        let accounts = self.world.accounts.iter().map(shown::account).collect();
        Told::done(&AccountsS2c { accounts })
    }

    fn unlock(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: UnlockC2s = Self::read(body)?;
        self.count(2005, 0, false)?;
        if asked.unlock && asked.pwd_md5.as_deref() != Some(self.password) {
            return Err(Refused::from("The trading password is wrong"));
        }
        self.world.unlocked = asked.unlock;
        Ok(Told::done(&Nothing {}))
    }

    fn heed(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: SubAccC2s = Self::read(body)?;
        if let Some(unknown) = asked.accounts.iter().find(|id| self.world.account(**id).is_none()) {
            return Err(Refused::from(format!("Unknown account {unknown}")));
        }
        self.wishes.accounts = asked.accounts;
        Ok(Told::done(&Nothing {}))
    }
}

/// The vendor's words where there are too many requests.
pub(super) fn too_many(allowed: usize) -> Refused {
    Refused::from(format!(
        "Requests are too frequent, at most {allowed} times every 30 seconds"
    ))
}
