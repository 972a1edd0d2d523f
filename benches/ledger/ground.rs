//! Fresh databases to measure on: made for one run, removed after it.

use std::env;

use bursar::adapters::store::schema;
use bursar::config::{self, Settings, Sources};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

/// Kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
        }
    }

    /// The server to make databases on; `None` where none is named.
    fn server(self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => env::var("BURSAR_TEST_POSTGRES_URL").ok(),
            Self::MariaDb => env::var("BURSAR_TEST_MARIADB_URL").ok(),
        }
    }
}

/// One fresh database with all tables.
pub struct Ground {
    pub kind: Kind,
    url: String,
    folder: TempDir,
    /// The server and the statement that removes the database.
    server: Option<(String, String)>,
}

impl Ground {
    /// `None` when the kind's server is not named.
    pub async fn new(kind: Kind) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let name = format!("bursar_bench_{}_{}", std::process::id(), kind.name());
        let (url, server) = match kind {
            Kind::Sqlite => (format!("sqlite:{}", folder.path().join("bench.db").display()), None),
            Kind::Postgres => {
                let server = kind.server()?;
                run(&server, &format!("DROP SCHEMA IF EXISTS {name} CASCADE")).await;
                run(&server, &format!("CREATE SCHEMA {name}")).await;
                let sign = if server.contains('?') { '&' } else { '?' };
                let url = format!("{server}{sign}options[search_path]={name}");
                (url, Some((server, format!("DROP SCHEMA {name} CASCADE"))))
            }
            Kind::MariaDb => {
                let server = kind.server()?;
                run(&server, &format!("DROP DATABASE IF EXISTS {name}")).await;
                run(&server, &format!("CREATE DATABASE {name}")).await;
                let (prefix, _) = server.rsplit_once('/').unwrap();
                let url = format!("{prefix}/{name}");
                (url, Some((server, format!("DROP DATABASE {name}"))))
            }
        };
        let ground = Self {
            kind,
            url,
            folder,
            server,
        };
        schema::up(&ground.settings().database_url(), None).await.unwrap();
        Some(ground)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The settings that a daemon on this database has when its operator changed nothing else.
    pub fn settings(&self) -> Settings {
        let mut sources = Sources::default()
            .with_variable(
                "BURSAR__DAEMON__STATE_DIRECTORY",
                &self.folder.path().display().to_string(),
            )
            .with_variable("BURSAR__STORE__URL", &self.url);
        if let Ok(limit) = env::var("BURSAR_BENCH_GROUP") {
            sources = sources.with_variable("BURSAR__LEDGER__GROUP_LIMIT", &limit);
        }
        config::load(&sources).unwrap()
    }

    /// A connection of its own, past the store.
    pub async fn connection(&self) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(std::time::Duration::from_secs(20)));
        Database::connect(options).await.unwrap()
    }

    pub async fn remove(self) {
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
