//! The markets that robots can trade on: asked of the venues, or read from the settings while no venue runs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use domain::credential::KeyRights;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::user::PositionMode;
use domain::venue::VenueName;

use super::{Desk, DeskError};
use crate::ports::keyring::Credential;
use crate::ports::venue::{Quote, Venue, VenueError};
use crate::view::MarketView;

/// How long a venue may take to tell of a market.
const DEADLINE: Duration = Duration::from_secs(8);

/// Where the markets are looked up.
#[derive(Clone)]
pub enum Markets {
    /// At the venues of the running daemon.
    Venues(HashMap<VenueName, Arc<dyn Venue>>),
    /// In a list, while the daemon is down. A venue of which that is known supports every position mode.
    Listed {
        /// The markets.
        markets: Vec<(VenueName, Instrument)>,
        /// Venues that are switched on, and whose markets only a running daemon can ask for.
        unasked: BTreeSet<VenueName>,
    },
}

impl Markets {
    /// These markets, and no others anywhere.
    pub const fn listed(markets: Vec<(VenueName, Instrument)>) -> Self {
        let unasked = BTreeSet::new();
        Self::Listed { markets, unasked }
    }

    /// Whether the venue is switched on.
    pub fn has(&self, venue: VenueName) -> bool {
        match self {
            Self::Venues(venues) => venues.contains_key(&venue),
            Self::Listed { markets, unasked } => {
                unasked.contains(&venue) || markets.iter().any(|(name, _)| *name == venue)
            }
        }
    }

    /// The market's filters; `None` when the venue is not there or does not list it.
    ///
    /// # Errors
    /// When the venue does not answer, or no daemon runs that could ask it.
    pub async fn instrument(&self, venue: VenueName, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        match self {
            Self::Venues(venues) => match venues.get(&venue) {
                Some(venue) => venue.instrument(symbol).await,
                None => Ok(None),
            },
            Self::Listed { unasked, .. } if unasked.contains(&venue) => Err(VenueError::Unreachable(format!(
                "{venue} is asked for its markets by the daemon, which does not run"
            ))),
            Self::Listed { markets, .. } => {
                let mut here = markets.iter().filter(|(name, _)| *name == venue);
                let found = here.find(|(_, instrument)| instrument.symbol == *symbol);
                Ok(found.map(|(_, instrument)| instrument.clone()))
            }
        }
    }

    /// The best prices of a market; `None` while no venue runs.
    ///
    /// # Errors
    /// When the venue does not answer.
    pub async fn quote(&self, venue: VenueName, symbol: &Symbol) -> Result<Option<Quote>, VenueError> {
        match self {
            Self::Venues(venues) => match venues.get(&venue) {
                Some(venue) => venue.quote(symbol).await.map(Some),
                None => Ok(None),
            },
            Self::Listed { .. } => Ok(None),
        }
    }

    /// What a key may do at the venue; `None` where the venue never tells.
    ///
    /// # Errors
    /// When the venue does not answer, is not there, or does not know the key.
    pub async fn rights(&self, venue: VenueName, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let there = match self {
            Self::Venues(venues) => venues.get(&venue),
            Self::Listed { .. } => None,
        };
        match there {
            Some(venue) => venue.rights(credential).await,
            None => Err(VenueError::Unreachable(format!("{venue} is not switched on here"))),
        }
    }

    /// Whether accounts of this mode can be had at the venue; `None` when it is not there.
    pub fn supports(&self, venue: VenueName, mode: PositionMode) -> Option<bool> {
        match self {
            Self::Venues(venues) => venues.get(&venue).map(|venue| venue.supports(mode)),
            Self::Listed { .. } => self.has(venue).then_some(true),
        }
    }
}

impl Desk {
    /// One market: what its venue allows on it, and its best prices where a daemon runs.
    ///
    /// # Errors
    /// When the venue is not switched on, does not list the market, or does not answer in time.
    pub async fn market(&self, venue: VenueName, symbol: &Symbol) -> Result<MarketView, DeskError> {
        if !self.markets.has(venue) {
            return Err(DeskError::absent("venue", format!("{venue} that is switched on")));
        }
        let asked = async {
            let Some(instrument) = self.markets.instrument(venue, symbol).await? else {
                return Ok(None);
            };
            let quote = self.markets.quote(venue, symbol).await?;
            Ok(Some(MarketView::of(venue, &instrument, quote)))
        };
        let told: Result<Option<MarketView>, VenueError> = match tokio::time::timeout(DEADLINE, asked).await {
            Ok(told) => told,
            Err(_) => Err(VenueError::Unreachable(format!("no answer in {}s", DEADLINE.as_secs()))),
        };
        told?.ok_or_else(|| DeskError::absent("market", format!("{symbol} of {venue}")))
    }
}
