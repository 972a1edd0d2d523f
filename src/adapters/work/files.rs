//! Files that are run, which nobody but root and the daemon's own user may change; and folders that jobs work in.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use domain::job::JobName;

/// Who else may write.
const OTHERS_WRITE: u32 = 0o022;
const ANYBODY_RUNS: u32 = 0o111;

/// Whether this is a program that can be run, and that nobody else can replace.
///
/// # Errors
/// Says the rule that it breaks.
pub fn program(path: &Path) -> Result<(), String> {
    let found = usable(path, fs::metadata(path))?;
    if !found.is_file() || found.mode() & ANYBODY_RUNS == 0 {
        return Err(format!("{} must be a file that may be executed", path.display()));
    }
    own(path, &found)
}

/// The file of this name in the scripts' folder.
///
/// # Errors
/// Says the rule that it breaks: links lead nowhere else, and nobody else can change it.
pub fn script(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let folder = usable(folder, folder.canonicalize())?;
    let path = folder.join(name);
    let path = usable(&path, path.canonicalize())?;
    if path.parent() != Some(folder.as_path()) {
        return Err(format!("must be in {} itself; it leads elsewhere", folder.display()));
    }
    own(&folder, &usable(&folder, fs::metadata(&folder))?)?;
    let found = usable(&path, fs::metadata(&path))?;
    if !found.is_file() {
        return Err(format!("{} must be a regular file", path.display()));
    }
    own(&path, &found)?;
    Ok(path)
}

fn usable<T>(path: &Path, found: io::Result<T>) -> Result<T, String> {
    found.map_err(|error| format!("{} cannot be used: {error}", path.display()))
}

fn own(path: &Path, found: &Metadata) -> Result<(), String> {
    if found.mode() & OTHERS_WRITE != 0 {
        let mode = found.mode() & 0o7777;
        return Err(format!(
            "{} must not be writable by group and others; its mode is {mode:04o}",
            path.display()
        ));
    }
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != 0 && found.uid() != user {
        let owner = found.uid();
        return Err(format!(
            "{} must belong to root or to the daemon's user; it belongs to {owner}",
            path.display()
        ));
    }
    Ok(())
}

/// The folder that a job works in, made where it is missing, for the daemon's user alone.
///
/// # Errors
/// When it cannot be made, or something else has its name.
pub fn workplace(directory: &Path, job: &JobName) -> io::Result<PathBuf> {
    let path = directory.join(job.as_str());
    DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
    if !fs::symlink_metadata(&path)?.is_dir() {
        // A link would have the job work elsewhere.
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is no folder"));
    }
    path.canonicalize()
}
