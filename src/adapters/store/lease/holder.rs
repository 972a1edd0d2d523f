//! Who may write, as the database tells.

use std::{fmt, fs, process};

use domain::time::Timestamp;
use entity::writer_lease::Entity;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::clock::{Clock, SystemClock};

/// Where Linux tells the host's name; under a sandbox one of them may be hidden.
const HOST_FILES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];

/// The host's name; `unknown` where it is not told.
pub fn host_name() -> String {
    let host = HOST_FILES.iter().find_map(|file| fs::read_to_string(file).ok());
    host.map_or_else(|| "unknown".to_owned(), |name| name.trim().to_owned())
}

/// What a process writes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// It is the daemon.
    Daemon,
    /// It is a command that writes straight to the database, and ends soon.
    Command,
}

impl Errand {
    /// Its name in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Command => "command",
        }
    }
}

/// Who may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What for.
    pub errand: Errand,
    /// On which host; empty where the database does not tell.
    pub host: String,
    /// Its process there.
    pub pid: i64,
    /// Since when.
    pub since: Timestamp,
}

impl Holder {
    /// This process, from now on.
    pub fn this_process(errand: Errand) -> Self {
        Self {
            errand,
            host: host_name(),
            pid: i64::from(process::id()),
            since: SystemClock.now(),
        }
    }

    /// Whom the database names: somebody unnamed where there is no lease on record, or where its holder has ended.
    pub async fn of<C: ConnectionTrait>(connection: &C) -> Self {
        let unnamed = Self {
            errand: Errand::Command,
            host: String::new(),
            pid: 0,
            since: Timestamp::default(),
        };
        // A database whose schema is behind has no such table.
        let Ok(Some(row)) = Entity::find_by_id(1).one(connection).await else {
            return unnamed;
        };
        if row.released_at.is_some() {
            return unnamed;
        }
        Self {
            errand: if row.errand == Errand::Daemon.as_str() {
                Errand::Daemon
            } else {
                Errand::Command
            },
            host: row.host,
            pid: row.pid,
            since: Timestamp(row.since),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.is_empty() {
            return f.write_str("another process");
        }
        let what = match self.errand {
            Errand::Daemon => "the daemon",
            Errand::Command => "a command",
        };
        write!(
            f,
            "{what} on host {} (pid {}, since {})",
            self.host, self.pid, self.since
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_named_by_errand_host_pid_and_time() {
        let holder = Holder {
            errand: Errand::Daemon,
            host: "db1".to_owned(),
            pid: 7,
            since: Timestamp(1_700_000_000_000),
        };
        let expected = "the daemon on host db1 (pid 7, since 2023-11-14T22:13:20.000Z)";
        assert_eq!(holder.to_string(), expected);
    }
}
