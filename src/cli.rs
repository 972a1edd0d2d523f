//! The command line: what can be asked, and how each answer ends the process.

mod account;
mod alert;
mod answer;
mod backup;
mod chain;
mod check;
mod client;
mod close_all;
mod completions;
mod demo;
mod error;
mod health;
mod import;
mod job;
mod keys;
mod ledger;
mod market;
mod migrate;
mod money;
mod order;
mod pause;
mod payout;
mod pool;
mod position;
mod reach;
mod report;
mod restore;
mod robot;
mod run;
mod simulate;
mod statement;
mod system;
mod table;
mod token;
mod user;

use std::error::Error;
use std::future::Future;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{self, ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Settings, SettingsError, Sources};

pub use error::CliError;

const EXIT_CODES: &str = "Exit codes: 0 done, 1 could not be done, 2 wrong input or settings, 3 the daemon does not answer, 70 an actor broke";

/// What was asked on the command line.
#[derive(Debug, Parser)]
#[command(name = "bursar", version, about, max_term_width = 100, after_help = EXIT_CODES)]
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
    /// Robots: list, show, create, change, start, stop, close
    Robot(robot::Args),
    /// Users: list, create, set their power rate
    User(user::Args),
    /// Venue accounts: list, create, sync; their keys: set, show, remove
    Account(account::Args),
    /// Master keys, under which the keys of venue accounts are sealed: generate, rotate
    Keys(keys::Args),
    /// Markets of venues: show
    Market(market::Args),
    /// Orders: list, show
    Order(order::Args),
    /// Chains: subscriptions, orders that they set off, resume after a reorg, solvency, logs that were not understood
    Chain(chain::Args),
    /// Payouts on chains: list, show, retry, cancel, replace
    Payout(payout::Args),
    /// Positions: list, show
    Position(position::Args),
    /// The ledger: look at it, prove it, and act on it: recharge, withdraw, adjust, transfer, waive, reverse, sweep
    Ledger(ledger::Args),
    /// Reports: daily
    Report(report::Args),
    /// Close everything in a scope, until it is flat: ask, list, show, call-off
    CloseAll(close_all::Args),
    /// Jobs: list, show, create, edit, enable, disable, remove, run; their runs; when a pattern is due
    Job(job::Args),
    /// Pools: products, holdings, what they earn and are paid, and reports
    Pool(pool::Args),
    /// Open nothing more, everywhere, at one venue, for one user or one robot; syncs, closes and settlements go on
    Pause(pause::Args),
    /// Let robots open again
    Resume(pause::Args),
    /// Show what is paused
    Status(pause::Status),
    /// Alerts: list, show, acknowledge; test a target that is told of them
    Alert(alert::Args),
    /// The audit trail: list
    Audit(alert::AuditArgs),
    /// Access tokens: create, list, revoke
    Token(token::Args),
    /// The schema of the database: status, up, down
    Migrate(migrate::Args),
    /// Write all that the database holds at this moment into a file, also while the daemon runs
    Backup(backup::Args),
    /// Restore a backup into an empty database, and prove that it holds
    Restore(restore::Args),
    /// Take over the users, orders and charges of another platform (no daemon may run)
    Import(import::Args),
    /// Serve a venue to trade on in the dialect of a real one: venue
    Simulate(simulate::Args),
    /// Ask the running daemon how it is
    Health(health::Args),
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
    /// Exit code 3: the daemon does not answer.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::BadInput => 2,
            Exit::Unreachable => 3,
        })
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
        Command::Robot(args) => wait(robot::run(args, &cli.global)),
        Command::User(args) => wait(user::run(args, &cli.global)),
        Command::Account(args) => wait(account::run(args, &cli.global)),
        Command::Keys(args) => wait(keys::run(args, &cli.global)),
        Command::Market(args) => wait(market::run(args, &cli.global)),
        Command::Order(args) => wait(order::run(args, &cli.global)),
        Command::Chain(args) => wait(chain::run(args, &cli.global)),
        Command::Payout(args) => wait(payout::run(args, &cli.global)),
        Command::Position(args) => wait(position::run(args, &cli.global)),
        Command::Ledger(args) => wait(ledger::run(args, &cli.global)),
        Command::Report(args) => wait(report::run(args, &cli.global)),
        Command::CloseAll(args) => wait(close_all::run(args, &cli.global)),
        Command::Job(args) => wait(job::run(args, &cli.global)),
        Command::Pool(args) => wait(pool::run(args, &cli.global)),
        Command::Pause(args) => wait(pause::run(args, true, &cli.global)),
        Command::Resume(args) => wait(pause::run(args, false, &cli.global)),
        Command::Status(args) => wait(pause::status(args, &cli.global)),
        Command::Alert(args) => wait(alert::run(args, &cli.global)),
        Command::Audit(args) => wait(alert::audit(args, &cli.global)),
        Command::Token(args) => wait(token::run(args, &cli.global)),
        Command::Migrate(args) => wait(migrate::run(args, &cli.global)),
        Command::Backup(args) => wait(backup::run(args, &cli.global)),
        Command::Restore(args) => wait(restore::run(args, &cli.global)),
        Command::Import(args) => import::run(args, &cli.global),
        Command::Simulate(args) => simulate::run(args, &cli.global),
        Command::Health(args) => wait(health::run(args, &cli.global)),
    }
}

/// Runs one command to its end, on this thread.
fn wait(command: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(command)
}

/// Ends the process at once with exit code 70: an actor that must not panic did, or the stop was not in order. What is
/// still held cannot be put away then, and need not be: a kill is safe at any moment.
#[expect(
    clippy::disallowed_methods,
    reason = "dropping connections after the runtime's end panics, and would abort with another code"
)]
fn leave_broken() -> ! {
    eprintln!("error: the daemon could not go on, or not stop in order; its log says why");
    process::exit(70)
}

/// Writes to stdout; a closed pipe is an error here, not a panic.
fn print(text: &str) -> Result<(), CliError> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
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
