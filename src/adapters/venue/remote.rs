//! What every connected venue is built on: sockets, limits and the venue's clock, around the pure halves of its dialect.
//!
//! `Connected` is the venue behind the port; `Speech` is what one venue does in its own way. Over HTTP a question goes from
//! `Caller` (key, time, signature, meaning) through `Link` (which address, whether the `Limiter` allows it). Streams are
//! dialogues (`Script`) on a socket: `prices` feeds the tapes, `private` wakes whoever keeps an account in sync.

mod budget;
mod caller;
mod connected;
mod core;
mod dead_man;
mod history;
mod limiter;
mod link;
mod list;
mod offset;
mod prices;
mod private;
mod protect;
mod read;
mod rejoin;
mod script;
mod socket;
mod speech;

pub use self::budget::Urgency;
pub use self::caller::{Caller, Manners, Said, Wish};
pub use self::connected::{Connected, Streams};
pub use self::core::{Core, Markets, STRAYS, Seat, Terms};
pub use self::history::{Archive, Stretch, look};
pub use self::limiter::{Allowances, Cost, Used};
pub use self::link::{Answer, Door, Link, LinkError, Question, UsedHeaders};
pub use self::offset::Offset;
pub use self::script::{Reader, Script};
pub use self::speech::Speech;
pub(in crate::adapters::venue) use self::speech::{
    cancel, earliest, lookup, lookups, order, pick, protection, question, setting,
};
