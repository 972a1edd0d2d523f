//! What statements are made of: a user's accounts, what one held before an entry, and where a time is in the ledger.

use domain::fixed::Amount;
use domain::id::{LedgerAccountId, UserId};
use domain::ledger::{Account, EntrySeq};
use domain::statement::of_users;
use domain::time::Timestamp;
use entity::{entry, ledger_account, posting};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{Row, ledger as rows, read_all};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn accounts_of(&self, user: UserId) -> Result<Vec<Account>, StoreError> {
        use ledger_account::Column;
        let query = ledger_account::Entity::find()
            .filter(Column::Kind.is_in(of_users().map(|kind| kind.as_str())))
            .filter(Column::Owner.eq(user.0))
            .order_by_asc(Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, rows::account)
    }

    pub async fn balance_before(&self, account: LedgerAccountId, seq: EntrySeq) -> Result<Amount, StoreError> {
        let query = posting::Entity::find()
            .filter(posting::Column::AccountId.eq(account.0))
            .filter(posting::Column::EntrySeq.lt(seq.0))
            .order_by_desc(posting::Column::EntrySeq)
            .order_by_desc(posting::Column::Line);
        let Some(last) = self.ask(query.one(self.connection())).await? else {
            return Ok(Amount::ZERO);
        };
        let name = Row::new("posting of entry", last.entry_seq);
        name.fixed("balance after", last.balance_after, Amount::from_units)
    }

    /// Halves the ledger until it is found: places and times ascend together, so no index on the time is needed.
    pub async fn first_entry_from(&self, at: Timestamp) -> Result<EntrySeq, StoreError> {
        let (mut first, mut end) = (1, self.last_entry().await?.0.saturating_add(1));
        while first < end {
            let middle = first + (end - first) / 2;
            match self.next_time(middle, end).await? {
                Some((seq, time)) if time < at.0 => first = seq + 1,
                Some(_) | None => end = middle,
            }
        }
        Ok(EntrySeq(end))
    }

    /// Place and time of the first entry from `seq` on and before `end`.
    async fn next_time(&self, seq: i64, end: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let query = entry::Entity::find()
            .select_only()
            .column(entry::Column::Seq)
            .column(entry::Column::At)
            .filter(entry::Column::Seq.gte(seq))
            .filter(entry::Column::Seq.lt(end))
            .order_by_asc(entry::Column::Seq)
            .limit(1)
            .into_tuple::<(i64, i64)>();
        self.ask(query.one(self.connection())).await
    }
}
