//! Gathering a group: those who have just been answered get a moment to ask again, so that a group is of all who ask at
//! once and not of every other one. What a commit costs hardly depends on how many share it.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix::fut::ActorFuture;

use super::LedgerActor;

/// Turns of the actor without new mail after which nobody seems to come; together about a tenth of a millisecond.
const QUIET_TURNS: u32 = 100;

/// Ends when as many wait as are expected, or when nobody comes any more. It counts turns, not time: a timer would sleep
/// for a whole millisecond.
pub(super) struct Gather {
    expected: usize,
    seen: usize,
    quiet: u32,
}

impl Gather {
    /// Waits until so many requests wait.
    pub fn until(expected: usize) -> Self {
        Self {
            expected,
            seen: 0,
            quiet: 0,
        }
    }
}

impl ActorFuture<LedgerActor> for Gather {
    type Output = ();

    fn poll(
        mut self: Pin<&mut Self>,
        actor: &mut LedgerActor,
        _: &mut <LedgerActor as actix::Actor>::Context,
        task: &mut Context<'_>,
    ) -> Poll<()> {
        let waiting = actor.queue.len();
        self.quiet = if waiting > self.seen { 0 } else { self.quiet + 1 };
        self.seen = waiting;
        if waiting >= self.expected || self.quiet >= QUIET_TURNS || actor.stopping {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}
