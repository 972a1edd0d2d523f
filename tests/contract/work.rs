//! What runs programs, scripts and requests for jobs, and what it does not.

mod ends;
mod programs;
mod requests;
mod scripts;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bursar::adapters::work::{Limits, WorkOptions, Workshop};
use bursar::ports::work::{Done, Worker};
use domain::job::{JobName, Work};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(20);

/// A folder with scripts and one for jobs, and what a worker may do with them.
struct Bench {
    folder: TempDir,
    options: WorkOptions,
}

impl Bench {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let scripts = folder.path().join("scripts");
        fs::create_dir(&scripts).unwrap();
        fs::set_permissions(&scripts, fs::Permissions::from_mode(0o755)).unwrap();
        let options = WorkOptions {
            kinds: vec!["command", "script", "url"],
            programs: [].into(),
            interpreters: [("sh".to_owned(), PathBuf::from("/bin/sh"))].into(),
            scripts: Some(scripts),
            script_arguments: Vec::new(),
            hosts: Vec::new(),
            private_addresses: false,
            plain_http: false,
            directory: folder.path().join("jobs"),
            path: "/usr/bin:/bin".to_owned(),
            limits: Limits::default(),
            grace: Duration::from_millis(300),
        };
        Self { folder, options }
    }

    /// Writes a script that only its owner may change.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join("scripts").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        path
    }

    fn workshop(&self) -> Workshop {
        Workshop::new(self.options.clone())
    }

    /// Runs this as a script.
    async fn run(&self, text: &str, limit: Duration) -> Done {
        self.write("job.sh", text);
        self.workshop().run(&job(), &script("job.sh", &[]), limit).await
    }

    /// What a script wrote down in the job's folder.
    fn noted(&self, name: &str) -> String {
        fs::read_to_string(self.options.directory.join("nightly").join(name)).unwrap_or_default()
    }

    /// The process whose number a script wrote down, whole, so far.
    async fn process(&self, name: &str) -> u32 {
        let begun = Instant::now();
        loop {
            let noted = self.noted(name);
            if noted.ends_with('\n') {
                return noted.trim().parse().unwrap();
            }
            assert!(begun.elapsed() < LONG, "nothing is noted in {name}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn job() -> JobName {
    JobName::new("nightly").unwrap()
}

fn script(file: &str, arguments: &[&str]) -> Work {
    Work::Script {
        interpreter: "sh".to_owned(),
        file: file.to_owned(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
    }
}

fn ok(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn failed(text: &str) -> Result<String, String> {
    Err(text.to_owned())
}

/// Waits until a process is gone, or only waits for somebody to take notice of its end.
async fn is_gone(process: u32) -> bool {
    let begun = Instant::now();
    loop {
        let line = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let state = line.rsplit(')').next().unwrap_or_default().trim().chars().next();
        if matches!(state, None | Some('Z' | 'X')) {
            return true;
        }
        if begun.elapsed() > Duration::from_secs(5) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
