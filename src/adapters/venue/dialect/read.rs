//! Bytes to a wire type, or an error that names the field and the rule.

use std::fmt::Display;

use serde::Deserialize;

use crate::ports::venue::VenueError;

/// The longest rule that an error repeats; what a venue sends may be long.
const RULE_LENGTH: usize = 200;

/// What a venue sent cannot be understood. Nothing can be concluded from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {field}: {rule}")]
pub struct ParseError {
    /// What was read.
    pub what: &'static str,
    /// Where in it, such as `[2].qty`; `.` is the whole.
    pub field: String,
    /// What it breaks.
    pub rule: String,
}

impl ParseError {
    /// An error at a field.
    pub fn new(what: &'static str, field: impl Into<String>, rule: impl Display) -> Self {
        Self {
            what,
            field: field.into(),
            rule: rule.to_string().chars().take(RULE_LENGTH).collect(),
        }
    }
}

impl From<ParseError> for VenueError {
    fn from(error: ParseError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Reads one JSON value; more of it than one is an error too.
///
/// # Errors
/// When it is no JSON, or not of this form.
pub fn read<'a, T: Deserialize<'a>>(what: &'static str, bytes: &'a [u8]) -> Result<T, ParseError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let error = error.into_inner();
        let rule = error.to_string();
        // The field says where, better than a line does; of what is no JSON there is no field.
        let rule = match rule.rfind(" at line ") {
            Some(end) if error.is_data() => &rule[..end],
            _ => &rule,
        };
        ParseError::new(what, field, rule)
    })?;
    json.end().map_err(|error| ParseError::new(what, ".", error))?;
    Ok(value)
}
