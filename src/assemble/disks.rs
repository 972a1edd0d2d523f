//! Which disks are watched, and who tells that the one under the database was full.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::alert::AlertKind;
use tokio::sync::watch;

use super::options;
use crate::actors::mail::{Raise, Resolve};
use crate::actors::spawn::poke;
use crate::adapters::disk::LocalDisks;
use crate::adapters::store::sqlite_file;
use crate::config::Settings;
use crate::jobs::judge_closes::Ears;
use crate::jobs::watch_disks::{DiskWatch, Folder};

const MIB: u64 = 1024 * 1024;
/// How long there must be room until it counts as over: on a full disk a small write may still find a place.
const CALM: Duration = Duration::from_secs(10);

/// The folder of the database, where that is a file, and the state directory, where that is on another disk.
pub(super) fn watch(settings: &Settings) -> DiskWatch {
    let database = sqlite_file(&options::store(settings).url).map(|file| match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    });
    let state = settings.daemon.state_directory.clone();
    let database = database.map(|path| Folder { what: "database", path });
    let state = Folder {
        what: "state",
        path: state,
    };
    let is_shared =
        |other: &Folder| matches!((disk(&other.path), disk(&state.path)), (Some(one), Some(two)) if one == two);
    let folders = match database {
        Some(database) if is_shared(&database) => vec![database],
        Some(database) => vec![database, state],
        None => vec![state],
    };
    DiskWatch {
        disks: Arc::new(LocalDisks),
        folders,
        least: settings.alerts.disk_low_mib.saturating_mul(MIB),
    }
}

fn disk(folder: &Path) -> Option<u64> {
    fs::metadata(folder).ok().map(|found| found.dev())
}

/// Raises an alert when the disk is full and resolves it when there is room again. The alert actor cannot write either of
/// them before there is: then it writes both, with the times at which they were true.
pub(super) async fn tell_when_full(mut full: watch::Receiver<bool>, ears: Ears) {
    let (kind, subject) = (AlertKind::DiskFull, "disk:database".to_owned());
    while full.wait_for(|full| *full).await.is_ok() {
        let message = "the disk under the database was full: nothing could be written until there was room".to_owned();
        let subject = subject.clone();
        poke(
            &ears.raises,
            Raise {
                kind,
                subject: subject.clone(),
                message,
            },
        );
        if has_room_again(&mut full).await.is_err() {
            return;
        }
        poke(&ears.resolves, Resolve { kind, subject });
    }
}

/// Waits until there has been room for a while.
async fn has_room_again(full: &mut watch::Receiver<bool>) -> Result<(), watch::error::RecvError> {
    loop {
        full.wait_for(|full| !*full).await?;
        match tokio::time::timeout(CALM, full.wait_for(|full| *full)).await {
            // There was no room again.
            Ok(seen) => drop(seen?),
            Err(_) => return Ok(()),
        }
    }
}
