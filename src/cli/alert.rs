//! `bursar alert` and `bursar audit`: what is or was wrong, and who did what.

use crate::cli::answer::{Form, Pages};
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;

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
        /// Only those that are not over
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
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
    ("KIND", "kind"),
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
    ("REASON", "reason"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let Act::List { open, pages, form } = &args.act;
    let ask = pages.ask()?;
    let mut query = pages.query();
    query.extend(open.then(|| ("open", "true".to_owned())));
    let direct = async |desk: &Desk| Ok(desk.alerts(*open, ask).await?);
    form.list(global, ("/alerts", query), COLUMNS, direct).await?;
    Ok(Exit::Done)
}

/// Lists the trail.
pub(super) async fn audit(args: &AuditArgs, global: &Global) -> Result<Exit, CliError> {
    let AuditAct::List { pages, form } = &args.act;
    let ask = pages.ask()?;
    let direct = async |desk: &Desk| Ok(desk.audits(ask).await?);
    form.list(global, ("/audit", pages.query()), AUDIT_COLUMNS, direct)
        .await?;
    Ok(Exit::Done)
}
