//! A MariaDB server of the test's own, which it may stop, freeze and start again.

use std::cell::RefCell;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::books::Window;
use crate::daemon::signal;
use crate::skipped::skip;
use crate::user::is_root;

/// Longest wait until it takes connections.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it is killed when this is dropped.
pub struct Server {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    child: RefCell<Option<Child>>,
}

impl Server {
    /// A fresh server with an empty database `bursar`; `None`, with the reason, where there is no MariaDB.
    pub fn start() -> Option<Self> {
        let (Some(program), Some(install)) = (found("mariadbd"), found("mariadb-install-db")) else {
            skip("tests on a MariaDB server of their own; install MariaDB's server to turn them on");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Self {
            program,
            folder,
            port,
            child: RefCell::new(None),
        };
        if is_root() {
            // It works as its own user.
            run(Command::new("chown").arg("mysql").arg(server.folder.path()));
        }
        let mut install = Command::new(install);
        install.args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]);
        run(install.args(server.common()));
        server.up();
        Window::open(&server.url_of("mysql"))
            .run("CREATE DATABASE bursar")
            .unwrap();
        Some(server)
    }

    /// URL of its database.
    pub fn url(&self) -> String {
        self.url_of("bursar")
    }

    fn url_of(&self, database: &str) -> String {
        format!("mysql://root@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it, and waits until it takes connections.
    pub fn up(&self) {
        let mut command = Command::new(&self.program);
        command.arg("--no-defaults").args(self.common());
        command
            .arg(format!("--port={}", self.port))
            .arg("--bind-address=127.0.0.1");
        let place = |name: &str| self.folder.path().join(name).display().to_string();
        command.arg(format!("--socket={}", place("socket")));
        command.arg(format!("--pid-file={}", place("pid")));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        *self.child.borrow_mut() = Some(child);
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begin.elapsed() < PATIENCE, "MariaDB does not answer");
            sleep(Duration::from_millis(50));
        }
    }

    /// Stops it as a crash does: connections are cut and nothing is flushed.
    pub fn down(&self) {
        if let Some(mut child) = self.child.borrow_mut().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Freezes it: connections stay open and nobody answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        if let Some(child) = &*self.child.borrow() {
            signal(child.id(), name);
        }
    }

    fn common(&self) -> Vec<String> {
        let data = self.folder.path().join("data");
        let mut arguments = vec![format!("--datadir={}", data.display())];
        if is_root() {
            arguments.push("--user=mysql".to_owned());
        }
        arguments
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.down();
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// Servers are not always on the path of users.
fn found(program: &str) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];
    let mut places = folders.iter().map(|folder| Path::new(folder).join(program));
    places.find(|place| place.exists())
}
