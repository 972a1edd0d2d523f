//! What keeps an instruction from being told to a venue, before anything is sent.

use domain::fixed::NumberError;

use super::client_id::ClientIdError;
use crate::ports::venue::VenueError;

/// Why an instruction cannot be put into a venue's words. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The client order id.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// A quantity that is no multiple of the lot, or out of range.
    #[error("quantity cannot be told to the venue")]
    Quantity(#[from] NumberError),
    /// An order at the market takes: it can never only rest.
    #[error("an order at the market cannot be post-only")]
    PostOnly,
}

impl From<AskError> for VenueError {
    fn from(error: AskError) -> Self {
        Self::Refused(error.to_string())
    }
}
