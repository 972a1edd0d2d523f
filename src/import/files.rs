//! CSV files with a heading: read line by line, so that a large file needs no more memory than its rows.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder, Trim};
use domain::import::{File, SheetError};

use crate::import::intake::Intake;

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It does not open, or ends in the middle.
    #[error("could not read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: csv::Error,
    },
    /// It does not open.
    #[error("could not open {}", path.display())]
    Closed {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Its heading lacks a column.
    #[error("{}: {source}", path.display())]
    Heading {
        /// Which.
        path: PathBuf,
        /// Why.
        source: SheetError,
    },
}

/// Takes a file in.
///
/// # Errors
/// When it cannot be read, or its heading lacks a column.
pub fn read(path: &Path, file: File, intake: &mut Intake) -> Result<(), FileError> {
    let opened = fs::File::open(path).map_err(|source| FileError::Closed {
        path: path.to_owned(),
        source,
    })?;
    take(opened, path, file, intake)
}

fn take(content: impl Read, path: &Path, file: File, intake: &mut Intake) -> Result<(), FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Rows may have any number of cells and any bytes: what is wrong with them is told with their line.
    let breaks = Breaks::default();
    let counted = Counted {
        content,
        at: 0,
        breaks: breaks.clone(),
    };
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(counted);
    let heading: Vec<String> = reader.byte_headers().map_err(unreadable)?.iter().map(text).collect();
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    let open = intake.open(file, &heading).map_err(|source| FileError::Heading {
        path: path.to_owned(),
        source,
    })?;
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, |position| breaks.line_of(position.byte()));
        let cells: Vec<String> = record.iter().map(text).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        intake.row(&open, line, &cells);
    }
    Ok(())
}

/// Where carriage returns and line feeds are, each with the line feeds up to it: the reader of records counts a line feed only when it goes on, so that
/// what it says of a record's line is too low after a blank line or a carriage return.
#[derive(Clone, Default)]
struct Breaks(Rc<RefCell<Vec<(u64, u64)>>>);

impl Breaks {
    /// The line, from 1, of the first record at or behind this place: line breaks before it are skipped.
    fn line_of(&self, mut place: u64) -> u64 {
        let breaks = self.0.borrow();
        let mut next = breaks.partition_point(|(at, _)| *at < place);
        while breaks.get(next).is_some_and(|(at, _)| *at == place) {
            (next, place) = (next + 1, place + 1);
        }
        let last = next.checked_sub(1).and_then(|last| breaks.get(last));
        last.map_or(1, |(_, feeds)| feeds + 1)
    }
}

/// Content that is read, with its line breaks noted.
struct Counted<R> {
    content: R,
    at: u64,
    breaks: Breaks,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        let mut breaks = self.breaks.0.borrow_mut();
        for (at, byte) in (self.at..).zip(read) {
            let before = breaks.last().map_or(0, |(_, feeds)| *feeds);
            match byte {
                b'\n' => breaks.push((at, before + 1)),
                b'\r' => breaks.push((at, before)),
                _ => {}
            }
        }
        self.at += count as u64;
        Ok(count)
    }
}

/// What is not UTF-8 becomes a sign that no field accepts.
fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallets(content: &[u8]) -> Result<Vec<String>, FileError> {
        let mut intake = Intake::default();
        take(content, Path::new("wallets.csv"), File::Wallets, &mut intake)?;
        let plan = domain::import::plan(intake.end().0, domain::time::Timestamp(0)).unwrap();
        let bad = plan
            .bad
            .iter()
            .map(|bad| format!("{} {}: {}", bad.line, bad.field, bad.reason));
        let good = plan.users.iter().map(|user| format!("{} ok", user.id));
        Ok(bad.chain(good).collect())
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let told = wallets(b"user_id,power,note\r\n1,1,\"two\nlines\"\r\n\r\n2,x,\r\n3,1\r\n").unwrap();
        let expected = [
            "5 power: must be a plain decimal number",
            "6 row: has 2 cells, the heading has 3",
            "1 ok",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_told_where_they_matter() {
        let told = wallets(b"user_id,power,name\n1,1,\xc0\xd6\n2\xff,1,a\n").unwrap();
        let rule = "must be 1 to 40 visible ASCII characters without spaces";
        assert_eq!(told, [format!("3 user_id: {rule}"), "1 ok".to_owned()]);
    }

    #[test]
    fn a_heading_that_lacks_a_column_is_told_with_the_file() {
        let error = wallets(b"user,power\n").unwrap_err().to_string();
        assert!(
            error.starts_with("wallets.csv: wallets: no column `user_id`"),
            "{error}"
        );
        assert!(wallets(b"").is_err());
    }
}
