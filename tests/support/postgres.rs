//! A PostgreSQL cluster of the test's own, which it may stop, freeze and start again.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::daemon::signal;
use crate::skipped::skip;
use crate::user::is_root;

/// A running cluster; it is stopped when this is dropped.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// A fresh cluster with an empty database `bursar`; `None`, with the reason, where there is no PostgreSQL.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            skip("tests on a PostgreSQL server of their own; install PostgreSQL with its initdb to turn them on");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let cluster = Self { programs, folder, port };
        if is_root() {
            // PostgreSQL refuses to run as root.
            let folder = cluster.folder.path().to_str().unwrap();
            assert!(
                Command::new("chown")
                    .args(["postgres", folder])
                    .status()
                    .unwrap()
                    .success()
            );
        }
        cluster.ask(
            "initdb",
            &["-D", &cluster.data(), "-U", "bursar", "-A", "trust", "--no-sync"],
        );
        cluster.up();
        cluster.ask(
            "createdb",
            &["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "bursar", "bursar"],
        );
        Some(cluster)
    }

    /// URL of its database.
    pub fn url(&self) -> String {
        self.url_of("bursar")
    }

    /// URL of a database that is always there, to look at the others from.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://bursar@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts the server, and waits until it takes connections.
    pub fn up(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("server.log");
        self.ask(
            "pg_ctl",
            &[
                "-D",
                &self.data(),
                "-w",
                "-l",
                log.to_str().unwrap(),
                "-o",
                &options,
                "start",
            ],
        );
    }

    /// Stops it as a crash does: connections are cut and nothing is flushed.
    pub fn down(&self) {
        self.ask("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]);
    }

    /// Freezes every process of it: connections stay open and nobody answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let file = fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")).unwrap_or_default();
        let Some(postmaster) = file.lines().next().map(ToOwned::to_owned) else {
            return;
        };
        signal(postmaster.parse().unwrap(), name);
        let children = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &postmaster])
            .output()
            .unwrap();
        for pid in String::from_utf8(children.stdout).unwrap().split_whitespace() {
            // One that ended meanwhile has nothing to be told.
            Command::new("kill").args([&format!("-{name}"), pid]).output().unwrap();
        }
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().unwrap().to_owned()
    }

    fn ask(&self, program: &str, arguments: &[&str]) {
        let output = self.output(program, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
    }

    fn output(&self, program: &str, arguments: &[&str]) -> Output {
        let path = self.programs.join(program);
        let mut command = Command::new(if is_root() { Path::new("runuser") } else { &path });
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&path);
        }
        // Its children keep what they inherit: a pipe would never end.
        let said = self.folder.path().join("said.log");
        let file = fs::File::create(said).unwrap();
        command
            .args(arguments)
            .current_dir("/")
            .stdout(file.try_clone().unwrap());
        let status = command.stderr(file).status().unwrap();
        Output {
            status,
            stdout: Vec::new(),
            stderr: fs::read(self.folder.path().join("said.log")).unwrap(),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        drop(self.output("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]));
    }
}

/// The folder of the newest installed version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    folders.filter(|folder| folder.join("initdb").exists()).max()
}
