//! The jobs: what is done again and again, one file per job.

pub mod check_anchors;
pub mod compare_solvency;
pub mod deliver_alerts;
pub mod evaluate_alerts;
pub mod judge_closes;
pub mod plan;
pub mod poke_vaults;
pub mod pools;
pub mod press_close_alls;
pub mod prune_runs;
pub mod release_holds;
pub mod remind_debtors;
pub mod report_day;
pub mod sweep_unsettled;
pub mod sync_history;
pub mod verify_ledger;
pub mod watch_disks;

use std::fmt;
use std::time::Duration;

use actix::{Message, Recipient};
use domain::alert::AlertKind;
use domain::ledger::verify::Verified;

use crate::jobs::pools::Distributed;
use crate::jobs::press_close_alls::Pressed;
use crate::jobs::release_holds::Released;
use crate::jobs::sweep_unsettled::Swept;
use crate::ports::store::StoreError;

/// Why a run of a job failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store could not be read.
    #[error("could not read the store: {0}")]
    Store(#[from] StoreError),
    /// A disk could not be asked.
    #[error("could not tell how much room is left at {place}")]
    Disk {
        /// Where.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The ledger could not be compared with the world.
    #[error("{0}")]
    World(String),
    /// An actor could not be told.
    #[error("{0}")]
    Mail(String),
}

/// A job of the daemon, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// How often it runs by itself.
    pub every: Duration,
}

/// How often a job of the daemon runs by itself, by its name.
pub type Every<'a> = &'a dyn Fn(&'static str) -> Duration;

/// What a run of a job says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobReport {
    /// Of the sweep.
    Swept(Swept),
    /// Of the holds.
    Released(Released),
    /// Of the alerts: how many there is reason for.
    Judged(usize),
    /// Of the orders to close all.
    Pressed(Pressed),
    /// Of the pools.
    Distributed(Box<Distributed>),
    /// Of the audit.
    Verified(Box<Verified>),
    /// In its own words, and whether something was left undone.
    Said(String, bool),
    /// Of the ledger beside the world: how much was compared, and how much differs now.
    Compared(usize, usize),
}

impl JobReport {
    /// Whether the run counts as failed, because it left something undone.
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Swept(swept) => swept.failed > 0,
            Self::Released(released) => released.failed > 0,
            Self::Verified(verified) => verified.finding.is_some(),
            Self::Distributed(distributed) => distributed.failed > 0,
            Self::Said(_, undone) => *undone,
            // What is not taken is on record with its reason, and raises an alert of its own when it lasts.
            Self::Judged(_) | Self::Pressed(_) | Self::Compared(..) => false,
        }
    }
}

impl fmt::Display for JobReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Swept(swept) => swept.fmt(f),
            Self::Released(released) => released.fmt(f),
            Self::Pressed(pressed) => pressed.fmt(f),
            Self::Distributed(distributed) => distributed.fmt(f),
            Self::Said(words, _) => f.write_str(words),
            Self::Judged(raised) => write!(f, "{raised} alerts have reason"),
            Self::Compared(compared, differ) => write!(f, "{differ} of {compared} balances differ from what is there"),
            Self::Verified(verified) => match &verified.finding {
                Some(finding) => finding.fmt(f),
                None => write!(
                    f,
                    "{} entries, {} accounts, {} debts and {} positions agree; {} positions are pending",
                    verified.entries, verified.accounts, verified.debts, verified.positions, verified.pending
                ),
            },
        }
    }
}

/// Tells the alert actor something; a full mailbox fails the run, and the next run tells it again.
fn tell<M>(who: &Recipient<M>, kind: AlertKind, mail: M) -> Result<(), JobError>
where
    M: Message + Send + 'static,
    M::Result: Send,
{
    who.try_send(mail)
        .map_err(|error| JobError::Mail(format!("could not tell {}: {error}", kind.as_str())))
}
