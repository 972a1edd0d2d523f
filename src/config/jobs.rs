//! Section `jobs`: which work of jobs is allowed, with what, and how many runs there are and stay.

mod program;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{choice, duration, flag, whole};
use super::notify::is_name;
use super::wrong::WrongKeys;
pub use program::{ProgramSettings, whole_match};

/// Largest limit of memory and files, in MiB: a tebibyte.
const MOST_MIB: u64 = 1_048_576;
/// Least memory in which programs begin at all, in MiB.
const LEAST_MEMORY: u64 = 16;

/// The daemon's own jobs.
pub const OWN_JOBS: [&str; 15] = [
    "compare_solvency",
    "distribute_yield",
    "evaluate_alerts",
    "judge_closes",
    "press_close_alls",
    "prune_runs",
    "reconcile_pools",
    "release_holds",
    "report_day",
    "scan_gaps",
    "sweep_unsettled",
    "sync_history",
    "sync_triggers",
    "verify_ledger",
    "watch_disks",
];

/// Which work of jobs is allowed, with what, and how many runs there are and stay.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Work that is not the daemon's own and is allowed all the same; none: none.
    #[serde(deserialize_with = "choice::list")]
    pub kinds: Vec<WorkKind>,
    /// Programs, by the names that jobs call them.
    #[serde(default)]
    pub programs: BTreeMap<String, ProgramSettings>,
    /// Paths of interpreters of scripts, by the names that jobs call them.
    #[serde(default)]
    pub interpreters: BTreeMap<String, PathBuf>,
    /// The folder of scripts; empty: there is none.
    pub scripts: PathBuf,
    /// What an argument of a script may be: patterns of which one must match it whole.
    pub script_arguments: Vec<String>,
    /// Hosts that may be asked, as `NAME` or `NAME:PORT`.
    #[serde(deserialize_with = "choice::list")]
    pub hosts: Vec<String>,
    /// Whether hosts may have addresses that are not public.
    #[serde(deserialize_with = "flag::deserialize")]
    pub private_addresses: bool,
    /// Whether `http` is allowed beside `https`.
    #[serde(deserialize_with = "flag::deserialize")]
    pub plain_http: bool,
    /// Where each job has a folder of its own; empty: `jobs` in the state directory.
    pub directory: PathBuf,
    /// `PATH` of programs.
    pub path: String,
    /// Address space of a process, in MiB; zero: as much as there is.
    #[serde(deserialize_with = "whole::deserialize")]
    pub memory_mb: u64,
    /// Each file that a process writes, in MiB; zero: as much as there is.
    #[serde(deserialize_with = "whole::deserialize")]
    pub file_mb: u64,
    /// Files that a process has open at once; zero: as many as the daemon may.
    #[serde(deserialize_with = "whole::deserialize")]
    pub open_files: u64,
    /// A due time that could not be kept for so long counts as missed.
    #[serde(with = "duration")]
    pub misfire_after: Duration,
    /// Of missed due times that are caught up, only so many of the latest are.
    #[serde(deserialize_with = "whole::deserialize")]
    pub most_catch_up: u32,
    /// Runs of each job that are kept.
    #[serde(deserialize_with = "whole::deserialize")]
    pub keep_runs: u32,
    /// Runs at once, of all jobs together.
    #[serde(deserialize_with = "whole::deserialize")]
    pub most_at_once: u32,
    /// How often the daemon's own jobs run, where that is not what other settings or the job itself say.
    #[serde(default)]
    pub every: BTreeMap<String, Every>,
}

/// How often a job of the daemon runs.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Every(#[serde(with = "duration")] pub Duration);

/// Work that is done outside of the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkKind {
    /// A program.
    Command,
    /// A file that an interpreter runs.
    Script,
    /// A request to a host.
    Url,
}

impl WorkKind {
    /// Name in the domain.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Script => "script",
            Self::Url => "url",
        }
    }
}

impl JobSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        let again = |(index, kind): (usize, &&str)| kinds.iter().take(index).any(|other| other == kind);
        let once = !kinds.iter().enumerate().any(again);
        let shown = format!("[{}]", kinds.join(", "));
        wrong.unless(once, "jobs.kinds", shown, "must name each kind once");
        self.check_programs(wrong);
        program::check_patterns("jobs.script_arguments", &self.script_arguments, wrong);
        let rule =
            "must be NAME or NAME:PORT in lower case, without scheme and path; an IPv6 address stands in brackets";
        for (index, host) in self.hosts.iter().enumerate() {
            wrong.unless(is_host(host), &format!("jobs.hosts[{index}]"), host, rule);
        }
        let absolute = self.path.split(':').all(|folder| folder.starts_with('/'));
        let rule = "must be absolute paths of folders with colons between them";
        wrong.unless(absolute, "jobs.path", &self.path, rule);
        self.check_numbers(wrong);
    }

    fn check_programs(&self, wrong: &mut WrongKeys) {
        let rule = "must be named with 1 to 40 of a-z, 0-9, - and _";
        for (name, program) in &self.programs {
            let key = format!("jobs.programs.{name}");
            wrong.unless(is_name(name), &key, name, rule);
            program.check(&key, wrong);
        }
        for (name, path) in &self.interpreters {
            let key = format!("jobs.interpreters.{name}");
            wrong.unless(is_name(name), &key, name, rule);
            program::check_path(&key, path, wrong);
        }
        for (key, path) in [("jobs.scripts", &self.scripts), ("jobs.directory", &self.directory)] {
            if path != Path::new("") {
                program::check_path(key, path, wrong);
            }
        }
    }

    fn check_numbers(&self, wrong: &mut WrongKeys) {
        let fits = self.memory_mb == 0 || (LEAST_MEMORY..=MOST_MIB).contains(&self.memory_mb);
        let rule = "must be 0, or between 16 and 1048576";
        wrong.unless(fits, "jobs.memory_mb", self.memory_mb, rule);
        wrong.between("jobs.file_mb", self.file_mb, 0, MOST_MIB);
        let fits = self.open_files == 0 || (16..=65_536).contains(&self.open_files);
        let rule = "must be 0, or between 16 and 65536";
        wrong.unless(fits, "jobs.open_files", self.open_files, rule);
        let fits = (Duration::from_secs(1)..=Duration::from_secs(86_400)).contains(&self.misfire_after);
        let shown = duration::text(self.misfire_after);
        wrong.unless(fits, "jobs.misfire_after", shown, "must be between 1s and 1d");
        wrong.between("jobs.most_catch_up", self.most_catch_up, 1, 10_000);
        wrong.between("jobs.keep_runs", self.keep_runs, 10, 100_000);
        wrong.between("jobs.most_at_once", self.most_at_once, 1, 64);
        let known = format!("must be one of {}", OWN_JOBS.join(", "));
        for (name, every) in &self.every {
            wrong.unless(OWN_JOBS.contains(&name.as_str()), "jobs.every", name, &known);
            let fits = (Duration::from_secs(1)..=Duration::from_secs(7 * 86_400)).contains(&every.0);
            let rule = "must be between 1s and 7d";
            wrong.unless(fits, &format!("jobs.every.{name}"), duration::text(every.0), rule);
        }
    }
}

/// Whether this is a host as addresses have it when they are parsed: of other spellings none would ever be equal to it.
fn is_host(text: &str) -> bool {
    use std::net::{Ipv4Addr, Ipv6Addr};
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => {
            let is_shortest = host
                .parse::<Ipv6Addr>()
                .is_ok_and(|address| address.to_string() == host);
            if !is_shortest {
                return false;
            }
            ("", rest)
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let has_port = port.is_empty()
        || port
            .strip_prefix(':')
            .and_then(|port| port.parse::<u16>().ok().filter(|number| number.to_string() == port))
            .is_some_and(|port| port > 0);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(plain);
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    let named = host.split('.').all(label) && !is_number;
    has_port && (host.is_empty() && text.starts_with('[') || named || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_written_as_they_are_compared() {
        for host in [
            "ops.example",
            "localhost",
            "a-b.c_d.example:8443",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]",
            "[2001:db8::7]:8443",
            "xn--bcher-kva.example",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "Ops.example",
            "https://ops.example",
            "ops.example/path",
            "ops.example:",
            "ops.example:0",
            "ops.example:080",
            "ops.example:65536",
            "ops..example",
            "ops.example.",
            "127.1",
            "0x7f000001",
            "::1",
            "[::0:1]",
            "[::1]x",
            "bücher.example",
            "*.example",
            "user@ops.example",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
