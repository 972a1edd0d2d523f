//! `bursar check`: the settings in effect, or everything that is wrong with them.

use serde_json::{Value, json};

use super::{CliError, Exit, Global, print};
use crate::config::{Settings, SettingsError};

/// Options of `bursar check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints the settings with secrets masked, or each wrong key with the rule that it broke.
pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match global.settings() {
        Ok(settings) if args.json => {
            print(&line(&json!({ "ok": true, "settings": tree(&settings) })))?;
            Ok(Exit::Done)
        }
        Ok(settings) => {
            let mut text = String::new();
            flatten("", &tree(&settings), &mut text);
            print(&text)?;
            Ok(Exit::Done)
        }
        Err(error) if args.json => {
            print(&line(&problem(&error)))?;
            Ok(Exit::BadInput)
        }
        Err(error) => Err(error.into()),
    }
}

fn tree(settings: &Settings) -> Value {
    // Settings are text, numbers, lists and tables, all of which JSON has.
    serde_json::to_value(settings).unwrap_or(Value::Null)
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}

fn problem(error: &SettingsError) -> Value {
    match error {
        SettingsError::Wrong(wrong) => json!({ "ok": false, "wrong": wrong }),
        SettingsError::Unreadable { .. } | SettingsError::Malformed { .. } => {
            json!({ "ok": false, "wrong": [], "error": error.to_string() })
        }
    }
}

/// One `section.key = value` per line.
fn flatten(key: &str, value: &Value, text: &mut String) {
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                let dot = if key.is_empty() { "" } else { "." };
                flatten(&format!("{key}{dot}{name}"), value, text);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                flatten(&format!("{key}[{index}]"), value, text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
}
