//! The venues beside the paper one that are switched on, opened.

use std::collections::HashMap;
use std::sync::Arc;

use domain::venue::VenueName;

use super::StartError;
use crate::adapters::venue::{Connection, connect};
use crate::clock::Clock;
use crate::config::{Settings, VenueSettings};
use crate::ports::keyring::Keyring;
use crate::ports::venue::Venue;

/// Every venue that is switched on, but the paper one. Nothing is asked of them yet.
pub(super) fn open(
    settings: &Settings,
    keyring: &Arc<dyn Keyring>,
    clock: &Arc<dyn Clock>,
) -> Result<HashMap<VenueName, Arc<dyn Venue>>, StartError> {
    let mut venues = HashMap::new();
    for (venue, own) in settings.venues.switched_on() {
        if !settings.keys.has_master() {
            return Err(StartError::NoMaster(venue));
        }
        let opened = connect(venue, &connection(own), keyring, clock);
        let opened = opened.map_err(|source| StartError::Venue { venue, source })?;
        venues.insert(venue, opened);
    }
    Ok(venues)
}

fn connection(settings: &VenueSettings) -> Connection {
    Connection {
        rest: settings.rest.clone(),
        wallet: settings.wallet.clone(),
        public_stream: settings.public_stream.clone(),
        private_stream: settings.private_stream.clone(),
        egress: settings.egress.clone(),
        deadline: settings.deadline,
        dead_man: (!settings.dead_man.is_zero()).then_some(settings.dead_man),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::MemoryStore;
    use crate::assemble::keys;
    use crate::clock::SystemClock;
    use crate::config::{Sources, load};

    fn opened(variables: &[(&str, &str)]) -> Result<Vec<VenueName>, String> {
        let mut sources = Sources::default();
        for (name, value) in variables {
            sources = sources.with_variable(name, value);
        }
        let settings = load(&sources).unwrap();
        let keyring = keys::open(&settings.keys, Arc::new(MemoryStore::new())).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        match open(&settings, &keyring, &clock) {
            Ok(venues) => Ok(venues.into_keys().collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn a_venue_is_opened_when_it_is_switched_on_and_keys_of_its_accounts_can_be() {
        let on = ("BURSAR__VENUES__BINANCE__ENABLED", "true");
        let master = "0f".repeat(32);
        assert_eq!(opened(&[]), Ok(Vec::new()));
        assert_eq!(
            opened(&[on]),
            Err(
                "the venue binance is switched on, and there is no master key for keys of accounts there: set keys.master"
                    .to_owned()
            )
        );
        assert_eq!(
            opened(&[on, ("BURSAR__KEYS__MASTER", &master)]),
            Ok(vec![VenueName::Binance])
        );
    }
}
