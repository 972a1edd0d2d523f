//! What an import tells: the report with what became of it, as JSON and for people.

use std::fmt;

use domain::import::{Conflict, Report};
use serde::Serialize;

use crate::import::intake::Unread;
use crate::import::run::Written;

/// Lines of each list that are shown to people; JSON has them all.
const SHOWN: usize = 20;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A dry run: it could be done.
    Planned,
    /// Everything is taken over now.
    Imported,
    /// Everything was taken over before.
    Unchanged,
    /// Nothing was done: there are bad rows.
    BadRows,
    /// Nothing was done: rows are not what was taken over before.
    Conflicts,
}

/// The whole answer.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// The plan's report.
    #[serde(flatten)]
    pub report: Report,
    /// Columns that were not read.
    pub columns_not_read: Vec<Unread>,
    /// Rows that are not what was taken over before.
    pub conflicts: Vec<Conflict>,
    /// What was written.
    pub written: Written,
}

impl Told {
    fn write(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        let (read, orders) = (report.read, report.orders);
        writeln!(
            out,
            "import of {}: {} orders, {} charges and {} wallets read",
            report.source, read.orders, read.charges, read.wallets
        )?;
        writeln!(
            out,
            "{} users; orders: {} charged ({} more than once), {} never charged, {} with nothing due, {} open",
            report.users, orders.charged, orders.charged_twice, orders.pending, orders.nothing_due, orders.open
        )?;
        for total in &report.totals {
            writeln!(out, "{total}")?;
        }
        let verdict = if report.reconciles {
            "reconcile to the last digit"
        } else {
            "DO NOT RECONCILE"
        };
        writeln!(
            out,
            "totals {verdict}; profit never charged for: {}",
            report.pending_profit
        )?;
        self.lists(out)?;
        writeln!(out, "{}", self.verdict())
    }

    fn lists(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        list(out, "charges to refund", &report.refunds, |line| {
            format!(
                "user {}: order {}, charge {} of {}",
                line.user, line.order, line.charge, line.amount
            )
        })?;
        list(out, "bad rows", &report.bad_rows, |bad| {
            let file = bad.file.as_str();
            format!(
                "{file} line {}, id `{}`, {}: {}",
                bad.line, bad.id, bad.field, bad.reason
            )
        })?;
        list(out, "users left out because of bad rows", &report.left_out, |left| {
            let (orders, charges) = (left.orders.len(), left.charges.len());
            format!("{} by {}: {orders} orders, {charges} charges", left.user, left.because)
        })?;
        list(out, "odd rows", &report.notes, |note| {
            format!("order {}: {}", note.order, note.text)
        })?;
        self.more_lists(out)
    }

    fn more_lists(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(
            out,
            "rows that are not what was taken over before",
            &self.conflicts,
            |one| {
                let line = one.line.map_or("gone".to_owned(), |line| format!("line {line}"));
                let (file, id) = (one.file.as_str(), &one.id);
                format!(
                    "{file} {line}, id `{id}`, {}: was {}, is {}",
                    one.field, one.imported, one.now
                )
            },
        )?;
        list(
            out,
            "tables with columns that were not read",
            &self.columns_not_read,
            |unread| format!("{}: {}", unread.file.as_str(), unread.columns.join(", ")),
        )?;
        list(
            out,
            "balances that moved since they were taken over",
            &self.written.moved_since,
            |moved| {
                format!(
                    "user {} {}: {} then, {} now",
                    moved.legacy_id, moved.purse, moved.imported, moved.now
                )
            },
        )
    }

    fn verdict(&self) -> String {
        let written = &self.written;
        match self.outcome {
            Outcome::Planned => "dry run: nothing was written".to_owned(),
            Outcome::Imported => format!(
                "imported: {} users, {} orders, {} entries",
                written.users, written.orders, written.entries
            ),
            Outcome::Unchanged => "everything was imported before; nothing changed".to_owned(),
            Outcome::BadRows => {
                "nothing was imported: correct the bad rows, or leave them out by --skip-bad".to_owned()
            }
            Outcome::Conflicts => "nothing was imported: these rows were imported with another content".to_owned(),
        }
    }
}

/// For people.
impl fmt::Display for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out)
    }
}

fn list<T>(out: &mut fmt::Formatter<'_>, title: &str, lines: &[T], line: impl Fn(&T) -> String) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}: {}", lines.len())?;
    for one in lines.iter().take(SHOWN) {
        writeln!(out, "  {}", line(one))?;
    }
    if lines.len() > SHOWN {
        writeln!(out, "  and {} more, all in the report as JSON", lines.len() - SHOWN)?;
    }
    Ok(())
}
