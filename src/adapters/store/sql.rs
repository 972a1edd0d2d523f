//! The SQL store: one connection that writes in groups, and a pool that reads.

mod apply;
mod ids;
mod ledger_write;
mod paper;
mod port;
mod read;
mod readers;
mod rows;
mod tx;
mod writer;

use std::sync::Arc;

use tokio::sync::watch;

use self::ids::Blocks;
use self::readers::Readers;
use self::writer::{Queue, Writer};
use super::connect::{StoreOptions, Use, connect};
use super::schema;
use crate::ports::store::StoreError;

/// A store in SQLite, PostgreSQL or MariaDB/MySQL. Cheap to clone; all clones share connections and queue.
#[derive(Debug, Clone)]
pub struct SqlStore {
    queue: Queue,
    readers: Readers,
    blocks: Arc<Blocks>,
}

impl SqlStore {
    /// Opens a store whose schema is exactly the one that this binary knows.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let unavailable = |error: schema::SchemaError| StoreError::Unavailable(Box::new(error));
        let writing = connect(&options, Use::Write)
            .await
            .map_err(|error| unavailable(error.into()))?;
        schema::check(&writing).await.map_err(unavailable)?;
        let reading = connect(&options, Use::Read)
            .await
            .map_err(|error| unavailable(error.into()))?;
        Ok(Self {
            queue: Writer::start(writing, &options),
            readers: Readers::new(reading, options.acquire_deadline + options.statement_deadline),
            blocks: Arc::new(Blocks::default()),
        })
    }

    /// Becomes true when the disk failed during a commit. Nothing is written any more: only a restart can tell what is on
    /// the disk, so the process should end.
    pub fn disk_failed(&self) -> watch::Receiver<bool> {
        self.queue.disk_failed()
    }

    /// Writes what waits, then closes all connections. Whoever asks later is told that the store is closed.
    pub async fn close(&self) {
        self.queue.close().await;
        self.readers.close().await;
    }
}
