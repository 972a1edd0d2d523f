//! Reading JSON as what is expected, so that an error names the field and the rule.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::desk::WrongField;

/// Reads a value as what is expected; an error names the field and the rule.
///
/// # Errors
/// Names the field that broke a rule.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, WrongField> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        wrong(&path, &error.inner().to_string())
    })
}

/// Names the field also where serde only says it in words: it is unknown, or missing.
fn wrong(path: &str, words: &str) -> WrongField {
    let parent = if path == "." { "" } else { path };
    let name = |rest: &str| rest.split('`').next().unwrap_or_default().to_owned();
    let inside = |name: &str| match parent {
        "" => name.to_owned(),
        parent if parent.ends_with(name) => parent.to_owned(),
        parent => format!("{parent}.{name}"),
    };
    if let Some(rest) = words.strip_prefix("unknown field `") {
        let expected = words.split_once(", ").map_or("", |(_, expected)| expected);
        return WrongField::new(&inside(&name(rest)), format!("is not known here; {expected}"));
    }
    if let Some(rest) = words.strip_prefix("missing field `") {
        return WrongField::new(&inside(&name(rest)), "must be given");
    }
    let field = if parent.is_empty() { "body" } else { parent };
    WrongField::new(field, format!("cannot be read: {words}"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only the errors are looked at")]
        leverage: u32,
        #[serde(default)]
        #[expect(dead_code, reason = "only the errors are looked at")]
        limits: domain::robot::Limits,
    }

    fn error(value: Value) -> WrongField {
        match read::<Sample>(value) {
            Ok(sample) => panic!("was read: {sample:?}"),
            Err(wrong) => wrong,
        }
    }

    #[test]
    fn unknown_missing_and_mistyped_fields_are_named() {
        assert_eq!(error(json!({"leverage": 1, "leverige": 2})).field, "leverige");
        assert_eq!(error(json!({})), WrongField::new("leverage", "must be given"));
        assert_eq!(error(json!({"leverage": "ten"})).field, "leverage");
        assert_eq!(
            error(json!({"leverage": 1, "limits": {"max_notional": "1e5"}})).field,
            "limits.max_notional"
        );
        assert_eq!(
            error(json!({"leverage": 1, "limits": {"max": "1"}})).field,
            "limits.max"
        );
    }
}
