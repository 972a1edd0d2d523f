//! Section `log`: what is logged, and in which form.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::form::choice;
use super::wrong::WrongKeys;

/// What is logged, and in which form.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// The form of a line.
    #[serde(deserialize_with = "choice::deserialize")]
    pub format: LogFormat,
    /// A level, or directives such as `info,bursar::actors=debug`.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// journald under systemd, pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// One object per line.
    Json,
    /// Structured fields for journald.
    Journald,
}

impl LogSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let rule = "must be a level (error, warn, info, debug, trace, off) or directives such as info,bursar=debug";
        wrong.unless(is_filter(&self.filter), "log.filter", &self.filter, rule);
    }
}

/// Stricter than the parser, which takes a misspelled level for the name of a module and then logs nothing.
fn is_filter(text: &str) -> bool {
    let levels = ["error", "warn", "info", "debug", "trace", "off"];
    let is_level = |word: &str| levels.contains(&word.trim().to_ascii_lowercase().as_str());
    let plain = text.split(',').all(|directive| match directive.rsplit_once('=') {
        Some((target, level)) => !target.trim().contains(' ') && is_level(level),
        None => is_level(directive),
    });
    plain && EnvFilter::builder().parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_filters_are_refused() {
        for right in ["info", "WARN", "info,bursar::actors=debug", "off"] {
            assert!(is_filter(right), "{right}");
        }
        for wrong in ["", "inof", "info,", "bursar=loud", "info bursar=debug"] {
            assert!(!is_filter(wrong), "{wrong}");
        }
    }
}
