//! What a job does and when, as it is said on the command line; and waiting for a run.

use std::io::IsTerminal;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::cli::answer::Form;
use crate::cli::{CliError, Exit, Global};

/// How often a run that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Width of a bar of progress, in characters.
const BAR: usize = 30;

/// What a job does: one of these.
#[derive(Debug, clap::Args)]
pub(super) struct Does {
    /// One of the daemon's own jobs, such as verify_ledger
    #[arg(long, value_name = "JOB", conflicts_with_all = ["program", "script", "address"])]
    task: Option<String>,
    /// A program that the settings allow, by its name there
    #[arg(long, value_name = "NAME", conflicts_with_all = ["script", "address"])]
    program: Option<String>,
    /// A file of the scripts' folder
    #[arg(long, value_name = "FILE", requires = "interpreter", conflicts_with = "address")]
    script: Option<String>,
    /// What runs the script, by its name in the settings
    #[arg(long, value_name = "NAME", requires = "script")]
    interpreter: Option<String>,
    /// What the program or the script is called with; as often as there are arguments
    #[arg(long = "argument", value_name = "TEXT", allow_hyphen_values = true)]
    arguments: Vec<String>,
    /// An address to be asked, of a host that the settings allow
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Ask by POST, with this body
    #[arg(long, value_name = "BODY", requires = "address")]
    post: Option<String>,
}

impl Does {
    /// As the interface takes it; `None` where nothing is said.
    pub fn work(&self) -> Option<Value> {
        if let Some(task) = &self.task {
            return Some(json!({ "type": "builtin", "task": task }));
        }
        if let Some(program) = &self.program {
            return Some(json!({ "type": "command", "program": program, "arguments": self.arguments }));
        }
        if let Some(file) = &self.script {
            let interpreter = &self.interpreter;
            return Some(
                json!({ "type": "script", "interpreter": interpreter, "file": file, "arguments": self.arguments }),
            );
        }
        let url = self.address.as_ref()?;
        Some(match &self.post {
            Some(body) => json!({ "type": "url", "method": "POST", "url": url, "body": body }),
            None => json!({ "type": "url", "method": "GET", "url": url }),
        })
    }
}

/// When a job is due, and how it runs.
#[derive(Debug, clap::Args)]
pub(super) struct Times {
    /// Second, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), such as "30 */5 * * * *"
    #[arg(long, value_name = "PATTERN")]
    cron: Option<String>,
    /// IANA time zone; UTC for a new job
    #[arg(long)]
    zone: Option<String>,
    /// Whether a run waits for the one before; true for a new job
    #[arg(long, value_name = "BOOL")]
    singleton: Option<bool>,
    /// What becomes of due times that passed: skip, run_once (for a new job) or catch_up
    #[arg(long, value_name = "POLICY")]
    misfire: Option<String>,
    /// Longest run in seconds; 3600 for a new job
    #[arg(long, value_name = "SECONDS")]
    time_out: Option<u32>,
    /// Wait after a failure in seconds, doubled with each one in a row; 10 for a new job
    #[arg(long, value_name = "SECONDS")]
    back_off: Option<u32>,
    /// Whether its due times are taken; true for a new job
    #[arg(long, value_name = "BOOL")]
    enabled: Option<bool>,
}

impl Times {
    /// As the interface takes them.
    pub fn fields(&self) -> Map<String, Value> {
        let all = [
            ("cron", json!(self.cron)),
            ("zone", json!(self.zone)),
            ("singleton", json!(self.singleton)),
            ("misfire", json!(self.misfire)),
            ("time_out", json!(self.time_out)),
            ("back_off", json!(self.back_off)),
            ("enabled", json!(self.enabled)),
        ];
        let given = all.into_iter().filter(|(_, value)| !value.is_null());
        given.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Begins a run, and waits for its end; a run that did not succeed is an error of the command.
pub(super) async fn run_now(
    form: &Form,
    global: &Global,
    (path, body): (&str, &Value),
    no_wait: bool,
) -> Result<Exit, CliError> {
    let client = form.reach.daemon(global).await?;
    let mut run = client.post(path, body).await?;
    let id = run.get("id").and_then(Value::as_i64).unwrap_or_default();
    let shows = !form.json && std::io::stderr().is_terminal();
    while !no_wait && run.get("state").is_some_and(|state| state == "running") {
        tokio::time::sleep(LOOK_EVERY).await;
        run = client.look(&format!("/jobs/runs/{id}"), &[]).await?;
        if shows && let Some(bar) = bar(&run) {
            eprint!("\r{bar}");
        }
    }
    if shows && run.get("progress").is_some() {
        eprintln!();
    }
    form.show(&run)?;
    let is_well = run
        .get("state")
        .is_some_and(|state| state == "succeeded" || state == "running");
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

/// How far a run is, of what tells it.
fn bar(run: &Value) -> Option<String> {
    let parts = run.get("progress")?.as_array()?;
    let sum = |field: &str| -> u64 { parts.iter().filter_map(|part| part.get(field)?.as_u64()).sum() };
    let (all, done) = (sum("all"), sum("done"));
    let share = usize::try_from(done * 30 / all.max(1)).unwrap_or(BAR).min(BAR);
    Some(format!("[{:<BAR$}] {done} of {all}", "#".repeat(share)))
}
