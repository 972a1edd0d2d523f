//! Pausing and resuming, on record with who and why.

use domain::change::{Change, ChangeSet};
use domain::pause::{Pause, PauseScope};

use crate::desk::{Asker, Desk, DeskError};
use crate::view::{PauseStatus, PauseView};

impl Desk {
    /// What is paused.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn pause_status(&self) -> Result<PauseStatus, DeskError> {
        let pauses = self.store.pauses().await?;
        Ok(PauseStatus {
            paused: pauses.iter().any(|pause| pause.paused),
            scopes: pauses.into_iter().map(PauseView::from).collect(),
        })
    }

    /// Pauses or resumes a scope. Saying again what already holds is recorded and changes nothing else. To resume lifts an
    /// order to close all of the same scope, which needs that all is flat.
    ///
    /// # Errors
    /// When the scope is of nobody, something in it is still being closed, or the store does not take it.
    pub async fn set_pause(&self, scope: PauseScope, paused: bool, asker: &Asker) -> Result<PauseView, DeskError> {
        let _one_at_a_time = self.switches.lock().await;
        self.check_scope(scope).await?;
        let now = self.clock.now();
        let pause = Pause {
            scope,
            paused,
            by: asker.by.clone(),
            reason: asker.reason.clone(),
            at: now,
        };
        let action = if paused { "control.pause" } else { "control.resume" };
        let audit = self.audit(asker, action, scope.to_string(), now).await?;
        let mut changes = vec![Change::SetPause(pause.clone()), audit];
        if !paused {
            changes.extend(self.lifted(scope, asker, now).await?);
        }
        self.commit(ChangeSet { changes }).await?;
        Ok(pause.into())
    }
}
