//! The schema's version: what is applied, applying and taking back migrations, and refusing what does not fit.

use std::time::Duration;

use migration::{JOURNAL, MigrationError, Runner, Sent};
use sea_orm::{DatabaseConnection, DbErr};
use secrecy::SecretString;

use super::catalog;
use super::connect::{ConnectError, StoreOptions, Use, connect};
use super::failure::Cause;
use super::lease::{Errand, Lease};
use crate::clock::{Clock, SystemClock};
use crate::crash;

/// Migrations may take long on large tables.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The table in which migrations are counted.
pub(super) const MIGRATIONS: &str = migration::RECORDS;

/// The table that is there while a migration is under way on MariaDB.
pub(super) const UNDER_WAY: &str = JOURNAL;

/// The table that is there while a restored database was not found to hold; nothing opens it.
pub(super) const UNVERIFIED: &str = "restore_unverified";

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
    /// A migration is under way, or was interrupted.
    #[error("database has a half-made migration: finish it with `bursar migrate up`")]
    HalfMade,
    /// A restore into the database did not come to its end.
    #[error("database holds a restore that was not verified: drop it, and restore into a new one")]
    Unverified,
    /// Another process writes to the database.
    #[error(transparent)]
    NotEntered(Cause),
    /// The database could not be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A migration was not made.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The database refused.
    #[error("could not read or change the schema")]
    Database(#[from] DbErr),
}

impl SchemaError {
    /// Whether it may be otherwise when it is tried again.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotEntered(_) | Self::Connect(_) | Self::Database(_) => true,
            Self::Migration(MigrationError::Step { .. } | MigrationError::Database(_)) => true,
            Self::Migration(_) | Self::Newer(_) | Self::Behind(_) | Self::HalfMade | Self::Unverified => false,
        }
    }
}

/// All migrations that this binary knows, in order; refused when the database is newer.
pub async fn status(url: &SecretString) -> Result<Vec<Step>, SchemaError> {
    let connection = connect(&options(url), Use::Write).await?;
    let steps = steps(&connection).await;
    connection.close().await?;
    steps
}

/// Applies the next `count` migrations, or all; refused while a daemon runs on the database.
pub async fn up(url: &SecretString, count: Option<u32>) -> Result<(), SchemaError> {
    alone(url, async |connection| {
        steps(connection).await?;
        apply(connection, count).await
    })
    .await
}

/// Takes back the last `count` migrations with all that their tables hold; refused while a daemon runs on the database.
pub async fn down(url: &SecretString, count: u32) -> Result<(), SchemaError> {
    alone(url, async |connection| {
        steps(connection).await?;
        take_back(connection, Some(count)).await
    })
    .await
}

/// Applies what is missing, over the connection of a process that has the writer's lock. A database that lacks nothing
/// is not touched, so that a role which may not change the schema can do this.
pub(super) async fn migrate(connection: &DatabaseConnection) -> Result<(), SchemaError> {
    if steps(connection).await?.iter().any(|step| !step.applied) {
        apply(connection, None).await?;
    }
    Ok(())
}

/// Applies the next `count` migrations, or all, over the connection of a process that has the writer's lock.
pub(super) async fn apply(connection: &DatabaseConnection, count: Option<u32>) -> Result<(), SchemaError> {
    Ok(runner(connection, &mut crash_points).up(count).await?)
}

/// Takes back the last `count` migrations, or all, over such a connection.
pub(super) async fn take_back(connection: &DatabaseConnection, count: Option<u32>) -> Result<(), SchemaError> {
    Ok(runner(connection, &mut crash_points).down(count).await?)
}

fn runner<'a>(connection: &'a DatabaseConnection, watch: migration::Watch<'a>) -> Runner<'a> {
    Runner::new(connection, SystemClock.now().0 / 1_000, watch)
}

/// Tests kill the process after any statement of a migration.
fn crash_points(_: Sent<'_>) -> Result<(), DbErr> {
    crash::point("migrate.after_statement");
    Ok(())
}

/// Refuses a database whose schema is not exactly the one that this binary knows.
pub(super) async fn check(connection: &DatabaseConnection) -> Result<(), SchemaError> {
    match steps(connection).await?.into_iter().find(|step| !step.applied) {
        Some(missing) => Err(SchemaError::Behind(missing.name)),
        None => Ok(()),
    }
}

/// Does something to the schema while no other process may write.
async fn alone(
    url: &SecretString,
    act: impl AsyncFnOnce(&DatabaseConnection) -> Result<(), SchemaError>,
) -> Result<(), SchemaError> {
    let options = options(url);
    let connection = connect(&options, Use::Write).await?;
    let mut lease = Lease::new(&options, Errand::Command);
    let done = match lease.insist(&connection).await {
        Ok(()) => act(&connection).await,
        Err(failure) => Err(SchemaError::NotEntered(Cause::new(failure.into_error()))),
    };
    lease.release(&connection).await?;
    connection.close().await?;
    done
}

fn options(url: &SecretString) -> StoreOptions {
    StoreOptions {
        url: url.clone(),
        max_connections: 1,
        acquire_deadline: Duration::from_secs(10),
        statement_deadline: PATIENCE,
    }
}

async fn steps(connection: &DatabaseConnection) -> Result<Vec<Step>, SchemaError> {
    let applied = applied(connection).await?;
    let known = migration::names();
    if let Some(newer) = applied.iter().find(|name| !known.contains(name)) {
        return Err(SchemaError::Newer(newer.clone()));
    }
    let steps = known.into_iter().map(|name| Step {
        applied: applied.contains(&name),
        name,
    });
    Ok(steps.collect())
}

/// Whether a migration is half made on MariaDB: under way, or interrupted.
pub(super) async fn is_half_made(connection: &DatabaseConnection) -> Result<bool, DbErr> {
    if !catalog::tables(connection).await?.contains(UNDER_WAY) {
        return Ok(false);
    }
    let lines = catalog::rows(connection, &format!("SELECT migration FROM {UNDER_WAY}")).await?;
    Ok(!lines.is_empty())
}

/// The migrations that the database has, by name.
pub(super) async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, SchemaError> {
    let tables = catalog::tables(connection).await?;
    if tables.contains(UNVERIFIED) {
        return Err(SchemaError::Unverified);
    }
    if !tables.contains(MIGRATIONS) {
        return Ok(Vec::new());
    }
    // The migrator's own question begins with making the table, which not every role may.
    let question = format!("SELECT version FROM {MIGRATIONS} ORDER BY version");
    let rows = catalog::rows(connection, &question).await?;
    let names: Result<Vec<String>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(names?)
}
