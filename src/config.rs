//! The settings of the daemon: one typed struct per section, read from layered TOML files and variables.

mod alerts;
mod chains;
mod close_all;
mod daemon;
mod form;
mod http;
mod jobs;
mod keys;
mod layers;
mod ledger;
mod log;
mod notify;
mod paper;
mod payouts;
mod pools;
mod probe;
mod risk;
mod robot;
mod settlement;
mod sources;
mod stocks;
mod store;
mod subscriptions;
mod supervisor;
mod sync;
mod templates;
mod venues;
mod wrong;

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use alerts::AlertSettings;
pub use chains::{ChainSettings, ChainsSettings, FinalityChoice};
pub use close_all::CloseAllSettings;
pub use daemon::DaemonSettings;
pub use form::duration::parse as parse_duration;
pub use form::secret::SecretText;
pub use http::HttpSettings;
pub use jobs::{Every, JobSettings, OWN_JOBS, ProgramSettings, WorkKind, whole_match};
pub use keys::{KeySettings, MasterKey, parse as parse_master_keys};
pub use ledger::LedgerSettings;
pub use log::{LogFormat, LogSettings};
pub use notify::{NotifySettings, TargetKind, TargetSettings};
pub use paper::{InstrumentSettings, PaperFaults, PaperFeed, PaperSettings};
pub use payouts::{KeyPlace, PayerKeySettings, PayoutSettings, PayoutsSettings};
pub use pools::PoolSettings;
pub use risk::{OppositeChoice, RiskSettings};
pub use robot::RobotSettings;
pub use settlement::{HoldChoice, HoldSettings, PayFrom, SettlementSettings};
pub use sources::Sources;
pub use stocks::{FutuSettings, StockEnvironment, StocksSettings};
pub use store::{StoreSettings, StoreUrl};
pub use subscriptions::{SubscriptionSettings, SubscriptionsSettings, TokenSettings};
pub use supervisor::SupervisorSettings;
pub use sync::SyncSettings;
pub use templates::{Classifier, ExitTemplate, RiskTemplates, TemplateSettings};
pub use venues::{VenueSettings, VenuesSettings};
pub use wrong::{SettingsError, WrongKey};

use wrong::WrongKeys;

/// Every setting; `settings/base.toml` holds the defaults and says what each one means.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The process: its folder, its environment, its end.
    pub daemon: DaemonSettings,
    /// The HTTP interface.
    pub http: HttpSettings,
    /// The database.
    pub store: StoreSettings,
    /// The master keys.
    pub keys: KeySettings,
    /// What is logged, and in which form.
    pub log: LogSettings,
    /// Restarts and quarantine of actors.
    pub supervisor: SupervisorSettings,
    /// Polling and reconciling venue accounts.
    pub sync: SyncSettings,
    /// One robot's own limits.
    pub robot: RobotSettings,
    /// What is checked before an open.
    pub risk: RiskSettings,
    /// Orders to close everything in a scope.
    pub close_all: CloseAllSettings,
    /// Charging power for profits.
    pub settlement: SettlementSettings,
    /// Paying the yield of products.
    pub pools: PoolSettings,
    /// Jobs of operators, and what they may do.
    pub jobs: JobSettings,
    /// The single writer of money.
    pub ledger: LedgerSettings,
    /// When an operator is told.
    pub alerts: AlertSettings,
    /// Who is told of alerts.
    pub notify: NotifySettings,
    /// The paper venue.
    pub paper: PaperSettings,
    /// The venues beside it.
    pub venues: VenuesSettings,
    /// The EVM chains.
    #[serde(default)]
    pub chains: ChainsSettings,
    /// Who pays on them.
    #[serde(default)]
    pub payouts: PayoutsSettings,
    /// The vaults whose logs are read.
    #[serde(default)]
    pub subscriptions: SubscriptionsSettings,
    /// The stock venues.
    pub stocks: StocksSettings,
    /// Thresholds and exits by market state and risk preference.
    pub templates: TemplateSettings,
}

impl Settings {
    /// The URL of the database to open: the one that was set, else the SQLite file in the state directory.
    #[must_use]
    pub fn database_url(&self) -> SecretString {
        let set = self.store.url.expose_secret();
        if set.is_empty() {
            let file = self.daemon.state_directory.join("bursar.sqlite");
            format!("sqlite://{}?mode=rwc", file.display()).into()
        } else {
            set.to_owned().into()
        }
    }

    /// Where each job has a folder of its own: the directory that was set, else `jobs` in the state directory.
    #[must_use]
    pub fn job_directory(&self) -> PathBuf {
        let set = &self.jobs.directory;
        if set == Path::new("") {
            self.daemon.state_directory.join("jobs")
        } else {
            set.clone()
        }
    }

    fn check(&self, wrong: &mut WrongKeys) {
        self.daemon.check(wrong);
        self.http.check(wrong);
        self.store.check(wrong);
        self.keys.check(wrong);
        self.log.check(wrong);
        self.supervisor.check(wrong);
        self.sync.check(wrong);
        self.robot.check(self.sync.lookup_grace, wrong);
        self.risk.check(wrong);
        self.close_all.check(wrong);
        self.settlement.check(wrong);
        self.pools.check(wrong);
        self.jobs.check(wrong);
        self.ledger.check(wrong);
        self.alerts.check(wrong);
        self.notify.check(wrong);
        self.paper.check(wrong);
        self.venues.check(wrong);
        chains::check(&self.chains, wrong);
        payouts::check(&self.payouts, &self.chains, &self.daemon.environment, wrong);
        subscriptions::check(&self.subscriptions, wrong);
        self.stocks.check(wrong);
        self.templates.check(wrong);
    }
}

/// Reads all layers, lays them over each other and checks every key.
///
/// # Errors
/// [`SettingsError::Wrong`] names every wrong key at once, with the rule that it broke; the other variants say
/// which file could not be read.
pub fn load(sources: &Sources) -> Result<Settings, SettingsError> {
    let base = layers::base()?;
    let mut tree = layers::merged(sources)?;
    let mut wrong = WrongKeys::default();
    probe::each_key(&base, &mut tree, &mut wrong);
    match tree.try_deserialize::<Settings>() {
        Ok(mut settings) => {
            let credentials = sources.variables.get("CREDENTIALS_DIRECTORY").map(Path::new);
            payouts::resolve(&mut settings.payouts, credentials);
            settings.check(&mut wrong);
            wrong.into_result(settings)
        }
        Err(error) => {
            wrong.unreadable("settings", None, &error);
            Err(wrong.into_error())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_file_alone_is_valid() {
        let settings = load(&Sources::default()).expect("the defaults are valid");
        assert_eq!(settings.http.listen.to_string(), "127.0.0.1:8420");
        assert_eq!(settings.sync.open_interval.as_secs(), 5);
        assert_eq!(settings.sync.flat_interval.as_secs(), 30);
        assert_eq!(settings.paper.instruments.len(), 2);
    }

    #[test]
    fn empty_url_means_the_sqlite_file_in_the_state_directory() {
        let settings = load(&Sources::default().with_variable("STATE_DIRECTORY", "/var/lib/bursar")).expect("valid");
        assert_eq!(
            settings.database_url().expose_secret(),
            "sqlite:///var/lib/bursar/bursar.sqlite?mode=rwc"
        );
    }
}
