//! Where the process of a simulated world dies: at the n-th of the points that it passes.

use std::sync::atomic::{AtomicU32, Ordering};

use bursar::adapters::store::CommitFault;
use tokio::sync::Notify;

/// The point at which the process dies; zero: nowhere.
#[derive(Debug, Default)]
pub struct Crash {
    at: AtomicU32,
    passed: AtomicU32,
    struck: Notify,
}

impl Crash {
    /// Lets the process die at this point from now on.
    pub fn set(&self, at: u32) {
        self.at.store(at, Ordering::Relaxed);
        self.passed.store(0, Ordering::Relaxed);
    }

    /// A point before or after a call; whoever dies there never returns.
    pub async fn here(&self) {
        if self.strikes() || self.is_dead() {
            std::future::pending::<()>().await;
        }
    }

    /// A commit: the process may die before it or after it.
    pub fn commit(&self) -> CommitFault {
        if self.strikes() {
            CommitFault::Before
        } else if self.strikes() {
            CommitFault::After
        } else if self.is_dead() {
            CommitFault::Before
        } else {
            CommitFault::None
        }
    }

    /// Ends when the process dies.
    pub async fn death(&self) {
        self.struck.notified().await;
    }

    fn strikes(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        let passed = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        let strikes = at != 0 && passed == at;
        if strikes {
            self.struck.notify_one();
        }
        strikes
    }

    /// Who is dead commits nothing any more.
    fn is_dead(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at != 0 && self.passed.load(Ordering::Relaxed) >= at
    }
}
