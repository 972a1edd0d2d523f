//! A lane: the triggers of one listing that are to be looked at, and what keeps all of them waiting.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::id::TriggerId;
use tokio::time::Instant;

/// The triggers of one listing.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// To be looked at now, whether or not the gate is open.
    pub due: BTreeSet<TriggerId>,
    /// To be looked at when the gate opens.
    pub gated: BTreeSet<TriggerId>,
    /// Whose orders are on their way.
    pub ordering: BTreeSet<TriggerId>,
    /// On how many of them somebody works.
    pub working: usize,
    gate: Option<Gate>,
}

#[derive(Debug, Clone, Copy)]
struct Gate {
    shut_at: Instant,
    until: Instant,
}

impl Lane {
    /// The oldest whose turn it is, unless enough are worked on.
    pub fn take(&mut self, now: Instant, limit: usize) -> Option<TriggerId> {
        if self.working >= limit {
            return None;
        }
        let is_open = self.gate.is_none_or(|gate| gate.until <= now);
        let gated = self.gated.first().copied().filter(|_| is_open);
        let id = match (self.due.first().copied(), gated) {
            (Some(due), Some(gated)) => due.min(gated),
            (due, gated) => due.or(gated)?,
        };
        self.due.remove(&id);
        self.gated.remove(&id);
        self.working += 1;
        Some(id)
    }

    /// Keeps what is gated waiting until then.
    pub fn shut(&mut self, now: Instant, until: Instant) {
        self.gate = Some(Gate { shut_at: now, until });
    }

    /// Opens the gate as soon as it has been shut for so long.
    pub fn open_soon(&mut self, now: Instant, shut: Duration) {
        if let Some(gate) = &mut self.gate {
            gate.until = gate.until.min((gate.shut_at + shut).max(now));
        }
    }

    /// Forgets a trigger.
    pub fn forget(&mut self, id: TriggerId) {
        self.due.remove(&id);
        self.gated.remove(&id);
        self.ordering.remove(&id);
    }
}
