//! Binance USDⓈ-M futures: what it sends, what that means, and how requests are signed.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info>. It counts coins. Its
//! realised profit is gross, and its history of incomes tells fees and funding apart.

pub mod ask;
mod codes;
mod history;
pub mod limits;
pub mod parse;
mod poll;
pub mod protect;
mod questions;
pub mod sign;
mod speech;
pub mod wire;

use domain::venue::{ClientOrderId, FillCause};

pub use self::codes::{CODES, PROFITS, verdict};
pub use self::speech::{Binance, MANNERS};
use super::dialect::{Alphabet, Owner};

/// `newClientOrderId`: `^[\.A-Z\:/a-z0-9_-]{1,36}$`. It is unique among open orders only: a second order with the id
/// of one that has ended is accepted.
pub const CLIENT_ID: Alphabet = Alphabet {
    prefix: "",
    longest: 36,
    marks: ".:/_-",
};

/// Whose order it is, by its client id: Binance puts its own marks there when it closes positions by force.
pub fn owner(client_id: &str) -> Owner {
    let cause = if client_id.starts_with("autoclose-") {
        FillCause::Liquidation
    } else if client_id.starts_with("adl_autoclose") || client_id.starts_with("settlement_autoclose-") {
        FillCause::Venue
    } else {
        FillCause::Order
    };
    Owner {
        client_id: CLIENT_ID.read(client_id).filter(|_| cause == FillCause::Order),
        cause,
    }
}

fn client_id(text: &str) -> Option<ClientOrderId> {
    owner(text).client_id
}
