//! Bitget's v2 mix: USDT perpetual futures over REST and WebSocket.
//!
//! Source: <https://www.bitget.com/api-doc/contract/intro>. What is told here is written from the documents, apart from the
//! adapter of this house that reads it: two readings that agree are worth more than one.

mod account;
mod batch;
mod bills;
mod book;
mod channels;
mod closed;
mod day;
mod history;
mod limits;
mod market;
mod order;
mod params;
mod plan;
mod plan_words;
mod problem;
mod pushes;
mod routes;
mod setting;
mod sign;
mod talk;
mod trade;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::id::VenueAccountId;
use domain::time::Timestamp;
use serde_json::json;
use tokio::sync::Mutex;

use self::limits::Limits;
use self::params::Params;
use self::problem::Problem;
use self::routes::{Call, Route};
use super::dialect::{Answer, Asked, Dialect, NoSocket, Talk};
use super::exchange::Exchange;
use super::logins::Logins;

/// The dialect, with what it counts and whom it lets listen.
#[derive(Debug, Default)]
pub struct Bitget {
    limits: Limits,
    logins: Arc<Logins>,
    /// Held while an order is placed, so that no client id passes twice.
    placing: Mutex<()>,
    /// Client ids that were made up for those who sent none.
    made: AtomicU64,
}

#[async_trait]
impl Dialect for Bitget {
    fn name(&self) -> &'static str {
        "bitget"
    }

    fn urls(&self, address: &str) -> Vec<String> {
        vec![
            format!("REST             http://{address}/api/v2"),
            format!("market channels  ws://{address}/v2/ws/public"),
            format!("own channels     ws://{address}/v2/ws/private"),
            format!("passphrase       {}", super::exchange::PASSPHRASE),
        ]
    }

    fn key(&self, asked: &Asked) -> Option<String> {
        asked.header(sign::KEY).map(str::to_owned)
    }

    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer {
        let Some(route) = routes::find(&asked.method, &asked.path) else {
            return unknown(asked);
        };
        let Some(left) = self.limits.count(route, asked) else {
            return self.limited(asked, 1, false);
        };
        let mut answer = match self.ask(exchange, asked, route).await {
            Ok(answer) => answer,
            Err(problem) => problem.answer(asked.now),
        };
        answer.headers.push((limits::LEFT, left.to_string()));
        answer
    }

    /// A ban is told as a limit is: the documents know only that an address waits five minutes after too many requests.
    fn limited(&self, asked: &Asked, seconds: u64, _banned: bool) -> Answer {
        let problem = Problem {
            status: 429,
            ..Problem::new("429", "Too Many Requests")
        };
        let mut answer = problem.answer(asked.now);
        answer.headers.push((limits::LEFT, "0".to_owned()));
        // Not the venue's, but what waits between it and the world adds it.
        answer.headers.push(("retry-after", seconds.to_string()));
        answer
    }

    fn broken(&self, status: u16) -> Answer {
        let (code, words) = match status {
            503 => ("40200", "Server upgrade, please try again later"),
            504 => ("40010", "Request timed out"),
            _ => ("40725", "service return an error"),
        };
        Answer::new(status, json!({ "code": code, "msg": words, "data": null }).to_string())
    }

    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
        talk::open(&self.logins, exchange, asked)
    }

    fn expire(&self, _exchange: &Exchange, account: VenueAccountId) {
        self.logins.end(account);
    }
}

impl Bitget {
    async fn ask(&self, exchange: &Arc<Exchange>, asked: &Asked, route: &Route) -> Result<Answer, Problem> {
        let forbidden = || Problem::new("40014", "Incorrect permissions");
        let account = route.access.admit(|| sign::check(exchange, asked), forbidden)?;
        let call = Call::new(self, exchange, asked, Params::read(asked)?, account);
        let told = (route.handler)(&call).await?;
        let body = json!({ "code": "00000", "msg": "success", "requestTime": asked.now.0, "data": told });
        Ok(Answer {
            placed: call.placed.get().copied(),
            ..Answer::new(200, body.to_string())
        })
    }

    /// A client id that was not made before.
    fn fresh(&self, now: Timestamp) -> String {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        format!("{}{:06}", now.0, made % 1_000_000)
    }
}

fn unknown(asked: &Asked) -> Answer {
    let problem = if asked.path.starts_with("/api/v3/") {
        let words = "You are in Classic Account mode, and the Unified Account API is not supported at this time";
        Problem::new("40084", words)
    } else if routes::exists(&asked.path) {
        Problem {
            status: 405,
            ..Problem::new("405", format!("Request method '{}' not supported", asked.method))
        }
    } else {
        Problem {
            status: 404,
            ..Problem::new("40404", "Request URL NOT FOUND")
        }
    };
    problem.answer(asked.now)
}
