//! The paper venue's rows.

use std::ops::Bound;

use async_trait::async_trait;
use domain::id::VenueAccountId;

use super::MemoryStore;
use super::state::State;
use crate::ports::store::{PaperRow, PaperVault, StoreError};

#[async_trait]
impl PaperVault for MemoryStore {
    async fn load(&self) -> Result<Vec<PaperRow>, StoreError> {
        self.see(|state| {
            let live = state.paper_live.keys().filter_map(|key| state.paper.get(key));
            Ok(live.cloned().collect())
        })
        .await
    }

    async fn row(&self, table: &'static str, key: &str) -> Result<Option<PaperRow>, StoreError> {
        self.see(|state| Ok(state.paper.get(&(table, key.to_owned())).cloned()))
            .await
    }

    async fn rows_after(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PaperRow>, StoreError> {
        self.see(|state| {
            let beyond = (Bound::Excluded((table, account.0, after)), Bound::Unbounded);
            let numbers = state.paper_numbers.range(beyond);
            let of_account = numbers.take_while(|((part, owner, _), _)| *part == table && *owner == account.0);
            let keys = of_account.flat_map(|(_, keys)| keys.iter());
            let rows = keys.filter_map(|key| state.paper.get(&(table, key.clone())));
            Ok(rows
                .take(usize::try_from(limit).unwrap_or(usize::MAX))
                .cloned()
                .collect())
        })
        .await
    }

    async fn save(&self, rows: Vec<PaperRow>) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        {
            let mut state = self.lock();
            for row in rows {
                state.put_paper(row);
            }
        }
        tokio::task::yield_now().await;
        Ok(())
    }
}

impl State {
    fn put_paper(&mut self, row: PaperRow) {
        let key = (row.table, row.key.clone());
        if row.live {
            self.paper_live.insert(key.clone(), ());
        } else {
            self.paper_live.remove(&key);
        }
        let number = (row.table, row.account, row.number);
        self.paper_numbers.entry(number).or_default().insert(row.key.clone());
        let Some(before) = self.paper.insert(key, row) else {
            return;
        };
        let stale = (before.table, before.account, before.number);
        if stale != number
            && let Some(keys) = self.paper_numbers.get_mut(&stale)
        {
            keys.remove(&before.key);
        }
    }
}
