//! What waits for the ledger's desk: requests up to a limit, and pulses.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use domain::ledger::{Answer, Request};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::actors::mail::MailError;

/// Whoever sent a pulse.
pub(super) type PulseReply = oneshot::Sender<Result<(), MailError>>;

/// Pulses that wait; shared with the desk, which answers them before each attempt, so that a ledger which tries again
/// and again for a store that is away still shows that it lives.
#[derive(Clone, Default)]
pub(super) struct Pulses(Rc<RefCell<Vec<PulseReply>>>);

impl Pulses {
    pub fn push(&self, reply: PulseReply) {
        let mut waiting = self.0.borrow_mut();
        waiting.retain(|waiting| !waiting.is_closed());
        waiting.push(reply);
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub fn take(&self) -> Vec<PulseReply> {
        self.0.take()
    }
}

/// A request with its sender.
pub(super) struct Waiting {
    pub request: Request,
    since: Instant,
    deadline: Instant,
    reply: oneshot::Sender<Result<Answer, MailError>>,
}

impl Waiting {
    pub fn new(request: Request, limit: Duration, reply: oneshot::Sender<Result<Answer, MailError>>) -> Self {
        let since = Instant::now();
        Self {
            request,
            since,
            deadline: since + limit,
            reply,
        }
    }

    pub fn is_overdue(&self) -> bool {
        Instant::now() >= self.deadline
    }

    pub fn answer(self, answer: Result<Answer, MailError>) {
        let waits = metrics::histogram!("bursar_ledger_receipt_seconds");
        self.answer_counted(answer, &waits);
    }

    /// Answers, and counts how long it took among these waits.
    pub fn answer_counted(self, answer: Result<Answer, MailError>, waits: &metrics::Histogram) {
        waits.record(self.since.elapsed());
        // A sender that has gone asks again under the same key, or its sweep does.
        drop(self.reply.send(answer));
    }
}

/// First in, first out.
pub(super) struct Queue {
    limit: usize,
    waiting: VecDeque<Waiting>,
    pub pulses: Pulses,
    /// Of each group that is not answered yet, since when its oldest request waits.
    written: VecDeque<Instant>,
}

impl Queue {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: VecDeque::new(),
            pulses: Pulses::default(),
            written: VecDeque::new(),
        }
    }

    /// Whether there was room.
    pub fn push(&mut self, waiting: Waiting) -> bool {
        let room = self.waiting.len() < self.limit;
        if room {
            self.waiting.push_back(waiting);
        }
        room
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.pulses.is_empty()
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The next group, of at most `limit`.
    pub fn take(&mut self, limit: usize) -> Vec<Waiting> {
        let count = self.waiting.len().min(limit.max(1));
        let group: Vec<_> = self.waiting.drain(..count).collect();
        self.written.extend(group.first().map(|waiting| waiting.since));
        group
    }

    /// The requests of the group that would be taken next.
    pub fn next(&self, limit: usize) -> impl Iterator<Item = &Request> {
        self.waiting.iter().take(limit.max(1)).map(|waiting| &waiting.request)
    }

    /// The oldest group is answered.
    pub fn group_is_over(&mut self) {
        self.written.pop_front();
    }

    /// Every group that was taken is answered.
    pub fn all_are_over(&mut self) {
        self.written.clear();
    }

    /// Age of the oldest request that has no answer.
    pub fn lag(&self) -> Duration {
        let waiting = || self.waiting.front().map(|waiting| waiting.since);
        let oldest = self.written.front().copied().or_else(waiting);
        oldest.map_or(Duration::ZERO, |since| since.elapsed())
    }
}
