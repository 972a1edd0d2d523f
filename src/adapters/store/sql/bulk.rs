//! Many rows of several tables, written with few statements whose texts the driver has prepared before.
//!
//! Each database has its own way. PostgreSQL takes columns as arrays, and all tables in one statement. SQLite takes each
//! value as a parameter; a few rows of all tables go as one text, so that the thread that owns the connection is asked
//! once. MariaDB's inserts take parameters too, and its updates take rows as JSON. Where the number of rows is part of a
//! text, rows are cut so that few texts are enough.

mod cells;
mod text;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

pub use self::cells::Bulk;
pub use self::text::Update;
use super::super::failure::Failure;
use super::tx::Tx;

/// Rows per statement at most: with 31 columns below the parameters that any of the three takes (SQLite: 32,766).
const MOST: usize = 512;
/// Rows per statement at most where each column is an array.
const MOST_IN_ARRAYS: usize = 1_024;
/// Up to so many rows a statement has a text of its own; above, rows are cut into powers of two.
const FEW: usize = 16;
/// Up to so many rows of all tables go as one text to SQLite.
const AS_ONE: usize = 64;

/// What is done with rows.
#[derive(Debug, Clone, Copy)]
enum Act {
    Insert(&'static str),
    Update(&'static Update),
}

#[derive(Debug)]
struct Part {
    act: Act,
    rows: Bulk,
    label: &'static str,
}

/// Rows to insert and to update. No row of it may depend on another of the same batch, save by a foreign key.
#[derive(Debug)]
pub struct Batch<'a> {
    what: &'a str,
    parts: Vec<Part>,
}

impl<'a> Batch<'a> {
    /// Nothing yet; `what` begins the name of whatever is refused.
    pub fn new(what: &'a str) -> Self {
        Self {
            what,
            parts: Vec::new(),
        }
    }

    /// Inserts rows; refused when one of them exists or breaks a rule.
    pub fn insert(self, table: &'static str, rows: Bulk, label: &'static str) -> Self {
        self.part(Act::Insert(table), rows, label)
    }

    /// Updates rows; refused unless each is found as the update's guard says.
    pub fn update(self, update: &'static Update, rows: Bulk, label: &'static str) -> Self {
        self.part(Act::Update(update), rows, label)
    }

    fn part(mut self, act: Act, rows: Bulk, label: &'static str) -> Self {
        if rows.len() > 0 {
            self.parts.push(Part { act, rows, label });
        }
        self
    }

    /// Writes all of it, or says what was refused.
    pub async fn write(self, tx: &Tx<'_>) -> Result<(), Failure> {
        if self.parts.is_empty() {
            return Ok(());
        }
        let rows = || self.parts.iter().map(|part| part.rows.len());
        match tx.connection().get_database_backend() {
            DbBackend::Postgres if rows().all(|count| count <= MOST_IN_ARRAYS) => self.write_in_one_statement(tx).await,
            DbBackend::Sqlite if rows().sum::<usize>() <= AS_ONE => self.write_in_one_text(tx).await,
            _ => self.write_part_by_part(tx).await,
        }
    }

    /// PostgreSQL: one statement that answers how many rows each part found.
    async fn write_in_one_statement(mut self, tx: &Tx<'_>) -> Result<(), Failure> {
        let (mut texts, mut values, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for part in &mut self.parts {
            let count = part.rows.len();
            texts.push(part.text(DbBackend::Postgres, count, values.len()));
            values.extend(part.rows.take_arrays(count));
            counts.push(count);
        }
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, text::counted(&texts), values);
        let answer = tx.run(tx.connection().query_one_raw(statement), self.what).await?;
        for (place, (part, count)) in self.parts.iter().zip(counts).enumerate() {
            let found = answer.as_ref().and_then(|row| row.try_get_by_index::<i64>(place).ok());
            if found.map(usize::try_from) != Some(Ok(count)) {
                return Err(self.refused(part.label));
            }
        }
        Ok(())
    }

    /// SQLite: the statements after one another. Each part finds at most as many rows as it has, since its key is unique,
    /// so their sum is right only when each is.
    async fn write_in_one_text(mut self, tx: &Tx<'_>) -> Result<(), Failure> {
        let (mut texts, mut values, mut rows) = (Vec::new(), Vec::new(), 0);
        for part in &mut self.parts {
            let count = part.rows.len();
            rows += count;
            texts.push(part.text(DbBackend::Sqlite, count, 0));
            values.extend(part.rows.take_rows(count));
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, texts.join("; "), values);
        let done = tx.run(tx.connection().execute_raw(statement), self.what).await?;
        if usize::try_from(done.rows_affected()) == Ok(rows) {
            Ok(())
        } else {
            Err(Failure::Refused(self.what.to_owned()))
        }
    }

    async fn write_part_by_part(mut self, tx: &Tx<'_>) -> Result<(), Failure> {
        let mut parts = std::mem::take(&mut self.parts);
        for part in &mut parts {
            while part.rows.len() > 0 {
                self.write_cut(tx, part).await?;
            }
        }
        Ok(())
    }

    async fn write_cut(&self, tx: &Tx<'_>, part: &mut Part) -> Result<(), Failure> {
        let backend = tx.connection().get_database_backend();
        let (count, values) = match (backend, part.act) {
            (DbBackend::Postgres, _) => {
                let count = part.rows.len().min(MOST_IN_ARRAYS);
                (count, part.rows.take_arrays(count))
            }
            (DbBackend::MySql, Act::Update(_)) => {
                let count = part.rows.len().min(MOST_IN_ARRAYS);
                (count, vec![Value::from(part.rows.take_json(count))])
            }
            _ => {
                let count = cut(part.rows.len());
                (count, part.rows.take_rows(count))
            }
        };
        let statement = Statement::from_sql_and_values(backend, part.text(backend, count, 0), values);
        let done = tx.run(tx.connection().execute_raw(statement), self.what).await?;
        if usize::try_from(done.rows_affected()) == Ok(count) {
            Ok(())
        } else {
            Err(self.refused(part.label))
        }
    }

    fn refused(&self, label: &str) -> Failure {
        Failure::Refused(format!("{}: {label}", self.what))
    }
}

impl Part {
    fn text(&self, backend: DbBackend, count: usize, values_before: usize) -> String {
        let columns = self.rows.columns();
        match self.act {
            Act::Insert(table) => text::insert(backend, table, &columns, count, values_before),
            Act::Update(update) => text::update(backend, update, &columns, count, values_before),
        }
    }
}

/// How many rows the next statement takes where their number is part of its text.
fn cut(left: usize) -> usize {
    if left <= FEW {
        left
    } else {
        (1 << left.ilog2()).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_so_that_few_texts_are_enough() {
        let cuts = |mut left: usize| {
            std::iter::from_fn(|| {
                let count = cut(left);
                left -= count;
                (count > 0).then_some(count)
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(cuts(0), [0; 0]);
        assert_eq!(cuts(16), [16]);
        assert_eq!(cuts(17), [16, 1]);
        assert_eq!(cuts(200), [128, 64, 8]);
        assert_eq!(cuts(1_200), [512, 512, 128, 32, 16]);
    }
}
