//! What a process says: read on for as long as it speaks, of which the end is kept.

use std::future::{Future, pending};
use std::io::PipeReader;
use std::time::Duration;

use domain::job::LONGEST_OUTPUT;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;

/// Bytes that are kept at least: more than are told, so that the first of those is never in the middle of a letter.
const KEPT: usize = 2 * LONGEST_OUTPUT;
/// Bytes that are read at once: what a pipe holds.
const ROOM: usize = 65_536;

/// The end of what a process says, which takes so much memory however much it says.
pub struct Output {
    pipe: Receiver,
    room: Vec<u8>,
    end: Vec<u8>,
}

impl Output {
    /// What comes through this pipe.
    ///
    /// # Errors
    /// When it cannot be read without waiting.
    pub fn of(pipe: PipeReader) -> std::io::Result<Self> {
        Ok(Self {
            pipe: Receiver::from_owned_fd(pipe.into())?,
            room: vec![0; ROOM],
            end: Vec::new(),
        })
    }

    /// Reads on until that comes; `None` when it does not within the time.
    pub async fn until<T>(&mut self, that: impl Future<Output = T>, within: Duration) -> Option<T> {
        let silent = async {
            self.whole().await;
            pending().await
        };
        tokio::select! {
            // A process that never stops speaking must not keep its end from being seen.
            biased;
            came = that => Some(came),
            () = tokio::time::sleep(within) => None,
            () = silent => None,
        }
    }

    /// Reads until nobody can say anything any more.
    pub async fn whole(&mut self) {
        while let Ok(count @ 1..) = self.pipe.read(&mut self.room).await {
            self.end.extend_from_slice(self.room.get(..count).unwrap_or_default());
            let past = self.end.len().saturating_sub(KEPT);
            if past > KEPT {
                self.end.drain(..past);
            }
        }
    }

    /// The end of what was read.
    pub fn end(&self) -> &[u8] {
        &self.end
    }
}
