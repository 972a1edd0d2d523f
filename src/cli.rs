//! The command line: what can be asked, and how each answer ends the process.

mod check;
mod completions;
mod demo;
mod run;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::assemble::StartError;
use crate::config::{self, Settings, SettingsError, Sources};
use crate::telemetry::TelemetryError;

/// What was asked on the command line.
#[derive(Debug, Parser)]
#[command(name = "bursar", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder with base.toml and one file per environment; without it the built-in settings hold
    #[arg(long, global = true, value_name = "DIR", env = "BURSAR_SETTINGS")]
    settings: Option<PathBuf>,
    /// Environment whose file is laid over base.toml, such as development or production
    #[arg(long, global = true, value_name = "NAME", env = "BURSAR_ENVIRONMENT")]
    environment: Option<String>,
}

/// One file in `cli/` per command: its `Args`, and `run`.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon in the foreground until it is told to stop
    Run(run::Args),
    /// Show the whole daemon on a fresh database and a market that runs faster than life
    Demo(demo::Args),
    /// Check the settings and print those in effect, secrets masked
    Check(check::Args),
    /// Print the completion script of a shell
    Completions(completions::Args),
}

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Exit code 0.
    Done,
    /// Exit code 1: it was asked rightly, but could not be done.
    Failed,
    /// Exit code 2: the input or the settings are wrong.
    BadInput,
    /// Exit code 70: an actor that must not panic did.
    Broken,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::BadInput => 2,
            Exit::Broken => 70,
        })
    }
}

/// Why a command could not end well.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// There are no settings to work with.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The answer could not be written.
    #[error("could not write the answer")]
    Write(#[from] io::Error),
    /// Nothing can be logged.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The daemon could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demo's players could not be seated.
    #[error("could not prepare the demo")]
    Seats(#[from] demo::SeatError),
    /// The demo could not be brought to its end.
    #[error("could not end the demo")]
    Curtain(#[from] demo::CurtainError),
    /// An actor that must not panic did.
    #[error("an actor that must not panic did")]
    Broken,
}

impl CliError {
    fn exit(&self) -> Exit {
        match self {
            Self::Settings(_) => Exit::BadInput,
            Self::Write(_) | Self::Telemetry(_) | Self::Start(_) | Self::Seats(_) | Self::Curtain(_) => Exit::Failed,
            Self::Broken => Exit::Broken,
        }
    }
}

impl Global {
    /// The settings in effect for this process.
    ///
    /// # Errors
    /// Every wrong key at once, or the file that could not be read.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        config::load(&Sources::of_process(self.settings.clone(), self.environment.clone()))
    }

    /// The settings of a command that has an environment and values of its own; what the process's variables say wins.
    ///
    /// # Errors
    /// Every wrong key at once, or the file that could not be read.
    pub fn settings_over(&self, environment: &str, own: &[(&str, String)]) -> Result<Settings, SettingsError> {
        let environment = self.environment.clone().unwrap_or_else(|| environment.to_owned());
        let mut sources = Sources::of_process(self.settings.clone(), Some(environment));
        for (name, value) in own {
            if !sources.variables.contains_key(*name) {
                sources = sources.with_variable(name, value);
            }
        }
        config::load(&sources)
    }
}

/// Does what the command line asks, and tells on stderr why it could not.
#[must_use]
pub fn main() -> Exit {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(exit) => exit,
        // A reader that has seen enough, as in `bursar check | head`, is no failure.
        Err(CliError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            tell(&error);
            error.exit()
        }
    }
}

fn run(cli: &Cli) -> Result<Exit, CliError> {
    match &cli.command {
        Command::Run(args) => run::run(args, &cli.global),
        Command::Demo(args) => demo::run(args, &cli.global),
        Command::Check(args) => check::run(args, &cli.global),
        Command::Completions(args) => completions::run(args),
    }
}

/// Writes to stdout; a closed pipe is an error here, not a panic.
fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn tell(error: &CliError) {
    let mut text = format!("error: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!(": {source}"));
        cause = source.source();
    }
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_has_no_contradiction() {
        Cli::command().debug_assert();
    }
}
