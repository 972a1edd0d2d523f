//! Widening the list of names that a column accepts, without rebuilding a table that others refer to.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_migration::prelude::*;

use crate::table::quoted;

/// A column that accepts only listed names.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// The names that it accepts now, in the order in which they were listed.
    pub from: &'a [&'static str],
    /// The names that it is to accept.
    pub to: &'a [&'static str],
}

impl Words<'_> {
    /// Changes the list. Fails, and changes nothing, when rows hold a name that is not to be accepted.
    pub async fn change(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Sqlite => self.on_sqlite(manager).await,
            DbBackend::MySql => self.on_mysql(manager).await,
            _ => self.on_postgres(manager).await,
        }
    }

    fn rule(&self, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        format!("{} IN ({})", self.column, words.join(", "))
    }

    /// SQLite's own procedure for rules that do not touch the content: <https://www.sqlite.org/lang_altertable.html#otheralter>.
    async fn on_sqlite(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let rule = self.rule(self.to);
        let unfit = format!("SELECT COUNT(*) AS unfit FROM {} WHERE NOT ({rule})", self.table);
        if self.number(connection, &unfit).await? > 0 {
            return Err(self.refused("rows hold a name that is not to be accepted"));
        }
        let version = self
            .number(connection, "SELECT schema_version AS unfit FROM pragma_schema_version")
            .await?;
        let literal = |text: String| text.replace('\'', "''");
        let (from, to) = (literal(self.rule(self.from)), literal(rule));
        connection.execute_unprepared("PRAGMA writable_schema = ON").await?;
        let changed = connection
            .execute_unprepared(&format!(
                "UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') \
                 WHERE type = 'table' AND name = '{}' AND instr(sql, '{from}') > 0",
                self.table
            ))
            .await?;
        connection
            .execute_unprepared(&format!("PRAGMA schema_version = {}", version + 1))
            .await?;
        connection.execute_unprepared("PRAGMA writable_schema = RESET").await?;
        if changed.rows_affected() == 1 {
            Ok(())
        } else {
            Err(self.refused("its rule is not as expected"))
        }
    }

    async fn on_postgres(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let name = format!("{}_{}_check", self.table, self.column);
        let table = quoted(self.table, DbBackend::Postgres);
        let statement = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({})",
            self.rule(self.to)
        );
        manager.get_connection().execute_unprepared(&statement).await?;
        Ok(())
    }

    /// MariaDB and MySQL name unnamed rules by number.
    async fn on_mysql(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let wanted = squeezed(&self.rule(self.from));
        let rules = format!(
            "SELECT CAST(rule.CONSTRAINT_NAME AS CHAR) AS name, CAST(rule.CHECK_CLAUSE AS CHAR) AS clause \
             FROM information_schema.CHECK_CONSTRAINTS rule \
             JOIN information_schema.TABLE_CONSTRAINTS of_table \
             ON of_table.CONSTRAINT_SCHEMA = rule.CONSTRAINT_SCHEMA AND of_table.CONSTRAINT_NAME = rule.CONSTRAINT_NAME \
             WHERE rule.CONSTRAINT_SCHEMA = DATABASE() AND of_table.TABLE_NAME = '{}'",
            self.table
        );
        let rows = connection
            .query_all_raw(Statement::from_string(DbBackend::MySql, rules))
            .await?;
        for row in rows {
            let clause: String = row.try_get("", "clause")?;
            if squeezed(&clause) != wanted {
                continue;
            }
            let name: String = row.try_get("", "name")?;
            let table = quoted(self.table, DbBackend::MySql);
            let statement = format!(
                "ALTER TABLE {table} DROP CONSTRAINT `{name}`, ADD CONSTRAINT `{}_{}_check` CHECK ({})",
                self.table,
                self.column,
                self.rule(self.to)
            );
            connection.execute_unprepared(&statement).await?;
            return Ok(());
        }
        Err(self.refused("its rule is not as expected"))
    }

    async fn number(&self, connection: &SchemaManagerConnection<'_>, question: &str) -> Result<i64, DbErr> {
        let row = connection
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, question.to_owned()))
            .await?;
        row.ok_or_else(|| self.refused("no answer"))?.try_get("", "unfit")
    }

    fn refused(&self, why: &str) -> DbErr {
        DbErr::Custom(format!(
            "could not change what {}.{} accepts: {why}",
            self.table, self.column
        ))
    }
}

/// A rule without what servers add to it when they store it.
fn squeezed(rule: &str) -> String {
    let rule = rule.replace("_utf8mb4", "");
    let kept = rule.chars().filter(|c| !c.is_whitespace() && !"`()\\".contains(*c));
    kept.flat_map(char::to_lowercase).collect()
}
