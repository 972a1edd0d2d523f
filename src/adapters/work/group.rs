//! A group of processes: a program with all that it started, which ends together.

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::task::JoinHandle;

/// A group, which is killed when this is dropped.
///
/// Its leader must not be reaped before [`Group::is_over`]: until then nobody else can have its number.
pub struct Group(Option<Pid>);

impl Group {
    /// The group that this process leads.
    pub const fn led_by(leader: Pid) -> Self {
        Self(Some(leader))
    }

    /// Sends all of it a signal.
    pub fn tell(&self, signal: Signal) {
        if let Some(leader) = self.0 {
            // One that is gone needs no signal.
            kill_process_group(leader, signal).unwrap_or_default();
        }
    }

    /// Kills what is left of it. From now on its number may be another's.
    pub fn is_over(&mut self) {
        self.tell(Signal::KILL);
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.is_over();
    }
}

/// Comes when the process ended, and leaves it to be reaped.
pub fn ended(process: Pid) -> JoinHandle<()> {
    tokio::task::spawn_blocking(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        // There is an error only when somebody reaped it: then it ended, too.
        retry_on_intr(|| waitid(WaitId::Pid(process), options)).unwrap_or_default();
    })
}
