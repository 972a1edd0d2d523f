//! Third parties' Python clients: installed once, each set in a virtual environment of its own.

use std::fs;
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
        let environment = home().join(self.name);
        let python = environment.join("bin/python");
        let wanted = fs::read_to_string(folder().join(self.name).with_extension("txt")).unwrap();
        let mark = environment.join("installed.txt");
        if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
            return Some(python);
        }
        let made = run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&environment));
        let requirements = folder().join(self.name).with_extension("txt");
        let installed = made.and_then(|()| {
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            run(Command::new(&python).args(pip).arg(requirements))
        });
        match installed {
            Ok(()) => {
                fs::write(mark, wanted).unwrap();
                Some(python)
            }
            Err(why) => {
                let name = self.name;
                skip(&format!(
                    "Python's {name}: needs python3 with venv, and packages that can be installed: {why}"
                ));
                None
            }
        }
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

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(told.lines().last().unwrap_or("it failed without a word").to_owned())
}
