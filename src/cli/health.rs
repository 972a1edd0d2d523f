//! `bursar health`: how the running daemon and its actors are.

use serde_json::Value;

use crate::cli::answer::{Form, Pages};
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};

/// How to look at it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    form: Form,
}

const COLUMNS: &[Column] = &[
    ("ACTOR", "name"),
    ("STATE", "state"),
    ("LAST MAIL", "last_mail"),
    ("RESTARTS", "restarts"),
    ("LAG MS", "lag_ms"),
];

/// Prints it. Exit code 1 when the ledger, the store or the supervisor's tick is dead.
pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let client = args.form.reach.daemon(global).await?;
    let health = client.look("/health", &args.pages.query()).await?;
    if args.form.json {
        print(&format!("{health}\n"))?;
    } else {
        print(&text(&health))?;
    }
    let ok = health.get("status").and_then(Value::as_str) == Some("ok");
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

fn text(health: &Value) -> String {
    let mut summary = health.clone();
    let mut items = take_list(&mut summary, "/actors");
    items.extend(take_list(&mut summary, "/robots/items"));
    format!("{}\n{}", table::fields(&summary), table::rows(&items, COLUMNS))
}

fn take_list(value: &mut Value, pointer: &str) -> Vec<Value> {
    match value.pointer_mut(pointer).map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}
