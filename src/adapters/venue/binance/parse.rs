//! Binance's bytes in our words.

mod account;
mod market;
mod orders;
mod stream;
#[cfg(test)]
mod tests;

pub use self::account::{
    account_balances, balances, bookings, holdings, leverage, leverages, listen_key, position_mode, rights,
};
pub use self::market::{bars, listings, marks, max_leverages, server_time, tick, top};
pub use self::orders::{order, orders, owned, owned_order, trades};
pub use self::stream::pushes;
