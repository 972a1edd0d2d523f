//! Section `stocks`: the stock venues, and how they are reached.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::ledger::Asset;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::secret::SecretText;
use super::form::{choice, decimal, duration, flag};
use super::wrong::WrongKeys;

/// The stock venues.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StocksSettings {
    /// Futu, through its OpenD.
    pub futu: FutuSettings,
}

/// Whether real money is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StockEnvironment {
    /// Paper trading.
    Paper,
    /// Real money.
    Live,
}

/// Futu, through its OpenD.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FutuSettings {
    /// Whether it is switched on.
    #[serde(deserialize_with = "flag::deserialize")]
    pub enabled: bool,
    /// Host and port of OpenD.
    pub address: String,
    /// Whether real money is traded.
    #[serde(deserialize_with = "choice::deserialize")]
    pub environment: StockEnvironment,
    /// The market: `US` or `HK`.
    pub market: String,
    /// The account's number; empty where the only one that fits is to be taken.
    pub account: String,
    /// The password that unlocks trading with real money. A secret.
    pub password: SecretText,
    /// A file that holds the same; empty when there is none.
    pub password_file: PathBuf,
    /// OpenD's RSA private key; empty leaves the connection in plain.
    pub rsa_key_file: PathBuf,
    /// Longest wait for one answer.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// How long OpenD may not list an order that it took.
    #[serde(with = "duration")]
    pub lookup_grace: Duration,
    /// The asset of the ledger that its cash is in.
    pub cash_asset: String,
    /// Cash there before the ledger began to follow it; with it solvency begins.
    #[serde(with = "decimal")]
    pub cash_before: Decimal,
}

impl StocksSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        self.futu.check(wrong);
    }
}

impl FutuSettings {
    /// The account's number, where one is named.
    #[must_use]
    pub fn account(&self) -> Option<u64> {
        self.account.parse().ok()
    }

    /// Whether there is a password, or a file that should hold one.
    #[must_use]
    pub fn has_password(&self) -> bool {
        !self.password.is_empty() || !self.password_file.as_os_str().is_empty()
    }

    fn check(&self, wrong: &mut WrongKeys) {
        let key = |name: &str| format!("stocks.futu.{name}");
        let rule = "must be a host and a port, such as 127.0.0.1:11111";
        wrong.unless(is_address(&self.address), &key("address"), &self.address, rule);
        let known = ["US", "HK"].contains(&self.market.as_str());
        wrong.unless(known, &key("market"), &self.market, "must be US or HK");
        let fits = self.account.is_empty() || self.account().is_some_and(|account| account > 0);
        wrong.unless(
            fits,
            &key("account"),
            &self.account,
            "must be empty, or the account's number",
        );
        let once = self.password.is_empty() || self.password_file.as_os_str().is_empty();
        let rule = "must be empty where stocks.futu.password is set";
        wrong.unless(once, &key("password_file"), self.password_file.display(), rule);
        let locked = self.enabled && self.environment == StockEnvironment::Live && !self.has_password();
        let rule =
            "must be set, or stocks.futu.password_file, where stocks.futu.environment is \"live\" (value not shown)";
        wrong.unless_secret(!locked, &key("password"), rule);
        let bare = self.rsa_key_file.as_os_str().is_empty() && !is_near(&self.address);
        let live = self.enabled && self.environment == StockEnvironment::Live;
        let rule =
            "must be set where stocks.futu.environment is \"live\" and stocks.futu.address is not on this machine";
        wrong.unless(!(live && bare), &key("rsa_key_file"), self.rsa_key_file.display(), rule);
        let within = |value, from, to| (from..=to).contains(&value);
        let fits = within(self.deadline, Duration::from_millis(100), Duration::from_secs(60));
        let shown = duration::text(self.deadline);
        wrong.unless(fits, &key("deadline"), shown, "must be between 100ms and 60s");
        let fits = within(self.lookup_grace, Duration::from_secs(1), Duration::from_secs(600));
        let shown = duration::text(self.lookup_grace);
        wrong.unless(fits, &key("lookup_grace"), shown, "must be between 1s and 10m");
        let known = Asset::new(&self.cash_asset).is_some();
        wrong.unless(
            known,
            &key("cash_asset"),
            &self.cash_asset,
            "must be 1 to 12 of A-Z and 0-9",
        );
        wrong.money(&key("cash_before"), self.cash_before);
    }
}

/// Whether a host is this machine.
fn is_near(address: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|host| host.is_loopback())
}

/// Whether this is a host and a port.
fn is_address(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let host_fits = !host.is_empty() && !host.contains(['/', '@']) && !host.contains(char::is_whitespace);
    host_fits && port.parse::<u16>().is_ok_and(|port| port > 0)
}
