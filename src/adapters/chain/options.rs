//! What an EVM chain is opened with.

use std::time::Duration;

use domain::chain::ChainId;
use secrecy::SecretString;

/// A chain and how its nodes are asked.
#[derive(Debug, Clone)]
pub struct EvmOptions {
    /// Its name in the settings.
    pub name: String,
    /// Which chain the endpoints must be of.
    pub id: ChainId,
    /// Addresses of nodes, `http(s)://` or `ws(s)://`, the best first; they may hold keys.
    pub endpoints: Vec<SecretString>,
    /// Longest wait for an answer to one question, all endpoints together.
    pub deadline: Duration,
    /// A socket on which nothing was heard for so long is dead.
    pub silence: Duration,
    /// Failures in a row after which an endpoint is not asked where another one is.
    pub failures: u32,
    /// Blocks that an endpoint may be behind the best one.
    pub lag: u64,
    /// How often an endpoint that tells nothing by itself is asked for its head, and a distrusted or failing one is tried again.
    pub probe: Duration,
    /// Wait before a broken socket is opened again; doubles up to `retry_most`.
    pub retry_first: Duration,
    /// Longest such wait.
    pub retry_most: Duration,
}

impl EvmOptions {
    /// The usual numbers for a chain with these endpoints.
    pub fn new(name: &str, id: ChainId, endpoints: Vec<SecretString>) -> Self {
        Self {
            name: name.to_owned(),
            id,
            endpoints,
            deadline: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            failures: 3,
            lag: 5,
            probe: Duration::from_secs(15),
            retry_first: Duration::from_millis(100),
            retry_most: Duration::from_secs(10),
        }
    }
}

/// Why a chain cannot be opened, by its settings alone: that no node answers is no reason.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It has no endpoints.
    #[error("chain `{0}` has no endpoint")]
    NoEndpoint(String),
    /// An address is none.
    #[error(
        "endpoint {place} of chain `{chain}` must be a URL that starts with http://, https://, ws:// or wss:// and names a host"
    )]
    Address {
        /// The chain.
        chain: String,
        /// Which of its endpoints, from 1.
        place: usize,
    },
    /// There is no HTTP client.
    #[error("no HTTP client can be had")]
    Client(#[source] reqwest::Error),
}
