//! Whether there is room on the disk, told once when it is full and once when there is room again.

use std::time::Duration;

use tokio::time::Instant;

use super::super::failure::Failure;
use super::writer::Written;
use crate::event;

/// How long nothing may be refused until there is room again. On a full disk a small transaction still finds a place now
/// and then, where a bigger one has been refused.
const QUIET: Duration = Duration::from_secs(3);

/// What the last transactions found.
#[derive(Debug)]
pub struct Room {
    /// When one was refused last; `None` while there is room.
    refused: Option<Instant>,
}

impl Room {
    /// There is room as long as nothing else was seen.
    pub fn new() -> Self {
        metrics::describe_gauge!(
            "bursar_store_disk_full",
            "1 while the disk under the database has no room, else 0"
        );
        metrics::gauge!("bursar_store_disk_full").set(0.0);
        Self { refused: None }
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
        if full && !self.is_full() {
            metrics::gauge!("bursar_store_disk_full").set(1.0);
            tracing::error!(
                event = event::DISK_IS_FULL,
                "the disk under the database is full: nothing is written until there is room"
            );
        }
        if full {
            self.refused = Some(Instant::now());
        } else if written && self.refused.is_some_and(|refused| refused.elapsed() >= QUIET) {
            self.refused = None;
            metrics::gauge!("bursar_store_disk_full").set(0.0);
            tracing::info!(
                event = event::DISK_HAS_ROOM,
                "the disk under the database has room again"
            );
        }
    }

    /// Whether the disk counts as full.
    pub fn is_full(&self) -> bool {
        self.refused.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::failure::{Cause, DeadlinePassed};
    use super::*;

    fn refused() -> Result<Vec<Result<Written, Failure>>, Failure> {
        Err(Failure::full_disk())
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_write_that_found_a_place_is_not_yet_room() {
        let mut room = Room::new();
        let written = Ok(vec![Ok(Written::Done)]);
        room.seen(&refused());
        tokio::time::advance(QUIET / 2).await;
        room.seen(&written);
        assert!(room.is_full(), "one was refused a moment ago");
        room.seen(&refused());
        tokio::time::advance(QUIET).await;
        assert!(room.is_full(), "nothing was written since");
        room.seen(&Err(Failure::Lost(Cause::new(DeadlinePassed))));
        assert!(room.is_full(), "what failed otherwise shows nothing");
        room.seen(&written);
        assert!(!room.is_full());
    }
}
