//! `bursar job`: what is done at given times, and what became of it.

mod work;

use domain::id::JobRunId;
use domain::job::{JobName, RunState};
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::{Reached, asker};
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::{Desk, DeskError, read};
use crate::ports::store::JobRunFilter;
use work::{Does, Times};

/// What to do about jobs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the jobs: the daemon's own, and those that people made
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Show one job
    Show {
        /// The job
        name: String,
        #[command(flatten)]
        form: Form,
    },
    /// Make a job; commands, scripts and addresses must be allowed in the daemon's settings
    Create(Box<Create>),
    /// Change a job; what is not given stays
    Edit(Box<Create>),
    /// Take the job's due times from now on
    Enable(One),
    /// Take no due time of the job any more
    Disable(One),
    /// Remove a job; its runs stay until they are pruned
    Remove(One),
    /// Run a job now, and wait for its end (the daemon must run)
    Run {
        /// Only begin it
        #[arg(long)]
        no_wait: bool,
        #[command(flatten)]
        one: One,
    },
    /// List runs, newest first
    Runs(Runs),
    /// Show one run
    RunShow {
        /// The run
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Show when a pattern is due next
    Next {
        /// Second, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), such as "30 */5 * * * *"
        cron: String,
        /// IANA time zone
        #[arg(long, default_value = "UTC")]
        zone: String,
        /// How many due times
        #[arg(long, default_value_t = 5)]
        count: u32,
        #[command(flatten)]
        form: Form,
    },
}

#[derive(Debug, clap::Args)]
struct One {
    /// The job
    name: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

/// A job as it is to be.
#[derive(Debug, clap::Args)]
struct Create {
    /// Its name
    name: String,
    #[command(flatten)]
    does: Does,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
struct Runs {
    /// Only of this job
    #[arg(long)]
    job: Option<String>,
    /// Only in this state
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(RunState::ALL.map(RunState::as_str)))]
    state: Option<String>,
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    form: Form,
}

const JOBS: &[Column] = &[
    ("NAME", "name"),
    ("KIND", "kind"),
    ("CRON", "cron"),
    ("ZONE", "zone"),
    ("EVERY MS", "every_ms"),
    ("ENABLED", "enabled"),
    ("FAILURES", "failures"),
    ("LAST", "last_state"),
    ("AT", "last_at"),
];

const RUNS: &[Column] = &[
    ("ID", "id"),
    ("JOB", "job"),
    ("DUE", "due"),
    ("MISSED", "missed"),
    ("ORIGIN", "origin"),
    ("STATE", "state"),
    ("TRY", "attempt"),
    ("BEGAN", "started_at"),
    ("TOOK MS", "took_ms"),
    ("BY", "asked_by"),
    ("RESULT", "result"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List { form } => list(form, global).await?,
        Act::Show { name, form } => {
            let direct = async |desk: &Desk| Ok(desk.job(name).await?);
            form.one(global, &format!("/jobs/{name}"), direct).await?;
        }
        Act::Create(create) => create.create(global).await?,
        Act::Edit(edit) => edit.edit(global).await?,
        Act::Enable(one) => one.switch(global, true).await?,
        Act::Disable(one) => one.switch(global, false).await?,
        Act::Remove(one) => {
            let direct = async |desk: &Desk| Ok(desk.remove_job(&one.name, &one.asker()?).await?);
            one.form
                .write(global, (&one.path("remove"), one.body()), direct)
                .await?;
        }
        Act::Run { no_wait, one } => {
            return work::run_now(&one.form, global, (&one.path("run"), &one.body()), *no_wait).await;
        }
        Act::Runs(runs) => runs.list(global).await?,
        Act::RunShow { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.job_run(JobRunId(*id)).await?);
            form.one(global, &format!("/jobs/runs/{id}"), direct).await?;
        }
        Act::Next {
            cron,
            zone,
            count,
            form,
        } => {
            let query = vec![
                ("cron", cron.clone()),
                ("zone", zone.clone()),
                ("count", count.to_string()),
            ];
            let direct = async |desk: &Desk| Ok(desk.next_dues(cron, Some(zone), Some(*count))?);
            let value = form.value(global, ("/jobs/next", query), direct).await?;
            form.show(&value)?;
        }
    }
    Ok(Exit::Done)
}

/// The table shows of the last run what fits into a line.
async fn list(form: &Form, global: &Global) -> Result<(), CliError> {
    let direct = async |desk: &Desk| Ok(desk.jobs().await?);
    let mut value = form.value(global, ("/jobs", Vec::new()), direct).await?;
    if form.json {
        return print(&format!("{value}\n"));
    }
    let items = value.get_mut("items").and_then(Value::as_array_mut);
    let items = items
        .map(std::mem::take)
        .unwrap_or_default()
        .into_iter()
        .map(|mut item| {
            for (to, from) in [("last_state", "/last/state"), ("last_at", "/last/started_at")] {
                let found = item.pointer(from).cloned().unwrap_or_default();
                if let Some(fields) = item.as_object_mut() {
                    fields.insert(to.to_owned(), found);
                }
            }
            item
        });
    print(&crate::cli::table::rows(&items.collect::<Vec<_>>(), JOBS))
}

impl One {
    fn asker(&self) -> Result<crate::desk::Asker, CliError> {
        asker(self.why.reason.as_deref())
    }

    fn path(&self, act: &str) -> String {
        format!("/jobs/{}/{act}", self.name)
    }

    fn body(&self) -> Value {
        self.why.body(Map::new())
    }

    async fn switch(&self, global: &Global, enabled: bool) -> Result<(), CliError> {
        let direct = async |desk: &Desk| Ok(desk.enable_job(&self.name, enabled, &self.asker()?).await?);
        let path = self.path(if enabled { "enable" } else { "disable" });
        self.form.write(global, (&path, self.body()), direct).await
    }
}

impl Create {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = self.times.fields();
        if let Some(work) = self.does.work() {
            fields.insert("work".to_owned(), work);
        }
        fields
    }

    async fn create(&self, global: &Global) -> Result<(), CliError> {
        let mut fields = self.fields();
        fields.insert("name".to_owned(), json!(self.name));
        let direct = async |desk: &Desk| {
            let new = read(Value::Object(fields.clone())).map_err(DeskError::from)?;
            Ok(desk.create_job(new, &asker(self.why.reason.as_deref())?).await?)
        };
        let body = self.why.body(fields.clone());
        self.form.write(global, ("/jobs", body), direct).await
    }

    async fn edit(&self, global: &Global) -> Result<(), CliError> {
        let fields = self.fields();
        let value = match self.form.reach.any(global).await? {
            Reached::Daemon(client) => {
                let path = format!("/jobs/{}", self.name);
                client.patch(&path, &self.why.body(fields)).await?
            }
            Reached::Database(desk) => {
                let change = read(Value::Object(fields)).map_err(DeskError::from)?;
                let asker = asker(self.why.reason.as_deref())?;
                json!(desk.change_job(&self.name, &change, &asker).await?)
            }
        };
        self.form.show(&value)
    }
}

impl Runs {
    async fn list(&self, global: &Global) -> Result<(), CliError> {
        let ask = self.pages.ask()?;
        let job = self.job.as_deref().map(|name| {
            let bad = || CliError::BadInput("job: must be the name of a job".to_owned());
            JobName::new(name).ok_or_else(bad)
        });
        let filter = JobRunFilter {
            job: job.transpose()?,
            state: self.state.as_deref().and_then(RunState::parse),
        };
        let mut query = self.pages.query();
        query.extend(self.job.clone().map(|job| ("job", job)));
        query.extend(self.state.clone().map(|state| ("state", state)));
        let direct = async |desk: &Desk| Ok(desk.job_runs(filter, ask).await?);
        self.form.list(global, ("/jobs/runs", query), RUNS, direct).await
    }
}
