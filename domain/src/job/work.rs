//! What a job does.

use serde::{Deserialize, Serialize};

use crate::job::JobWrong;

/// Most arguments of a program.
const MOST_ARGUMENTS: usize = 32;
/// Longest argument, in characters.
const LONGEST_ARGUMENT: usize = 500;
/// Longest address, in characters.
const LONGEST_URL: usize = 2_000;
/// Longest body, in bytes.
const LONGEST_BODY: usize = 8_192;
/// Longest name of a program, an interpreter or a file.
const LONGEST_NAME: usize = 80;

/// What a job does. Names, not paths: what they stand for is in the settings of the daemon, and never in its database.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    /// Something that the daemon does by itself.
    Builtin {
        /// Its name.
        task: String,
    },
    /// A program that the settings allow.
    Command {
        /// Its name in the settings.
        program: String,
        /// What it is called with.
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// A file of the scripts' folder, run by an interpreter that the settings allow.
    Script {
        /// The interpreter's name in the settings.
        interpreter: String,
        /// The file's name.
        file: String,
        /// What it is called with.
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// A request to a host that the settings allow.
    Url {
        /// How.
        #[serde(default)]
        method: Method,
        /// Where, with `https` or `http`.
        url: String,
        /// With what; only with POST.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
}

/// How an address is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// To read.
    #[default]
    Get,
    /// To do something.
    Post,
}

impl Work {
    /// Names of all kinds.
    pub const KINDS: [&'static str; 4] = ["builtin", "command", "script", "url"];

    /// Its kind's name in the database and the API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Builtin { .. } => "builtin",
            Self::Command { .. } => "command",
            Self::Script { .. } => "script",
            Self::Url { .. } => "url",
        }
    }

    /// Whether its form is right; whether it is allowed, the settings say.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn check(&self) -> Result<(), JobWrong> {
        match self {
            Self::Builtin { task } => check_name("task", task),
            Self::Command { program, arguments } => {
                check_name("program", program)?;
                check_arguments(arguments)
            }
            Self::Script {
                interpreter,
                file,
                arguments,
            } => {
                check_name("interpreter", interpreter)?;
                check_file(file)?;
                check_arguments(arguments)
            }
            Self::Url { method, url, body } => check_request(*method, url, body.as_deref()),
        }
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), JobWrong> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let fits = !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(plain);
    fits.then_some(())
        .ok_or_else(|| JobWrong::new(field, "must be a name of 1 to 80 letters, digits, `_`, `-` and `.`"))
}

/// A name in the folder, and of no hidden file; so never a way out of it.
fn check_file(name: &str) -> Result<(), JobWrong> {
    check_name("file", name)?;
    if name.starts_with('.') || name.starts_with('-') {
        return Err(JobWrong::new("file", "must not begin with `.` or `-`"));
    }
    Ok(())
}

fn check_arguments(arguments: &[String]) -> Result<(), JobWrong> {
    if arguments.len() > MOST_ARGUMENTS {
        return Err(JobWrong::new("arguments", "must be at most 32"));
    }
    let fits = |text: &String| text.chars().count() <= LONGEST_ARGUMENT && !text.chars().any(char::is_control);
    if !arguments.iter().all(fits) {
        return Err(JobWrong::new(
            "arguments",
            "must each be at most 500 characters without control characters",
        ));
    }
    Ok(())
}

fn check_request(method: Method, url: &str, body: Option<&str>) -> Result<(), JobWrong> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return Err(JobWrong::new(
            "url",
            "must begin with https:// or http:// and name a host",
        ));
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') {
        return Err(JobWrong::new("url", "must name a host, and neither user nor password"));
    }
    if url.chars().count() > LONGEST_URL || url.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
        return Err(JobWrong::new("url", "must be at most 2000 characters without spaces"));
    }
    match (method, body) {
        (Method::Get, Some(_)) => Err(JobWrong::new("body", "goes with the method POST")),
        (_, Some(body)) if body.len() > LONGEST_BODY => Err(JobWrong::new("body", "must be at most 8192 bytes")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Work {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn work_is_written_by_its_type() {
        for text in [
            r#"{"type":"builtin","task":"verify_ledger"}"#,
            r#"{"type":"command","program":"backup","arguments":["--all"]}"#,
            r#"{"type":"script","interpreter":"php","file":"report.php","arguments":[]}"#,
            r#"{"type":"url","method":"POST","url":"https://ops.example/ping","body":"{}"}"#,
        ] {
            let work = read(text);
            assert_eq!(work.check(), Ok(()), "{text}");
            assert_eq!(serde_json::to_string(&work).unwrap(), text);
            assert!(Work::KINDS.contains(&work.kind()));
        }
        assert!(serde_json::from_str::<Work>(r#"{"type":"command","program":"x","shell":"sh"}"#).is_err());
    }

    #[test]
    fn s4_19_no_form_leads_out_of_what_the_settings_name() {
        for (field, text) in [
            ("program", r#"{"type":"command","program":"/bin/sh"}"#),
            ("program", r#"{"type":"command","program":""}"#),
            (
                "arguments",
                r#"{"type":"command","program":"x","arguments":["a\u0000b"]}"#,
            ),
            ("arguments", r#"{"type":"command","program":"x","arguments":["a\nb"]}"#),
            (
                "file",
                r#"{"type":"script","interpreter":"sh","file":"../../etc/passwd"}"#,
            ),
            ("file", r#"{"type":"script","interpreter":"sh","file":".."}"#),
            ("file", r#"{"type":"script","interpreter":"sh","file":"-c"}"#),
            (
                "interpreter",
                r#"{"type":"script","interpreter":"sh -c","file":"a.sh"}"#,
            ),
            ("url", r#"{"type":"url","url":"file:///etc/passwd"}"#),
            ("url", r#"{"type":"url","url":"https://user:pass@example.com/"}"#),
            ("url", r#"{"type":"url","url":"https:///path"}"#),
            ("url", r#"{"type":"url","url":"https://a b/"}"#),
            ("body", r#"{"type":"url","url":"https://a/","body":"x"}"#),
        ] {
            assert_eq!(read(text).check().unwrap_err().field, field, "{text}");
        }
    }
}
