//! The schema's version: what is applied, applying and taking back migrations, and refusing what does not fit.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use secrecy::SecretString;

use super::connect::{ConnectError, StoreOptions, Use, connect};

/// Migrations may take long on large tables.
const PATIENCE: Duration = Duration::from_secs(3600);

/// One migration and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Why the schema cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database has migrations that this binary does not know.
    #[error("database has migration `{0}`, which this binary does not know: use the newer binary")]
    Newer(String),
    /// The database lacks migrations that this binary needs.
    #[error("database lacks migration `{0}`: run `bursar migrate up`")]
    Behind(String),
    /// The database could not be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database refused.
    #[error("could not read or change the schema")]
    Database(#[from] DbErr),
}

/// All migrations that this binary knows, in order; refused when the database is newer.
pub async fn status(url: &SecretString) -> Result<Vec<Step>, SchemaError> {
    let connection = open(url).await?;
    let steps = steps(&connection).await;
    connection.close().await?;
    steps
}

/// Applies the next `count` migrations, or all.
pub async fn up(url: &SecretString, count: Option<u32>) -> Result<(), SchemaError> {
    let connection = open(url).await?;
    let done = match steps(&connection).await {
        Ok(_) => Migrator::up(&connection, count).await.map_err(SchemaError::from),
        Err(error) => Err(error),
    };
    connection.close().await?;
    done
}

/// Takes back the last `count` migrations with all that their tables hold.
pub async fn down(url: &SecretString, count: u32) -> Result<(), SchemaError> {
    let connection = open(url).await?;
    let done = match steps(&connection).await {
        Ok(_) => Migrator::down(&connection, Some(count))
            .await
            .map_err(SchemaError::from),
        Err(error) => Err(error),
    };
    connection.close().await?;
    done
}

/// Refuses a database whose schema is not exactly the one that this binary knows.
pub(super) async fn check(connection: &DatabaseConnection) -> Result<(), SchemaError> {
    match steps(connection).await?.into_iter().find(|step| !step.applied) {
        Some(missing) => Err(SchemaError::Behind(missing.name)),
        None => Ok(()),
    }
}

async fn open(url: &SecretString) -> Result<DatabaseConnection, ConnectError> {
    let options = StoreOptions {
        url: url.clone(),
        max_connections: 1,
        acquire_deadline: Duration::from_secs(10),
        statement_deadline: PATIENCE,
    };
    connect(&options, Use::Write).await
}

async fn steps<C: ConnectionTrait>(connection: &C) -> Result<Vec<Step>, SchemaError> {
    Migrator::install(connection).await?;
    let applied: Vec<String> = Migrator::get_migration_models(connection)
        .await?
        .into_iter()
        .map(|model| model.version)
        .collect();
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    if let Some(newer) = applied.iter().find(|name| !known.contains(name)) {
        return Err(SchemaError::Newer(newer.clone()));
    }
    let steps = known.into_iter().map(|name| Step {
        applied: applied.contains(&name),
        name,
    });
    Ok(steps.collect())
}
