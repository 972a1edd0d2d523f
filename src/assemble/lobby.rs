//! Where a daemon waits until it may write: alive, not ready, telling for whom it waits.

use std::path::Path;
use std::time::Duration;

use futures::FutureExt;
use sd_notify::NotifyState;
use tokio::sync::watch;
use tracing::{info, warn};

use super::ending::Ear;
use super::{StartError, notify, options, state_files};
use crate::adapters::store::{Candidate, SqlStore};
use crate::config::Settings;
use crate::event;
use crate::http;

/// Between two times that the right to write is asked for: what a take-over costs at most, beside a start.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How long systemd is asked to wait on, in microseconds.
const PATIENCE_USEC: u32 = 30_000_000;

/// Becomes the writer and opens the store; waits for as long as somebody else is.
pub(super) async fn enter(settings: &Settings) -> Result<SqlStore, StartError> {
    let store = options::store(settings);
    let mut candidate = Candidate::connect(store)
        .await
        .map_err(|error| StartError::Schema(error.into()))?;
    let mut lobby: Option<Lobby> = None;
    loop {
        let why = match candidate.ask().await {
            Ok(None) => match candidate.enter().await {
                Ok(()) => break,
                Err(error) if lobby.is_some() && error.may_pass() => {
                    warn!(event = event::LEASE_WAITING, %error, "could not take over");
                    "waiting to become the writer: the database does not answer".to_owned()
                }
                Err(error) => return Err(error.into()),
            },
            Ok(Some(holder)) => format!("waiting to become the writer: {holder} writes to the database"),
            // One that waits may as well wait for the database.
            Err(error) if lobby.is_some() => {
                warn!(event = event::LEASE_WAITING, %error, "the database does not answer");
                "waiting to become the writer: the database does not answer".to_owned()
            }
            Err(error) => return Err(error.into()),
        };
        let waiting = match &mut lobby {
            Some(lobby) => {
                lobby.say(why);
                lobby
            }
            None => lobby.insert(Lobby::open(settings, why)?),
        };
        if tokio::time::timeout(ASK_EVERY, waiting.ear.told()).await.is_ok() {
            return Err(StartError::Told);
        }
    }
    if let Some(lobby) = lobby {
        lobby.leave(&settings.daemon.state_directory).await?;
    }
    let store = candidate.open().await?;
    info!(event = event::LEASE_TAKEN, "this process is the writer");
    Ok(store)
}

struct Lobby {
    why: watch::Sender<String>,
    ear: Ear,
    server: actix_web::dev::ServerHandle,
}

impl Lobby {
    fn open(settings: &Settings, why: String) -> Result<Self, StartError> {
        warn!(event = event::LEASE_WAITING, "{why}");
        let (why, seen) = watch::channel(why);
        let bound = http::lobby::wait(&options::http(settings)?, seen)?;
        tokio::spawn(super::serve_until_stopped(bound.server));
        let directory = &settings.daemon.state_directory;
        let url = format!("http://{}", bound.address);
        let unusable = |source| StartError::Directory {
            directory: directory.clone(),
            source,
        };
        // Not the file in which commands look for the daemon: that may be the other one's.
        state_files::write(directory, state_files::WAITING_FILE, &url).map_err(unusable)?;
        let lobby = Self {
            why,
            ear: Ear::open().ok_or(StartError::Told)?,
            server: bound.handle,
        };
        lobby.tell();
        Ok(lobby)
    }

    fn say(&self, why: String) {
        if *self.why.borrow() != why {
            warn!(event = event::LEASE_WAITING, "{why}");
            self.why.send_replace(why);
        }
        self.tell();
    }

    fn tell(&self) {
        let why = self.why.borrow().clone();
        notify::tell(&[NotifyState::Status(&why), NotifyState::ExtendTimeoutUsec(PATIENCE_USEC)]);
    }

    async fn leave(mut self, directory: &Path) -> Result<(), StartError> {
        self.server.stop(false).await;
        if let Err(error) = state_files::remove(directory, state_files::WAITING_FILE) {
            warn!(event = event::LEASE_WAITING, %error, "could not remove {}", state_files::WAITING_FILE);
        }
        // A signal that came meanwhile ends the start here; a later one is heard when it is done.
        match self.ear.told().now_or_never() {
            Some(_) => Err(StartError::Told),
            None => Ok(()),
        }
    }
}
