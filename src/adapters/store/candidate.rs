//! A daemon on its way to become the writer: it asks for the lease before it touches anything.

use sea_orm::DatabaseConnection;

use super::connect::{ConnectError, StoreOptions, Use, connect};
use super::failure::{Cause, Failure};
use super::lease::{Errand, Holder, Lease};
use super::schema::{self, SchemaError};
use super::sql::SqlStore;
use crate::ports::store::StoreError;

/// A process that wants to be the writer, with the connection that it would write over.
#[derive(Debug)]
pub struct Candidate {
    options: StoreOptions,
    connection: DatabaseConnection,
    lease: Lease,
}

impl Candidate {
    /// Connects, and asks for nothing yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn connect(options: StoreOptions) -> Result<Self, ConnectError> {
        Ok(Self {
            connection: connect(&options, Use::Write).await?,
            lease: Lease::new(&options, Errand::Daemon),
            options,
        })
    }

    /// Asks for the right to write; `None` when it is ours until this is dropped, else who has it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask(&mut self) -> Result<Option<Holder>, StoreError> {
        let asked = tokio::time::timeout(self.options.statement_deadline, self.lease.ask(&self.connection)).await;
        match asked {
            Ok(Ok(holder)) => Ok(holder),
            Ok(Err(error)) => Err(Failure::of(error, "writer lease").into_error()),
            Err(_) => Err(StoreError::Unavailable(Box::new(super::failure::DeadlinePassed))),
        }
    }

    /// Brings the schema up to date, and takes over: from now on no commit of an older writer succeeds.
    ///
    /// # Errors
    /// When the schema is newer than this binary, or the database does not answer, or the lock went with its connection.
    pub async fn enter(&mut self) -> Result<(), SchemaError> {
        schema::migrate(&self.connection).await?;
        let entered = self.lease.enter(&self.connection).await;
        entered.map_err(|failure| SchemaError::NotEntered(Cause::new(failure.into_error())))
    }

    /// The store, with this process as its writer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(self) -> Result<SqlStore, SchemaError> {
        Ok(SqlStore::over(self.connection, self.lease, &self.options).await?)
    }
}
