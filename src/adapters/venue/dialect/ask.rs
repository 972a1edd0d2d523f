//! What keeps an instruction from being told to a venue, before anything is sent.

use domain::fixed::NumberError;

use super::client_id::ClientIdError;

/// Why an instruction cannot be put into a venue's words. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The client order id.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// A quantity that is no multiple of the lot, or out of range.
    #[error("quantity cannot be told to the venue")]
    Quantity(#[from] NumberError),
}
