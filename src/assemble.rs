//! Builds and wires the daemon: the one place that names concrete adapters and ties actors to them.

mod actors;
pub mod alone;
mod builtins;
pub mod chains;
mod disks;
mod ending;
mod head;
pub mod keys;
pub mod listings;
mod lobby;
mod notify;
pub mod options;
pub mod paper;
pub mod state_files;
pub mod stocks;
pub mod targets;
mod vaults;
mod venues;
pub mod work;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::access::Role;
use domain::venue::VenueName;
use metrics_exporter_prometheus::PrometheusHandle;
use sd_notify::NotifyState;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tracing::{error, info};

use crate::adapters::store::{SqlStore, schema};
use crate::adapters::venue::ConnectError;
use crate::adapters::venue::paper::PaperVenue;
use crate::clock::{Clock, ScaledClock, SystemClock};
use crate::config::Settings;
use crate::desk::{Asker, Desk, Markets, NewToken};
use crate::event;
use crate::http::{self, AppState};
use crate::ports::keyring::Keyring;
use crate::ports::store::{PaperVault, Store};
use crate::ports::venue::Venue;
use actors::Actors;
pub use builtins::builtins;
pub use ending::{Ear, Ending, until_told};

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The state directory cannot be used.
    #[error("could not use the state directory {}", directory.display())]
    Directory {
        /// Which.
        directory: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It was told to stop while it waited to become the writer.
    #[error("told to stop while waiting to become the writer")]
    Told,
    /// The database's schema cannot be brought up to date.
    #[error("could not bring the database up to date")]
    Schema(#[from] schema::SchemaError),
    /// The database cannot be opened or read.
    #[error("could not open the store")]
    Store(#[from] crate::ports::store::StoreError),
    /// The paper venue cannot be opened.
    #[error("could not open the paper venue")]
    Paper(#[from] crate::adapters::venue::paper::OpenError),
    /// A venue that is switched on cannot be opened.
    #[error("could not open the venue {venue}")]
    Venue {
        /// Which.
        venue: VenueName,
        /// Why.
        #[source]
        source: ConnectError,
    },
    /// A venue is switched on, and no key of an account there could be opened.
    #[error("the venue {0} is switched on, and there is no master key for keys of accounts there: set keys.master")]
    NoMaster(VenueName),
    /// A setting's number does not fit.
    #[error(transparent)]
    Setting(#[from] options::UnfitSetting),
    /// Nobody can do the work of jobs.
    #[error(transparent)]
    Work(#[from] work::UnfitWork),
    /// A target of alerts cannot be used.
    #[error(transparent)]
    Target(#[from] targets::TargetError),
    /// Vaults are set that cannot be followed.
    #[error(transparent)]
    Vaults(#[from] vaults::VaultsError),
    /// The master keys cannot be used.
    #[error(transparent)]
    Keys(#[from] keys::MasterError),
    /// The HTTP interface cannot be opened.
    #[error(transparent)]
    Http(#[from] http::ServeError),
    /// The first token cannot be made.
    #[error("could not make the first token")]
    Token(#[from] crate::desk::DeskError),
    /// The metrics recorder cannot be installed.
    #[error("could not install the metrics recorder")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// A running daemon.
pub struct Daemon {
    /// What is on record.
    pub store: Arc<SqlStore>,
    /// The paper venue.
    pub paper: Arc<PaperVenue>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// The actors.
    pub actors: Actors,
    /// What operators ask for.
    pub desk: Desk,
    state: Arc<AppState>,
    server: actix_web::dev::ServerHandle,
    watchdog: tokio::task::JoinHandle<()>,
    upkeep: tokio::task::JoinHandle<()>,
    daily: tokio::task::JoinHandle<()>,
    fatal: watch::Receiver<bool>,
    url: String,
    directory: PathBuf,
    shutdown_deadline: Duration,
}

/// Starts everything; returns when the daemon has caught up and takes work.
///
/// # Errors
/// What cannot be opened, named.
pub async fn start(settings: &Settings) -> Result<Daemon, StartError> {
    let recorder = http::metrics::install()?;
    start_with(settings, recorder, |venue| venue).await
}

/// Starts everything on a recorder that is installed already, with somebody in front of the paper venue who sees every call; for
/// measurements.
///
/// # Errors
/// What cannot be opened, named.
pub async fn start_with(
    settings: &Settings,
    recorder: PrometheusHandle,
    in_front: impl FnOnce(Arc<dyn Venue>) -> Arc<dyn Venue>,
) -> Result<Daemon, StartError> {
    let directory = settings.daemon.state_directory.clone();
    let unusable = |source| StartError::Directory {
        directory: directory.clone(),
        source,
    };
    state_files::make_directory(&directory).map_err(unusable)?;
    let store = Arc::new(lobby::enter(settings).await?);
    head::tell(store.as_ref(), "start").await;
    let daily = tokio::spawn(head::tell_daily(store.clone()));
    let clock = clock(settings, &store).await?;
    let paper = open_venue(settings, &store, &clock).await?;
    let keyring = keys::open(&settings.keys, store.clone())?;
    let mut venues = venues::open(settings, &keyring, &clock)?;
    venues.insert(VenueName::Paper, in_front(paper.clone()));
    let desk = desk(settings, &store, &clock, keyring, &venues)?;
    let (fatal, fatal_seen) = watch::channel(false);
    end_with(&store, &fatal);
    let actors = Actors::start(settings, &desk, venues, fatal).await?;
    tokio::spawn(disks::tell_when_full(store.disk_full(), actors.ears()));
    let upkeep = tokio::spawn(http::metrics::keep_up(recorder.clone()));
    let limits = options::http(settings)?;
    let state = Arc::new(AppState::new(desk.clone(), actors.mailboxes(), recorder, limits));
    let bound = http::serve(Arc::clone(&state))?;
    let url = format!("http://{}", bound.address);
    tokio::spawn(serve_until_stopped(bound.server));
    first_token(&desk, &directory).await?;
    actors.catch_up(store.as_ref(), settings.sync.poll_deadline).await;
    actors.begin();
    state.ready.set(true);
    state_files::write(&directory, state_files::URL_FILE, &url).map_err(unusable)?;
    notify::tell(&[NotifyState::Ready, NotifyState::Status("the writer, at work")]);
    let watchdog = feed_watchdog(settings, &actors);
    Ok(Daemon {
        store,
        paper,
        clock,
        actors,
        desk,
        state,
        server: bound.handle,
        watchdog,
        upkeep,
        daily,
        fatal: fatal_seen,
        url,
        directory,
        shutdown_deadline: settings.daemon.shutdown_deadline,
    })
}

impl Daemon {
    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Becomes true when the daemon cannot go on.
    pub fn fatal(&self) -> watch::Receiver<bool> {
        self.fatal.clone()
    }

    /// Takes no new work, finishes what is in flight, and closes everything, within the deadline. Gives the ending that
    /// it came to: one that was asked for and was not in order is [`Ending::Broken`].
    pub async fn stop(self, ending: Ending) -> Ending {
        notify::tell(&[NotifyState::Stopping]);
        self.state.ready.set(false);
        self.watchdog.abort();
        self.upkeep.abort();
        self.daily.abort();
        let ending = match ending {
            Ending::Asked => self.close_all().await,
            Ending::Broken => Ending::Broken,
        };
        self.forget_url();
        info!(event = event::DAEMON_STOPPED, "bursar has stopped");
        ending
    }

    /// Commands look for the daemon there; one that took over may have written its own.
    fn forget_url(&self) {
        if let Err(error) = state_files::remove_own(&self.directory, state_files::URL_FILE, &self.url) {
            error!(event = event::DAEMON_STOP_SLOW, %error, "could not remove {}", state_files::URL_FILE);
        }
    }

    async fn close_all(&self) -> Ending {
        let orderly = async {
            self.server.stop(true).await;
            self.actors.stop().await;
            self.paper.close().await;
            head::tell(self.store.as_ref(), "stop").await;
            self.store.close().await;
        };
        if tokio::time::timeout(self.shutdown_deadline, orderly).await.is_ok() {
            return Ending::Asked;
        }
        error!(
            event = event::DAEMON_STOP_SLOW,
            "the stop took longer than daemon.shutdown_deadline"
        );
        Ending::Broken
    }
}

/// The desk over a store and the venues that are switched on.
fn desk(
    settings: &Settings,
    store: &Arc<SqlStore>,
    clock: &Arc<dyn Clock>,
    keyring: Arc<dyn Keyring>,
    venues: &HashMap<VenueName, Arc<dyn Venue>>,
) -> Result<Desk, StartError> {
    let markets = Markets::Venues(venues.clone());
    Ok(Desk::new(store.clone(), Arc::clone(clock), markets)
        .with_keyring(keyring)
        .closing_external(settings.close_all.close_external)
        .with_jobs(builtins(settings), work::worker(settings)?)
        .with_targets(targets::open(&settings.notify)?))
}

fn feed_watchdog(settings: &Settings, actors: &Actors) -> tokio::task::JoinHandle<()> {
    let (interval, deadline) = (settings.ledger.pulse_interval, settings.ledger.deadline);
    tokio::spawn(notify::feed_watchdog(actors.pulse(), interval, deadline))
}

/// The machine's clock, or a faster one that never starts before what is on record.
async fn clock(settings: &Settings, store: &Arc<SqlStore>) -> Result<Arc<dyn Clock>, StartError> {
    if settings.paper.speed <= 1 {
        return Ok(Arc::new(SystemClock));
    }
    let vault: &dyn PaperVault = store.as_ref();
    let market = PaperVenue::last_time(vault).await?;
    let booked = store.ledger_head().await?.at;
    let start = SystemClock.now().max(booked).max(market.unwrap_or_default());
    Ok(Arc::new(ScaledClock::new(start, settings.paper.speed)))
}

async fn open_venue(
    settings: &Settings,
    store: &Arc<SqlStore>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<PaperVenue>, StartError> {
    let options = paper::options(&settings.paper)?;
    let venue = PaperVenue::open(options, store.clone(), Arc::clone(clock)).await?;
    venue
        .faults()
        .chaos(paper::chaos(settings.paper.faults, settings.paper.seed));
    Ok(venue)
}

/// Makes a token with role admin where there is none, and leaves it in the state directory.
async fn first_token(desk: &Desk, directory: &std::path::Path) -> Result<(), StartError> {
    if !desk.tokens().await?.is_empty() {
        return Ok(());
    }
    let asker = Asker {
        by: "bursar".to_owned(),
        reason: "first start".to_owned(),
        from: "local".to_owned(),
    };
    let new = NewToken {
        name: "first".to_owned(),
        role: Role::Admin,
    };
    let minted = desk.mint_token(new, &asker).await?;
    let written = state_files::write(directory, state_files::TOKEN_FILE, minted.secret.expose_secret());
    written.map(|_| ()).map_err(|source| StartError::Directory {
        directory: directory.to_owned(),
        source,
    })
}

/// Ends the daemon where its store can write no more, ever.
fn end_with(store: &SqlStore, fatal: &watch::Sender<bool>) {
    tokio::spawn(end_with_the_disk(store.disk_failed(), fatal.clone()));
    tokio::spawn(end_with_the_lease(store.superseded(), fatal.clone()));
}

/// After a failed sync of the disk nobody knows what is on it but a new process.
async fn end_with_the_disk(mut disk_failed: watch::Receiver<bool>, fatal: watch::Sender<bool>) {
    if disk_failed.wait_for(|failed| *failed).await.is_ok() {
        error!(event = event::DISK_FAILED, "the disk failed during a commit");
        fatal.send_replace(true);
    }
}

/// A writer that another process superseded must not act any more.
async fn end_with_the_lease(mut superseded: watch::Receiver<bool>, fatal: watch::Sender<bool>) {
    if superseded.wait_for(|lost| *lost).await.is_ok() {
        error!(event = event::LEASE_LOST, "another process took over as the writer");
        fatal.send_replace(true);
    }
}

async fn serve_until_stopped(server: actix_web::dev::Server) {
    if let Err(error) = server.await {
        error!(event = event::HTTP_FAILED, %error, "the HTTP interface ended");
    }
}
