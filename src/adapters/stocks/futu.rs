//! Futu OpenD: stocks, over the vendor's own protocol.
//!
//! `wire` has frames, ciphers and messages; `parse` makes the domain's words of them; `link` minds the connection; `limits` holds
//! requests back; here is the port. Facts about the venue: docs/venues.md.

mod codes;
mod limits;
mod link;
mod options;
mod parse;
mod port;
mod wire;

use std::collections::HashMap;
use std::sync::Arc;

use domain::market::Symbol;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clock::Clock;
use link::Link;
pub use options::{Environment, FutuOptions, StockMarket};
pub use wire::cipher::{CipherError, RsaKey};
use wire::quote::SnapshotBasic;
use wire::trade::Orders;

/// Why the venue cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Trading with real money has to be unlocked.
    #[error("trading with real money needs the password that unlocks it")]
    NoPassword,
}

/// The venue, with one account.
pub struct FutuVenue {
    link: Arc<Link>,
    minding: JoinHandle<()>,
    /// The last list of today's orders, and when it was asked for.
    today: Mutex<Option<(Instant, Arc<Orders>)>>,
    /// The last snapshot of each stock, and when it was asked for.
    snapshots: std::sync::Mutex<HashMap<Symbol, Arc<LastSnapshot>>>,
}

type LastSnapshot = Mutex<Option<(Instant, Arc<SnapshotBasic>)>>;

impl FutuVenue {
    /// Opens it, on the runtime of the caller. It connects by itself, now and whenever the connection breaks; nothing is asked of an
    /// account before it was found in OpenD's list in the environment and the market of the options.
    ///
    /// # Errors
    /// When the options contradict each other.
    pub fn open(options: FutuOptions, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        if options.environment == Environment::Live && options.password.is_none() {
            return Err(OpenError::NoPassword);
        }
        let link = Arc::new(Link::new(options, clock));
        let minding = tokio::spawn(Arc::clone(&link).mind());
        Ok(Arc::new(Self {
            link,
            minding,
            today: Mutex::default(),
            snapshots: std::sync::Mutex::default(),
        }))
    }
}

impl Drop for FutuVenue {
    fn drop(&mut self) {
        self.minding.abort();
    }
}
