//! Why commands could not end well, and with which exit code each reason ends them.

use std::io;
use std::path::PathBuf;

use domain::import::PlanError;

use super::Exit;
use crate::adapters::store::LegacyError;
use crate::adapters::store::backup::BackupError;
use crate::adapters::store::schema::SchemaError;
use crate::assemble::StartError;
use crate::assemble::keys::MasterError;
use crate::assemble::options::UnfitSetting;
use crate::assemble::targets::TargetError;
use crate::assemble::work::UnfitWork;
use crate::cli::client::ClientError;
use crate::config::SettingsError;
use crate::desk::DeskError;
use crate::import::files::FileError;
use crate::import::run::ImportError;
use crate::jobs::JobError;
use crate::ports::chain::SignError;
use crate::ports::store::StoreError;
use crate::simulator::exchange::ExchangeError;
use crate::telemetry::TelemetryError;

/// Why a command could not end well.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// There are no settings to work with.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The answer could not be written.
    #[error("could not write the answer")]
    Write(#[from] io::Error),
    /// Nothing can be logged.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The daemon could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demo's players could not be seated.
    #[error("could not prepare the demo")]
    Seats(#[from] super::demo::SeatError),
    /// The demo could not be brought to its end.
    #[error("could not end the demo")]
    Curtain(#[from] super::demo::CurtainError),
    /// The chain of the demo could not be set up.
    #[error(transparent)]
    Vault(#[from] super::demo::VaultError),
    /// An argument breaks a rule.
    #[error("{0}")]
    BadInput(String),
    /// The daemon did not do it.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Only the daemon's actors can do it, and it is down.
    #[error("this needs the running daemon, and none answers at {url}; start it with `bursar run`")]
    NeedsDaemon {
        /// Where it was looked for.
        url: String,
    },
    /// Only one may write, and the daemon does.
    #[error("a daemon runs at {url}; stop it first: nothing else may write while an import runs")]
    DaemonRuns {
        /// Where.
        url: String,
    },
    /// A file cannot be read as a table.
    #[error(transparent)]
    File(#[from] FileError),
    /// The other platform's database cannot be read.
    #[error(transparent)]
    Legacy(#[from] LegacyError),
    /// There can be no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// An import ended in the middle.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The daemon runs, but there is no token for it.
    #[error(
        "no token: set BURSAR_TOKEN, or stop the daemon and make one with `bursar token create NAME --role ROLE --save`"
    )]
    NoToken,
    /// The saved token cannot be used.
    #[error("token file {}: {why}", file.display())]
    TokenFile {
        /// Where it is.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The desk over the database did not do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The database does not open.
    #[error("could not open the store")]
    Store(#[from] StoreError),
    /// The schema is not as it must be.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A backup was not made, or not restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A setting's number does not fit.
    #[error(transparent)]
    Setting(#[from] UnfitSetting),
    /// Nobody can do the work of jobs.
    #[error(transparent)]
    Work(#[from] UnfitWork),
    /// The master keys cannot be used.
    #[error(transparent)]
    Keys(#[from] MasterError),
    /// A payer's key cannot be made.
    #[error("could not make the key")]
    Payer(#[from] SignError),
    /// A target of alerts cannot be used.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A job did not end well.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The simulated exchange does not open.
    #[error("could not open the simulated exchange")]
    Exchange(#[from] ExchangeError),
}

impl CliError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Settings(_)
            | Self::BadInput(_)
            | Self::NoToken
            | Self::File(_)
            | Self::Plan(_)
            | Self::TokenFile { .. }
            | Self::Setting(_)
            | Self::Work(_)
            | Self::Target(_)
            | Self::Keys(_)
            | Self::Payer(_)
            | Self::Desk(DeskError::Invalid(_)) => Exit::BadInput,
            Self::Client(ClientError::Problem { status, .. }) if [400, 413, 415, 422].contains(status) => {
                Exit::BadInput
            }
            Self::Client(ClientError::Down { .. } | ClientError::Silent { .. }) | Self::NeedsDaemon { .. } => {
                Exit::Unreachable
            }
            Self::Client(ClientError::Problem { .. })
            | Self::Write(_)
            | Self::DaemonRuns { .. }
            | Self::Legacy(_)
            | Self::Import(_)
            | Self::Telemetry(_)
            | Self::Start(_)
            | Self::Seats(_)
            | Self::Curtain(_)
            | Self::Vault(_)
            | Self::Desk(_)
            | Self::Store(_)
            | Self::Schema(_)
            | Self::Backup(_)
            | Self::Exchange(_)
            | Self::Job(_) => Exit::Failed,
        }
    }
}
