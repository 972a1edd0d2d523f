//! The real process in a folder of its own: started, talked to, stopped, killed, and started again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::caller::Caller;

/// How long anything may take on a busy machine before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(5);

/// A state directory, and the settings of every process that is started in it.
pub struct Home {
    folder: TempDir,
    /// The settings so far, as variables of the environment.
    pub variables: Vec<(String, String)>,
    starts: AtomicU32,
}

impl Home {
    /// A fresh one. The database is the SQLite file in it unless said otherwise.
    pub fn fresh() -> Self {
        let home = Self {
            folder: TempDir::new().unwrap(),
            variables: Vec::new(),
            starts: AtomicU32::new(0),
        };
        let folder = home.folder().to_str().unwrap().to_owned();
        home.set("BURSAR__DAEMON__STATE_DIRECTORY", folder)
            .set("BURSAR__HTTP__LISTEN", "127.0.0.1:0")
            .set("BURSAR__SETTLEMENT__HOLD__MODE", "best_effort")
            .set("BURSAR__LOG__FORMAT", "json")
    }

    /// The same with one more environment variable, for every process that is started from now on.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// URL of the database, for a look from outside.
    pub fn database(&self) -> String {
        let given = self
            .variables
            .iter()
            .rev()
            .find(|(name, _)| name == "BURSAR__STORE__URL");
        match given {
            Some((_, url)) => url.clone(),
            None => format!("sqlite://{}/bursar.sqlite?mode=rw", self.folder().display()),
        }
    }

    /// `bursar` with these arguments in this home, not yet started.
    pub fn bursar(&self, arguments: &[&str]) -> Launch {
        Launch::new(self, &[env!("CARGO_BIN_EXE_bursar")], arguments)
    }

    /// The same under another program, such as `strace …`, which must run it as its direct child or in its place.
    pub fn bursar_under(&self, wrapper: &[&str], arguments: &[&str]) -> Launch {
        let program = [wrapper, &[env!("CARGO_BIN_EXE_bursar")]].concat();
        Launch::new(self, &program, arguments)
    }

    /// `bursar demo` in this home for so many seconds.
    pub fn demo(&self, load: Load, seconds: u32) -> Launch {
        let texts = load.arguments(self.folder(), seconds);
        self.bursar(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// What `bursar ledger verify --json` says of the database while nothing runs; it must be clean.
    pub fn verify(&self) -> Value {
        let mut verifier = self.bursar(&["ledger", "verify", "--json"]).start();
        let status = verifier.wait(PATIENCE);
        let said = verifier.stdout();
        assert!(status.success(), "verify: {status}\n{said}\n{}", verifier.stderr());
        serde_json::from_str(&said).unwrap()
    }
}

/// What the demo is to play.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub robots: u32,
    pub speed: u32,
    pub seed: u64,
}

impl Load {
    pub fn arguments(self, folder: &Path, seconds: u32) -> Vec<String> {
        let Self { robots, speed, seed } = self;
        let text = format!(
            "demo --json --chain false --pool false --for {seconds}s --speed {speed} --robots {robots} --seed {seed} --dir"
        );
        let mut arguments: Vec<String> = text.split(' ').map(ToOwned::to_owned).collect();
        arguments.push(folder.to_str().unwrap().to_owned());
        arguments
    }
}

/// A process to be started.
pub struct Launch {
    command: Command,
    folder: PathBuf,
    out: PathBuf,
    err: PathBuf,
}

impl Launch {
    fn new(home: &Home, program: &[&str], arguments: &[&str]) -> Self {
        let number = home.starts.fetch_add(1, Ordering::Relaxed);
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).args(arguments).env_clear();
        for name in ["PATH", "HOME", "TMPDIR"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("RUST_BACKTRACE", "1");
        command.envs(home.variables.iter().cloned());
        Self {
            command,
            folder: home.folder().to_owned(),
            out: home.folder().join(format!("out.{number}.log")),
            err: home.folder().join(format!("err.{number}.log")),
        }
    }

    /// With one more environment variable, for this process only.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With crash points of src/crash.rs, such as `order.after_submit=3*off->return`.
    pub fn failing_at(self, points: &str) -> Self {
        self.set("FAILPOINTS", points)
    }

    pub fn start(mut self) -> Daemon {
        // What the last process wrote there is no longer true.
        let mut words = self.command.get_args();
        // `bursar job run` is no daemon.
        let first = words.find(|word| ["run", "demo", "job"].iter().any(|one| word == one));
        if first.is_some_and(|word| word != "job") {
            fs::remove_file(self.folder.join("http.url")).unwrap_or_default();
        }
        let started = Instant::now();
        let child = self
            .command
            .stdin(Stdio::null())
            .stdout(File::create(&self.out).unwrap())
            .stderr(File::create(&self.err).unwrap())
            .spawn()
            .unwrap();
        Daemon {
            child,
            started,
            folder: self.folder,
            out: self.out,
            err: self.err,
        }
    }
}

/// A process that was started. It is killed when this is dropped.
pub struct Daemon {
    child: Child,
    started: Instant,
    folder: PathBuf,
    out: PathBuf,
    err: PathBuf,
}

impl Daemon {
    /// Waits until `/health/ready` says yes, and tells how long that took since the start.
    pub fn wait_ready(&mut self) -> Duration {
        self.wait_until("ready", |daemon| {
            let answer = daemon.caller()?.get("/health/ready").ok()?;
            (answer.status == 200).then_some(())
        });
        self.started.elapsed()
    }

    /// Waits until the probe answers; a process that ends before is a failed test.
    pub fn wait_until<T>(&mut self, what: &str, probe: impl Fn(&Self) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(found) = probe(self) {
                return found;
            }
            let ended = self.child.try_wait().unwrap();
            let late = begin.elapsed() > PATIENCE;
            assert!(
                ended.is_none() && !late,
                "not {what}; ended {ended:?}, late {late}\n{}",
                self.stderr()
            );
            std::thread::sleep(STEP);
        }
    }

    /// Who talks to it with its admin's token; `None` before it listens.
    pub fn caller(&self) -> Option<Caller> {
        Caller::of(&self.folder)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Kills it as `kill -9` does.
    pub fn kill9(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }

    /// `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end.
    pub fn wait(&mut self, longest: Duration) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            if begin.elapsed() > longest {
                let said = self.stderr();
                self.kill9();
                panic!("still runs after {longest:?}\n{said}");
            }
            std::thread::sleep(STEP);
        }
    }

    /// Stops it gracefully; it must end with 0.
    pub fn stop(mut self) {
        self.signal("TERM");
        let status = self.wait(PATIENCE);
        assert_eq!(status.code(), Some(0), "{}", self.stderr());
    }

    /// Waits for the end of a demo, which must be a good one, and reads its summary.
    pub fn summary(&mut self) -> Value {
        let status = self.wait(PATIENCE * 2);
        let said = self.stdout();
        assert!(status.success(), "demo: {status}\n{said}\n{}", self.stderr());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// Whether a line of its log has this event.
    pub fn told(&self, event: &str) -> bool {
        self.says(&format!("\"event\":\"{event}\""))
    }

    /// Whether its log has these words.
    pub fn says(&self, words: &str) -> bool {
        self.log().contains(words)
    }

    /// All that it said on stderr.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.err).unwrap_or_default()
    }

    pub fn stdout(&self) -> String {
        fs::read_to_string(&self.out).unwrap_or_default()
    }

    /// The end of what it said on stderr.
    pub fn stderr(&self) -> String {
        let text = fs::read_to_string(&self.err).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().unwrap_or_default();
            self.child.wait().map(drop).unwrap_or_default();
        }
    }
}

/// Sends a signal to one process.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &pid.to_string()])
        .status();
    assert!(status.unwrap().success(), "kill -{name} {pid}");
}

/// A number that the environment may set, such as how many kills.
pub fn count(variable: &str, usual: u32) -> u32 {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable} must be a whole number")),
        Err(_) => usual,
    }
}
