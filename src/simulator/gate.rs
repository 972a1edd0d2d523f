//! Gate's perpetual futures settled in USDT: REST under `/api/v4`, and the WebSocket of the same contracts.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/> and <https://www.gate.com/docs/developers/futures/ws/en/>. What is
//! told here is written from the documents, apart from the adapter of this house that reads it.

mod account;
mod batch;
mod book;
mod contract;
mod execution;
mod history;
mod info;
mod limits;
mod market;
mod order;
mod params;
mod problem;
mod pushes;
mod routes;
mod setting;
mod sign;
mod streams;
mod talk;
mod tickers;
mod trade;
mod trigger;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::id::VenueAccountId;

use self::limits::Limits;
use self::params::Params;
use self::problem::Problem;
use self::routes::{Call, Route};
use super::dialect::{Answer, Asked, Dialect, NoSocket, Talk};
use super::exchange::{Account, Exchange};
use super::logins::Logins;

/// The dialect, with what it counts.
#[derive(Debug, Default)]
pub struct Gate {
    limits: Limits,
    /// Orders that were asked for, to tell those with one text apart.
    asked: AtomicU64,
    logins: Arc<Logins>,
}

#[async_trait]
impl Dialect for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn urls(&self, address: &str) -> Vec<String> {
        vec![
            format!("REST             http://{address}/api/v4"),
            format!("streams          ws://{address}/v4/ws/usdt"),
        ]
    }

    fn key(&self, asked: &Asked) -> Option<String> {
        asked.header(sign::KEY).map(str::to_owned)
    }

    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer {
        let Some((route, named)) = routes::find(&asked.method, &asked.path) else {
            return unknown(asked);
        };
        let forbidden = || Problem::new(403, "READ_ONLY", "API key is read-only");
        let account = match route.access.admit(|| sign::check(exchange, asked), forbidden) {
            Ok(account) => account,
            Err(problem) => return problem.answer(),
        };
        let who = account.map_or_else(|| asked.from.clone(), |account| account.id.to_string());
        let used = self.limits.count(&who, route, asked.now);
        if used.is_beyond {
            return limited(used.headers());
        }
        let mut headers = used.headers();
        let mut answer = self.ask(exchange, asked, (route, named), account).await;
        headers.append(&mut answer.headers);
        Answer { headers, ..answer }
    }

    fn limited(&self, asked: &Asked, seconds: u64, _banned: bool) -> Answer {
        let route = routes::find(&asked.method, &asked.path).map(|(route, _)| route);
        limited(limits::told(route, asked.now, seconds))
    }

    fn broken(&self, status: u16) -> Answer {
        let (label, words) = match status {
            503 => ("TOO_BUSY", "System is busy, please try again later"),
            504 => ("SERVER_ERROR", "Server timed out"),
            _ => ("INTERNAL", "Internal server error"),
        };
        Problem::new(status, label, words).answer()
    }

    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
        talk::open(&self.logins, exchange, asked)
    }

    fn expire(&self, _exchange: &Exchange, account: VenueAccountId) {
        self.logins.end(account);
    }
}

impl Gate {
    async fn ask(
        &self,
        exchange: &Arc<Exchange>,
        asked: &Asked,
        (route, named): (&Route, Option<&str>),
        account: Option<&Account>,
    ) -> Answer {
        let params = match Params::of_call(asked, named) {
            Ok(params) => params,
            Err(problem) => return problem.answer(),
        };
        let call = Call::new(self, exchange, asked, params, account);
        match (route.handler)(&call).await {
            Ok(value) => Answer {
                placed: call.placed.get().copied(),
                headers: call.params.page.into_inner().unwrap_or_default(),
                ..Answer::new(route.terms.status, value.to_string())
            },
            Err(problem) => problem.answer(),
        }
    }

    /// A number that no order before got.
    fn next(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed)
    }
}

fn limited(headers: Vec<(&'static str, String)>) -> Answer {
    let answer = Problem::new(429, "TOO_MANY_REQUESTS", "Request Rate Limit Exceeded").answer();
    Answer { headers, ..answer }
}

fn unknown(asked: &Asked) -> Answer {
    if routes::exists(&asked.path) {
        let words = format!("Method {} is not allowed", asked.method);
        return Problem::new(405, "METHOD_NOT_ALLOWED", words).answer();
    }
    Problem::new(404, "NOT_FOUND", "Requested URL does not exist").answer()
}
