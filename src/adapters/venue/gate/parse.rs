//! Gate's bytes in our words. What counts contracts needs to know how many coins they are.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

pub use self::account::{balances, bookings, closed_profits, holdings, leverage, position_mode};
pub use self::market::{bars, listing, listings, marks, server_time, ticks};
pub use self::orders::{lookup, lookup_among, order, orders, trades};
pub use self::stream::pushes;
