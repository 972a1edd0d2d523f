//! What a workshop may do.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use regex::Regex;

use super::Limits;

/// What a workshop may do, and with what.
#[derive(Debug, Clone)]
pub struct WorkOptions {
    /// Kinds of work, by [`domain::job::Work::kind`]; others are refused.
    pub kinds: Vec<&'static str>,
    /// Programs, by the names that jobs call them.
    pub programs: BTreeMap<String, Program>,
    /// Interpreters of scripts, by the names that jobs call them.
    pub interpreters: BTreeMap<String, PathBuf>,
    /// The folder of the scripts; none: there are none.
    pub scripts: Option<PathBuf>,
    /// What an argument of a script may be: whole matches of any of these.
    pub script_arguments: Vec<Regex>,
    /// Hosts that may be asked, in lower case: `NAME` at the port of its scheme, or `NAME:PORT`.
    pub hosts: Vec<String>,
    /// Whether hosts may have addresses that are not public.
    pub private_addresses: bool,
    /// Whether `http` is allowed beside `https`.
    pub plain_http: bool,
    /// Where each job has a folder of its own.
    pub directory: PathBuf,
    /// `PATH` of processes.
    pub path: String,
    /// What a process may use.
    pub limits: Limits,
    /// From being asked to end (SIGTERM) until being killed.
    pub grace: Duration,
}

/// A program that jobs may run.
#[derive(Debug, Clone)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// What an argument of it may be: whole matches of any of these.
    pub arguments: Vec<Regex>,
}
