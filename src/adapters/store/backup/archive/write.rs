//! Writing a backup: line by line into a draft, which gets its name when it is whole and on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{ArchiveError, ArchivedHead, Cell, Counted, Header, Manifest, Mark, Tally, hex, line_of};

/// A backup being written. It has its name only once it is whole.
pub struct ArchiveWriter {
    out: Option<GzEncoder<BufWriter<File>>>,
    path: PathBuf,
    draft: PathBuf,
    hash: Sha256,
    header: Header,
    open: Option<(String, Tally)>,
    tables: Vec<Counted>,
}

impl ArchiveWriter {
    /// Begins a file that only its owner may read.
    ///
    /// # Errors
    /// When it is there already, or cannot be written.
    pub fn create(path: &Path, header: Header) -> Result<Self, ArchiveError> {
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        for taken in [path, draft.as_path()] {
            if taken.try_exists()? {
                return Err(ArchiveError::Exists(taken.display().to_string()));
            }
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        let out = GzEncoder::new(BufWriter::with_capacity(1 << 16, file), Compression::fast());
        let mut writer = Self {
            out: Some(out),
            path: path.to_owned(),
            draft,
            hash: Sha256::new(),
            header: header.clone(),
            open: None,
            tables: Vec::new(),
        };
        writer.line(&serde_json::to_vec(&header).map_err(io::Error::other)?)?;
        Ok(writer)
    }

    /// Begins a table.
    pub fn table(&mut self, name: &str, columns: Vec<String>) -> io::Result<()> {
        self.open = Some((name.to_owned(), Tally::default()));
        let name = name.to_owned();
        self.mark(&Mark::Table { name, columns })
    }

    /// Writes a row of the table.
    pub fn row(&mut self, row: &[Cell]) -> io::Result<()> {
        let line = line_of(row)?;
        if let Some((_, tally)) = &mut self.open {
            tally.add(&line);
        }
        self.line(&line)
    }

    /// Ends the table.
    pub fn end(&mut self) -> io::Result<()> {
        let Some((name, tally)) = self.open.take() else {
            return Ok(());
        };
        let counted = tally.counted(&name);
        self.tables.push(counted.clone());
        self.mark(&Mark::End(counted))
    }

    /// Writes the manifest, brings all of it to the disk, and gives the file its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, head: ArchivedHead) -> io::Result<Manifest> {
        let manifest = Manifest {
            at: self.header.at,
            head,
            schema: self.header.migrations.last().cloned().unwrap_or_default(),
            tables: std::mem::take(&mut self.tables),
            sha256: hex(&self.hash.clone().finalize()),
        };
        self.mark(&Mark::Manifest(manifest.clone()))?;
        if let Some(out) = self.out.take() {
            let file = out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        fs::rename(&self.draft, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(manifest)
    }

    fn mark(&mut self, mark: &Mark) -> io::Result<()> {
        self.line(&serde_json::to_vec(mark).map_err(io::Error::other)?)
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        self.hash.update(line);
        self.hash.update(b"\n");
        out.write_all(line)?;
        out.write_all(b"\n")
    }
}

impl Drop for ArchiveWriter {
    fn drop(&mut self) {
        // One that is not whole is of no use; one that is has another name.
        if self.out.is_some()
            && let Err(error) = fs::remove_file(&self.draft)
        {
            tracing::debug!(%error, "could not remove {}", self.draft.display());
        }
    }
}
