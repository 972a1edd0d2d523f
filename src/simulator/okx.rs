//! OKX's API v5 for linear perpetual swaps: REST under `/api/v5` and WebSockets under `/ws/v5`.
//!
//! Source: <https://www.okx.com/docs-v5/en/>. What is told here is written from the documents, apart from the adapter of this
//! house that reads it: two readings that agree are worth more than one.

mod account;
mod algo;
mod bills;
mod book;
mod channels;
mod closed;
mod contract;
mod history;
mod info;
mod limits;
mod market;
mod order;
mod params;
mod position;
mod problem;
mod pushes;
mod routes;
mod setting;
mod sign;
mod stillborn;
mod talk;
mod trade;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::id::VenueAccountId;
use domain::time::Timestamp;

use self::limits::Limits;
use self::params::Params;
use self::problem::Problem;
use self::routes::{Call, Route};
use self::setting::Levers;
use super::calls::Access;
use super::dialect::{Answer, Asked, Dialect, NoSocket, Talk};
use super::exchange::Exchange;
use super::logins::Logins;
use super::stillborn::Stillborns;

/// The dialect, with what it counts and keeps.
#[derive(Debug, Default)]
pub struct Okx {
    limits: Limits,
    levers: Levers,
    stillborns: Stillborns,
    logins: Arc<Logins>,
    made: AtomicU64,
}

#[async_trait]
impl Dialect for Okx {
    fn name(&self) -> &'static str {
        "okx"
    }

    fn urls(&self, address: &str) -> Vec<String> {
        vec![
            format!("REST             http://{address}/api/v5"),
            format!("sockets          ws://{address}/ws/v5/public, /private, /business"),
            format!("passphrase       {}", super::exchange::PASSPHRASE),
        ]
    }

    fn key(&self, asked: &Asked) -> Option<String> {
        asked.header(sign::KEY).map(str::to_owned)
    }

    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer {
        let Some(route) = routes::find(&asked.method, &asked.path) else {
            return unknown(asked).answer();
        };
        let answer = self.ask(exchange, asked, route).await;
        answer.unwrap_or_else(|problem| problem.answer())
    }

    /// OKX tells no time to wait, and of bans nothing at all.
    fn limited(&self, _asked: &Asked, _seconds: u64, _banned: bool) -> Answer {
        limits::too_many().answer()
    }

    fn broken(&self, status: u16) -> Answer {
        let (code, words) = match status {
            503 => ("50001", "Service temporarily unavailable. Try again later"),
            504 => (
                "50004",
                "API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).",
            ),
            _ => ("50026", "System error. Try again later"),
        };
        Problem::with(status, code, words).answer()
    }

    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
        talk::open(&self.logins, exchange, asked)
    }

    fn expire(&self, _exchange: &Exchange, account: VenueAccountId) {
        self.logins.end(account);
    }
}

impl Okx {
    async fn ask(&self, exchange: &Arc<Exchange>, asked: &Asked, route: &Route) -> Result<Answer, Problem> {
        let account = match route.access {
            Access::Public => None,
            _ => Some(sign::check(exchange, asked)?),
        };
        let params = Params::read(asked)?;
        self.limits
            .count(route, asked, account.map(|account| account.id), &params)?;
        if route.access == Access::Trade && account.is_some_and(|account| !account.rights.trade) {
            return Err(sign::not_permitted());
        }
        let call = Call::new(self, exchange, asked, params, account);
        let body = (route.handler)(&call).await?;
        Ok(Answer {
            placed: call.placed.get().copied(),
            ..Answer::new(200, body.text(asked))
        })
    }

    /// A client id for an order that came without one; it is told as an empty one.
    fn unnamed(&self, now: Timestamp) -> String {
        format!("-{}-{}", now.0, self.made.fetch_add(1, Ordering::Relaxed))
    }
}

fn unknown(asked: &Asked) -> Problem {
    if routes::exists(&asked.path) {
        return Problem::with(405, "50115", "Invalid request method.");
    }
    Problem::with(404, "404", format!("{} Not Found", asked.path))
}
