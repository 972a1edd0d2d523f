//! Names of jobs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A job's name: 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobName(String);

impl JobName {
    /// Longest name, in characters.
    pub const LONGEST: usize = 40;

    /// From a text; `None` for what is not a name.
    pub fn new(text: &str) -> Option<Self> {
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let others = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
        (first && others && text.len() <= Self::LONGEST).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for JobName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom("must be the name of a job"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_plain_words() {
        for text in ["a", "nightly-report", "yield_2", &"x".repeat(40)] {
            assert_eq!(JobName::new(text).unwrap().as_str(), text);
        }
        for text in ["", "2nd", "_a", "A", "a b", "a/b", "é", &"x".repeat(41)] {
            assert_eq!(JobName::new(text), None, "{text}");
        }
    }
}
