//! A database that more than one process uses, on each kind of server; it is gone when it is dropped.

use tempfile::TempDir;

use crate::books::Window;
use crate::daemon::Home;
use crate::postgres::Cluster;
use crate::skipped::skip;

/// Such a database.
pub struct Shared {
    pub url: String,
    /// Cuts every connection to it, on a server.
    pub cut: Option<Box<dyn Fn()>>,
    _folder: Option<TempDir>,
    _cluster: Option<Cluster>,
    _database: Option<Database>,
}

/// A database on the MariaDB server; it is gone when this is dropped.
struct Database {
    server: String,
    name: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let window = Window::open(&self.server);
        window
            .run(&format!("DROP DATABASE IF EXISTS {}", self.name))
            .unwrap_or_default();
    }
}

impl Shared {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            url: format!("sqlite://{}/shared.sqlite?mode=rwc", folder.path().display()),
            cut: None,
            _folder: Some(folder),
            _cluster: None,
            _database: None,
        }
    }

    pub fn postgres() -> Option<Self> {
        let cluster = Cluster::start()?;
        let window = Window::open(&cluster.url_of("postgres"));
        let cut = move || {
            window.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bursar'");
        };
        Some(Self {
            url: cluster.url(),
            cut: Some(Box::new(cut)),
            _folder: None,
            _cluster: Some(cluster),
            _database: None,
        })
    }

    pub fn mariadb(story: &str) -> Option<Self> {
        let Ok(server) = std::env::var("BURSAR_TEST_MARIADB_URL") else {
            skip("tests on MariaDB; set BURSAR_TEST_MARIADB_URL to the URL of a server to turn them on");
            return None;
        };
        let window = Window::open(&server);
        let name = format!("bursar_{story}_{}", std::process::id());
        window.run(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
        window.run(&format!("CREATE DATABASE {name}")).unwrap();
        let (address, _) = server.rsplit_once('/').unwrap();
        let url = format!("{address}/{name}");
        let sessions = format!("SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = '{name}'");
        let cut = move || {
            for row in window.rows(&sessions) {
                let id: i64 = row.try_get_by_index(0).unwrap();
                // One that ended meanwhile cannot be cut.
                window.run(&format!("KILL CONNECTION {id}")).unwrap_or_default();
            }
        };
        Some(Self {
            url,
            cut: Some(Box::new(cut)),
            _folder: None,
            _cluster: None,
            _database: Some(Database { server, name }),
        })
    }

    /// A daemon's home on it.
    pub fn home(&self) -> Home {
        Home::fresh()
            .set("BURSAR__STORE__URL", self.url.clone())
            .set("BURSAR__PAPER__SPEED", "60")
            .set("BURSAR__HTTP__REQUEST_DEADLINE", "3s")
            .set("BURSAR__SETTLEMENT__SWEEP_INTERVAL", "15s")
    }
}
