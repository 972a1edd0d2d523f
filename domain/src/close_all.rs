//! Orders to close all: everything in a scope is closed, and nothing opened there, until the order is lifted.

use serde::{Deserialize, Serialize};

use crate::id::CloseAllId;
use crate::pause::PauseScope;
use crate::position::Position;
use crate::time::Timestamp;

/// Where an order to close all stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CloseAllState {
    /// Something in its scope is live.
    Closing,
    /// Nothing in its scope is live.
    Flat {
        /// When that was seen.
        at: Timestamp,
    },
    /// It was called off before all was flat.
    CalledOff,
}

impl CloseAllState {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closing => "closing",
            Self::Flat { .. } => "flat",
            Self::CalledOff => "called_off",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Who ended it.
    pub by: String,
}

/// An order to close all. At most one per scope stands. `version` is the one it was read at; each commit raises it by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseAll {
    /// Identity.
    pub id: CloseAllId,
    /// What it covers.
    pub scope: PauseScope,
    /// Whether positions that no robot opened are closed, too.
    pub external: bool,
    /// Where it stands.
    #[serde(flatten)]
    pub state: CloseAllState,
    /// Who asked for it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: Timestamp,
    /// How it ended; `None` while it stands.
    pub ended: Option<Ended>,
    /// Optimistic lock.
    pub version: u32,
}

/// Why an order to close all cannot be ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// It does not stand any more.
    #[error("close-all {id} was ended by {by} at {at}")]
    Over {
        /// Which.
        id: CloseAllId,
        /// Who ended it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// It is still closing.
    #[error("close-all {id} of {scope} is still closing: call it off first")]
    Closing {
        /// Which.
        id: CloseAllId,
        /// What it covers.
        scope: PauseScope,
    },
}

impl CloseAll {
    /// Whether it stands: what is live in its scope is closed.
    pub const fn stands(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether it is about this position.
    pub fn covers(&self, position: &Position) -> bool {
        let is_ours = position.robot.is_some() || self.external;
        is_ours && self.scope.covers(position.venue, position.user, position.robot)
    }

    /// What was seen of its scope: whether anything that it is about is live. Flat is not the end: what only becomes known
    /// later, such as the fill of an order that was given up, is closed as well. `None` when nothing changes.
    pub fn seen(&self, live: bool, now: Timestamp) -> Option<Self> {
        let state = match (self.state, live) {
            (CloseAllState::Closing, false) => CloseAllState::Flat {
                at: now.max(self.asked_at),
            },
            (CloseAllState::Flat { .. }, true) => CloseAllState::Closing,
            (CloseAllState::Closing, true) | (CloseAllState::Flat { .. }, false) | (CloseAllState::CalledOff, _) => {
                return None;
            }
        };
        self.stands().then(|| Self { state, ..self.clone() })
    }

    /// It closes nothing more; what is being closed goes on. Its scope stays stopped until it is resumed.
    pub fn call_off(&self, by: &str, now: Timestamp) -> Result<Self, EndError> {
        let state = match self.state {
            CloseAllState::Closing => CloseAllState::CalledOff,
            CloseAllState::Flat { .. } | CloseAllState::CalledOff => self.state,
        };
        self.end(state, by, now)
    }

    /// Its scope is resumed, which needs that all is flat.
    pub fn lift(&self, by: &str, now: Timestamp) -> Result<Self, EndError> {
        match self.state {
            CloseAllState::Closing if self.stands() => Err(EndError::Closing {
                id: self.id,
                scope: self.scope,
            }),
            CloseAllState::Closing | CloseAllState::Flat { .. } | CloseAllState::CalledOff => {
                self.end(self.state, by, now)
            }
        }
    }

    fn end(&self, state: CloseAllState, by: &str, now: Timestamp) -> Result<Self, EndError> {
        if let Some(Ended { at, by }) = self.ended.clone() {
            return Err(EndError::Over { id: self.id, by, at });
        }
        let ended = Some(Ended {
            at: now.max(self.asked_at),
            by: by.to_owned(),
        });
        Ok(Self {
            state,
            ended,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closing() -> CloseAll {
        CloseAll {
            id: CloseAllId(3),
            scope: PauseScope::Global,
            external: false,
            state: CloseAllState::Closing,
            by: "ann".to_owned(),
            reason: "exchange is on fire".to_owned(),
            asked_at: Timestamp(1_000),
            ended: None,
            version: 0,
        }
    }

    #[test]
    fn it_gets_flat_and_closes_again_what_becomes_known_later() {
        assert_eq!(closing().seen(true, Timestamp(2_000)), None);
        let flat = closing().seen(false, Timestamp(2_000)).unwrap();
        assert_eq!(flat.state, CloseAllState::Flat { at: Timestamp(2_000) });
        assert!(flat.stands());
        assert_eq!(flat.seen(false, Timestamp(3_000)), None);
        assert_eq!(flat.seen(true, Timestamp(3_000)).unwrap().state, CloseAllState::Closing);
        // The clock was set back: it is not flat before it was asked for.
        let early = closing().seen(false, Timestamp(10)).unwrap();
        assert_eq!(early.state, CloseAllState::Flat { at: Timestamp(1_000) });
    }

    #[test]
    fn it_is_lifted_only_when_all_is_flat_and_ends_once() {
        let closing = closing();
        let (id, scope) = (closing.id, closing.scope);
        assert_eq!(closing.lift("bob", Timestamp(5)), Err(EndError::Closing { id, scope }));
        let flat = closing.seen(false, Timestamp(2_000)).unwrap();
        let lifted = flat.lift("bob", Timestamp(3_000)).unwrap();
        assert_eq!((lifted.state.as_str(), lifted.stands()), ("flat", false));
        let (by, at) = ("bob".to_owned(), Timestamp(3_000));
        for again in [
            lifted.lift("ann", Timestamp(4_000)),
            lifted.call_off("ann", Timestamp(4_000)),
        ] {
            assert_eq!(again, Err(EndError::Over { id, by: by.clone(), at }));
        }
        assert_eq!(lifted.seen(true, Timestamp(5_000)), None);
    }

    #[test]
    fn called_off_it_closes_nothing_more() {
        let off = closing().call_off("bob", Timestamp(2_000)).unwrap();
        assert_eq!((off.state, off.stands()), (CloseAllState::CalledOff, false));
        assert_eq!(off.seen(false, Timestamp(3_000)), None);
        let flat = closing().seen(false, Timestamp(2_000)).unwrap();
        assert_eq!(flat.call_off("bob", Timestamp(3_000)).unwrap().state, flat.state);
    }
}
