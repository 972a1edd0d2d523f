//! One endpoint: how it is asked, and how it does.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::chain::{BlockNumber, ChainId};
use tokio::time::Instant;
use tracing::error;

use super::decode;
use super::fault::{self, Asked, REST};
use super::http::{Came, HttpLine};
use super::line::SocketLine;
use super::name::Name;
use super::question;
use super::rpc::{self, Call, Reply};
use crate::event;
use crate::ports::chain::{ChainError, EndpointHealth};

/// The way to it.
pub enum Line {
    /// One request after the other.
    Http(HttpLine),
    /// A socket, which tells of heads and logs besides.
    Socket(SocketLine),
}

/// Whether it is known to be of the right chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Unasked,
    Right,
    Wrong,
}

/// One endpoint.
pub struct Endpoint {
    /// Its name.
    pub name: Name,
    /// The chain that it must be of.
    pub chain: ChainId,
    line: Line,
    next_id: AtomicU64,
    failures: AtomicU32,
    takes_batches: AtomicBool,
    is_heard: AtomicBool,
    state: Mutex<Standing>,
}

#[derive(Debug)]
struct Standing {
    verdict: Verdict,
    head: Option<BlockNumber>,
    rest_until: Option<Instant>,
    distrusted_until: Option<Instant>,
}

impl Endpoint {
    /// An endpoint that nobody has asked yet.
    pub fn new(name: Name, chain: ChainId, line: Line) -> Self {
        Self {
            name,
            chain,
            line,
            next_id: AtomicU64::new(1),
            failures: AtomicU32::new(0),
            takes_batches: AtomicBool::new(true),
            is_heard: AtomicBool::new(false),
            state: Mutex::new(Standing {
                verdict: Verdict::Unasked,
                head: None,
                rest_until: None,
                distrusted_until: None,
            }),
        }
    }

    /// Asks questions together. The caller sets the deadline, and counts whether it was of use.
    pub async fn ask(&self, calls: &[Call], asked: Asked) -> Result<Vec<Reply>, ChainError> {
        self.verify().await?;
        if calls.len() == 1 || self.takes_batches.load(Ordering::Relaxed) {
            let replies = self.put(calls, asked).await?;
            let refuses = |reply: &Reply| matches!(reply, Err(error) if error.message.to_lowercase().contains("batch"));
            if calls.len() == 1 || !replies.iter().all(refuses) {
                return Ok(replies);
            }
            self.takes_batches.store(false, Ordering::Relaxed);
        }
        let mut replies = Vec::with_capacity(calls.len());
        for call in calls {
            replies.extend(self.put(std::slice::from_ref(call), asked).await?);
        }
        Ok(replies)
    }

    /// Makes sure that it is of the right chain, before anything else is believed.
    async fn verify(&self) -> Result<(), ChainError> {
        match self.standing().verdict {
            Verdict::Right => return Ok(()),
            Verdict::Wrong => return Err(ChainError::Unreachable(self.told("it is of another chain"))),
            Verdict::Unasked => {}
        }
        let mut replies = self.put(&[question::plain("eth_chainId")], Asked::Other).await?;
        let reply = replies
            .pop()
            .ok_or_else(|| ChainError::Malformed(self.told("no answer")))?;
        let raw = reply.map_err(|error| fault::judge(&error, Asked::Other, &self.name))?;
        let found = ChainId(decode::small_number(&raw, "chain id")?);
        if self.is_of(found) {
            Ok(())
        } else {
            Err(ChainError::Unreachable(self.told("it is of another chain")))
        }
    }

    /// Notes which chain it is of; one of another chain is never asked again.
    pub fn is_of(&self, found: ChainId) -> bool {
        let right = found == self.chain;
        self.standing().verdict = if right { Verdict::Right } else { Verdict::Wrong };
        if !right {
            error!(
                event = event::CHAIN_ENDPOINT_FOREIGN, chain = %self.chain, endpoint = %self.name.shown(), found = %found,
                "endpoint {} is of chain {found}, not of {}; it is not used", self.name.shown(), self.chain
            );
        }
        right
    }

    async fn put(&self, calls: &[Call], asked: Asked) -> Result<Vec<Reply>, ChainError> {
        let first = self.numbers(calls.len());
        let text = rpc::request(calls, first);
        match &self.line {
            Line::Socket(line) => line
                .ask(text, first, calls.len())
                .await
                .map_err(|why| self.unreachable(&why)),
            Line::Http(line) => match line.post(text).await {
                Came::Lost(why) => Err(self.unreachable(&why)),
                Came::Body {
                    status,
                    body,
                    retry_after,
                } => {
                    let read = rpc::heard(&body).and_then(|heard| rpc::replies(heard, first, calls.len()));
                    self.read(status, retry_after, read, asked)
                }
            },
        }
    }

    /// A limit is known by HTTP's status whatever the body is; another status counts only where the body says nothing.
    fn read(
        &self,
        status: u16,
        retry_after: Option<Duration>,
        read: Result<Vec<Reply>, String>,
        asked: Asked,
    ) -> Result<Vec<Reply>, ChainError> {
        let limited = status == 429 || (status == 503 && retry_after.is_some());
        match read {
            Ok(replies) if !limited => Ok(replies),
            _ if limited => {
                let told = read.ok().and_then(|replies| replies.into_iter().find_map(Result::err));
                let by_body = told.map(|error| fault::judge(&error, asked, &self.name));
                let by_body = by_body.filter(|error| matches!(error, ChainError::RateLimited { .. }));
                let retry_after = retry_after.map(|retry_after| ChainError::RateLimited { retry_after });
                Err(retry_after
                    .or(by_body)
                    .unwrap_or(ChainError::RateLimited { retry_after: REST }))
            }
            Err(why) if status == 200 => Err(ChainError::Malformed(self.told(&why))),
            // Gateways cut long questions off.
            Err(_) if matches!(status, 408 | 413 | 504) && asked != Asked::Other => {
                Err(ChainError::TooMuch { proposed: None })
            }
            _ => Err(self.unreachable(&format!("HTTP {status}"))),
        }
    }

    /// The first of so many numbers that no other question has.
    pub fn numbers(&self, count: usize) -> u64 {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.next_id.fetch_add(count, Ordering::Relaxed)
    }

    /// It was of use.
    pub fn succeeded(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// It was not, so many times over.
    pub fn failed(&self, times: u32) {
        let failures = self.failures.load(Ordering::Relaxed).saturating_add(times);
        self.failures.store(failures, Ordering::Relaxed);
        let mut standing = self.standing();
        // Who comes back may be another one.
        if standing.verdict == Verdict::Right && matches!(self.line, Line::Http(_)) {
            standing.verdict = Verdict::Unasked;
        }
    }

    /// A socket to it broke, or came about anew.
    pub fn unverified(&self) {
        let mut standing = self.standing();
        if standing.verdict == Verdict::Right {
            standing.verdict = Verdict::Unasked;
        }
    }

    /// It wants no questions for so long.
    pub fn rests(&self, lasting: Duration) {
        self.standing().rest_until = Some(Instant::now() + lasting);
    }

    /// How long it still wants none.
    pub fn resting(&self) -> Option<Duration> {
        let until = self.standing().rest_until?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// It is asked last for so long.
    pub fn distrust(&self, lasting: Option<Duration>) {
        self.standing().distrusted_until = lasting.map(|lasting| Instant::now() + lasting);
    }

    /// Whether it is asked last.
    pub fn is_distrusted(&self) -> bool {
        let until = self.standing().distrusted_until;
        until.is_some_and(|until| until > Instant::now())
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The last head that it told.
    pub fn head(&self) -> Option<BlockNumber> {
        self.standing().head
    }

    /// It told of a head.
    pub fn told_head(&self, head: BlockNumber) {
        self.standing().head = Some(head);
    }

    /// Whether it is of another chain.
    pub fn is_foreign(&self) -> bool {
        self.standing().verdict == Verdict::Wrong
    }

    /// Whether its socket tells of heads.
    pub fn is_heard(&self) -> bool {
        self.is_heard.load(Ordering::Relaxed)
    }

    /// From now on its socket does, or does not.
    pub fn heard(&self, is_heard: bool) {
        self.is_heard.store(is_heard, Ordering::Relaxed);
    }

    /// How it does, for the operator.
    pub fn health(&self, in_use: bool) -> EndpointHealth {
        EndpointHealth {
            name: self.name.shown().to_owned(),
            in_use,
            is_heard: self.is_heard(),
            failures: self.failures(),
            head: self.head(),
        }
    }

    fn unreachable(&self, why: &str) -> ChainError {
        ChainError::Unreachable(self.told(why))
    }

    fn told(&self, why: &str) -> String {
        format!("{}: {}", self.name.shown(), self.name.clean(why))
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Endpoints, as everybody holds them.
pub type Endpoints = Arc<[Arc<Endpoint>]>;
