//! `bursar ledger …`: acts on money, which only the ledger of the running daemon can do.

use serde_json::{Map, Value, json};

use crate::cli::answer::Form;
use crate::cli::robot::Why;
use crate::cli::{CliError, Global};

/// What to ask of the ledger.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Bring assets in for a user, and collect the user's debts from them (the daemon must run)
    Recharge(Recharge),
    /// Take assets out for a user (the daemon must run)
    Withdraw(Withdraw),
    /// Correct a balance by hand; a negative amount takes away (the daemon must run)
    Adjust(Adjust),
    /// Pass assets from one user to another (the daemon must run)
    Transfer(Transfer),
    /// Forgive a debt, whole and for good (the daemon must run)
    Waive(One),
    /// Take an entry back by one with the opposite lines, at most once (the daemon must run)
    Reverse(One),
}

#[derive(Debug, clap::Args)]
pub(super) struct Recharge {
    /// For whom
    user: i64,
    /// How much
    amount: String,
    #[command(flatten)]
    fact: Fact,
    /// Words for people, on the entry
    #[arg(long, default_value = "", value_name = "WORDS")]
    remark: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    /// For whom
    user: i64,
    /// How much
    amount: String,
    #[command(flatten)]
    fact: Fact,
    /// Words for people, on the entry
    #[arg(long, default_value = "", value_name = "WORDS")]
    remark: String,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Adjust {
    /// Whose balance
    user: i64,
    /// By how much, such as -2.5
    #[arg(allow_hyphen_values = true)]
    amount: String,
    #[command(flatten)]
    fact: Fact,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct Transfer {
    /// Who gives
    from: i64,
    /// Who gets, in the same purse
    to: i64,
    /// How much
    amount: String,
    #[command(flatten)]
    fact: Fact,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The debt, or the entry's place in the ledger
    id: i64,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    form: Form,
}

/// Which act it is, and on which balance.
#[derive(Debug, clap::Args)]
struct Fact {
    /// power, gift_power, or wallet:ASSET
    #[arg(long, default_value = "power")]
    purse: String,
    /// The asker's own reference: the same reference is the same act, however often it is asked for
    #[arg(long, value_name = "WORD")]
    reference: String,
}

/// Why, which must be said of an act on money.
#[derive(Debug, clap::Args)]
struct Because {
    /// Why, for the audit trail and the entry: 3 to 200 characters
    #[arg(long, value_name = "WORDS")]
    reason: String,
}

impl Fact {
    fn with(&self, fields: &[(&str, Value)]) -> Map<String, Value> {
        let own = [("purse", json!(self.purse)), ("reference", json!(self.reference))];
        let all = own.iter().chain(fields);
        all.map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }
}

impl Because {
    fn body(&self, mut fields: Map<String, Value>) -> Value {
        fields.insert("reason".to_owned(), json!(self.reason));
        Value::Object(fields)
    }
}

/// Asks the daemon, and prints what came of it.
pub(super) async fn run(act: &Act, global: &Global) -> Result<(), CliError> {
    let (form, path, body) = match act {
        Act::Recharge(asked) => {
            let fields = [
                ("user", json!(asked.user)),
                ("amount", json!(asked.amount)),
                ("remark", json!(asked.remark)),
            ];
            let body = asked.why.body(asked.fact.with(&fields));
            (&asked.form, "/ledger/recharge".to_owned(), body)
        }
        Act::Withdraw(asked) => {
            let fields = [
                ("user", json!(asked.user)),
                ("amount", json!(asked.amount)),
                ("remark", json!(asked.remark)),
            ];
            let body = asked.because.body(asked.fact.with(&fields));
            (&asked.form, "/ledger/withdraw".to_owned(), body)
        }
        Act::Adjust(asked) => {
            let fields = [("user", json!(asked.user)), ("amount", json!(asked.amount))];
            let body = asked.because.body(asked.fact.with(&fields));
            (&asked.form, "/ledger/adjust".to_owned(), body)
        }
        Act::Transfer(asked) => {
            let fields = [
                ("from", json!(asked.from)),
                ("to", json!(asked.to)),
                ("amount", json!(asked.amount)),
            ];
            let body = asked.because.body(asked.fact.with(&fields));
            (&asked.form, "/ledger/transfer".to_owned(), body)
        }
        Act::Waive(one) => one.ask("debts", "waive"),
        Act::Reverse(one) => one.ask("entries", "reverse"),
    };
    form.act(global, &path, &body).await
}

impl One {
    fn ask(&self, things: &str, act: &str) -> (&Form, String, Value) {
        let path = format!("/ledger/{things}/{}/{act}", self.id);
        (&self.form, path, self.because.body(Map::new()))
    }
}
