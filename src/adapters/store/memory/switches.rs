//! Switches, guarded as in the SQL store: pauses, the guard of whoever opens, and orders to close all.

use domain::close_all::CloseAll;
use domain::pause::{Pause, PauseScope};

use super::journal::{Journal, Refusal};
use super::state::State;

impl Journal<'_> {
    pub fn set_pause(&mut self, pause: &Pause) -> Result<(), Refusal> {
        self.put(|state| &mut state.pauses, pause.scope, pause.clone());
        Ok(())
    }

    pub fn not_paused(&self, scopes: &[PauseScope]) -> Result<(), Refusal> {
        let said = |scope| self.state.pauses.get(scope);
        self.require(!scopes.iter().filter_map(said).any(|pause| pause.paused))
    }

    pub fn add_close_all(&mut self, close_all: &CloseAll) -> Result<(), Refusal> {
        let id = close_all.id.0;
        if close_all.stands() {
            self.add(|state| &mut state.standing_close_alls, close_all.scope, id)?;
        }
        self.add(|state| &mut state.close_alls, id, close_all.clone())
    }

    pub fn update_close_all(&mut self, close_all: &CloseAll) -> Result<(), Refusal> {
        let stored = self.state.close_alls.get(&close_all.id.0);
        self.require(
            stored.is_some_and(|stored| stored.version == close_all.version && stored.scope == close_all.scope),
        )?;
        if !close_all.stands() {
            self.remove(|state| &mut state.standing_close_alls, close_all.scope);
        }
        let next = CloseAll {
            version: close_all.version + 1,
            ..close_all.clone()
        };
        self.put(|state| &mut state.close_alls, close_all.id.0, next);
        Ok(())
    }
}

/// The orders to close all that stand.
pub fn standing(state: &State) -> Vec<CloseAll> {
    let standing = state.close_alls.values().filter(|close_all| close_all.stands());
    standing.cloned().collect()
}
