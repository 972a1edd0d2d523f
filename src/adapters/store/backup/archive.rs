//! The file of a backup: lines of JSON under gzip, each table with its count and digest, the whole with its SHA-256.
//!
//! The first line says what it is. Each table begins with a line that names its columns, has a line (an array of
//! numbers, texts and nulls) per row, and ends with the number of rows and the sum of their SHA-256 modulo 2^256, which
//! does not depend on their order. The last line is the manifest.

mod read;
mod write;

use std::io;

use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use read::{ArchiveReader, Piece, verified};
pub use write::ArchiveWriter;

/// The form that this binary writes and reads.
const FORM: u32 = 1;

/// Why the file is not usable.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is there already, and is not overwritten.
    #[error("{0} exists already; nothing is overwritten")]
    Exists(String),
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no backup, or not of a form that this binary reads.
    #[error("it is no backup that this binary reads")]
    Form,
    /// A line cannot be understood.
    #[error("line {0} cannot be understood")]
    Line(u64),
    /// It was cut off.
    #[error("it ends before its manifest")]
    Cut,
    /// It is not what was written.
    #[error("{0} does not agree with its checksum: the file was damaged or changed")]
    Damaged(String),
}

/// A value in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Absent.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the file.
    pub bursar_backup: u32,
    /// Version of the binary that wrote it.
    pub version: String,
    /// What kind of database it was read from.
    pub backend: String,
    /// When.
    pub at: Timestamp,
    /// The schema's version: every migration that was applied, in order.
    pub migrations: Vec<String>,
}

impl Header {
    /// A header of the form that this binary writes.
    pub fn new(backend: &str, at: Timestamp, migrations: Vec<String>) -> Self {
        Self {
            bursar_backup: FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            backend: backend.to_owned(),
            at,
            migrations,
        }
    }
}

/// A table's rows, counted and digested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Σ of their SHA-256 modulo 2^256, as hex.
    pub digest: String,
}

/// The end of the ledger's chain in the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedHead {
    /// The last entry; zero where there is none.
    pub seq: i64,
    /// Its digest.
    pub digest: String,
}

/// The last line: what a whole backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub at: Timestamp,
    /// The end of the ledger's chain.
    pub head: ArchivedHead,
    /// The last migration that was applied.
    pub schema: String,
    /// All tables.
    pub tables: Vec<Counted>,
    /// SHA-256 of every byte before this line, unpacked.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Table { name: String, columns: Vec<String> },
    End(Counted),
    Manifest(Manifest),
}

/// Rows being counted and digested.
#[derive(Debug, Default)]
pub struct Tally {
    rows: u64,
    sum: [u64; 4],
}

impl Tally {
    /// Takes a row's line.
    pub fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        let digest = Sha256::digest(line);
        let mut carry = false;
        for (word, bytes) in self.sum.iter_mut().zip(digest.chunks_exact(8)) {
            let number = bytes
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | u64::from(*byte));
            let (sum, first) = word.overflowing_add(number);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
    }

    /// What was taken so far.
    pub fn counted(&self, name: &str) -> Counted {
        Counted {
            name: name.to_owned(),
            rows: self.rows,
            digest: self.sum.iter().map(|word| format!("{word:016x}")).collect(),
        }
    }
}

/// A row as its line, without the line's end.
pub fn line_of(row: &[Cell]) -> io::Result<Vec<u8>> {
    serde_json::to_vec(row).map_err(io::Error::other)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
