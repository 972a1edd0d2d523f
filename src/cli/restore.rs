//! `bursar restore`: a backup into an empty database, which nothing opens before the whole ledger was audited.

use std::path::PathBuf;

use domain::ledger::verify::anchor::Anchor;

use crate::adapters::store::backup::{Restoration, restore};
use crate::assemble::options;
use crate::cli::backup::show;
use crate::cli::{CliError, Exit, Global, print};
use crate::jobs::check_anchors::check_anchors;
use crate::jobs::verify_ledger::verify_ledger;

/// Where from.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The backup
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Restores into the database in the settings. Exit code 1 when the ledger does not hold; then nothing opens it.
pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let restored = restore(&options::store(&global.settings()?), &args.file).await?;
    match audit(&restored).await {
        Ok(None) => {
            show(&restored.manifest, args.json)?;
            restored.accept().await?;
            if !args.json {
                print("the ledger holds, and the database can be used\n")?;
            }
            Ok(Exit::Done)
        }
        Ok(Some(why)) => {
            restored.leave().await?;
            eprintln!("error: the backup was restored as it is, but {why}; nothing opens this database");
            Ok(Exit::Failed)
        }
        Err(error) => {
            restored.leave().await?;
            Err(error)
        }
    }
}

/// What is wrong with the ledger that was restored.
async fn audit(restored: &Restoration) -> Result<Option<String>, CliError> {
    let verified = verify_ledger(&restored.store).await?;
    if let Some(finding) = verified.finding {
        return Ok(Some(format!("its ledger is broken: {finding}")));
    }
    let head = &restored.manifest.head;
    let anchor: Result<Anchor, _> = format!("{}:{}", head.seq, head.digest).parse();
    let Ok(anchor) = anchor else {
        return Ok(Some("its manifest names no head of the ledger".to_owned()));
    };
    let broken = check_anchors(&restored.store, &[anchor]).await?;
    Ok(broken.first().map(ToString::to_string))
}
