//! The markets that robots can trade on: asked of the venues, or read from the settings while no venue runs.

use std::collections::HashMap;
use std::sync::Arc;

use domain::credential::KeyRights;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::user::PositionMode;
use domain::venue::VenueName;

use crate::ports::keyring::Credential;
use crate::ports::venue::{Venue, VenueError};

/// Where the markets are looked up.
#[derive(Clone)]
pub enum Markets {
    /// At the venues of the running daemon.
    Venues(HashMap<VenueName, Arc<dyn Venue>>),
    /// In a list, while the daemon is down. A venue in the list supports every position mode.
    Listed(Vec<(VenueName, Instrument)>),
}

impl Markets {
    /// The market's filters; `None` when the venue is not there or does not list it.
    ///
    /// # Errors
    /// When the venue does not answer.
    pub async fn instrument(&self, venue: VenueName, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        match self {
            Self::Venues(venues) => match venues.get(&venue) {
                Some(venue) => venue.instrument(symbol).await,
                None => Ok(None),
            },
            Self::Listed(markets) => {
                let mut here = markets.iter().filter(|(name, _)| *name == venue);
                let found = here.find(|(_, instrument)| instrument.symbol == *symbol);
                Ok(found.map(|(_, instrument)| instrument.clone()))
            }
        }
    }

    /// What a key may do at the venue; `None` where the venue never tells.
    ///
    /// # Errors
    /// When the venue does not answer, is not there, or does not know the key.
    pub async fn rights(&self, venue: VenueName, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let there = match self {
            Self::Venues(venues) => venues.get(&venue),
            Self::Listed(_) => None,
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
            Self::Listed(markets) => markets.iter().any(|(name, _)| *name == venue).then_some(true),
        }
    }
}
