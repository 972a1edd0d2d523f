//! Widening the list of names that a column accepts, without rebuilding a table that others refer to.

use sea_orm::{DbBackend, DbErr};

use crate::session::Session;
use crate::table::quoted;

/// Names that a column accepts.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    /// In the order in which they are listed: those of each migration after those of the one before.
    words: &'static [&'static [&'static str]],
    /// What must hold of a row besides; empty when nothing must.
    when: &'static str,
}

impl Accepted {
    /// These.
    pub const fn of(words: &'static [&'static [&'static str]]) -> Self {
        Self { words, when: "" }
    }

    /// Where besides this condition holds.
    #[must_use]
    pub const fn when(mut self, condition: &'static str) -> Self {
        self.when = condition;
        self
    }
}

/// A column that accepts only listed names.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What it accepts now.
    pub from: Accepted,
    /// What it is to accept.
    pub to: Accepted,
}

impl Words {
    /// The same in the other direction.
    #[must_use]
    pub const fn back(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            ..self
        }
    }

    /// What it changes, in words.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}.{} accepts {}",
            self.table,
            self.column,
            self.to.words.concat().join(", ")
        )
    }

    /// How many rows hold a name that is not to be accepted.
    pub(crate) fn unfit(&self, backend: DbBackend) -> String {
        let (table, rule) = (quoted(self.table, backend), self.rule(self.to));
        format!("SELECT COUNT(*) FROM {table} WHERE NOT ({rule})")
    }

    /// Changes the list. Fails, and changes nothing, when rows hold a name that is not to be accepted.
    pub(crate) async fn change(&self, session: &mut Session<'_>) -> Result<(), DbErr> {
        match session.backend() {
            DbBackend::Sqlite => self.on_sqlite(session).await,
            DbBackend::MySql => self.on_mysql(session).await,
            _ => self.on_postgres(session).await,
        }
    }

    /// Whether the column on MariaDB accepts what it is to accept, and nothing else.
    pub(crate) async fn accepted(&self, session: &Session<'_>) -> Result<bool, DbErr> {
        Ok(self.named(session, self.to).await?.is_some())
    }

    fn rule(&self, accepted: Accepted) -> String {
        let words: Vec<String> = accepted
            .words
            .iter()
            .copied()
            .flatten()
            .map(|word| format!("'{word}'"))
            .collect();
        let listed = format!("{} IN ({})", self.column, words.join(", "));
        match accepted.when {
            "" => listed,
            when => format!("{listed} AND {when}"),
        }
    }

    /// SQLite's own procedure for rules that do not touch the content: <https://www.sqlite.org/lang_altertable.html#otheralter>.
    async fn on_sqlite(&self, session: &mut Session<'_>) -> Result<(), DbErr> {
        let version = session
            .count("SELECT schema_version FROM pragma_schema_version")
            .await?;
        let literal = |text: String| text.replace('\'', "''");
        let (from, to) = (literal(self.rule(self.from)), literal(self.rule(self.to)));
        session.say("PRAGMA writable_schema = ON").await?;
        let changed = session
            .say(&format!(
                "UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') \
                 WHERE type = 'table' AND name = '{}' AND instr(sql, '{from}') > 0",
                self.table
            ))
            .await?;
        session.say(&format!("PRAGMA schema_version = {}", version + 1)).await?;
        session.say("PRAGMA writable_schema = RESET").await?;
        if changed == 1 { Ok(()) } else { Err(self.unexpected()) }
    }

    async fn on_postgres(&self, session: &mut Session<'_>) -> Result<(), DbErr> {
        let name = format!("{}_{}_check", self.table, self.column);
        let table = quoted(self.table, DbBackend::Postgres);
        // A number is behind its name when the table took the place of another one, whose rule had the name.
        let rules = format!(
            "SELECT conname::text FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'c' \
             AND (conname = '{name}' OR conname ~ '^{name}[0-9]+$')"
        );
        let [rule] = session.ask(&rules).await?.try_into().map_err(|_| self.unexpected())?;
        let rule: String = rule.try_get_by_index(0)?;
        let statement = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {rule}, ADD CONSTRAINT {name} CHECK ({})",
            self.rule(self.to)
        );
        session.say(&statement).await.map(drop)
    }

    async fn on_mysql(&self, session: &mut Session<'_>) -> Result<(), DbErr> {
        let Some(name) = self.named(session, self.from).await? else {
            return Err(self.unexpected());
        };
        let table = quoted(self.table, DbBackend::MySql);
        let statement = format!(
            "ALTER TABLE {table} DROP CONSTRAINT `{name}`, ADD CONSTRAINT `{}_{}_check` CHECK ({})",
            self.table,
            self.column,
            self.rule(self.to)
        );
        session.say(&statement).await.map(drop)
    }

    /// The name of the rule that accepts these words. MariaDB and MySQL name unnamed rules by number.
    async fn named(&self, session: &Session<'_>, accepted: Accepted) -> Result<Option<String>, DbErr> {
        let wanted = squeezed(&self.rule(accepted));
        let rules = format!(
            "SELECT CAST(rule.CONSTRAINT_NAME AS CHAR), CAST(rule.CHECK_CLAUSE AS CHAR) \
             FROM information_schema.CHECK_CONSTRAINTS rule \
             JOIN information_schema.TABLE_CONSTRAINTS of_table \
             ON of_table.CONSTRAINT_SCHEMA = rule.CONSTRAINT_SCHEMA AND of_table.CONSTRAINT_NAME = rule.CONSTRAINT_NAME \
             WHERE rule.CONSTRAINT_SCHEMA = DATABASE() AND of_table.TABLE_NAME = '{}'",
            self.table
        );
        for row in session.ask(&rules).await? {
            let clause: String = row.try_get_by_index(1)?;
            if squeezed(&clause) == wanted {
                return row.try_get_by_index(0).map(Some);
            }
        }
        Ok(None)
    }

    fn unexpected(&self) -> DbErr {
        DbErr::Custom(format!(
            "could not change what {}.{} accepts: its rule is not as expected",
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
