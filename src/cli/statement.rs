//! `bursar ledger statement`: what a user's purses held, got and gave between two dates.

use domain::id::UserId;
use domain::period::{Period, instant};
use domain::time::Timestamp;
use serde_json::json;

use crate::cli::reach::{Reach, Reached};
use crate::cli::{CliError, Global, print, print_bytes};

/// Which statement, and in which form.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose
    user: i64,
    /// From this UTC day or instant on, such as 2026-11-01 or 2026-11-01T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Timestamp,
    /// And before this one
    #[arg(long, value_name = "TIME", value_parser = instant)]
    to: Timestamp,
    /// csv, of any length, or json, of at most 10000 lines
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Prints the statement. When it breaks off, the exit code tells that what was printed is not all.
pub(super) async fn run(args: &Args, global: &Global) -> Result<(), CliError> {
    let period = Period::new(args.from, args.to).map_err(|error| CliError::BadInput(format!("to {error}")))?;
    let user = UserId(args.user);
    let path = format!("/ledger/statements/{user}");
    let query = |format: &str| {
        [
            ("from", period.from().to_string()),
            ("to", period.to().to_string()),
            ("format", format.to_owned()),
        ]
    };
    match (args.reach.any(global).await?, args.format) {
        (Reached::Daemon(client), Format::Json) => {
            let statement = client.look(&path, &query("json")).await?;
            print(&format!("{statement}\n"))
        }
        (Reached::Daemon(client), Format::Csv) => {
            let mut rows = client.stream(&path, &query("csv")).await?;
            while let Some(piece) = rows.piece().await? {
                print_bytes(&piece)?;
            }
            Ok(())
        }
        (Reached::Database(desk), Format::Json) => {
            let statement = desk.whole_statement(user, period).await?;
            print(&format!("{}\n", json!(statement)))
        }
        (Reached::Database(desk), Format::Csv) => {
            let mut statement = desk.statement(user, period).await?;
            while let Some(rows) = statement.csv().await? {
                print(&rows)?;
            }
            Ok(())
        }
    }
}
