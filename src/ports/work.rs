//! Work of jobs that is done outside of the daemon: programs, scripts and requests.

use std::time::Duration;

use async_trait::async_trait;
use domain::job::{JobName, JobWrong, LONGEST_OUTPUT, Work, tail};

/// Does work of jobs.
#[async_trait]
pub trait Worker: Send + Sync + 'static {
    /// Whether the settings allow this work. It looks at files, and at no host.
    ///
    /// # Errors
    /// The first field of the work that breaks a rule, with the setting that would allow it. [`Work::Builtin`] is never a worker's.
    fn check(&self, work: &Work) -> Result<(), JobWrong>;

    /// Does the work, if it is allowed still, and ends it with all that it started at the limit, or when the future is dropped.
    async fn run(&self, job: &JobName, work: &Work, limit: Duration) -> Done;
}

/// Does nothing: for where the daemon's own jobs are all there is.
#[derive(Debug, Clone, Copy)]
pub struct NoWorker;

#[async_trait]
impl Worker for NoWorker {
    fn check(&self, _: &Work) -> Result<(), JobWrong> {
        Err(JobWrong::new("type", "must be builtin here"))
    }

    async fn run(&self, _: &JobName, _: &Work, _: Duration) -> Done {
        Done::failed("nobody does such work here")
    }
}

/// What came of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What it came to, in a sentence: `Ok` where it did what it was there for.
    pub result: Result<String, String>,
    /// The end of what it said, at most [`LONGEST_OUTPUT`] bytes.
    pub output: String,
}

impl Done {
    /// What came of work that said this, of which the end is kept.
    pub fn new(result: Result<String, String>, output: &[u8]) -> Self {
        Self {
            result,
            output: tail(&String::from_utf8_lossy(output), LONGEST_OUTPUT),
        }
    }

    /// Work that failed before it said anything.
    pub fn failed(why: impl Into<String>) -> Self {
        Self {
            result: Err(why.into()),
            output: String::new(),
        }
    }
}
