//! From the settings of jobs to what their worker may do.

use std::io;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;

use crate::adapters::work::{Limits, Program, WorkOptions, Workshop};
use crate::config::{Settings, WorkKind, whole_match};
use crate::ports::work::Worker;

const MIB: u64 = 1_048_576;
/// From being asked to end until being killed.
const GRACE: Duration = Duration::from_secs(5);

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub enum UnfitWork {
    /// A pattern of arguments is none.
    #[error("a pattern of arguments under jobs is not understood")]
    Pattern(#[from] regex::Error),
    /// Nobody knows where the jobs' folder is.
    #[error("the folder of jobs is not known")]
    Directory(#[from] io::Error),
}

/// The worker of jobs.
///
/// # Errors
/// Settings that were not checked.
pub fn worker(settings: &Settings) -> Result<Arc<dyn Worker>, UnfitWork> {
    Ok(Arc::new(Workshop::new(options(settings)?)))
}

/// What the worker of jobs may do.
///
/// # Errors
/// Settings that were not checked.
pub fn options(settings: &Settings) -> Result<WorkOptions, UnfitWork> {
    let jobs = &settings.jobs;
    let programs = jobs.programs.iter().map(|(name, program)| {
        let program = Program {
            path: program.path.clone(),
            arguments: patterns(&program.arguments)?,
        };
        Ok((name.clone(), program))
    });
    Ok(WorkOptions {
        kinds: jobs.kinds.iter().copied().map(WorkKind::as_str).collect(),
        programs: programs.collect::<Result<_, regex::Error>>()?,
        interpreters: jobs.interpreters.clone(),
        scripts: named(&jobs.scripts),
        script_arguments: patterns(&jobs.script_arguments)?,
        hosts: jobs.hosts.clone(),
        private_addresses: jobs.private_addresses,
        plain_http: jobs.plain_http,
        directory: absolute(settings.job_directory())?,
        path: jobs.path.clone(),
        limits: Limits {
            memory: jobs.memory_mb.saturating_mul(MIB),
            file: jobs.file_mb.saturating_mul(MIB),
            open_files: jobs.open_files,
        },
        grace: GRACE,
    })
}

fn patterns(texts: &[String]) -> Result<Vec<Regex>, regex::Error> {
    texts.iter().map(|text| whole_match(text)).collect()
}

fn named(path: &Path) -> Option<PathBuf> {
    (path != Path::new("")).then(|| path.to_owned())
}
