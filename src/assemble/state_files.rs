//! The files that the daemon leaves in its state directory for the command line: where it listens, and the first token.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where the daemon listens, such as `http://127.0.0.1:8420`.
pub const URL_FILE: &str = "http.url";
/// Where a daemon listens that waits to become the writer.
pub const WAITING_FILE: &str = "waiting.url";
/// The token that was made at the first start; only its owner may read it.
pub const TOKEN_FILE: &str = "admin.token";

/// Makes the state directory, for the owner only, where it is missing.
///
/// # Errors
/// When it cannot be made.
pub fn make_directory(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write(directory: &Path, name: &str, content: &str) -> io::Result<PathBuf> {
    let path = directory.join(name);
    let draft = directory.join(format!("{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    writeln!(file, "{content}")?;
    file.sync_all()?;
    fs::rename(&draft, &path)?;
    Ok(path)
}

/// Removes a file that was written, unless another process wrote something else there since.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove_own(directory: &Path, name: &str, content: &str) -> io::Result<()> {
    match fs::read_to_string(directory.join(name)) {
        Ok(found) if found.trim() == content => remove(directory, name),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes a file that was written; one that is not there is fine.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn remove(directory: &Path, name: &str) -> io::Result<()> {
    match fs::remove_file(directory.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
