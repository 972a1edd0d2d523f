//! What a dialect is: requests answered and sockets talked to in the words of one real venue.

use std::sync::Arc;

use async_trait::async_trait;
use domain::id::VenueAccountId;
use domain::time::Timestamp;
use serde_json::Value;

use super::exchange::{Exchange, News};

/// A request, read whole.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method, in capitals.
    pub method: String,
    /// Path, as sent.
    pub path: String,
    /// What follows the question mark, as sent.
    pub query: String,
    /// Body, as sent.
    pub body: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The sender's address.
    pub from: String,
    /// The venue's clock, skewed where it is told to be.
    pub now: Timestamp,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// Headers beside the type of the content.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
    /// The order that was placed, so that a fault may wait until it has ended.
    pub placed: Option<(VenueAccountId, i64)>,
}

/// What is sent over a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// What it is, such as the name of a stream, for faults to be aimed at.
    pub stream: String,
    /// The text.
    pub text: String,
}

/// Why there is no socket, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSocket(pub Answer);

/// One socket's dialogue.
pub trait Talk: Send {
    /// The key whose account it tells of, for faults to be aimed at.
    fn key(&self) -> Option<String>;

    /// What is said in answer to this.
    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push>;

    /// What is said of these news.
    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push>;

    /// What is said because a second has passed.
    fn passed(&mut self, now: Timestamp) -> Vec<Push>;

    /// Whether nothing more will be said, so that the socket is closed.
    fn is_over(&self) -> bool;
}

/// A venue's way to talk. One value of it serves all requests.
#[async_trait]
pub trait Dialect: Send + Sync + 'static {
    /// Its name, as on the command line.
    fn name(&self) -> &'static str;

    /// What a client is told to use, by line, for a server at this address (host and port).
    fn urls(&self, address: &str) -> Vec<String>;

    /// The key that a request was sent with.
    fn key(&self, asked: &Asked) -> Option<String>;

    /// Answers a request.
    async fn answer(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Answer;

    /// Says in its own words that there were too many requests, or that the address is banned for them.
    fn limited(&self, asked: &Asked, seconds: u64, banned: bool) -> Answer;

    /// Says in its own words that something went wrong inside, with this status.
    fn broken(&self, status: u16) -> Answer;

    /// Begins a socket's dialogue.
    ///
    /// # Errors
    /// What is answered where there is no socket.
    fn talk(&self, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket>;

    /// Ends all private streams of an account now, as if their time had come.
    fn expire(&self, exchange: &Exchange, account: VenueAccountId);
}

impl Push {
    /// What is said unasked.
    pub fn new(stream: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            stream: stream.into(),
            text: text.into(),
        }
    }

    /// What is said to a message; faults aim at all of it as `answer`.
    pub fn answer(told: &Value) -> Self {
        Self::new("answer", told.to_string())
    }
}

impl Asked {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Method and path, as faults name endpoints.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Answer {
    /// With a status and a body.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }
}
