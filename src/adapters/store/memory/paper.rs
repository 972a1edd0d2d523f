//! The paper venue's rows.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::id::VenueAccountId;

use super::MemoryStore;
use crate::ports::store::{PaperRow, PaperVault, StoreError};

#[async_trait]
impl PaperVault for MemoryStore {
    async fn load(&self) -> Result<Vec<PaperRow>, StoreError> {
        self.see(|state| Ok(state.paper.values().cloned().collect())).await
    }

    async fn fills(&self, account: VenueAccountId, after: i64, limit: u32) -> Result<Vec<PaperRow>, StoreError> {
        self.see(|state| {
            let fills = state.paper.values().filter(|row| row.table == "fill");
            let found: BTreeSet<(i64, &str)> = fills
                .filter(|row| row.account == account.0 && row.number > after)
                .map(|row| (row.number, row.key.as_str()))
                .collect();
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let rows = found.into_iter().take(limit);
            Ok(rows
                .filter_map(|(_, key)| state.paper.get(&("fill", key.to_owned())).cloned())
                .collect())
        })
        .await
    }

    async fn save(&self, rows: Vec<PaperRow>) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        {
            let mut state = self.lock();
            for row in rows {
                state.paper.insert((row.table, row.key.clone()), row);
            }
        }
        tokio::task::yield_now().await;
        Ok(())
    }
}
