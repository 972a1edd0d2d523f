//! A program that jobs may run, and what it may be called with.

use std::path::{Path, PathBuf};

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::config::wrong::WrongKeys;

/// A program that jobs may run.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgramSettings {
    /// Where it is.
    pub path: PathBuf,
    /// What an argument of it may be: patterns of which one must match it whole. None: it is called without.
    pub arguments: Vec<String>,
}

impl ProgramSettings {
    pub(super) fn check(&self, key: &str, wrong: &mut WrongKeys) {
        check_path(&format!("{key}.path"), &self.path, wrong);
        check_patterns(&format!("{key}.arguments"), &self.arguments, wrong);
    }
}

pub(super) fn check_path(key: &str, path: &Path, wrong: &mut WrongKeys) {
    wrong.unless(path.is_absolute(), key, path.display(), "must be an absolute path");
}

pub(super) fn check_patterns(key: &str, patterns: &[String], wrong: &mut WrongKeys) {
    for (index, pattern) in patterns.iter().enumerate() {
        let fits = whole_match(pattern).is_ok();
        wrong.unless(
            fits,
            &format!("{key}[{index}]"),
            pattern,
            "must be a regular expression",
        );
    }
}

/// A pattern that matches a text whole or not at all.
///
/// # Errors
/// When it is no regular expression.
pub fn whole_match(pattern: &str) -> Result<Regex, regex::Error> {
    // Alone first: what closes the group around it, such as `a)|(b`, would match parts.
    Regex::new(pattern)?;
    Regex::new(&format!(r"\A(?:{pattern})\z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_19_patterns_match_arguments_whole() {
        let pattern = whole_match("a|ab|[0-9]{1,3}").unwrap();
        for text in ["a", "ab", "7", "123"] {
            assert!(pattern.is_match(text), "{text}");
        }
        for text in ["", "abc", "b", "1234", "7\n", " 7", "a\nb"] {
            assert!(!pattern.is_match(text), "{text}");
        }
        assert!(!whole_match("(?m)^a$").unwrap().is_match("a\nb"));
        for text in ["a)|(b", "[", "(?x) a # ", "*"] {
            assert!(whole_match(text).is_err(), "{text}");
        }
    }
}
