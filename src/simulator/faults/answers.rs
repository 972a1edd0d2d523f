//! Answers that are kept to be told again, where a script says that the venue's data is stale.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Answers that are kept.
const LIMIT: usize = 10_000;

/// The newest answer to each question.
#[derive(Debug, Default)]
pub struct Answers(Mutex<BTreeMap<String, String>>);

impl Answers {
    /// The answer that was given to the same question before this one, when it is to be `stale`; else keeps this one for the next time.
    pub fn before(&self, question: &str, answer: &str, stale: bool) -> Option<String> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = answers.get(question).cloned();
        if stale && before.is_some() {
            return before;
        }
        if answers.len() >= LIMIT {
            answers.pop_first();
        }
        answers.insert(question.to_owned(), answer.to_owned());
        None
    }
}
