//! Section `store`: the database.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::form::{duration, whole};
use super::wrong::WrongKeys;

/// The database.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// Its URL; empty for the SQLite file in the state directory.
    pub url: StoreUrl,
    /// Connections in the pool.
    #[serde(deserialize_with = "whole::deserialize")]
    pub max_connections: u32,
    /// Longest wait for a free connection.
    #[serde(with = "duration")]
    pub acquire_deadline: Duration,
    /// Longest time for one statement.
    #[serde(with = "duration")]
    pub statement_deadline: Duration,
}

impl StoreSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let url = self.url.expose_secret();
        let known = ["sqlite:", "postgres://", "postgresql://", "mysql://", "mariadb://"];
        let holds = url.is_empty() || known.iter().any(|scheme| url.starts_with(scheme));
        let rule =
            "must be empty, or a URL that starts with sqlite:, postgres://, mysql:// or mariadb:// (value not shown)";
        wrong.unless_secret(holds, "store.url", rule);
        wrong.between("store.max_connections", self.max_connections, 1, 1_000);
    }
}

/// A database URL, shown without its password.
#[derive(Clone, Deserialize)]
pub struct StoreUrl(SecretString);

impl ExposeSecret<str> for StoreUrl {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(self.expose_secret()))
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", masked(self.expose_secret()))
    }
}

impl Serialize for StoreUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The URL with user and host, but `***` for the password and for every parameter that may be a secret.
///
/// A password may hold `@`, `/`, `?` or `#` that somebody forgot to escape, so all up to the last `@` is masked.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return masked_query(url);
    };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            let password = if login.contains(':') { ":***" } else { "" };
            format!("{scheme}://{user}{password}@{}", masked_query(host))
        }
        None => format!("{scheme}://{}", masked_query(rest)),
    }
}

fn masked_query(text: &str) -> String {
    let Some((path, query)) = text.split_once('?') else {
        return text.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if ["mode", "sslmode", "ssl-mode", "cache"].contains(&name) => {
            format!("{name}={value}")
        }
        Some((name, _)) => format!("{name}=***"),
        None => "***".to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_url_shows_its_password() {
        for (url, shown) in [
            ("", ""),
            (
                "sqlite:///var/lib/bursar/bursar.sqlite?mode=rwc",
                "sqlite:///var/lib/bursar/bursar.sqlite?mode=rwc",
            ),
            (
                "postgres://bursar:hunter2@db:5432/bursar",
                "postgres://bursar:***@db:5432/bursar",
            ),
            (
                "postgres://bursar:hun/ter@2?#@db/bursar?sslmode=require",
                "postgres://bursar:***@db/bursar?sslmode=require",
            ),
            ("mysql://root@127.0.0.1:3306/test", "mysql://root@127.0.0.1:3306/test"),
            (
                "postgres://db/bursar?user=u&password=hunter2",
                "postgres://db/bursar?user=***&password=***",
            ),
            ("postgres:hunter2?hunter2", "postgres:hunter2?***"),
        ] {
            assert_eq!(masked(url), shown);
            let url = StoreUrl(url.to_owned().into());
            assert_eq!(format!("{url:?}"), format!("{shown:?}"));
            assert_eq!(serde_json::to_value(&url).expect("text"), serde_json::json!(shown));
        }
    }
}
