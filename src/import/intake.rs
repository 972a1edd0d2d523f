//! The intake: tables come in row by row, wherever they are read from, and become what a plan is made of.

use std::collections::BTreeMap;

use domain::import::{File, Reading, Sheet, SheetError, Tables};
use serde::Serialize;

/// Columns that were named for fields, by table: field, then column.
pub type Named = BTreeMap<File, BTreeMap<String, String>>;

/// A table's columns from which nothing is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Which table.
    pub file: File,
    /// Their names.
    pub columns: Vec<String>,
}

/// Takes tables.
#[derive(Debug, Default)]
pub struct Intake {
    reading: Reading,
    named: Named,
    tables: Tables,
    unread: Vec<Unread>,
}

/// A table whose heading is known.
#[derive(Debug)]
pub struct Open {
    sheet: Sheet,
    width: usize,
}

impl Intake {
    /// Nothing taken yet.
    pub fn new(reading: Reading, named: Named) -> Self {
        Self {
            reading,
            named,
            ..Self::default()
        }
    }

    /// Begins a table with its heading.
    ///
    /// # Errors
    /// When a column that is needed is not there.
    pub fn open(&mut self, file: File, heading: &[&str]) -> Result<Open, SheetError> {
        let named = self.named.get(&file).cloned().unwrap_or_default();
        let sheet = Sheet::of(file, heading, &named)?;
        if !sheet.unread().is_empty() {
            self.unread.push(Unread {
                file,
                columns: sheet.unread().to_vec(),
            });
        }
        Ok(Open {
            sheet,
            width: heading.len(),
        })
    }

    /// Takes a row of a table.
    pub fn row(&mut self, open: &Open, line: u64, record: &[&str]) {
        self.tables.take(&open.sheet, line, record, open.width, &self.reading);
    }

    /// All rows, and the columns that were not read.
    pub fn end(self) -> (Tables, Vec<Unread>) {
        (self.tables, self.unread)
    }
}
