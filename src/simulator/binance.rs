//! Binance's USDⓈ-M futures: REST under `/fapi` and WebSocket streams.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures>. What is told here is written from the
//! documents, apart from the adapter of this house that reads it: two readings that agree are worth more than one.

mod account;
mod algo;
mod batch;
mod history;
mod info;
mod limits;
mod listen;
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
mod trade;

use std::sync::Arc;

use async_trait::async_trait;
use domain::id::VenueAccountId;

use self::limits::{Limits, ORDERS};
use self::listen::Listens;
use self::params::Params;
use self::problem::Problem;
use self::routes::{Call, Route};
use super::calls::Access;
use super::dialect::{Answer, Asked, Dialect, NoSocket, Talk};
use super::exchange::Exchange;

/// The dialect, with what it counts and whom it lets listen.
#[derive(Debug, Default)]
pub struct Binance {
    limits: Limits,
    listens: Arc<Listens>,
}

#[async_trait]
impl Dialect for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn urls(&self, address: &str) -> Vec<String> {
        vec![
            format!("REST             http://{address}/fapi/v1 (v2, v3)"),
            format!("market streams   ws://{address}/ws, ws://{address}/stream"),
            format!("user streams     ws://{address}/ws/<listenKey>"),
        ]
    }

    fn key(&self, asked: &Asked) -> Option<String> {
        asked.header(sign::KEY).map(str::to_owned)
    }

    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer {
        let Some(route) = routes::find(&asked.method, &asked.path) else {
            return unknown(asked);
        };
        let params = match Params::read(asked) {
            Ok(params) => params,
            Err(problem) => return problem.answer(),
        };
        let used = match self.limits.weigh(&asked.from, (route.terms.weight)(&params), asked.now) {
            Ok(used) => used,
            Err(many) => return self.limited(asked, many.seconds, many.banned),
        };
        let mut headers = vec![("x-mbx-used-weight-1m", used.to_string())];
        let mut answer = self.ask(exchange, asked, route, params, &mut headers).await;
        headers.append(&mut answer.headers);
        Answer { headers, ..answer }
    }

    fn limited(&self, asked: &Asked, seconds: u64, banned: bool) -> Answer {
        let problem = if banned {
            let until = asked.now.0 + i64::try_from(seconds).unwrap_or(i64::MAX / 2_000) * 1_000;
            let words = format!(
                "Way too many requests; IP({}) banned until {until}. Please use the websocket for live updates to avoid bans.",
                asked.from
            );
            Problem {
                status: 418,
                ..Problem::new(-1003, words)
            }
        } else {
            let most = limits::WEIGHT;
            let words = format!(
                "Too many requests; current limit of IP({}) is {most} requests per minute. Please use the websocket for live updates to avoid polling the API.",
                asked.from
            );
            Problem {
                status: 429,
                ..Problem::new(-1003, words)
            }
        };
        let mut answer = problem.answer();
        answer.headers.push(("retry-after", seconds.to_string()));
        answer
    }

    fn broken(&self, status: u16) -> Answer {
        let problem = match status {
            503 => Problem::new(-1000, "Unknown error, please check your request or try again later."),
            504 => Problem::new(
                -1007,
                "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
            ),
            _ => Problem::new(
                -1001,
                "Internal error; unable to process your request. Please try again.",
            ),
        };
        Problem { status, ..problem }.answer()
    }

    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
        talk::open(&self.listens, exchange, asked)
    }

    fn expire(&self, _exchange: &Exchange, account: VenueAccountId) {
        self.listens.expire(account);
    }
}

impl Binance {
    async fn ask(
        &self,
        exchange: &Arc<Exchange>,
        asked: &Asked,
        route: &Route,
        params: Params,
        headers: &mut Vec<(&'static str, String)>,
    ) -> Answer {
        let check = || {
            let account = sign::known(exchange, asked)?;
            if route.access != Access::Key {
                sign::check(account, asked, &params)?;
            }
            Ok(account)
        };
        let account = match route.access.admit(check, sign::not_permitted) {
            Ok(account) => account,
            Err(problem) => return problem.answer(),
        };
        if let (true, Some(account)) = (route.terms.orders, account) {
            let (short, long) = self.limits.order(account.id, batch::orders(&params), asked.now);
            headers.push(("x-mbx-order-count-10s", short.to_string()));
            headers.push(("x-mbx-order-count-1m", long.to_string()));
            if short > ORDERS.0 || long > ORDERS.1 {
                let words = "Too many new orders; current limit is 300 orders per TEN_SECONDS.";
                return Problem {
                    status: 429,
                    ..Problem::new(-1015, words)
                }
                .answer();
            }
        }
        let call = Call::new(self, exchange, asked, params, account);
        match (route.handler)(&call).await {
            Ok(value) => Answer {
                placed: call.placed.get().copied(),
                ..Answer::new(200, value.to_string())
            },
            Err(problem) => problem.answer(),
        }
    }
}

fn unknown(asked: &Asked) -> Answer {
    if routes::exists(&asked.path) {
        let words = format!("Request method '{}' is not supported.", asked.method);
        return Problem {
            status: 405,
            ..Problem::new(-1020, words)
        }
        .answer();
    }
    Problem {
        status: 404,
        ..Problem::new(
            -5000,
            format!("Path {}, Method {} is invalid", asked.path, asked.method),
        )
    }
    .answer()
}
