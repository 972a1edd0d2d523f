//! The SQL store: one connection that writes in groups, and a pool that reads.

mod apply;
mod bulk;
mod chain_port;
mod chain_write;
mod ids;
mod job_port;
mod job_write;
mod key_write;
mod ledger_write;
mod paper;
mod payout_write;
mod pool_port;
mod pool_write;
mod port;
mod read;
mod readers;
mod room;
mod rows;
mod switch_write;
mod trigger_write;
mod tx;
mod writer;

use std::sync::Arc;

use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use self::ids::Blocks;
use self::readers::Readers;
use self::writer::{Queue, Writer};
use super::connect::{ConnectError, StoreOptions, Use, connect};
use super::failure::says_full_disk;
use super::lease::{Errand, Lease};
use super::schema::{self, SchemaError};
use crate::ports::store::StoreError;

pub(super) use self::chain_write::SLOTS;
pub(super) use self::tx::within;

/// A store in SQLite, PostgreSQL or MariaDB/MySQL. Cheap to clone; all clones share connections and queue.
#[derive(Debug, Clone)]
pub struct SqlStore {
    queue: Queue,
    readers: Readers,
    blocks: Arc<Blocks>,
    superseded: watch::Receiver<bool>,
    /// Whether the last write that knew found the disk full.
    full: Arc<watch::Sender<bool>>,
}

impl SqlStore {
    /// Opens a store whose schema is exactly the one that this binary knows. It becomes the writer with its first commit,
    /// and is refused then while another process is.
    ///
    /// # Errors
    /// When the database does not answer, or has another schema.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let unavailable = |error: SchemaError| StoreError::Unavailable(Box::new(error));
        let lease = Lease::new(&options, Errand::Command);
        let writing = connect(&options, Use::Write).await;
        let writing = writing.map_err(|error| unavailable(error.into()))?;
        schema::check(&writing).await.map_err(unavailable)?;
        let opened = Self::over(writing, lease, &options).await;
        opened.map_err(|error| unavailable(error.into()))
    }

    /// A store that writes over this connection, under this lease.
    pub(super) async fn over(
        writing: DatabaseConnection,
        lease: Lease,
        options: &StoreOptions,
    ) -> Result<Self, ConnectError> {
        let reading = connect(options, Use::Read).await?;
        Ok(Self {
            superseded: lease.superseded(),
            full: Arc::new(watch::channel(false).0),
            queue: Writer::start(writing, lease, options),
            readers: Readers::new(reading, options.acquire_deadline + options.statement_deadline),
            blocks: Arc::new(Blocks::default()),
        })
    }

    /// Becomes true when another process took over as the writer. Nothing is written any more, so the process should end.
    pub fn superseded(&self) -> watch::Receiver<bool> {
        self.superseded.clone()
    }

    /// Becomes true when the disk failed during a commit. Nothing is written any more: only a restart can tell what is on
    /// the disk, so the process should end.
    pub fn disk_failed(&self) -> watch::Receiver<bool> {
        self.queue.disk_failed()
    }

    /// True while the disk under the database has no room; nothing is written, and that cannot be put on record either.
    pub fn disk_full(&self) -> watch::Receiver<bool> {
        self.full.subscribe()
    }

    /// Takes note of whether a write found room.
    fn note_room<T>(&self, written: &Result<T, StoreError>) {
        let full = match written {
            Ok(_) => false,
            Err(error) if says_full_disk(error) => true,
            // Says nothing about the disk.
            Err(_) => return,
        };
        self.full
            .send_if_modified(|known| std::mem::replace(known, full) != full);
    }

    /// Writes what waits, then closes all connections. Whoever asks later is told that the store is closed.
    pub async fn close(&self) {
        self.queue.close().await;
        self.readers.close().await;
    }
}
