//! Databases for tests: each test has its own, on every kind of store, and it is gone afterwards.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bursar::adapters::store::{MemoryStore, SqlStore, StoreOptions, schema};
use bursar::ports::store::{PaperVault, Store};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::skipped::skip;

/// Everything that a store does.
pub trait FullStore: Store + PaperVault {}

impl<T: Store + PaperVault> FullStore for T {}

/// Kinds of stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
    MariaDb,
}

impl Kind {
    fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "BURSAR_TEST_POSTGRES_URL",
            Self::MariaDb => "BURSAR_TEST_MARIADB_URL",
            Self::Memory | Self::Sqlite => "",
        }
    }
}

/// One test's own database.
pub struct Ground {
    memory: MemoryStore,
    url: Option<String>,
    folder: Option<TempDir>,
    /// The server and the statement that removes the database.
    server: Option<(String, String)>,
}

impl Ground {
    /// A new database without tables; `None` when its server is not named to the test run.
    pub async fn bare(kind: Kind) -> Option<Self> {
        let mut ground = Self {
            memory: MemoryStore::new(),
            url: None,
            folder: None,
            server: None,
        };
        match kind {
            Kind::Memory => {}
            Kind::Sqlite => {
                let folder = TempDir::new().unwrap();
                ground.url = Some(format!("sqlite:{}", folder.path().join("bursar.db").display()));
                ground.folder = Some(folder);
            }
            Kind::Postgres => {
                // A schema is as good as a database, and much cheaper to make.
                let server = server(kind)?;
                let name = fresh_name();
                run(&server, &format!("CREATE SCHEMA {name}")).await;
                let sign = if server.contains('?') { '&' } else { '?' };
                ground.url = Some(format!("{server}{sign}options[search_path]={name}"));
                ground.server = Some((server, format!("DROP SCHEMA {name} CASCADE")));
            }
            Kind::MariaDb => {
                let server = server(kind)?;
                let name = fresh_name();
                run(&server, &format!("CREATE DATABASE {name}")).await;
                let (prefix, _) = server.rsplit_once('/').unwrap();
                ground.url = Some(format!("{prefix}/{name}"));
                ground.server = Some((server, format!("DROP DATABASE {name}")));
            }
        }
        Some(ground)
    }

    /// A new database with all tables.
    pub async fn new(kind: Kind) -> Option<Self> {
        let ground = Self::bare(kind).await?;
        ground.migrate().await;
        Some(ground)
    }

    async fn migrate(&self) {
        if self.url.is_some() {
            schema::up(&self.secret_url(), None).await.unwrap();
        }
    }

    pub fn is_memory(&self) -> bool {
        self.url.is_none()
    }

    pub fn url(&self) -> &str {
        self.url.as_deref().unwrap()
    }

    pub fn secret_url(&self) -> SecretString {
        SecretString::from(self.url())
    }

    pub fn options(&self) -> StoreOptions {
        StoreOptions {
            url: self.secret_url(),
            max_connections: 4,
            acquire_deadline: Duration::from_secs(20),
            statement_deadline: Duration::from_secs(20),
        }
    }

    pub async fn open_sql(&self) -> SqlStore {
        SqlStore::open(self.options()).await.unwrap()
    }

    /// Opens the store; each call is like another process.
    pub async fn open(&self) -> Arc<dyn FullStore> {
        if self.is_memory() {
            Arc::new(self.memory.clone())
        } else {
            Arc::new(self.open_sql().await)
        }
    }

    /// A connection of its own, past the store.
    pub async fn connection(&self) -> DatabaseConnection {
        Database::connect(self.url()).await.unwrap()
    }

    async fn remove(&self) {
        if let Some((server, removal)) = &self.server {
            run(server, removal).await;
        }
    }
}

async fn run(server: &str, statement: &str) {
    let admin = Database::connect(server).await.unwrap();
    admin.execute_unprepared(statement).await.unwrap();
    admin.close().await.unwrap();
}

/// Tells a story on a fresh database, and removes the database however the story ends.
pub async fn tell<F, S>(kind: Kind, bare: bool, story: F)
where
    F: FnOnce(Arc<Ground>) -> S,
    S: Future<Output = ()> + Send + 'static,
{
    let ground = if bare {
        Ground::bare(kind).await
    } else {
        Ground::new(kind).await
    };
    let Some(ground) = ground.map(Arc::new) else {
        return;
    };
    let told = tokio::spawn(story(Arc::clone(&ground))).await;
    ground.remove().await;
    if let Err(panic) = told {
        std::panic::resume_unwind(panic.into_panic());
    }
}

/// The URL of the server that tests may make databases on.
fn server(kind: Kind) -> Option<String> {
    let variable = kind.variable();
    if let Ok(url) = env::var(variable) {
        return Some(url);
    }
    skip(&format!(
        "tests on {kind:?}; set {variable} to the URL of a server to turn them on"
    ));
    None
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("bursar_test_{}_{count}", std::process::id())
}
