//! Who answers a command: the running daemon over HTTP, or the database itself while the daemon is down.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use domain::venue::VenueName;
use secrecy::SecretString;

use crate::adapters::store::SqlStore;
use crate::assemble::{builtins, keys, options, paper, state_files, targets, work};
use crate::cli::client::{Client, ClientError};
use crate::cli::{CliError, Global};
use crate::clock::SystemClock;
use crate::config::Settings;
use crate::desk::{Asker, Desk, DeskError, Markets, reason};

/// Where the daemon is, and who asks.
#[derive(Debug, clap::Args)]
pub(super) struct Reach {
    /// Where the daemon answers. Without it: where it last said it listens, else the address in the settings; and while
    /// nobody listens there, the database itself
    #[arg(long, value_name = "URL", env = "BURSAR_URL")]
    url: Option<String>,
    /// The token. Others can see arguments: better set BURSAR_TOKEN, or use the file admin.token in the state directory
    #[arg(long, value_name = "TOKEN", env = "BURSAR_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// Who answers.
pub(super) enum Reached {
    /// The running daemon.
    Daemon(Client),
    /// The database itself.
    Database(Box<Desk>),
}

impl Reach {
    /// The daemon, or the database when no URL was given and nobody listens where the daemon would.
    ///
    /// # Errors
    /// When there is a daemon but no token for it, or neither daemon nor database answers.
    pub(super) async fn any(&self, global: &Global) -> Result<Reached, CliError> {
        let settings = global.settings()?;
        match self.alive(&settings).await {
            Ok(client) => Ok(Reached::Daemon(client)),
            Err(CliError::Client(ClientError::Down { .. })) if self.url.is_none() => {
                Ok(Reached::Database(Box::new(desk(&settings).await?)))
            }
            Err(error) => Err(error),
        }
    }

    /// The daemon, for what only its actors can do.
    ///
    /// # Errors
    /// When it does not answer, or there is no token for it.
    pub(super) async fn daemon(&self, global: &Global) -> Result<Client, CliError> {
        match self.alive(&global.settings()?).await {
            Err(CliError::Client(ClientError::Down { url })) => Err(CliError::NeedsDaemon { url }),
            other => other,
        }
    }

    async fn alive(&self, settings: &Settings) -> Result<Client, CliError> {
        let directory = &settings.daemon.state_directory;
        let said = || fs::read_to_string(directory.join(state_files::URL_FILE)).ok();
        let url = self.url.clone().or_else(said);
        let url = url.unwrap_or_else(|| format!("http://{}", settings.http.listen));
        let url = url.trim();
        Client::new(url, SecretString::default())?.probe().await?;
        let token = match &self.token {
            Some(token) => token.clone().into(),
            None => saved_token(&directory.join(state_files::TOKEN_FILE))?,
        };
        Ok(Client::new(url, token)?)
    }
}

/// Makes sure that no daemon runs, as far as can be seen from here.
///
/// # Errors
/// When one answers, or somebody listens there and does not answer.
pub(super) async fn nobody_runs(settings: &Settings) -> Result<(), CliError> {
    let said = fs::read_to_string(settings.daemon.state_directory.join(state_files::URL_FILE)).ok();
    let url = said.unwrap_or_else(|| format!("http://{}", settings.http.listen));
    let url = url.trim();
    match Client::new(url, SecretString::default())?.probe().await {
        Ok(_) => Err(CliError::DaemonRuns { url: url.to_owned() }),
        Err(ClientError::Down { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The desk over the database in the settings; no venue runs, so the markets are those in the settings, and other venues are not asked.
///
/// # Errors
/// When the database does not open.
pub(super) async fn desk(settings: &Settings) -> Result<Desk, CliError> {
    let store = Arc::new(SqlStore::open(options::store(settings)).await?);
    let keyring = keys::open(&settings.keys, store.clone())?;
    let markets = paper::options(&settings.paper)?.markets.into_iter();
    let markets = Markets::Listed {
        markets: markets
            .map(|market| (VenueName::Paper, market.terms.instrument))
            .collect(),
        unasked: settings.venues.switched_on().map(|(venue, _)| venue).collect(),
    };
    let desk = Desk::new(store, Arc::new(SystemClock), markets)
        .with_keyring(keyring)
        .closing_external(settings.close_all.close_external)
        .with_jobs(builtins(settings), work::worker(settings)?);
    Ok(desk.with_targets(targets::known(&settings.notify)?))
}

/// Who asks on the command line.
///
/// # Errors
/// When the reason cannot be kept as it is.
pub(super) fn asker(given: Option<&str>) -> Result<Asker, CliError> {
    let (uid, name) = local_user();
    Ok(Asker {
        by: format!("cli:{name}"),
        reason: reason(given).map_err(DeskError::from)?,
        from: format!("cli uid={uid} host={}", host()),
    })
}

/// The user of this process: its number as the kernel says, and its name in the system's own list.
fn local_user() -> (u32, String) {
    let uid = fs::metadata("/proc/self").map_or(u32::MAX, |metadata| metadata.uid());
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid.to_string()).then(|| name.to_owned())
    });
    (uid, named.unwrap_or_else(|| format!("uid-{uid}")))
}

fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

fn saved_token(file: &Path) -> Result<SecretString, CliError> {
    let unfit = |why: String| CliError::TokenFile {
        file: file.to_owned(),
        why,
    };
    let mode = match fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CliError::NoToken),
        Err(error) => return Err(unfit(error.to_string())),
    };
    if mode & 0o077 != 0 {
        return Err(unfit("others may read it; set its mode to 0600".to_owned()));
    }
    let token = fs::read_to_string(file).map_err(|error| unfit(error.to_string()))?;
    Ok(token.trim().to_owned().into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_token_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("admin.token");
        assert!(matches!(saved_token(&file), Err(CliError::NoToken)));
        fs::write(&file, "bursar_admin_1\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(saved_token(&file), Err(CliError::TokenFile { .. })));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(saved_token(&file).unwrap().expose_secret(), "bursar_admin_1");
    }
}
