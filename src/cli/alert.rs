//! `bursar alert` and `bursar audit`: what is or was wrong, who looks after it, who is told, and who did what.

use domain::alert::AlertState;
use domain::id::AlertId;
use serde_json::json;

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::{Reached, asker};
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, DeskError, WrongField};
use crate::ports::store::AlertFilter;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the alerts, newest first
    List {
        /// Only those that are not over, acknowledged or not
        #[arg(long)]
        open: bool,
        /// Only those in this state: raised, acknowledged or resolved
        #[arg(long, value_name = "STATE", value_parser = state, conflicts_with = "open")]
        state: Option<AlertState>,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show an alert, with the messages that were or are to be sent about it
    Show {
        /// The alert's id
        id: AlertId,
        #[command(flatten)]
        form: Form,
    },
    /// Say that you look after an alert; it stays open, and nobody is told of it again before it is over
    Ack {
        /// The alert's id
        id: AlertId,
        /// What you are doing about it, on record for ever
        #[arg(long, value_name = "TEXT")]
        note: String,
        #[command(flatten)]
        form: Form,
    },
    /// Send a test message to a target of the settings, and tell what happened
    Test {
        /// The target's name
        target: String,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
}

fn state(text: &str) -> Result<AlertState, &'static str> {
    AlertState::parse(text).ok_or("must be raised, acknowledged or resolved")
}

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    #[command(subcommand)]
    act: AuditAct,
}

#[derive(Debug, clap::Subcommand)]
enum AuditAct {
    /// List the audit trail, oldest first
    List {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("SEVERITY", "severity"),
    ("KIND", "kind"),
    ("STATE", "state"),
    ("SUBJECT", "subject"),
    ("RAISED", "raised_at"),
    ("RESOLVED", "resolved_at"),
    ("MESSAGE", "message"),
];

const AUDIT_COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("AT", "at"),
    ("BY", "by"),
    ("ACTION", "action"),
    ("SUBJECT", "subject"),
    ("FROM", "origin"),
    ("REASON", "reason"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List {
            open,
            state,
            pages,
            form,
        } => {
            let ask = pages.ask()?;
            let mut query = pages.query();
            query.extend(open.then(|| ("open", "true".to_owned())));
            query.extend(state.map(|state| ("state", state.as_str().to_owned())));
            let filter = match state {
                Some(state) => AlertFilter::In(*state),
                None if *open => AlertFilter::Open,
                None => AlertFilter::All,
            };
            let direct = async |desk: &Desk| Ok(desk.alerts(filter, ask).await?);
            form.list(global, ("/alerts", query), COLUMNS, direct).await?;
            Ok(Exit::Done)
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.alert(*id).await?);
            form.one(global, &format!("/alerts/{id}"), direct).await?;
            Ok(Exit::Done)
        }
        Act::Ack { id, note, form } => acknowledge(*id, note, form, global).await,
        Act::Test { target, why, form } => test(target, why, form, global).await,
    }
}

async fn acknowledge(id: AlertId, note: &str, form: &Form, global: &Global) -> Result<Exit, CliError> {
    if note.trim().is_empty() {
        return Err(DeskError::from(WrongField::new("note", "must not be empty")).into());
    }
    let direct = async |desk: &Desk| Ok(desk.acknowledge(id, &asker(Some(note))?).await?);
    let path = format!("/alerts/{id}/acknowledge");
    form.write(global, (&path, json!({ "note": note })), direct).await?;
    Ok(Exit::Done)
}

/// Ends with 1 when the message did not arrive.
async fn test(target: &str, why: &Why, form: &Form, global: &Global) -> Result<Exit, CliError> {
    let body = why.body(serde_json::Map::from_iter([("target".to_owned(), json!(target))]));
    let value = match form.reach.any(global).await? {
        Reached::Daemon(client) => client.post("/alerts/test", &body).await?,
        Reached::Database(desk) => json!(desk.test_target(target, &asker(why.reason.as_deref())?).await?),
    };
    form.show(&value)?;
    let arrived = value.get("result").and_then(serde_json::Value::as_str) == Some("delivered");
    Ok(if arrived { Exit::Done } else { Exit::Failed })
}

/// Lists the trail.
pub(super) async fn audit(args: &AuditArgs, global: &Global) -> Result<Exit, CliError> {
    let AuditAct::List { pages, form } = &args.act;
    let ask = pages.ask()?;
    let direct = async |desk: &Desk| Ok(desk.audits(ask).await?);
    form.list(global, ("/audits", pages.query()), AUDIT_COLUMNS, direct)
        .await?;
    Ok(Exit::Done)
}
