//! The ledger: its head, accounts, entries, refused keys and debts.

use std::collections::BTreeMap;

use domain::id::{DebtId, LedgerAccountId, UserId};
use domain::ledger::{Account, AccountKey, AccountKind, Asset, Debt, Entry, EntryKey, EntrySeq, Head, Refused};
use domain::page::Page;
use domain::time::Timestamp;
use entity::{debt, entry, entry_refusal, ledger_account, posting};
use sea_orm::sea_query::{SelectStatement, UnionType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::readers::Readers;
use super::super::rows::{Row, ledger as rows, read_all};
use super::KEYS;
use super::each::{USERS, all_of, limited, one_of_each};
use crate::ports::store::{EntryFilter, StoreError};

impl Readers {
    async fn last(&self) -> Result<Option<entry::Model>, StoreError> {
        let query = entry::Entity::find().order_by_desc(entry::Column::Seq);
        self.ask(query.one(self.connection())).await
    }

    pub async fn ledger_head(&self) -> Result<Head, StoreError> {
        let Some(last) = self.last().await? else {
            return Ok(Head::EMPTY);
        };
        let name = Row::new("entry", last.seq);
        Ok(Head {
            seq: EntrySeq(last.seq),
            digest: rows::digest(&name, "digest", &last.digest)?,
            at: Timestamp(last.at),
        })
    }

    pub async fn last_entry(&self) -> Result<EntrySeq, StoreError> {
        Ok(EntrySeq(self.last().await?.map_or(0, |last| last.seq)))
    }

    pub async fn accounts_by_key(&self, keys: &[AccountKey]) -> Result<Vec<Account>, StoreError> {
        use ledger_account::Column;
        let mut owners: BTreeMap<(AccountKind, &Asset), Vec<i64>> = BTreeMap::new();
        for key in keys {
            owners.entry((key.kind, &key.asset)).or_default().push(key.owner);
        }
        let mut models = Vec::new();
        for ((kind, asset), owners) in owners {
            for owners in owners.chunks(KEYS) {
                let of_kind = ledger_account::Entity::find()
                    .filter(Column::Kind.eq(kind.as_str()))
                    .filter(Column::Asset.eq(asset.as_str()));
                let backend = self.connection().get_database_backend();
                let query = one_of_each(backend, of_kind, Column::Owner, owners);
                let found = ledger_account::Model::find_by_statement(backend.build(&query)).all(self.connection());
                models.extend(self.ask(found).await?);
            }
        }
        models.sort_unstable_by_key(|model: &ledger_account::Model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, rows::account)
    }

    pub async fn accounts_by_id(&self, ids: &[LedgerAccountId]) -> Result<Vec<Account>, StoreError> {
        let mut models = Vec::new();
        for ids in ids.chunks(KEYS) {
            let query = ledger_account::Entity::find()
                .filter(ledger_account::Column::Id.is_in(ids.iter().map(|id| id.0)))
                .order_by_asc(ledger_account::Column::Id);
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        models.sort_unstable_by_key(|model: &ledger_account::Model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, rows::account)
    }

    pub async fn accounts(&self, page: Page) -> Result<Vec<Account>, StoreError> {
        let query = ledger_account::Entity::find()
            .filter(ledger_account::Column::Id.gt(page.after))
            .order_by_asc(ledger_account::Column::Id)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::account)
    }

    pub async fn entries_by_key(&self, keys: &[EntryKey]) -> Result<Vec<Entry>, StoreError> {
        let mut models = Vec::new();
        for keys in keys.chunks(KEYS) {
            let query = entry::Entity::find()
                .filter(entry::Column::EntryKey.is_in(keys.iter().map(EntryKey::as_str)))
                .order_by_asc(entry::Column::Seq);
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        self.with_postings(models).await
    }

    pub async fn entries(&self, filter: EntryFilter, page: Page) -> Result<Vec<Entry>, StoreError> {
        let end = filter.before.map_or(i64::MAX, |before| before.0);
        let query = match filter.account {
            None => entry::Entity::find()
                .filter(entry::Column::Seq.gt(page.after))
                .filter(entry::Column::Seq.lt(end)),
            Some(account) => {
                let seqs = posting::Entity::find()
                    .select_only()
                    .column(posting::Column::EntrySeq)
                    .distinct()
                    .filter(posting::Column::AccountId.eq(account.0))
                    .filter(posting::Column::EntrySeq.gt(page.after))
                    .filter(posting::Column::EntrySeq.lt(end))
                    .order_by_asc(posting::Column::EntrySeq)
                    .limit(u64::from(page.limit))
                    .into_tuple::<i64>();
                let seqs = self.ask(seqs.all(self.connection())).await?;
                entry::Entity::find().filter(entry::Column::Seq.is_in(seqs))
            }
        };
        let query = query.order_by_asc(entry::Column::Seq).limit(u64::from(page.limit));
        let models = self.ask(query.all(self.connection())).await?;
        self.with_postings(models).await
    }

    // Entries never change, so a second question sees the same ones.
    async fn with_postings(&self, models: Vec<entry::Model>) -> Result<Vec<Entry>, StoreError> {
        let mut postings = Vec::new();
        for models in models.chunks(KEYS) {
            let query = posting::Entity::find()
                .filter(posting::Column::EntrySeq.is_in(models.iter().map(|model| model.seq)))
                .order_by_asc(posting::Column::EntrySeq)
                .order_by_asc(posting::Column::Line);
            postings.extend(self.ask(query.all(self.connection())).await?);
        }
        rows::entries(models, postings)
    }

    pub async fn refused_keys(&self, keys: &[EntryKey]) -> Result<Vec<Refused>, StoreError> {
        let mut refused = Vec::new();
        for keys in keys.chunks(KEYS) {
            let query = entry_refusal::Entity::find()
                .filter(entry_refusal::Column::EntryKey.is_in(keys.iter().map(EntryKey::as_str)));
            let models = self.ask(query.all(self.connection())).await?;
            refused.extend(models.into_iter().map(rows::refused));
        }
        Ok(refused)
    }

    pub async fn open_debts(&self, users: &[UserId], each: u32) -> Result<Vec<Debt>, StoreError> {
        let mut models = Vec::new();
        for users in users.chunks(USERS) {
            let Some(query) = oldest_of_each(users, each) else {
                continue;
            };
            let statement = self.connection().get_database_backend().build(&query);
            let found = debt::Model::find_by_statement(statement).all(self.connection());
            models.extend(self.ask(found).await?);
        }
        models.sort_unstable_by_key(|model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, rows::debt)
    }

    pub async fn debts_by_id(&self, ids: &[DebtId]) -> Result<Vec<Debt>, StoreError> {
        let mut models = Vec::new();
        for ids in ids.chunks(KEYS) {
            let query = debt::Entity::find().filter(debt::Column::Id.is_in(ids.iter().map(|id| id.0)));
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        models.sort_unstable_by_key(|model: &debt::Model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, rows::debt)
    }

    pub async fn debts(&self, user: Option<UserId>, page: Page) -> Result<Vec<Debt>, StoreError> {
        let mut query = debt::Entity::find().filter(debt::Column::Id.gt(page.after));
        if let Some(user) = user {
            query = query.filter(debt::Column::UserId.eq(user.0));
        }
        let query = query.order_by_asc(debt::Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::debt)
    }
}

/// The oldest open debts of each of these users.
pub(super) fn oldest_of_each(users: &[UserId], each: u32) -> Option<SelectStatement> {
    all_of(users.iter().map(|user| oldest_of(*user, each)), UnionType::All)
}

/// One user's oldest open debts.
fn oldest_of(user: UserId, each: u32) -> SelectStatement {
    let columns: Vec<debt::Column> = debt::Column::iter().collect();
    let oldest = debt::Entity::find()
        .filter(debt::Column::UserId.eq(user.0))
        .filter(debt::Column::State.eq("owed"))
        .order_by_asc(debt::Column::Id)
        .limit(u64::from(each))
        .into_query();
    limited(oldest, &columns, format!("of_{}", user.0))
}
