//! What the venue's own records tell as a whole: which orders it accepted, and how far its time has come.

use std::collections::BTreeSet;

use domain::id::VenueAccountId;
use domain::paper::PaperOrder;
use domain::time::Timestamp;
use domain::venue::ClientOrderId;

use super::{PaperVenue, rows};
use crate::ports::store::{PaperVault, StoreError};

/// Rows per page.
const PAGE: u32 = 500;

impl PaperVenue {
    /// The sender's ids of all orders that the venue ever accepted from a sender.
    ///
    /// # Errors
    /// When its vault cannot be read.
    pub async fn accepted(&self) -> Result<BTreeSet<ClientOrderId>, StoreError> {
        let accounts: Vec<VenueAccountId> = {
            let book = self.shared.book();
            book.engine.accounts().map(|account| account.id).collect()
        };
        let mut accepted = BTreeSet::new();
        for account in accounts {
            self.accepted_on(account, &mut accepted).await?;
        }
        Ok(accepted)
    }

    async fn accepted_on(
        &self,
        account: VenueAccountId,
        accepted: &mut BTreeSet<ClientOrderId>,
    ) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let page = self.shared.vault.rows_after(rows::ORDER, account, after, PAGE).await?;
            for row in &page {
                let order: PaperOrder = rows::read(row)?;
                accepted.extend(order.client_id);
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.number,
                _ => return Ok(()),
            }
        }
    }

    /// The time of the last price on record; a clock that is not the machine's must not start before it.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn last_time(vault: &dyn PaperVault) -> Result<Option<Timestamp>, StoreError> {
        let stored = rows::read_all(vault.load().await?)?;
        Ok(stored
            .clocks
            .values()
            .filter_map(|clock| clock.last)
            .map(|(at, _)| at)
            .max())
    }
}
