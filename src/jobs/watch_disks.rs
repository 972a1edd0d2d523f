//! Looking at how much room is left on the disks that the daemon writes to: once a disk is full, no alert can be written.

use std::path::PathBuf;
use std::sync::Arc;

use actix::Recipient;
use domain::alert::rules::room_left;

use crate::actors::mail::{Raise, Resolve};
use crate::jobs::{JobError, tell};
use crate::ports::disk::Disks;

/// Name of the job.
pub const NAME: &str = "watch_disks";
const MIB: u64 = 1024 * 1024;

/// A folder that is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// What is in it: `database`, `state`.
    pub what: &'static str,
    /// Where it is.
    pub path: PathBuf,
}

/// What is watched.
#[derive(Clone)]
pub struct DiskWatch {
    /// Who is asked.
    pub disks: Arc<dyn Disks>,
    /// Each on a disk of its own.
    pub folders: Vec<Folder>,
    /// Bytes that should be free; zero asks for none.
    pub least: u64,
}

/// Names the figure.
pub fn describe() {
    metrics::describe_gauge!(
        "bursar_disk_free_mebibytes",
        "Room that is left on the disk of the database and of the state directory, in MiB"
    );
}

/// Looks once; answers how many disks have too little room.
///
/// # Errors
/// When a disk or the alert actor does not answer.
pub async fn watch_disks(
    watch: DiskWatch,
    raises: Recipient<Raise>,
    resolves: Recipient<Resolve>,
) -> Result<usize, JobError> {
    let mut raised = 0;
    for folder in &watch.folders {
        let place = folder.path.display().to_string();
        let free = match watch.disks.free(&folder.path).await {
            Ok(free) => free,
            Err(source) => return Err(JobError::Disk { place, source }),
        };
        show(folder.what, free);
        let Some(verdict) = room_left(&place, free, watch.least) else {
            continue;
        };
        let (kind, subject) = (verdict.kind, format!("disk:{}", folder.what));
        match verdict.raised {
            Some(message) => {
                raised += 1;
                tell(&raises, kind, Raise { kind, subject, message })?;
            }
            None => tell(&resolves, kind, Resolve { kind, subject })?,
        }
    }
    Ok(raised)
}

fn show(what: &'static str, free: u64) {
    let free = u32::try_from(free / MIB).unwrap_or(u32::MAX);
    metrics::gauge!("bursar_disk_free_mebibytes", "of" => what).set(free);
}
