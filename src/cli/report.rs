//! `bursar report`: what was done on a day.

use domain::period::Day;
use domain::report::By;

use crate::cli::answer::{Form, Pages};
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;

/// Which report.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Orders, closes and settlements of a UTC day, in all or per user or robot
    Daily {
        /// The UTC day, such as 2026-11-21
        #[arg(long, value_name = "DAY", value_parser = Day::parse)]
        day: Day,
        /// What a row is about: day, user or robot
        #[arg(long, default_value = "day", value_parser = by)]
        by: By,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
}

const COLUMNS: &[Column] = &[
    ("ORDERS", "orders"),
    ("CLOSES", "closes"),
    ("PROFIT", "profit"),
    ("CHARGED", "charged"),
    ("OWED", "owed"),
    ("REPAID", "repaid"),
    ("WAIVED", "waived"),
    ("REFUNDED", "refunded"),
    ("OPEN DEBTS", "open_debts"),
    ("OPEN DEBT", "open_debt"),
];

fn by(text: &str) -> Result<By, &'static str> {
    By::parse(text).ok_or("must be day, user or robot")
}

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let Act::Daily { day, by, pages, form } = &args.act;
    let ask = pages.ask()?;
    let mut query = vec![("day", day.to_string()), ("by", by.as_str().to_owned())];
    query.extend(pages.query());
    let columns: Vec<Column> = match by {
        By::Day => COLUMNS.to_vec(),
        By::User => [&[("USER", "user")], COLUMNS].concat(),
        By::Robot => [&[("ROBOT", "robot")], COLUMNS].concat(),
    };
    let direct = async |desk: &Desk| Ok(desk.daily_report(*day, *by, ask).await?);
    form.list(global, ("/reports/daily", query), &columns, direct).await?;
    Ok(Exit::Done)
}
