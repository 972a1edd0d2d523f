//! Faults by script: what goes wrong, at which requests or pushes, how often; set and cleared while the simulator runs.

mod script;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::adapters::venue::paper::Random;

pub use script::{Script, ScriptError, What};

/// Scripts that may be set at once.
const LIMIT: usize = 1_000;
/// Answers that are kept to be told again.
const ANSWERS: usize = 10_000;

/// The faults of a simulator.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Board>);

#[derive(Debug, Default)]
struct Board {
    last: u64,
    scripts: BTreeMap<u64, (Script, Random)>,
    answers: BTreeMap<String, String>,
}

/// A script with its number and how often it has hit.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Standing {
    /// Number, to clear it by.
    pub id: u64,
    /// The script, with what is left of its times.
    #[serde(flatten)]
    pub script: Script,
}

impl Faults {
    /// Sets a script, and gives its number.
    ///
    /// # Errors
    /// When the script breaks a rule, or there are too many.
    pub fn set(&self, script: Script) -> Result<u64, ScriptError> {
        script.check()?;
        let mut board = self.board();
        if board.scripts.len() >= LIMIT {
            return Err(ScriptError::TooMany(LIMIT));
        }
        board.last += 1;
        let (id, random) = (board.last, Random::new(script.seed));
        board.scripts.insert(id, (script, random));
        Ok(id)
    }

    /// What is set, oldest first.
    pub fn list(&self) -> Vec<Standing> {
        let board = self.board();
        let standing = board.scripts.iter().map(|(id, (script, _))| Standing {
            id: *id,
            script: script.clone(),
        });
        standing.collect()
    }

    /// Clears one script, or all; how many there were.
    pub fn clear(&self, id: Option<u64>) -> usize {
        let mut board = self.board();
        match id {
            Some(id) => usize::from(board.scripts.remove(&id).is_some()),
            None => std::mem::take(&mut board.scripts).len(),
        }
    }

    /// What happens to a request, if anything does.
    pub fn of_request(&self, endpoint: &str, key: Option<&str>) -> Option<What> {
        self.draw(|what| what.is_of_requests(), endpoint, key)
    }

    /// What happens to a push, if anything does.
    pub fn of_push(&self, stream: &str, key: Option<&str>) -> Option<What> {
        self.draw(|what| what.is_of_pushes(), stream, key)
    }

    /// How far the venue's clock is off, in milliseconds.
    pub fn skew(&self) -> i64 {
        let board = self.board();
        let skews = board.scripts.values().map(|(script, _)| match script.what {
            What::Skew { milliseconds } => milliseconds,
            _ => 0,
        });
        skews.fold(0, i64::saturating_add)
    }

    /// The answer that was given to the same question before this one, and keeps this one for the next time.
    pub(super) fn answered(&self, question: &str, answer: &str, stale: bool) -> Option<String> {
        let mut board = self.board();
        let before = board.answers.get(question).cloned();
        if stale && before.is_some() {
            return before;
        }
        if board.answers.len() >= ANSWERS {
            board.answers.pop_first();
        }
        board.answers.insert(question.to_owned(), answer.to_owned());
        None
    }

    fn draw(&self, of_kind: impl Fn(&What) -> bool, place: &str, key: Option<&str>) -> Option<What> {
        let mut board = self.board();
        let mut hit = None;
        for (id, (script, random)) in &mut board.scripts {
            if of_kind(&script.what)
                && script.is_at(place, key)
                && script.per_mille.is_none_or(|per| random.chance(per))
            {
                let over = script.times.as_mut().is_some_and(|times| {
                    *times -= 1;
                    *times == 0
                });
                hit = Some((*id, over, script.what.clone()));
                break;
            }
        }
        let (id, over, what) = hit?;
        if over {
            board.scripts.remove(&id);
        }
        Some(what)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(json: &str) -> Script {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn script_hits_its_endpoint_and_key_as_often_as_it_says() {
        let faults = Faults::default();
        let text = r#"{"what":"lose_reply","endpoint":"POST /fapi/v1/order","key":"alpha","times":2}"#;
        faults.set(script(text)).unwrap();
        assert_eq!(faults.of_request("GET /fapi/v1/order", Some("alpha")), None);
        assert_eq!(faults.of_request("POST /fapi/v1/order", Some("beta")), None);
        assert_eq!(faults.of_push("POST /fapi/v1/order", Some("alpha")), None);
        for left in [1, 0] {
            assert_eq!(
                faults.of_request("POST /fapi/v1/order", Some("alpha")),
                Some(What::LoseReply)
            );
            assert_eq!(faults.list().len(), left);
        }
        assert_eq!(faults.of_request("POST /fapi/v1/order", Some("alpha")), None);
    }

    #[test]
    fn endpoint_with_a_star_is_a_beginning_and_scripts_stand_until_they_are_cleared() {
        let faults = Faults::default();
        let first = faults
            .set(script(r#"{"what":"skew","milliseconds":-5000,"times":null}"#))
            .unwrap();
        faults
            .set(script(r#"{"what":"skew","milliseconds":2000,"times":null}"#))
            .unwrap();
        faults
            .set(script(r#"{"what":"stale","endpoint":"GET /fapi/*","times":null}"#))
            .unwrap();
        assert_eq!(faults.skew(), -3000);
        assert_eq!(faults.of_request("GET /fapi/v3/account", None), Some(What::Stale));
        assert_eq!(faults.of_request("GET /sapi/v1/x", None), None);
        assert_eq!(faults.clear(Some(first)), 1);
        assert_eq!(faults.skew(), 2000);
        assert_eq!(faults.clear(None), 2);
    }

    #[test]
    fn same_seed_draws_the_same() {
        let draws = |seed: u64| {
            let faults = Faults::default();
            let text = format!(r#"{{"what":"cut","per_mille":300,"seed":{seed},"times":null}}"#);
            faults.set(script(&text)).unwrap();
            (0..100)
                .map(|_| faults.of_push("x", None).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        assert!((15..45).contains(&draws(7).iter().filter(|hit| **hit).count()));
    }

    #[test]
    fn wrong_scripts_are_refused_with_the_field() {
        for (text, word) in [
            (r#"{"what":"delay","milliseconds":600001}"#, "milliseconds"),
            (r#"{"what":"cut","times":0}"#, "times"),
            (r#"{"what":"cut","per_mille":1001}"#, "per_mille"),
            (r#"{"what":"broken","status":200}"#, "status"),
            (r#"{"what":"limited","seconds":100000}"#, "seconds"),
        ] {
            let error = Faults::default().set(script(text)).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(serde_json::from_str::<Script>(r#"{"what":"explode"}"#).is_err());
        assert!(serde_json::from_str::<Script>(r#"{"what":"cut","endpiont":"x"}"#).is_err());
    }
}
