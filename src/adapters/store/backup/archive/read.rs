//! Reading a backup: piece by piece, each compared with what was counted and digested when it was written.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::{ArchiveError, Cell, Counted, FORM, Header, Manifest, Mark, Tally, hex};

/// Longest line that is read.
const LONGEST: u64 = 64 << 20;

/// What comes next in a backup.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A table begins.
    Table {
        /// Its name.
        name: String,
        /// Its columns, in the order of the rows' values.
        columns: Vec<String>,
    },
    /// A row of it.
    Row(Vec<Cell>),
    /// The table ended, and its rows are what was written.
    End,
    /// All ended, and is what was written.
    Manifest(Manifest),
}

/// A backup being read; what does not agree with its checksum is an error.
pub struct ArchiveReader {
    lines: BufReader<MultiGzDecoder<BufReader<File>>>,
    header: Header,
    hash: Sha256,
    number: u64,
    open: Option<(String, Tally)>,
    tables: Vec<Counted>,
}

impl fmt::Debug for ArchiveReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveReader")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

impl ArchiveReader {
    /// Opens a backup and reads its first line.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = BufReader::new(File::open(path)?);
        let mut lines = BufReader::new(MultiGzDecoder::new(file));
        let line = line(&mut lines)
            .map_err(|_| ArchiveError::Form)?
            .ok_or(ArchiveError::Form)?;
        let header: Header = serde_json::from_slice(&line).map_err(|_| ArchiveError::Form)?;
        if header.bursar_backup != FORM {
            return Err(ArchiveError::Form);
        }
        let mut reader = Self {
            lines,
            header,
            hash: Sha256::new(),
            number: 1,
            open: None,
            tables: Vec::new(),
        };
        reader.take(&line);
        Ok(reader)
    }

    /// The next piece; after the manifest there is none.
    ///
    /// # Errors
    /// When the file ends too soon, or is not what was written.
    pub fn piece(&mut self) -> Result<Piece, ArchiveError> {
        let line = match line(&mut self.lines) {
            Ok(Some(line)) => line,
            Ok(None) => return Err(ArchiveError::Cut),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(ArchiveError::Cut),
            Err(_) => return Err(ArchiveError::Damaged(format!("line {}", self.number + 1))),
        };
        self.number += 1;
        if line.first() == Some(&b'[') {
            let (_, tally) = self.open.as_mut().ok_or(ArchiveError::Line(self.number))?;
            tally.add(&line);
            self.take(&line);
            return serde_json::from_slice(&line)
                .map(Piece::Row)
                .map_err(|_| ArchiveError::Line(self.number));
        }
        match serde_json::from_slice(&line).map_err(|_| ArchiveError::Line(self.number))? {
            Mark::Table { name, columns } => {
                self.take(&line);
                self.open = Some((name.clone(), Tally::default()));
                Ok(Piece::Table { name, columns })
            }
            Mark::End(counted) => {
                self.take(&line);
                let (name, tally) = self.open.take().ok_or(ArchiveError::Line(self.number))?;
                if tally.counted(&name) != counted {
                    return Err(ArchiveError::Damaged(format!("table `{name}`")));
                }
                self.tables.push(counted);
                Ok(Piece::End)
            }
            Mark::Manifest(manifest) => self.end(manifest),
        }
    }

    fn end(&mut self, manifest: Manifest) -> Result<Piece, ArchiveError> {
        let whole = self.open.is_none() && manifest.tables == self.tables;
        if !whole || manifest.sha256 != hex(&self.hash.clone().finalize()) {
            return Err(ArchiveError::Damaged("the whole".to_owned()));
        }
        // Reading to the end makes gzip compare its own checksum.
        match line(&mut self.lines) {
            Ok(None) => Ok(Piece::Manifest(manifest)),
            Ok(Some(_)) | Err(_) => Err(ArchiveError::Damaged("what follows the manifest".to_owned())),
        }
    }

    fn take(&mut self, line: &[u8]) {
        self.hash.update(line);
        self.hash.update(b"\n");
    }
}

/// Reads a whole backup, and gives what it says of itself.
///
/// # Errors
/// When it is not what was written.
pub fn verified(path: &Path) -> Result<(Header, Manifest), ArchiveError> {
    let mut reader = ArchiveReader::open(path)?;
    loop {
        if let Piece::Manifest(manifest) = reader.piece()? {
            return Ok((reader.header, manifest));
        }
    }
}

/// The next line without its end; `None` at the end of the file.
fn line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    lines.take(LONGEST).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
