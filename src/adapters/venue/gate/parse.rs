//! Gate's bytes in our words. What counts contracts needs to know how many coins they are.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

pub use self::account::{balances, bookings, closed_profits, holdings, leverage, owner, position_mode, rights, terms};
pub use self::market::{bars, listing, listings, marks, quote, server_time, ticks};
pub use self::orders::{lookup, lookup_among, order, orders, trades};
pub use self::stream::pushes;
