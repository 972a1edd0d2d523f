//! The session that migrates: it sends statements one by one, and tells each to whoever watches.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};

use crate::plan::{Act, Plan, Shows, Step};
use crate::run::MigrationError;

/// A statement that changed something, or began or ended a transaction.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The migration that it belongs to.
    pub migration: &'a str,
    /// How many steps of it came before.
    pub step: usize,
    /// What was sent.
    pub sql: &'a str,
}

/// Who is told of every statement after it was made; an error ends the run there, as if the process had died.
pub type Watch<'a> = &'a mut (dyn FnMut(Sent<'_>) -> Result<(), DbErr> + Send + Sync);

/// One session for one migration: nothing else comes between its statements.
pub(crate) struct Session<'a> {
    connection: &'a DatabaseTransaction,
    watch: Watch<'a>,
    migration: String,
    /// How many steps were made.
    pub step: usize,
}

impl<'a> Session<'a> {
    pub fn new(connection: &'a DatabaseTransaction, watch: Watch<'a>, migration: String) -> Self {
        Self {
            connection,
            watch,
            migration,
            step: 0,
        }
    }

    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// Goes over to a migration.
    pub fn name(&mut self, migration: &str) {
        migration.clone_into(&mut self.migration);
    }

    /// Refuses while rows are in the way of a plan.
    pub async fn guarded(&self, plan: &Plan) -> Result<(), MigrationError> {
        for guard in &plan.guards {
            if self.count(&guard.question).await? > 0 {
                return Err(MigrationError::Guarded {
                    migration: self.migration.clone(),
                    why: guard.why,
                });
            }
        }
        Ok(())
    }

    /// Which migration it is at.
    pub fn migration(&self) -> &str {
        &self.migration
    }

    /// Sends a statement, and gives how many rows it changed.
    pub async fn say(&mut self, sql: &str) -> Result<u64, DbErr> {
        let changed = self.connection.execute_unprepared(sql).await?.rows_affected();
        self.told(sql)?;
        Ok(changed)
    }

    /// The same with values.
    pub async fn say_with<const N: usize>(&mut self, sql: &str, values: [sea_orm::Value; N]) -> Result<(), DbErr> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.connection.execute_raw(statement).await?;
        self.told(sql)
    }

    /// All rows of a question.
    pub async fn ask(&self, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
        let statement = Statement::from_string(self.backend(), sql);
        self.connection.query_all_raw(statement).await
    }

    /// The number that answers a question.
    pub async fn count(&self, sql: &str) -> Result<i64, DbErr> {
        let rows = self.ask(sql).await?;
        let row = rows.first().ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?;
        row.try_get_by_index(0)
    }

    /// Makes a step, whatever was made of it before.
    pub async fn make(&mut self, step: &Step) -> Result<(), DbErr> {
        match &step.act {
            Act::Sql(sql) => self.say(sql).await.map(drop),
            Act::Words(words) => words.change(self).await,
        }
    }

    /// Whether the database shows on MariaDB that a step was made; of rows it shows nothing.
    pub async fn shows(&self, step: &Step) -> Result<bool, DbErr> {
        let of = |view: &str, table: &str, more: &str| {
            format!(
                "SELECT COUNT(*) FROM information_schema.{view} \
                 WHERE table_schema = DATABASE() AND table_name = '{table}'{more}"
            )
        };
        let question = match &step.shows {
            Shows::Rows => return Ok(false),
            Shows::Words(words) => return words.accepted(self).await,
            Shows::Table(table) => of("tables", table, ""),
            Shows::Column(table, column) => of("columns", table, &format!(" AND column_name = '{column}'")),
            Shows::Index(table, index) => of("statistics", table, &format!(" AND index_name = '{index}'")),
        };
        Ok((self.count(&question).await? > 0) == step.there)
    }

    fn told(&mut self, sql: &str) -> Result<(), DbErr> {
        (self.watch)(Sent {
            migration: &self.migration,
            step: self.step,
            sql,
        })
    }
}
