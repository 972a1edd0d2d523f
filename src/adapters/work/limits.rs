//! What a process may use.

use std::time::Duration;

use rustix::process::Pid;

/// What a process may use; zero is no limit. On systems other than Linux there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory: u64,
    /// Each file that it writes, in bytes.
    pub file: u64,
    /// Files that it has open at once.
    pub open_files: u64,
}

/// Limits a process that just began, and all that it starts from now on; each of them may compute as long as it may run. There is no core
/// file of it.
///
/// It has run for a moment without: limits before it begins would need code between fork and exec, which no safe function runs.
///
/// # Errors
/// Says what it cannot be limited in.
#[cfg(target_os = "linux")]
pub fn set(process: Pid, limits: &Limits, run: Duration) -> Result<(), String> {
    use rustix::io::Errno;
    use rustix::process::{Resource, Rlimit, prlimit};
    // Told a few seconds before it is killed.
    let seconds = run.as_secs().max(1);
    for (what, resource, soft, hard) in [
        ("its memory", Resource::As, limits.memory, limits.memory),
        ("its files", Resource::Fsize, limits.file, limits.file),
        ("its open files", Resource::Nofile, limits.open_files, limits.open_files),
        ("its computing time", Resource::Cpu, seconds, seconds.saturating_add(5)),
    ] {
        if soft > 0 {
            let limit = Rlimit {
                current: Some(soft),
                maximum: Some(hard),
            };
            told(what, prlimit(Some(process), resource, limit))?;
        }
    }
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    return told("its core file", prlimit(Some(process), Resource::Core, none));

    fn told(what: &str, answer: Result<Rlimit, Errno>) -> Result<(), String> {
        match answer {
            // It ended already.
            Ok(_) | Err(Errno::SRCH) => Ok(()),
            Err(Errno::PERM) => Err(format!(
                "{what} cannot be limited: the daemon's own hard limit is lower, or its sandbox does not allow prlimit64"
            )),
            Err(error) => Err(format!("{what} cannot be limited: {error}")),
        }
    }
}

/// There are no limits here.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn set(_: Pid, _: &Limits, _: Duration) -> Result<(), String> {
    Ok(())
}
