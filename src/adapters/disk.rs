//! The disks of this machine, as its file systems tell.

use std::io;
use std::path::Path;

use async_trait::async_trait;

use crate::ports::disk::Disks;

/// The disks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDisks;

#[async_trait]
impl Disks for LocalDisks {
    async fn free(&self, folder: &Path) -> io::Result<u64> {
        let folder = folder.to_owned();
        // A file system on a network may not answer for long.
        let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(&folder));
        let told = asked.await.map_err(io::Error::other)??;
        // Not what is kept for root: the daemon is nobody special.
        Ok(told.f_bavail.saturating_mul(told.f_frsize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_has_room_and_one_that_is_not_there_is_an_error() {
        let free = LocalDisks.free(Path::new("/")).await.unwrap();
        assert!(free > 0 && free < u64::MAX / 2, "{free}");
        let missing = LocalDisks.free(Path::new("/no/such/folder")).await.unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
