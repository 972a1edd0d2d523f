//! Whether there is room on the disk, told once when it is full and once when there is room again.

use super::super::failure::Failure;
use super::writer::Written;
use crate::event;

/// What the last transaction found.
#[derive(Debug)]
pub struct Room {
    full: bool,
}

impl Room {
    /// There is room as long as nothing else was seen.
    pub fn new() -> Self {
        metrics::describe_gauge!(
            "bursar_store_disk_full",
            "1 while the disk under the database has no room, else 0"
        );
        metrics::gauge!("bursar_store_disk_full").set(0.0);
        Self { full: false }
    }

    /// Takes note of a transaction.
    pub fn seen(&mut self, answers: &Result<Vec<Result<Written, Failure>>, Failure>) {
        let full = match answers {
            Err(failure) => failure.is_full_disk(),
            Ok(answers) => answers
                .iter()
                .any(|answer| answer.as_ref().is_err_and(Failure::is_full_disk)),
        };
        let written = answers.as_ref().is_ok_and(|answers| answers.iter().any(Result::is_ok));
        if full && !self.full {
            metrics::gauge!("bursar_store_disk_full").set(1.0);
            tracing::error!(
                event = event::DISK_IS_FULL,
                "the disk under the database is full: nothing is written until there is room"
            );
        }
        if written && self.full {
            metrics::gauge!("bursar_store_disk_full").set(0.0);
            tracing::info!(
                event = event::DISK_HAS_ROOM,
                "the disk under the database has room again"
            );
        }
        self.full = full || (self.full && !written);
    }
}
