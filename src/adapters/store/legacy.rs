//! Reading another platform's tables from its MySQL or MariaDB: only reading, all of them as of one moment.

use std::time::Duration;

use futures::TryStreamExt;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, Statement, StreamTrait, TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the platform's tables cannot be read. Never says the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// The URL names no MySQL.
    #[error("the platform's database url must begin with mysql:// or mariadb://")]
    UnknownScheme,
    /// It cannot be reached. The cause is told in words, because one that cannot be parsed names the URL.
    #[error("could not connect to the platform's database: {0}")]
    Closed(String),
    /// The database did not answer, or not as expected.
    #[error("could not read the platform's database")]
    Database(#[from] DbErr),
    /// There is no such table.
    #[error("the platform's database has no table `{0}`")]
    NoTable(String),
}

/// Another platform's database.
#[derive(Debug)]
pub struct LegacyDatabase {
    connection: DatabaseConnection,
    snapshot: DatabaseTransaction,
}

impl LegacyDatabase {
    /// Connects, and keeps one moment in view. Times without a zone are told as that zone shows them, such as
    /// `+08:00`.
    ///
    /// # Errors
    /// When the URL is unfit, or the database does not answer.
    pub async fn open(url: &SecretString, zone: &str) -> Result<Self, LegacyError> {
        let url = url.expose_secret();
        let url = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("mysql") => url.to_owned(),
            Some("mariadb") => url.replacen("mariadb", "mysql", 1),
            _ => return Err(LegacyError::UnknownScheme),
        };
        let mut pool = ConnectOptions::new(url.as_str());
        pool.max_connections(1).acquire_timeout(PATIENCE).sqlx_logging(false);
        let connected = Database::connect(pool).await;
        let connection = connected.map_err(|error| LegacyError::Closed(without_url(&error)))?;
        let snapshot = connection
            .begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly))
            .await?;
        let zone = format!("SET SESSION time_zone = '{}'", zone.replace('\'', "''"));
        snapshot.execute_unprepared(&zone).await?;
        Ok(Self { connection, snapshot })
    }

    /// The columns of a table, in order; those that hold bytes are left out.
    ///
    /// # Errors
    /// When there is no such table, or the database does not answer.
    pub async fn columns(&self, table: &str) -> Result<Vec<String>, LegacyError> {
        let question = "SELECT CAST(COLUMN_NAME AS CHAR) AS name FROM information_schema.COLUMNS \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? \
             AND DATA_TYPE NOT IN ('blob', 'tinyblob', 'mediumblob', 'longblob', 'binary', 'varbinary', 'geometry') \
             ORDER BY ORDINAL_POSITION";
        let question = Statement::from_sql_and_values(DbBackend::MySql, question, [table.into()]);
        let rows = self.snapshot.query_all_raw(question).await?;
        let names: Result<Vec<String>, DbErr> = rows.iter().map(|row| row.try_get("", "name")).collect();
        match names? {
            names if names.is_empty() => Err(LegacyError::NoTable(table.to_owned())),
            names => Ok(names),
        }
    }

    /// Every row of a table in order of its first column, each cell as the text that the database makes of it; what is
    /// not there is empty.
    ///
    /// # Errors
    /// When the database does not answer to the end.
    pub async fn rows(
        &self,
        table: &str,
        columns: &[String],
        mut take: impl FnMut(&[&str]),
    ) -> Result<(), LegacyError> {
        let cells: Vec<String> = columns
            .iter()
            .map(|name| format!("CAST({} AS CHAR)", quoted(name)))
            .collect();
        let first = columns.first().map(|name| quoted(name)).unwrap_or_default();
        let question = format!("SELECT {} FROM {} ORDER BY {first}", cells.join(", "), quoted(table));
        let question = Statement::from_string(DbBackend::MySql, question);
        let mut rows = self.snapshot.stream_raw(question).await?;
        while let Some(row) = rows.try_next().await? {
            let cells: Result<Vec<Option<String>>, DbErr> =
                (0..columns.len()).map(|at| row.try_get_by_index(at)).collect();
            let cells = cells?;
            let cells: Vec<&str> = cells.iter().map(|cell| cell.as_deref().unwrap_or_default()).collect();
            take(&cells);
        }
        Ok(())
    }

    /// Ends the view.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn close(self) -> Result<(), LegacyError> {
        self.snapshot.rollback().await?;
        self.connection.close().await?;
        Ok(())
    }
}

fn without_url(error: &DbErr) -> String {
    let words = error.to_string();
    if words.contains("://") {
        "its url cannot be parsed".to_owned()
    } else {
        words
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
