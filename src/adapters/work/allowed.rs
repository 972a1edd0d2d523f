//! From work, which holds names, to what exactly is done; or which setting does not allow it.

use std::ffi::OsString;
use std::path::PathBuf;

use domain::job::{JobWrong, Method, Work};
use regex::Regex;
use reqwest::Url;

use super::{WorkOptions, files};

/// What exactly is done.
pub enum Errand {
    /// A process is started.
    Start(Call),
    /// A host is asked.
    Ask(Question),
}

/// A program with its arguments.
pub struct Call {
    /// Where it is.
    pub program: PathBuf,
    /// What it is called with, never seen by a shell.
    pub arguments: Vec<OsString>,
}

/// A request.
pub struct Question {
    /// How.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// With what.
    pub body: Option<String>,
}

/// What exactly this work is.
///
/// # Errors
/// The first field that breaks a rule, with the setting that would allow it.
pub fn errand(work: &Work, options: &WorkOptions) -> Result<Errand, JobWrong> {
    work.check()?;
    let kind = work.kind();
    let kind_is_on = || {
        let rule = format!("{kind} is switched off; jobs.kinds in the settings switches it on");
        let is_on = options.kinds.contains(&kind);
        is_on.then_some(()).ok_or_else(|| JobWrong::new("type", rule))
    };
    match work {
        Work::Builtin { .. } => Err(JobWrong::new(
            "type",
            "builtin is the daemon's own, and runs no program",
        )),
        Work::Command { program, arguments } => {
            kind_is_on()?;
            command(program, arguments, options).map(Errand::Start)
        }
        Work::Script {
            interpreter,
            file,
            arguments,
        } => {
            kind_is_on()?;
            script(interpreter, file, arguments, options).map(Errand::Start)
        }
        Work::Url { method, url, body } => {
            kind_is_on()?;
            Ok(Errand::Ask(Question {
                method: *method,
                url: address(url, options)?,
                body: body.clone(),
            }))
        }
    }
}

fn command(name: &str, arguments: &[String], options: &WorkOptions) -> Result<Call, JobWrong> {
    let program = options
        .programs
        .get(name)
        .ok_or_else(|| JobWrong::new("program", "must be a name under jobs.programs in the settings"))?;
    files::program(&program.path).map_err(|why| JobWrong::new("program", why))?;
    fit(
        arguments,
        &program.arguments,
        &format!("jobs.programs.{name}.arguments"),
    )?;
    Ok(Call {
        program: program.path.clone(),
        arguments: arguments.iter().map(OsString::from).collect(),
    })
}

fn script(interpreter: &str, file: &str, arguments: &[String], options: &WorkOptions) -> Result<Call, JobWrong> {
    let rule = "must be a name under jobs.interpreters in the settings";
    let program = options.interpreters.get(interpreter);
    let program = program.ok_or_else(|| JobWrong::new("interpreter", rule))?;
    files::program(program).map_err(|why| JobWrong::new("interpreter", why))?;
    let rule = "must be in a folder that jobs.scripts in the settings names; it names none";
    let folder = options.scripts.as_ref().ok_or_else(|| JobWrong::new("file", rule))?;
    let path = files::script(folder, file).map_err(|why| JobWrong::new("file", why))?;
    fit(arguments, &options.script_arguments, "jobs.script_arguments")?;
    Ok(Call {
        program: program.clone(),
        arguments: std::iter::once(path.into_os_string())
            .chain(arguments.iter().map(OsString::from))
            .collect(),
    })
}

fn fit(arguments: &[String], patterns: &[Regex], setting: &str) -> Result<(), JobWrong> {
    let stranger = |argument: &String| !patterns.iter().any(|pattern| pattern.is_match(argument));
    match arguments.iter().position(stranger) {
        None => Ok(()),
        Some(index) => {
            let rule = format!(
                "must each match a pattern of {setting} in the settings; number {} does not",
                index + 1
            );
            Err(JobWrong::new("arguments", rule))
        }
    }
}

/// The address as it is asked. Hosts are compared after parsing: of `127.1` and `0x7f000001` there is one spelling then.
fn address(text: &str, options: &WorkOptions) -> Result<Url, JobWrong> {
    let wrong = |rule: String| JobWrong::new("url", rule);
    let url = Url::parse(text).map_err(|_| wrong("must be a URL".to_owned()))?;
    match url.scheme() {
        "https" => {}
        "http" if options.plain_http => {}
        _ => {
            let rule = "must begin with https://; jobs.plain_http in the settings allows http://, too";
            return Err(wrong(rule.to_owned()));
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must name neither user nor password".to_owned()));
    }
    let host = url.host_str().unwrap_or_default();
    let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
    let listed = |entry: &String| *entry == with_port || (url.port().is_none() && entry == host);
    if !options.hosts.iter().any(listed) {
        return Err(wrong(format!(
            "must be of a host in jobs.hosts in the settings; {with_port} is not"
        )));
    }
    Ok(url)
}
