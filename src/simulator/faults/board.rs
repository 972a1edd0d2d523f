//! Where fault scripts stand, and when one of them hits. What a script can say is each simulator's own.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::adapters::venue::paper::Random;

/// Scripts that may be set at once.
const LIMIT: usize = 1_000;
/// Longest time that a fault may take, in milliseconds.
pub const LONGEST: u64 = 600_000;

/// Why a script cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// A number is out of its range.
    #[error("{field} must be {rule}")]
    Range {
        /// Which.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// There are too many.
    #[error("at most {0} scripts may stand at once")]
    TooMany(usize),
}

/// A script that can stand on a board.
pub trait Scripted: Clone {
    /// Checks the fields that the board does not know.
    ///
    /// # Errors
    /// The first that breaks a rule.
    fn check(&self) -> Result<(), ScriptError>;
    /// In how many of a thousand cases it hits; in each when `None`.
    fn per_mille(&self) -> Option<u32>;
    /// Of its draws.
    fn seed(&self) -> u64;
    /// How often it hits still; until it is cleared when `None`.
    fn times(&mut self) -> &mut Option<u32>;
}

/// Fails where a field breaks its rule.
pub fn unless(right: bool, field: &'static str, rule: &'static str) -> Result<(), ScriptError> {
    right.then_some(()).ok_or(ScriptError::Range { field, rule })
}

/// Whether a script with this endpoint is aimed at a place: with a star at its end, at all that begin so.
pub fn is_at(endpoint: Option<&str>, place: &str) -> bool {
    endpoint.is_none_or(|endpoint| match endpoint.strip_suffix('*') {
        Some(beginning) => place.starts_with(beginning),
        None => place == endpoint,
    })
}

/// A script with its number.
#[derive(Debug, Clone, Serialize)]
pub struct Standing<S> {
    /// Number, to clear it by.
    pub id: u64,
    /// The script, with what is left of its times.
    #[serde(flatten)]
    pub script: S,
}

/// The scripts that stand.
#[derive(Debug)]
pub struct Board<S>(Mutex<Scripts<S>>);

#[derive(Debug)]
struct Scripts<S> {
    last: u64,
    standing: BTreeMap<u64, (S, Random)>,
}

impl<S> Default for Board<S> {
    fn default() -> Self {
        Self(Mutex::new(Scripts {
            last: 0,
            standing: BTreeMap::new(),
        }))
    }
}

impl<S: Scripted> Board<S> {
    /// Sets a script, and gives its number.
    ///
    /// # Errors
    /// When the script breaks a rule, or there are too many.
    pub fn set(&self, mut script: S) -> Result<u64, ScriptError> {
        script.check()?;
        unless(*script.times() != Some(0), "times", "at least 1, or null")?;
        let fits = script.per_mille().is_none_or(|per| per <= 1_000);
        unless(fits, "per_mille", "at most 1000")?;
        let mut scripts = self.scripts();
        if scripts.standing.len() >= LIMIT {
            return Err(ScriptError::TooMany(LIMIT));
        }
        scripts.last += 1;
        let (id, random) = (scripts.last, Random::new(script.seed()));
        scripts.standing.insert(id, (script, random));
        Ok(id)
    }

    /// What is set, oldest first.
    pub fn list(&self) -> Vec<Standing<S>> {
        let scripts = self.scripts();
        let standing = scripts.standing.iter().map(|(id, (script, _))| Standing {
            id: *id,
            script: script.clone(),
        });
        standing.collect()
    }

    /// Clears one script, or all; how many there were.
    pub fn clear(&self, id: Option<u64>) -> usize {
        let mut scripts = self.scripts();
        match id {
            Some(id) => usize::from(scripts.standing.remove(&id).is_some()),
            None => std::mem::take(&mut scripts.standing).len(),
        }
    }

    /// The first script of those that are meant which hits this time; it goes once it has hit often enough.
    pub fn draw(&self, is_meant: impl Fn(&S) -> bool) -> Option<S> {
        let mut scripts = self.scripts();
        let mut hit = None;
        for (id, (script, random)) in &mut scripts.standing {
            if is_meant(script) && script.per_mille().is_none_or(|per| random.chance(per)) {
                let over = script.times().as_mut().is_some_and(|times| {
                    *times = times.saturating_sub(1);
                    *times == 0
                });
                hit = Some((*id, over, script.clone()));
                break;
            }
        }
        let (id, over, script) = hit?;
        if over {
            scripts.standing.remove(&id);
        }
        Some(script)
    }

    /// What all that stand come to.
    pub fn fold<T>(&self, begin: T, mut add: impl FnMut(T, &S) -> T) -> T {
        let scripts = self.scripts();
        scripts
            .standing
            .values()
            .fold(begin, |sum, (script, _)| add(sum, script))
    }

    fn scripts(&self) -> MutexGuard<'_, Scripts<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
