//! What every connected venue is built on: sockets, limits and the venue's clock, around the pure halves of its dialect.

mod budget;
mod caller;
mod limiter;
mod link;
mod offset;

pub use self::budget::Urgency;
pub use self::caller::{Caller, Manners, Said, Wish};
pub use self::limiter::{Allowance, Allowances, Cost, Used};
pub use self::link::{Answer, Door, Link, LinkError, Question, UsedHeaders};
pub use self::offset::Offset;
