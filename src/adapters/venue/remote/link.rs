//! The way to a venue over HTTP: which address a request leaves from, whether it may leave now, and what came back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::id::VenueAccountId;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use tokio::time::Instant;

use super::budget::Urgency;
use super::limiter::{Allowances, Cost, Leave, Limiter, Used};
use crate::adapters::http::{described, whole};
use crate::adapters::venue::dialect::{Reply, Signed, WAIT_HEADERS, wait};
use crate::clock::Clock;
use crate::ports::venue::VenueError;

/// The longest answer that is read: Binance's list of all markets has some 2 MB.
const LONGEST: usize = 16 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an idle connection is kept; venues close theirs after a minute or more.
const IDLE: Duration = Duration::from_secs(30);

/// Why a venue cannot be reached at all, by its settings.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The base address is none.
    #[error("base url is not understood: it must begin with http:// or https://, and have no query")]
    Url,
    /// There is no client.
    #[error("no HTTP client can be had")]
    Client(#[source] reqwest::Error),
}

/// The headers in which a venue tells what was used, in the order of its allowances.
#[derive(Debug, Clone, Copy)]
pub struct UsedHeaders {
    /// By the address.
    pub address: &'static [&'static str],
    /// Orders of the account.
    pub orders: &'static [&'static str],
}

impl UsedHeaders {
    /// Nothing is told.
    pub const NONE: Self = Self {
        address: &[],
        orders: &[],
    };
}

/// How to reach a venue.
#[derive(Debug, Clone)]
pub struct Door {
    /// Base address, such as `https://fapi.binance.com`.
    pub base: String,
    /// Addresses of this machine that requests may leave from; none leaves it to the system.
    pub egress: Vec<IpAddr>,
    /// What the venue allows.
    pub allowed: Allowances,
    /// Longest wait for one answer.
    pub deadline: Duration,
}

/// Parts of a path that name an endpoint; what follows names an order or a market.
const ENDPOINT_PARTS: usize = 5;

/// A request that is ready to leave, and what it is for.
#[derive(Debug)]
pub struct Question {
    /// The request, signed.
    pub signed: Signed,
    /// Whose account it is about.
    pub account: Option<VenueAccountId>,
    /// What it counts.
    pub cost: Cost,
    /// What it is for.
    pub urgency: Urgency,
}

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// It did not leave: the limits allow it after so long.
    Held(Duration),
    /// It may have left, and there is no answer.
    Lost(String),
    /// The venue, or whoever stands before it, answered.
    Told {
        /// Which of our addresses it left from.
        exit: usize,
        /// HTTP status.
        status: u16,
        /// The venue's wish to wait.
        retry_after: Option<Duration>,
        /// The body, whole.
        body: Vec<u8>,
    },
}

impl Answer {
    /// The answer as the dialect reads it.
    ///
    /// # Errors
    /// When there is none.
    pub fn reply(&self) -> Result<Reply<'_>, VenueError> {
        match self {
            Self::Held(retry_after) => Err(VenueError::RateLimited {
                retry_after: *retry_after,
            }),
            Self::Lost(seen) => Err(VenueError::Unreachable(seen.clone())),
            Self::Told {
                status,
                retry_after,
                body,
                ..
            } => Ok(Reply {
                status: *status,
                retry_after: *retry_after,
                body,
            }),
        }
    }
}

struct Exit {
    http: Client,
    limiter: Limiter,
}

/// A way to a venue.
pub struct Link {
    base: String,
    exits: Vec<Exit>,
    headers: UsedHeaders,
    clock: Arc<dyn Clock>,
    deadline: Duration,
}

impl Link {
    /// A way through this door.
    ///
    /// # Errors
    /// When its address is none.
    pub fn open(door: &Door, headers: UsedHeaders, clock: Arc<dyn Clock>) -> Result<Self, LinkError> {
        let url = Url::parse(&door.base).map_err(|_| LinkError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.host().is_none() {
            return Err(LinkError::Url);
        }
        let exit = |from: Option<IpAddr>| -> Result<Exit, LinkError> {
            let http = Client::builder()
                .local_address(from)
                .redirect(Policy::none())
                .connect_timeout(CONNECT.min(door.deadline))
                .pool_idle_timeout(IDLE)
                .tcp_nodelay(true)
                .build()
                .map_err(LinkError::Client)?;
            let limiter = Limiter::new(door.allowed.clone());
            Ok(Exit { http, limiter })
        };
        let exits = if door.egress.is_empty() {
            vec![exit(None)?]
        } else {
            door.egress
                .iter()
                .map(|from| exit(Some(*from)))
                .collect::<Result<_, _>>()?
        };
        Ok(Self {
            base: door.base.trim_end_matches('/').to_owned(),
            exits,
            headers,
            clock,
            deadline: door.deadline,
        })
    }

    /// Asks once. Nothing is ever sent twice from here.
    pub async fn ask(&self, question: &Question) -> Answer {
        let index = self.exit(question.account);
        let Some(exit) = self.exits.get(index) else {
            return Answer::Lost("no address to leave from".to_owned());
        };
        let leave = Leave {
            account: question.account,
            endpoint: endpoint(&question.signed.target),
            cost: question.cost,
            urgency: question.urgency,
        };
        if let Err(wait) = exit.limiter.take(leave, Instant::now()) {
            return Answer::Held(wait);
        }
        let asked = tokio::time::timeout(self.deadline, self.send(index, exit, question)).await;
        match asked {
            Ok(Ok(told)) => told,
            Ok(Err(error)) => Answer::Lost(described(&error)),
            Err(_) => Answer::Lost(format!("no answer within {}ms", self.deadline.as_millis())),
        }
    }

    /// The venue wants no more of these requests for so long: from their address where whoever stands before the venue said so,
    /// else of their account.
    pub fn rest(&self, exit: usize, account: Option<VenueAccountId>, by_address: bool, lasting: Duration) {
        let now = Instant::now();
        match (account, self.exits.get(exit)) {
            (Some(account), Some(exit)) if !by_address => exit.limiter.rest_account(account, lasting, now),
            (_, Some(exit)) => exit.limiter.rest(lasting, now),
            (_, None) => {}
        }
    }

    /// The largest part of any address's budget that is used, in thousandths.
    pub fn fullness(&self) -> u32 {
        self.exits
            .iter()
            .map(|exit| exit.limiter.fullness())
            .max()
            .unwrap_or_default()
    }

    /// An account always leaves from the same address: its key may be bound to it. What is nobody's leaves from where
    /// most room is.
    fn exit(&self, account: Option<VenueAccountId>) -> usize {
        let by_account = account.and_then(|account| {
            let count = i64::try_from(self.exits.len()).ok()?;
            usize::try_from(account.0.checked_rem_euclid(count)?).ok()
        });
        let emptiest = || {
            let exits = self.exits.iter().enumerate();
            exits
                .min_by_key(|(_, exit)| exit.limiter.fullness())
                .map(|(index, _)| index)
        };
        by_account.or_else(emptiest).unwrap_or_default()
    }

    fn used(&self, headers: &HeaderMap) -> Used {
        let told = |names: &[&str]| names.iter().map(|name| number(headers, name)).collect();
        Used {
            address: told(self.headers.address),
            orders: told(self.headers.orders),
        }
    }

    fn wished(&self, headers: &HeaderMap) -> Option<Duration> {
        let told = WAIT_HEADERS.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
        told.filter_map(|header| wait(header, self.clock.now())).next()
    }

    async fn send(&self, index: usize, exit: &Exit, question: &Question) -> Result<Answer, reqwest::Error> {
        let signed = &question.signed;
        let method = Method::from_bytes(signed.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = exit.http.request(method, format!("{}{}", self.base, signed.target));
        for (name, value) in &signed.headers {
            request = request.header(*name, value);
        }
        if !signed.body.is_empty() {
            request = request.body(signed.body.clone());
        }
        let mut response = request.send().await?;
        let now = Instant::now();
        let status = response.status().as_u16();
        let retry_after = self.wished(response.headers());
        exit.limiter.told(question.account, &self.used(response.headers()), now);
        let body = whole(&mut response, LONGEST).await?;
        Ok(match body {
            Some(body) => Answer::Told {
                exit: index,
                status,
                retry_after,
                body,
            },
            None => Answer::Lost(format!("the answer is longer than {LONGEST} bytes")),
        })
    }
}

/// The endpoint of a path with its query.
fn endpoint(target: &str) -> &str {
    let path = target.split('?').next().unwrap_or(target);
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.skip(1)
        .nth(ENDPOINT_PARTS - 1)
        .map_or(path, |end| path.get(..end).unwrap_or(path))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn an_endpoint_is_named_without_its_orders_and_markets() {
        for (target, named) in [
            ("/fapi/v1/order?symbol=BTCUSDT", "/fapi/v1/order"),
            ("/v5/order/realtime", "/v5/order/realtime"),
            ("/api/v4/futures/usdt/orders/t-b7?x=/a", "/api/v4/futures/usdt/orders"),
            (
                "/api/v4/futures/usdt/positions/BTC_USDT/leverage",
                "/api/v4/futures/usdt/positions",
            ),
        ] {
            assert_eq!(endpoint(target), named);
        }
    }
}
