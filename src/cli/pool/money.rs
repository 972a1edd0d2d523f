//! `bursar pool …`: acts on money, which only the ledger of the running daemon can do.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::cli::answer::Form;
use crate::cli::client::Client;
use crate::cli::robot::Why;
use crate::cli::{CliError, Global};

/// How often the bar is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(500);
/// How wide it is, in characters.
const WIDTH: i64 = 40;

/// What to ask of the ledger.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Bring in what a product's yield is paid from; a negative amount takes it back (the daemon must run)
    Fund(Fund),
    /// Put money from a user's wallet into a product (the daemon must run)
    Subscribe(Subscribe),
    /// Put more money into a flexible holding (the daemon must run)
    Add(Add),
    /// Take money out of a holding, everything unless an amount is given (the daemon must run)
    Redeem(Redeem),
    /// Pay now every day that has ended and is not paid (the daemon must run)
    Distribute {
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Fund {
    /// The product
    product: i64,
    /// How much
    #[arg(allow_hyphen_values = true)]
    amount: String,
    /// The asker's own reference: the same reference is the same act
    #[arg(long, value_name = "WORD")]
    reference: String,
    /// Why, for the audit trail: 3 to 200 characters
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Subscribe {
    /// The product
    product: i64,
    /// Whose wallet pays
    user: i64,
    /// How much
    amount: String,
    /// The asker's own reference: the same reference is the same act
    #[arg(long, value_name = "WORD")]
    reference: String,
    /// Who gets commissions on its yield
    #[arg(long, value_name = "USER")]
    referrer: Option<i64>,
    /// Another term follows the first
    #[arg(long)]
    renews: bool,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// The holding
    holding: i64,
    /// How much
    amount: String,
    /// The asker's own reference: the same reference is the same act
    #[arg(long, value_name = "WORD")]
    reference: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Redeem {
    /// The holding
    holding: i64,
    /// How much; everything without it
    amount: Option<String>,
    /// The asker's own reference: the same reference is the same act
    #[arg(long, value_name = "WORD")]
    reference: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

fn fields(all: &[(&str, Value)]) -> Map<String, Value> {
    let given = all.iter().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Asks the daemon, and prints what came of it.
pub(super) async fn run(act: &Act, global: &Global) -> Result<(), CliError> {
    let (form, path, body) = match act {
        Act::Fund(asked) => {
            let body = fields(&[
                ("amount", json!(asked.amount)),
                ("reference", json!(asked.reference)),
                ("reason", json!(asked.reason)),
            ]);
            let path = format!("/pool/products/{}/fund", asked.product);
            (&asked.form, path, Value::Object(body))
        }
        Act::Subscribe(asked) => {
            let body = fields(&[
                ("user", json!(asked.user)),
                ("amount", json!(asked.amount)),
                ("reference", json!(asked.reference)),
                ("referrer", json!(asked.referrer)),
                ("renews", json!(asked.renews)),
            ]);
            let path = format!("/pool/products/{}/subscribe", asked.product);
            (&asked.form, path, asked.why.body(body))
        }
        Act::Add(asked) => {
            let body = fields(&[("amount", json!(asked.amount)), ("reference", json!(asked.reference))]);
            let path = format!("/pool/holdings/{}/add", asked.holding);
            (&asked.form, path, asked.why.body(body))
        }
        Act::Redeem(asked) => {
            let body = fields(&[("amount", json!(asked.amount)), ("reference", json!(asked.reference))]);
            let path = format!("/pool/holdings/{}/redeem", asked.holding);
            (&asked.form, path, asked.why.body(body))
        }
        Act::Distribute { why, form } => return distribute(why, form, global).await,
    };
    form.act(global, &path, &body).await
}

/// Asks for the run, and draws how far it is while somebody looks.
async fn distribute(why: &Why, form: &Form, global: &Global) -> Result<(), CliError> {
    let watched = form.reach.daemon(global).await?;
    let body = why.body(Map::new());
    let run = form.act(global, "/pool/distribute", &body);
    tokio::pin!(run);
    let is_seen = std::io::stderr().is_terminal() && !form.json;
    loop {
        tokio::select! {
            answer = &mut run => return answer,
            () = tokio::time::sleep(DRAW_EVERY), if is_seen => draw(&watched).await,
        }
    }
}

/// One line per look, over the one before; a daemon that does not answer now is asked again soon.
async fn draw(daemon: &Client) {
    let Ok(progress) = daemon.look("/pool/progress", &[]).await else {
        return;
    };
    let items = progress.get("items").and_then(Value::as_array);
    for item in items.map_or(&[][..], Vec::as_slice) {
        let number = |name: &str| item.get(name).and_then(Value::as_i64).unwrap_or_default();
        let (all, done) = (number("all"), number("done"));
        if all > done {
            let day = item.get("day").and_then(Value::as_str).unwrap_or_default();
            eprint!("\r{}", bar(number("product"), day, done, all));
        }
    }
    if std::io::stderr().flush().is_err() {
        // Nobody looks any more; the run goes on.
    }
}

fn bar(product: i64, day: &str, done: i64, all: i64) -> String {
    let filled = usize::try_from(done.saturating_mul(WIDTH) / all.max(1)).unwrap_or_default();
    let width = usize::try_from(WIDTH).unwrap_or_default();
    let (full, empty) = ("#".repeat(filled.min(width)), ".".repeat(width.saturating_sub(filled)));
    format!("product {product} {day} [{full}{empty}] {done} of {all}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_is_full_when_all_is_done() {
        assert!(bar(1, "2026-11-29", 10, 10).ends_with(&format!("[{}] 10 of 10", "#".repeat(40))));
        assert!(bar(1, "2026-11-29", 0, 0).contains(&".".repeat(40)));
        assert!(bar(1, "2026-11-29", 5, 10).contains("####################...................."));
    }
}
