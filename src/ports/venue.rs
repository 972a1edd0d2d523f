//! A venue as the actors see it: place, look, poll.

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, OrderIntent, OrderReport, VenueName, VenueOrderId};

use crate::ports::keyring::Credential;
use crate::ports::market::Tape;
use std::sync::Arc;
use std::time::Duration;

/// Why a question to a venue has no answer. Nothing can be concluded from it about orders or positions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VenueError {
    /// No answer in time or no connection.
    #[error("venue did not answer: {0}")]
    Unreachable(String),
    /// Too many requests; ask again after this time.
    #[error("venue limits requests for {}s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The venue says no to the question itself (credentials, unknown symbol).
    #[error("venue refuses the request: {0}")]
    Refused(String),
    /// The answer could not be understood.
    #[error("venue answered what cannot be understood: {0}")]
    Malformed(String),
}

/// What a query for one order found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The venue has it.
    Found(OrderReport),
    /// The venue answered, and has no such order now.
    Absent,
}

/// A venue. Every call is bounded by the caller's deadline and may be dropped at any await.
#[async_trait]
pub trait Venue: Send + Sync + 'static {
    /// Which venue this is.
    fn name(&self) -> VenueName;

    /// Request weight of one [`Venue::poll`], against the venue's budget per minute.
    fn poll_weight(&self) -> u32;

    /// The filters of a market; `None` when the venue does not list it.
    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError>;

    /// The shared tape of a market's prices, fed for as long as the daemon runs.
    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError>;

    /// Makes the account known and sets its position mode.
    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError>;

    /// Sends one instruction. A lost or late answer is [`Outcome::Unknown`].
    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport>;

    /// Cancels a resting order.
    async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport>;

    /// Looks an order up by our own id.
    async fn lookup(
        &self,
        account: VenueAccountId,
        symbol: &Symbol,
        client_id: &ClientOrderId,
    ) -> Result<Lookup, VenueError>;

    /// Balances, positions, open orders, and a page of at most `limit` fills and as many incomes after `cursor`. Neither list
    /// runs ahead of the other: what is later than the last of a list that goes on waits for a later page, so that who
    /// held what when a payment was made is known by the time it is told.
    async fn poll(&self, account: VenueAccountId, cursor: &Cursor, limit: u32) -> Result<AccountReport, VenueError>;

    /// What a key may do, asked with the key itself; `None` where this venue never tells. A key that the venue does not
    /// know is [`VenueError::Refused`].
    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError>;

    /// The position mode that this venue supports for new accounts.
    fn supports(&self, mode: PositionMode) -> bool;
}
