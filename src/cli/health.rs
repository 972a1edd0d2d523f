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
    let mut items = take_list(&mut summary, "", "actors");
    items.extend(take_list(&mut summary, "/robots", "items"));
    format!("{}\n{}", table::fields(&summary), table::rows(&items, COLUMNS))
}

fn take_list(value: &mut Value, place: &str, name: &str) -> Vec<Value> {
    let object = value.pointer_mut(place).and_then(Value::as_object_mut);
    match object.and_then(|object| object.remove(name)) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actors_and_robots_stand_in_one_table_below_the_figures() {
        let actor = |name: &str| json!({"name": name, "state": "alive", "last_mail": null, "restarts": 0, "lag_ms": 0});
        let health =
            json!({"status": "ok", "actors": [actor("ledger")], "robots": {"total": 1, "items": [actor("robot:1")]}});
        assert_eq!(
            text(&health),
            "robots.total  1\nstatus        ok\n\n\
             ACTOR    STATE  LAST MAIL  RESTARTS  LAG MS\n\
             ledger   alive          -         0       0\n\
             robot:1  alive          -         0       0\n"
        );
    }
}
