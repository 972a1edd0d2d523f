//! Disks as the jobs see them: how much room is left.

use std::io;
use std::path::Path;

use async_trait::async_trait;

/// The disks of this machine.
#[async_trait]
pub trait Disks: Send + Sync + 'static {
    /// Bytes that this process may still write where the folder is.
    ///
    /// # Errors
    /// When there is no such folder, or the system does not say.
    async fn free(&self, folder: &Path) -> io::Result<u64>;
}
