//! A small vault in memory that can be slow, fail, or leave its caller in doubt.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bursar::ports::store::{PaperRow, PaperVault, StoreError};
use domain::id::VenueAccountId;

/// How the next save goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Unavailable,
    InDoubtWritten,
    InDoubtNotWritten,
}

#[derive(Default)]
pub struct Vault(Mutex<Held>);

#[derive(Default)]
struct Held {
    rows: BTreeMap<(&'static str, String), PaperRow>,
    saves: usize,
    fate: Option<Fate>,
    slow: Duration,
}

impl Vault {
    pub fn next(&self, fate: Fate) {
        self.0.lock().unwrap().fate = Some(fate);
    }

    pub fn be_slow(&self, by: Duration) {
        self.0.lock().unwrap().slow = by;
    }

    pub fn saves(&self) -> usize {
        self.0.lock().unwrap().saves
    }

    pub fn count(&self, table: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .rows
            .keys()
            .filter(|(own, _)| *own == table)
            .count()
    }
}

fn trouble() -> Box<dyn std::error::Error + Send + Sync> {
    "as told".into()
}

#[async_trait]
impl PaperVault for Vault {
    async fn load(&self) -> Result<Vec<PaperRow>, StoreError> {
        let held = self.0.lock().unwrap();
        Ok(held.rows.values().filter(|row| row.live).cloned().collect())
    }

    async fn row(&self, table: &'static str, key: &str) -> Result<Option<PaperRow>, StoreError> {
        Ok(self.0.lock().unwrap().rows.get(&(table, key.to_owned())).cloned())
    }

    async fn rows_after(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PaperRow>, StoreError> {
        let held = self.0.lock().unwrap();
        let own = held
            .rows
            .values()
            .filter(|row| row.table == table && row.account == account.0);
        let mut later: Vec<PaperRow> = own.filter(|row| row.number > after).cloned().collect();
        later.sort_by_key(|row| row.number);
        later.truncate(usize::try_from(limit).unwrap());
        Ok(later)
    }

    async fn save(&self, rows: Vec<PaperRow>) -> Result<(), StoreError> {
        let slow = self.0.lock().unwrap().slow;
        if !slow.is_zero() {
            tokio::time::sleep(slow).await;
        }
        let mut held = self.0.lock().unwrap();
        held.saves += 1;
        let fate = held.fate.take();
        if !matches!(fate, Some(Fate::Unavailable | Fate::InDoubtNotWritten)) {
            for row in rows {
                held.rows.insert((row.table, row.key.clone()), row);
            }
        }
        match fate {
            None => Ok(()),
            Some(Fate::Unavailable) => Err(StoreError::Unavailable(trouble())),
            Some(Fate::InDoubtWritten | Fate::InDoubtNotWritten) => Err(StoreError::Ambiguous(trouble())),
        }
    }
}
