//! What a migration does: its statements in order, each with what shows in the database that it was made.

use sea_orm::DbBackend;

use crate::columns::Columns;
use crate::table::{Table, quoted};
use crate::widen::Words;

/// What is sent to the database in one step.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A statement.
    Sql(String),
    /// What a column accepts, which each database changes in its own way.
    Words(Words),
}

/// Where it shows that a step was made. Only MariaDB is asked: it alone ends a transaction with each change of the schema.
#[derive(Debug, Clone)]
pub(crate) enum Shows {
    /// Nowhere: rows change together with the journal.
    Rows,
    /// By a table.
    Table(String),
    /// By a column of a table.
    Column(&'static str, String),
    /// By an index of a table.
    Index(&'static str, &'static str),
    /// By what a column accepts.
    Words(Words),
}

/// One statement.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub act: Act,
    pub shows: Shows,
    /// Whether what shows it is there afterwards, or gone.
    pub there: bool,
}

impl Step {
    /// What it does, in words that are the same each time.
    pub fn text(&self) -> String {
        match &self.act {
            Act::Sql(sql) => sql.clone(),
            Act::Words(words) => words.text(),
        }
    }
}

/// A question whose answer must be zero before anything is touched.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub question: String,
    pub why: &'static str,
}

/// The steps of one migration in one direction.
#[derive(Debug, Clone)]
pub struct Plan {
    backend: DbBackend,
    pub(crate) guards: Vec<Guard>,
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Self {
            backend,
            guards: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// For which kind of database.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Refuses, before anything is touched, while the count of such rows is not zero.
    pub fn unless(&mut self, question: impl Into<String>, why: &'static str) {
        let question = question.into();
        self.guards.push(Guard { question, why });
    }

    /// Creates a table with its indexes.
    pub fn create(&mut self, table: &Table) {
        self.push(
            table.statement(self.backend),
            Shows::Table(table.name_of().to_owned()),
            true,
        );
        for (index, columns) in table.indexes() {
            self.index(index, table.name_of(), columns);
        }
    }

    /// Drops tables, in this order.
    pub fn drop_tables<T: AsRef<str>>(&mut self, tables: &[T]) {
        for table in tables {
            let sql = format!("DROP TABLE {}", self.quoted(table.as_ref()));
            self.push(sql, Shows::Table(table.as_ref().to_owned()), false);
        }
    }

    /// Gives a table another name; whoever refers to it follows.
    pub fn rename(&mut self, table: &str, to: &str) {
        let sql = format!("ALTER TABLE {} RENAME TO {}", self.quoted(table), self.quoted(to));
        self.push(sql, Shows::Table(to.to_owned()), true);
    }

    /// Adds columns: in one statement, where the database can.
    pub fn add_columns(&mut self, columns: &Columns) {
        for (sql, column) in columns.additions(self.backend) {
            self.push(sql, Shows::Column(columns.table(), column), true);
        }
    }

    /// Takes columns away again, the last first.
    pub fn drop_columns(&mut self, columns: &Columns) {
        for (sql, column) in columns.removals(self.backend) {
            self.push(sql, Shows::Column(columns.table(), column), false);
        }
    }

    /// A statement after which a column is there, or not any more.
    pub fn column(&mut self, sql: &str, table: &'static str, column: &str, there: bool) {
        self.push(sql.to_owned(), Shows::Column(table, column.to_owned()), there);
    }

    /// Creates an index on these columns.
    pub fn index(&mut self, index: &'static str, table: &'static str, columns: &str) {
        self.index_where(index, table, columns, "");
    }

    /// Creates an index on some rows: on all of them where the condition is empty.
    pub fn index_where(&mut self, index: &'static str, table: &'static str, columns: &str, condition: &str) {
        let sql = format!("CREATE INDEX {index} ON {} ({columns}){condition}", self.quoted(table));
        self.push(sql, Shows::Index(table, index), true);
    }

    /// Drops an index of a table.
    pub fn drop_index(&mut self, index: &'static str, table: &'static str) {
        let sql = match self.backend {
            DbBackend::MySql => format!("DROP INDEX {index} ON {}", self.quoted(table)),
            _ => format!("DROP INDEX {index}"),
        };
        self.push(sql, Shows::Index(table, index), false);
    }

    /// Adds or changes rows, and nothing of the schema.
    pub fn rows(&mut self, sql: impl Into<String>) {
        self.push(sql.into(), Shows::Rows, true);
    }

    /// Changes what a column accepts.
    pub fn words(&mut self, words: Words) {
        self.unless(words.unfit(self.backend), "rows hold a name that is not to be accepted");
        self.steps.push(Step {
            act: Act::Words(words),
            shows: Shows::Words(words),
            there: true,
        });
    }

    /// On PostgreSQL alone, where all steps are one transaction.
    pub fn on_postgres(&mut self, statements: &[&str]) {
        if self.backend == DbBackend::Postgres {
            statements.iter().for_each(|statement| self.rows(*statement));
        }
    }

    /// A table's name as an identifier.
    pub fn quoted(&self, table: &str) -> String {
        quoted(table, self.backend)
    }

    fn push(&mut self, sql: String, shows: Shows, there: bool) {
        let act = Act::Sql(sql);
        self.steps.push(Step { act, shows, there });
    }
}
