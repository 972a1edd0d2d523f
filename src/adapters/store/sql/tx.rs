//! The statements of one transaction: each has a deadline, and each failure is told apart.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, Condition, DatabaseTransaction, DbErr, DeleteMany, EntityTrait, QueryFilter, UpdateMany,
};

use super::super::doubt;
use super::super::failure::{Cause, DeadlinePassed, Failure};

/// Rows per statement: PostgreSQL's planner slows down well above this.
pub const ROWS: usize = 200;

/// An open transaction or savepoint.
#[derive(Clone, Copy)]
pub struct Tx<'a> {
    connection: &'a DatabaseTransaction,
    deadline: Duration,
}

impl<'a> Tx<'a> {
    /// Statements on this transaction, each within the deadline.
    pub fn new(connection: &'a DatabaseTransaction, deadline: Duration) -> Self {
        Self { connection, deadline }
    }

    /// Where statements run.
    pub fn connection(&self) -> &'a DatabaseTransaction {
        self.connection
    }

    /// Runs one statement that concerns `what`.
    pub async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>, what: &str) -> Result<T, Failure> {
        within(self.deadline, statement, what).await
    }

    /// Inserts rows; refused when one of them exists.
    pub async fn insert<A: ActiveModelTrait + Send>(&self, rows: Vec<A>, what: &str) -> Result<(), Failure> {
        for chunk in chunks(rows) {
            let statement = A::Entity::insert_many(chunk).exec_without_returning(self.connection);
            self.run(statement, what).await?;
        }
        Ok(())
    }

    /// Inserts rows or replaces those that exist.
    pub async fn upsert<A: ActiveModelTrait + Send>(
        &self,
        rows: Vec<A>,
        conflict: OnConflict,
        what: &str,
    ) -> Result<(), Failure> {
        for chunk in chunks(rows) {
            let statement = A::Entity::insert_many(chunk)
                .on_conflict(conflict.clone())
                .exec_without_returning(self.connection);
            self.run(statement, what).await?;
        }
        Ok(())
    }

    /// Writes a whole row over the one that the guard names; refused when the guard does not hold.
    pub async fn replace<A: ActiveModelTrait + Send>(
        &self,
        row: A,
        guard: Condition,
        what: &str,
    ) -> Result<(), Failure> {
        let statement = A::Entity::update_many().set(row.reset_all()).filter(guard);
        self.update(statement, 1, what).await
    }

    /// Runs an update; refused when it does not find exactly `count` rows.
    pub async fn update<E: EntityTrait>(
        &self,
        statement: UpdateMany<E>,
        count: usize,
        what: &str,
    ) -> Result<(), Failure> {
        let found = self.run(statement.exec(self.connection), what).await?.rows_affected;
        exactly(count, found, what)
    }

    /// Deletes one row; refused when the guard does not find it.
    pub async fn delete<E: EntityTrait>(&self, guard: DeleteMany<E>, what: &str) -> Result<(), Failure> {
        let found = self.run(guard.exec(self.connection), what).await?.rows_affected;
        exactly(1, found, what)
    }
}

fn exactly(count: usize, found: u64, what: &str) -> Result<(), Failure> {
    if usize::try_from(found) == Ok(count) {
        Ok(())
    } else {
        Err(Failure::Refused(what.to_owned()))
    }
}

/// Waits for a statement no longer than the deadline.
pub async fn within<T>(
    deadline: Duration,
    statement: impl Future<Output = Result<T, DbErr>>,
    what: &str,
) -> Result<T, Failure> {
    match doubt::answer(deadline, statement).await {
        Ok(answer) => answer.map_err(|error| Failure::of(error, what)),
        Err(_) => Err(Failure::Lost(Cause::new(DeadlinePassed))),
    }
}

fn chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || {
        rows.peek()?;
        Some(rows.by_ref().take(ROWS).collect())
    })
}
