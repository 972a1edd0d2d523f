//! What the venues' dialects have in common: numbers, times, ids, signatures, and what an answer means.
//!
//! Each venue beside this file speaks JSON over HTTP and WebSocket, in a dialect of its own. Its folder holds the pure
//! halves that its adapter is built on, of the same shape everywhere:
//!
//! - `wire`: what the venue sends, as it sends it;
//! - `parse`: bytes to the words of this folder and of the domain, or an error that names the field and the rule;
//! - `codes`: what each error code of the venue means, one table, which docs/venues.md repeats with its source;
//! - `ask`: an instruction to a request;
//! - `sign`: a request, a key and a time to headers and a query.
//!
//! Nothing here awaits, reads a clock or touches a socket, and no bytes, whatever they are, make it panic.

mod account;
mod answer;
mod ask;
mod client_id;
mod instant;
mod listing;
mod number;
mod placed;
mod push;
mod read;
mod row;
mod sign;
mod text;
mod trade;

pub use self::account::{Balance, Booking, BookingKind, ClosedProfit, Holding, Page, realise};
pub use self::answer::{Call, Class, Code, Reply, Verdict, WAIT_HEADERS, wait};
pub use self::ask::AskError;
pub use self::client_id::{Alphabet, ClientIdError};
pub use self::instant::{Iso, Millis, Seconds};
pub use self::listing::{Contracts, Listing, Listings};
pub use self::number::{Blank, Exact, Near, Number, decimal};
pub use self::placed::{Placed, Taken};
pub use self::push::Push;
pub use self::read::{ParseError, read};
pub use self::row::{Columns, Row, bar};
pub use self::sign::{
    Credential, Request, Signed, Stamps, base64_sha256, digest_sha512, hex_sha256, hex_sha512, query_text, stamped,
    stamped_login, unsigned,
};
pub use self::text::Text;
pub use self::trade::{Fee, Net, Owner, Place, ProfitBasis, Trade, net_before};
