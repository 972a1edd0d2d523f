//! `bursar ledger head` and the anchors of `bursar ledger verify`: the chain's end, kept outside and proven later.

use std::fs;
use std::path::PathBuf;

use domain::ledger::verify::anchor::{Anchor, BrokenAnchor};
use serde_json::{Value, json};

use crate::cli::answer::Form;
use crate::cli::{CliError, Global, print};
use crate::desk::Desk;
use crate::jobs::check_anchors::check_anchors;
use crate::ports::store::Store;

/// The chain's end.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Print one line, SEQ:DIGEST and the time, to be kept outside and given to `verify` later
    #[arg(long, conflicts_with = "json")]
    anchor: bool,
    #[command(flatten)]
    form: Form,
}

/// What the chain must contain.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Anchors {
    /// The chain must contain this end, which `ledger head --anchor` printed once; may be given several times
    #[arg(long, value_name = "SEQ:DIGEST")]
    anchor: Vec<Anchor>,
    /// The chain must contain every end in this file, one to a line
    #[arg(long, value_name = "FILE")]
    anchors: Option<PathBuf>,
}

/// Prints the chain's end.
pub(super) async fn run(args: &Args, global: &Global) -> Result<(), CliError> {
    let direct = async |desk: &Desk| Ok(desk.ledger_head().await?);
    let head = args.form.value(global, ("/ledger/head", Vec::new()), direct).await?;
    if !args.anchor {
        return args.form.show(&head);
    }
    let text = |name: &str| head[name].as_str().unwrap_or_default().to_owned();
    print(&format!("{}:{} {}\n", head["seq"], text("digest"), text("at")))
}

impl Anchors {
    /// All of them; given ones first.
    pub(super) fn read(&self) -> Result<Vec<Anchor>, CliError> {
        let mut anchors = self.anchor.clone();
        if let Some(file) = &self.anchors {
            let wrong = |why: String| CliError::BadInput(format!("anchors in {}: {why}", file.display()));
            let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
            anchors.extend(Anchor::lines(&text).map_err(|error| wrong(error.to_string()))?);
        }
        Ok(anchors)
    }
}

/// What was found of the anchors.
pub(super) struct Anchored {
    count: usize,
    broken: Vec<BrokenAnchor>,
}

impl Anchored {
    /// Looks all of them up.
    pub(super) async fn check(store: &dyn Store, anchors: &[Anchor]) -> Result<Self, CliError> {
        Ok(Self {
            count: anchors.len(),
            broken: check_anchors(store, anchors).await?,
        })
    }

    /// Whether the chain contains every one.
    pub(super) fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    pub(super) fn value(&self) -> Value {
        let broken: Vec<String> = self.broken.iter().map(ToString::to_string).collect();
        json!({ "checked": self.count, "broken": broken })
    }

    /// A line for each that is broken, or one for all.
    pub(super) fn text(&self) -> String {
        if self.count == 0 {
            return String::new();
        }
        if self.holds() {
            return format!("{} of {} anchors are in the chain\n", self.count, self.count);
        }
        self.broken.iter().map(|broken| format!("{broken}\n")).collect()
    }
}
