//! A request on its way to its endpoint, and the tables of endpoints that dialects keep.

use std::sync::{Arc, OnceLock};

use domain::id::VenueAccountId;

use super::dialect::Asked;
use super::exchange::{Account, Exchange};

/// A request on its way, to dialect `D` with parameters as that reads them.
pub struct Call<'a, D, P> {
    /// Who answers, with what it counts and keeps.
    pub dialect: &'a D,
    /// The exchange.
    pub exchange: &'a Arc<Exchange>,
    /// As it was sent.
    pub asked: &'a Asked,
    /// What it says.
    pub params: P,
    /// Who asks, where a key is needed.
    pub account: Option<&'a Account>,
    /// The order that was placed.
    pub placed: OnceLock<(VenueAccountId, i64)>,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever has a key.
    Key,
    /// Whoever signs.
    Signed,
    /// Whoever signs with a key that may trade.
    Trade,
}

/// An endpoint, with terms of its dialect and a handler.
pub struct Route<T, H> {
    /// Method, in capitals.
    pub method: &'static str,
    /// Path.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    /// How it is counted, or what else differs from endpoint to endpoint.
    pub terms: T,
    /// Who answers.
    pub handler: H,
}

impl<'a, D, P> Call<'a, D, P> {
    /// A call that has just come.
    pub fn new(
        dialect: &'a D,
        exchange: &'a Arc<Exchange>,
        asked: &'a Asked,
        params: P,
        account: Option<&'a Account>,
    ) -> Self {
        Self {
            dialect,
            exchange,
            asked,
            params,
            account,
            placed: OnceLock::new(),
        }
    }
}

impl Access {
    /// Who asks, when that is allowed. `check` says whose request it is.
    ///
    /// # Errors
    /// What `check` says, or `forbidden` where the key may not trade.
    pub fn admit<'a, E>(
        self,
        check: impl FnOnce() -> Result<&'a Account, E>,
        forbidden: impl FnOnce() -> E,
    ) -> Result<Option<&'a Account>, E> {
        if self == Self::Public {
            return Ok(None);
        }
        let account = check()?;
        if self == Self::Trade && !account.rights.trade {
            return Err(forbidden());
        }
        Ok(Some(account))
    }
}

/// The endpoint of a request.
pub fn find<T, H>(routes: &'static [Route<T, H>], method: &str, path: &str) -> Option<&'static Route<T, H>> {
    routes.iter().find(|route| route.method == method && route.path == path)
}

/// Whether there is something at a path, with whatever method.
pub fn exists<T, H>(routes: &[Route<T, H>], path: &str) -> bool {
    routes.iter().any(|route| route.path == path)
}
