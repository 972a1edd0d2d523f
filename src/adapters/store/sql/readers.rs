//! The pool that reads: each question has a deadline.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};

use super::super::doubt;
use super::super::failure::{Cause, DeadlinePassed};
use crate::ports::store::StoreError;

/// Connections that read.
#[derive(Debug, Clone)]
pub struct Readers {
    connection: DatabaseConnection,
    deadline: Duration,
}

impl Readers {
    /// Reads on these connections.
    pub fn new(connection: DatabaseConnection, deadline: Duration) -> Self {
        Self { connection, deadline }
    }

    /// Where questions run.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Asks one question.
    pub async fn ask<T>(&self, question: impl Future<Output = Result<T, DbErr>>) -> Result<T, StoreError> {
        match doubt::answer(self.deadline, question).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(StoreError::Unavailable(Box::new(Cause::new(error)))),
            Err(_) => Err(StoreError::Unavailable(Box::new(DeadlinePassed))),
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        if let Err(error) = self.connection.close_by_ref().await {
            tracing::debug!(%error, "reading connections did not close cleanly");
        }
    }
}
