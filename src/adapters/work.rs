//! Work of jobs: programs and scripts as processes of their own, and requests to hosts; only what the settings name.

mod allowed;
mod child;
mod files;
mod group;
mod limits;
mod options;
mod output;
mod public;
mod request;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::job::{JobName, JobWrong, Work};

pub use limits::Limits;
pub use options::{Program, WorkOptions};
pub use public::is_public;
pub use request::{Names, SystemNames};

use crate::ports::work::{Done, Worker};
use allowed::{Errand, errand};

/// Does what its options allow.
pub struct Workshop {
    options: WorkOptions,
    names: Arc<dyn Names>,
}

impl Workshop {
    /// A workshop that asks the system for the addresses of hosts.
    pub fn new(options: WorkOptions) -> Self {
        Self::with_names(options, Arc::new(SystemNames))
    }

    /// A workshop that asks these names for addresses.
    pub fn with_names(options: WorkOptions, names: Arc<dyn Names>) -> Self {
        Self { options, names }
    }
}

#[async_trait]
impl Worker for Workshop {
    fn check(&self, work: &Work) -> Result<(), JobWrong> {
        errand(work, &self.options).map(drop)
    }

    async fn run(&self, job: &JobName, work: &Work, limit: Duration) -> Done {
        match errand(work, &self.options) {
            Ok(Errand::Start(call)) => child::run(call, job, &self.options, limit).await,
            Ok(Errand::Ask(question)) => request::ask(question, &self.options, &*self.names, limit).await,
            Err(wrong) => Done::failed(format!("it is not allowed: {wrong}")),
        }
    }
}
