//! `bursar import`: takes over the users, orders and charges of another platform, once.

mod tables;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use domain::import::{Comparison, Placing, Plan, Report, Source, plan};

use crate::assemble::alone::LoneLedger;
use crate::cli::reach::{asker, desk, nobody_runs};
use crate::cli::robot::Why;
use crate::cli::{CliError, Exit, Global, print};
use crate::clock::{Clock, SystemClock};
use crate::config::Settings;
use crate::desk::Desk;
use crate::import::compare::compare;
use crate::import::intake::Unread;
use crate::import::run::{Import, Written};
use crate::import::told::{Outcome, Told};
use tables::TableArgs;

/// What to take over.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Tables of orders, power consumption and wallets: duplicated charges are refunded, what was never charged is left
    /// to the sweep, and nothing is charged again. Repeating it changes nothing
    Legacy(Box<Legacy>),
}

#[derive(Debug, clap::Args)]
struct Legacy {
    #[command(flatten)]
    tables: TableArgs,
    /// A name for the platform: part of every key, so keep it
    #[arg(long, value_name = "NAME", default_value = "legacy")]
    source: String,
    /// Write nothing, and tell what would be done
    #[arg(long)]
    dry_run: bool,
    /// Leave out bad rows, and every user whom they leave uncertain
    #[arg(long)]
    skip_bad: bool,
    /// Where the whole report goes, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    why: Why,
}

/// Does it in a system of actors of its own: only the ledger's actor posts.
pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let What::Legacy(legacy) = &args.what;
    super::system::with_actors(legacy.run(global))
}

impl Legacy {
    async fn run(&self, global: &Global) -> Result<Exit, CliError> {
        let source = Source::new(&self.source).ok_or_else(|| {
            CliError::BadInput("source must be 1 to 20 lower-case letters, digits, `-` or `_`".to_owned())
        })?;
        let settings = global.settings()?;
        if !self.dry_run {
            nobody_runs(&settings).await?;
        }
        let mut report_file = self.report.as_ref().map(File::create).transpose()?;
        let (tables, columns_not_read) = self.tables.read().await?;
        let now = SystemClock.now();
        let plan = plan(tables, now)?;
        let mut report = Report::of(&source, &plan).map_err(|error| CliError::BadInput(error.to_string()))?;
        let told = if self.is_unfit(&plan) {
            self.told(Outcome::BadRows, report, columns_not_read)
        } else {
            let desk = desk(&settings).await?;
            let placing = Placing { source, now };
            let (comparison, conflicts) = compare(desk.store.as_ref(), &placing, &plan).await?;
            if !conflicts.is_empty() {
                let told = self.told(Outcome::Conflicts, report, columns_not_read);
                Told { conflicts, ..told }
            } else if self.dry_run {
                self.told(Outcome::Planned, report, columns_not_read)
            } else {
                let written = self
                    .write(&settings, desk, placing, &plan, &comparison, &mut report)
                    .await?;
                let changed = written.users + written.orders + written.entries > 0;
                let outcome = if changed { Outcome::Imported } else { Outcome::Unchanged };
                let told = self.told(outcome, report, columns_not_read);
                Told { written, ..told }
            }
        };
        self.tell(&told, report_file.as_mut())?;
        Ok(match told.outcome {
            Outcome::Planned | Outcome::Imported | Outcome::Unchanged => Exit::Done,
            Outcome::BadRows => Exit::BadInput,
            Outcome::Conflicts => Exit::Failed,
        })
    }

    /// Whether there are bad rows that may not, or cannot, be left out.
    fn is_unfit(&self, plan: &Plan) -> bool {
        let can_skip = plan.bad.iter().all(domain::import::BadRow::can_be_skipped);
        let may_go_on = self.skip_bad && can_skip;
        !(plan.bad.is_empty() || may_go_on)
    }

    async fn write(
        &self,
        settings: &Settings,
        desk: Desk,
        placing: Placing,
        plan: &Plan,
        comparison: &Comparison,
        report: &mut Report,
    ) -> Result<Written, CliError> {
        let ledger = LoneLedger::start(settings, Arc::clone(&desk.store), Arc::new(SystemClock))?;
        let post = |requests| -> futures::future::LocalBoxFuture<'_, _> {
            let posted = ledger.post(requests);
            Box::pin(async { posted.await.map_err(|error| error.to_string()) })
        };
        let import = Import {
            desk: &desk,
            post: &post,
            placing,
            asker: asker(self.why.reason.as_deref())?,
        };
        let written = import.write(plan, comparison, report).await;
        ledger.stop().await;
        Ok(written?)
    }

    fn told(&self, outcome: Outcome, report: Report, columns_not_read: Vec<Unread>) -> Told {
        Told {
            outcome,
            dry_run: self.dry_run,
            report,
            columns_not_read,
            conflicts: Vec::new(),
            written: Written::default(),
        }
    }

    fn tell(&self, told: &Told, file: Option<&mut File>) -> Result<(), CliError> {
        let json = serde_json::to_string(told).map_err(std::io::Error::from)?;
        if let Some(file) = file {
            file.write_all(json.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
        }
        if self.json {
            print(&format!("{json}\n"))
        } else {
            print(&told.to_string())
        }
    }
}
