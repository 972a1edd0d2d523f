//! The stock venues, built from the settings.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::adapters::stocks::futu::{CipherError, Environment, FutuOptions, FutuVenue, OpenError, RsaKey, StockMarket};
use crate::clock::Clock;
use crate::config::{FutuSettings, StockEnvironment};
use crate::ports::stocks::StockVenue;

/// A stock venue cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StocksError {
    /// A file cannot be read.
    #[error("could not read stocks.futu.{key} {}", file.display())]
    Unreadable {
        /// The key that names it.
        key: &'static str,
        /// Which.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner may read a file.
    #[error("stocks.futu.{key} {}: others may read it; set its mode to 0600 or 0400", file.display())]
    Open {
        /// The key that names it.
        key: &'static str,
        /// Which.
        file: PathBuf,
    },
    /// There is no key in the file.
    #[error("stocks.futu.rsa_key_file {}", file.display())]
    Key {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: CipherError,
    },
    /// The market is not known.
    #[error("stocks.futu.market {0} is not known")]
    Market(String),
    /// The options contradict each other.
    #[error("could not open the venue futu")]
    Venue(#[from] OpenError),
}

/// Futu, when it is switched on. It connects by itself; nothing is asked of it yet.
///
/// # Errors
/// Names the file or the setting that cannot be used.
pub fn futu(settings: &FutuSettings, clock: &Arc<dyn Clock>) -> Result<Option<Arc<dyn StockVenue>>, StocksError> {
    if !settings.enabled {
        return Ok(None);
    }
    let opened = FutuVenue::open(options(settings)?, Arc::clone(clock))?;
    Ok(Some(opened))
}

/// How OpenD is reached, by the settings.
///
/// # Errors
/// Names the file or the setting that cannot be used.
pub fn options(settings: &FutuSettings) -> Result<FutuOptions, StocksError> {
    let market = StockMarket::parse(&settings.market);
    let key = match named(&settings.rsa_key_file) {
        Some(file) => Some(rsa_key(file)?),
        None => None,
    };
    Ok(FutuOptions {
        address: settings.address.clone(),
        environment: match settings.environment {
            StockEnvironment::Paper => Environment::Paper,
            StockEnvironment::Live => Environment::Live,
        },
        market: market.ok_or_else(|| StocksError::Market(settings.market.clone()))?,
        account: settings.account(),
        password: password(settings)?,
        key,
        deadline: settings.deadline,
        lookup_grace: settings.lookup_grace,
    })
}

fn named(file: &Path) -> Option<&Path> {
    (!file.as_os_str().is_empty()).then_some(file)
}

fn password(settings: &FutuSettings) -> Result<Option<SecretString>, StocksError> {
    if !settings.password.is_empty() {
        return Ok(Some(settings.password.expose_secret().to_owned().into()));
    }
    let Some(file) = named(&settings.password_file) else {
        return Ok(None);
    };
    let text = own("password_file", file)?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned().into()))
}

fn rsa_key(file: &Path) -> Result<RsaKey, StocksError> {
    let text = own("rsa_key_file", file)?;
    RsaKey::parse(&text).map_err(|source| StocksError::Key {
        file: file.to_owned(),
        source,
    })
}

/// The text of a file that its owner alone may read.
fn own(key: &'static str, file: &Path) -> Result<Zeroizing<String>, StocksError> {
    let unreadable = |source| StocksError::Unreadable {
        key,
        file: file.to_owned(),
        source,
    };
    let mode = fs::metadata(file).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(StocksError::Open {
            key,
            file: file.to_owned(),
        });
    }
    fs::read_to_string(file).map(Zeroizing::new).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load};

    const PEM: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/opend/rsa.pem"));

    fn told(variables: &[(&str, &str)]) -> Result<FutuOptions, String> {
        let mut sources = Sources::default();
        for (name, value) in variables {
            sources = sources.with_variable(&format!("BURSAR__STOCKS__FUTU__{name}"), value);
        }
        let settings = load(&sources).map_err(|error| error.to_string())?;
        options(&settings.stocks.futu).map_err(|error| error.to_string())
    }

    fn saved(folder: &tempfile::TempDir, text: &str, mode: u32) -> String {
        let file = folder.path().join("secret");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        file.display().to_string()
    }

    #[test]
    fn s3_30_it_is_paper_until_the_settings_say_live_and_live_needs_a_password() {
        assert_eq!(told(&[]).unwrap().environment, Environment::Paper);
        let (on, live) = (("ENABLED", "true"), ("ENVIRONMENT", "live"));
        let error = told(&[on, live]).unwrap_err();
        assert!(error.contains("stocks.futu.password: must be set"), "{error}");
        let options = told(&[on, live, ("PASSWORD", "canary"), ("ACCOUNT", "20")]).unwrap();
        assert_eq!((options.environment, options.account), (Environment::Live, Some(20)));
        assert_eq!(options.password.as_ref().unwrap().expose_secret(), "canary");
        assert!(!format!("{options:?}").contains("canary"), "{options:?}");
    }

    #[test]
    fn password_and_key_come_from_files_that_nobody_else_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = saved(&folder, "canary\n", 0o600);
        let options = told(&[("PASSWORD_FILE", &file)]).unwrap();
        assert_eq!(options.password.unwrap().expose_secret(), "canary");
        let file = saved(&folder, PEM, 0o400);
        assert!(told(&[("RSA_KEY_FILE", &file)]).unwrap().key.is_some());
        let folder = tempfile::tempdir().unwrap();
        let file = saved(&folder, PEM, 0o640);
        let error = told(&[("RSA_KEY_FILE", &file)]).unwrap_err();
        assert!(
            error.contains("stocks.futu.rsa_key_file") && error.contains("others may read it"),
            "{error}"
        );
        let folder = tempfile::tempdir().unwrap();
        let file = saved(&folder, "canary", 0o600);
        let error = told(&[("RSA_KEY_FILE", &file)]).unwrap_err();
        assert!(error.contains("rsa_key_file") && !error.contains("canary"), "{error}");
        assert!(
            told(&[("RSA_KEY_FILE", "/nowhere/at/all")])
                .unwrap_err()
                .contains("could not read")
        );
    }
}
