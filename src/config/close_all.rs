//! Section `close_all`: orders to close everything in a scope.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{duration, flag};
use super::wrong::WrongKeys;

/// Orders to close everything in a scope.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAllSettings {
    /// How often what is not flat yet is pressed.
    #[serde(with = "duration")]
    pub look_every: Duration,
    /// After which time something that is not flat raises an alert.
    #[serde(with = "duration")]
    pub flat_within: Duration,
    /// Whether positions that no robot opened are closed, where the order does not say.
    #[serde(deserialize_with = "flag::deserialize")]
    pub close_external: bool,
}

impl CloseAllSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let often = (Duration::from_millis(100)..=Duration::from_secs(60)).contains(&self.look_every);
        let shown = duration::text(self.look_every);
        wrong.unless(often, "close_all.look_every", shown, "must be between 100ms and 60s");
        let rule = "must be at least close_all.look_every";
        let rising = self.flat_within >= self.look_every;
        wrong.unless(rising, "close_all.flat_within", duration::text(self.flat_within), rule);
    }
}
