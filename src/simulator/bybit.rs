//! Bybit's linear perpetuals of a unified account: REST under `/v5` and WebSockets.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/intro>. What is told here is written from the documents, apart from the
//! adapter of this house that reads it: two readings that agree are worth more than one.

mod account;
mod batch;
mod claims;
mod closed;
mod entry;
mod executions;
mod guards;
mod ids;
mod info;
mod ledger;
mod limits;
mod lookup;
mod market;
mod order;
mod page;
mod params;
mod positions;
mod problem;
mod pushes;
mod routes;
mod setting;
mod sign;
mod stops;
mod streams;
mod talk;
mod ticker;
mod trade;
mod words;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use domain::id::VenueAccountId;
use domain::time::Timestamp;
use serde_json::{Value, json};

use self::claims::Claims;
use self::guards::Guards;
use self::limits::Limits;
use self::params::Params;
use self::problem::Problem;
use self::routes::{Call, Good, Route};
use super::dialect::{Answer, Asked, Dialect, NoSocket, Talk};
use super::exchange::Exchange;
use super::logins::Logins;
use super::stillborn::Stillborns;

/// The dialect, with what it counts, what it remembers beside the exchange, and who listens.
#[derive(Debug, Default)]
pub struct Bybit {
    limits: Limits,
    claims: Claims,
    stillborns: Arc<Stillborns>,
    guards: Arc<Guards>,
    logins: Arc<Logins>,
    /// Set once somebody looks after the stops of positions that are gone.
    tended: OnceLock<()>,
}

#[async_trait]
impl Dialect for Bybit {
    fn name(&self) -> &'static str {
        "bybit"
    }

    fn urls(&self, address: &str) -> Vec<String> {
        vec![
            format!("REST             http://{address}/v5"),
            format!("market streams   ws://{address}/v5/public/linear"),
            format!("private streams  ws://{address}/v5/private"),
        ]
    }

    fn key(&self, asked: &Asked) -> Option<String> {
        asked.header(sign::KEY).map(str::to_owned)
    }

    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer {
        if self.limits.address(&asked.from, asked.now).is_err() {
            return too_frequent();
        }
        if self.tended.set(()).is_ok() {
            tokio::spawn(stops::tend(exchange.listen(), Arc::downgrade(exchange)));
        }
        match routes::find(&asked.method, &asked.path) {
            Some(route) => self.ask(exchange, asked, route).await,
            None => Problem {
                status: 404,
                ..Problem::new(10017, "Route not found.")
            }
            .answer(asked.now),
        }
    }

    fn limited(&self, asked: &Asked, seconds: u64, banned: bool) -> Answer {
        if banned {
            return too_frequent();
        }
        let wait = i64::try_from(seconds).unwrap_or(i64::MAX / 2_000) * 1_000;
        let most = routes::find(&asked.method, &asked.path).map_or(10, |route| route.terms);
        let mut answer = Problem::too_many().answer(asked.now);
        answer.headers = limits::headers(most, 0, asked.now.0 + wait);
        answer
    }

    fn broken(&self, status: u16) -> Answer {
        let problem = match status {
            504 => Problem::new(10000, "Server Timeout"),
            503 => Problem::new(
                429,
                "The trading service is experiencing a high server load. Please retry if you encounter this issue.",
            ),
            _ => Problem::new(10016, "Server error."),
        };
        Problem { status, ..problem }.answer(Timestamp(0))
    }

    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
        talk::open(self, exchange, asked)
    }

    fn expire(&self, _exchange: &Exchange, account: VenueAccountId) {
        self.logins.end(account);
    }
}

impl Bybit {
    async fn ask(&self, exchange: &Arc<Exchange>, asked: &Asked, route: &Route) -> Answer {
        let account = match route.access.admit(|| sign::check(exchange, asked), sign::not_permitted) {
            Ok(account) => account,
            Err(problem) => return problem.answer(asked.now),
        };
        let mut headers = Vec::new();
        if let Some(account) = account {
            let counted = self.limits.account(account.id, route, asked.now);
            headers = counted.headers;
            if counted.beyond {
                let answer = Problem::too_many().answer(asked.now);
                return Answer { headers, ..answer };
            }
        }
        let params = match Params::read(asked) {
            Ok(params) => params,
            Err(problem) => return problem.answer(asked.now),
        };
        let call = Call::new(self, exchange, asked, params, account);
        let answer = match (route.handler)(&call).await {
            Ok(good) => Answer {
                placed: call.placed.get().copied(),
                ..Answer::new(200, envelope(0, "OK", good, asked.now).to_string())
            },
            Err(problem) => problem.answer(asked.now),
        };
        Answer { headers, ..answer }
    }
}

/// What every answer is wrapped in.
fn envelope(code: i64, words: &str, good: Good, now: Timestamp) -> Value {
    json!({ "retCode": code, "retMsg": words, "result": good.result, "retExtInfo": good.more, "time": now.0 })
}

/// What an address gets that asked too often: not the words of the API, but of what stands before it.
fn too_frequent() -> Answer {
    Answer::new(403, "403, access too frequent")
}
