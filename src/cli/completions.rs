//! `bursar completions`: the completion script of a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, CliError, Exit, print};

/// Options of `bursar completions`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bursar", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
