//! Third parties' Python clients: installed once, each set in a virtual environment of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::skipped::skip;

/// Packages that are installed together, and the programs that use them.
pub struct Client {
    /// Name of its requirements and its environment.
    pub name: &'static str,
    /// The program, beside the requirements.
    pub program: &'static str,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients")
}

/// Where environments are kept; `BURSAR_TEST_PYTHON` says where, for those that were made before.
fn home() -> PathBuf {
    match std::env::var_os("BURSAR_TEST_PYTHON") {
        Some(home) => PathBuf::from(home),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).join("python"),
    }
}

impl Client {
    /// The interpreter that has the client's packages; `None`, with a word, where there is none and none can be made.
    pub fn python(&self) -> Option<PathBuf> {
        let install = Command::new(folder().join("install"))
            .arg(home())
            .arg(self.name)
            .output();
        let why = match install {
            Ok(output) if output.status.success() => return Some(home().join(self.name).join("bin/python")),
            Ok(output) => String::from_utf8_lossy(&output.stderr)
                .lines()
                .last()
                .map(str::to_owned),
            Err(error) => Some(error.to_string()),
        };
        let (name, why) = (self.name, why.unwrap_or_default());
        skip(&format!(
            "Python's {name}: needs python3 with venv, and packages that can be installed: {why}"
        ));
        None
    }

    /// Runs the client's program to its end.
    pub fn run(&self, python: &Path, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("timeout");
        command.arg("180").arg(python).arg(folder().join(self.program));
        command
            .envs(variables.iter().copied())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command.output().unwrap()
    }
}
