//! The paper venue's rows.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::id::VenueAccountId;
use entity::paper_row::{self, Column};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::super::failure::Failure;
use super::SqlStore;
use super::rows::Row;
use super::tx::Tx;
use super::writer::Work;
use crate::ports::store::{PAPER_TABLES, PaperRow, PaperVault, StoreError};

/// Rows that are loaded at once.
const PAGE: u64 = 5_000;

#[async_trait]
impl PaperVault for SqlStore {
    async fn load(&self) -> Result<Vec<PaperRow>, StoreError> {
        let mut rows: Vec<PaperRow> = Vec::new();
        loop {
            let mut page = paper_row::Entity::find()
                .filter(Column::Live.eq(1))
                .order_by_asc(Column::Part)
                .order_by_asc(Column::RowKey)
                .limit(PAGE);
            if let Some(last) = rows.last() {
                page = page.filter(beyond(last));
            }
            let models = self.readers.ask(page.all(self.readers.connection())).await?;
            let count = models.len();
            for model in models {
                rows.push(read(model)?);
            }
            if u64::try_from(count).unwrap_or(PAGE) < PAGE {
                return Ok(rows);
            }
        }
    }

    async fn row(&self, table: &'static str, key: &str) -> Result<Option<PaperRow>, StoreError> {
        let row = paper_row::Entity::find_by_id((table.to_owned(), key.to_owned())).one(self.readers.connection());
        self.readers.ask(row).await?.map(read).transpose()
    }

    async fn rows_after(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PaperRow>, StoreError> {
        let query = paper_row::Entity::find()
            .filter(Column::Part.eq(table))
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::Number.gt(after))
            .order_by_asc(Column::Number)
            .limit(u64::from(limit));
        let models = self.readers.ask(query.all(self.readers.connection())).await?;
        models.into_iter().map(read).collect()
    }

    async fn save(&self, rows: Vec<PaperRow>) -> Result<(), StoreError> {
        self.queue.write(Work::Paper(rows)).await.map(|_| ())
    }
}

/// Inserts or replaces rows; of several with one key the last one counts.
pub async fn save(tx: &Tx<'_>, rows: &[PaperRow]) -> Result<(), Failure> {
    let last: BTreeMap<(&str, &str), &PaperRow> = rows.iter().map(|row| ((row.table, row.key.as_str()), row)).collect();
    let models = last.into_values().map(|row| {
        paper_row::Model {
            part: row.table.to_owned(),
            account_id: row.account,
            row_key: row.key.clone(),
            number: row.number,
            content: row.content.clone(),
            live: row.live.into(),
        }
        .into_active_model()
    });
    let replace = OnConflict::columns([Column::Part, Column::RowKey])
        .update_columns([Column::AccountId, Column::Number, Column::Content, Column::Live])
        .to_owned();
    tx.upsert(models.collect(), replace, "paper rows").await
}

fn beyond(last: &PaperRow) -> Condition {
    Condition::any().add(Column::Part.gt(last.table)).add(
        Condition::all()
            .add(Column::Part.eq(last.table))
            .add(Column::RowKey.gt(last.key.as_str())),
    )
}

fn read(row: paper_row::Model) -> Result<PaperRow, StoreError> {
    let name = Row::new("paper row", &row.row_key);
    let table = name.word("table", &row.part, |part| {
        PAPER_TABLES.into_iter().find(|known| *known == part)
    })?;
    Ok(PaperRow {
        table,
        account: row.account_id,
        key: row.row_key,
        number: row.number,
        content: row.content,
        live: row.live != 0,
    })
}
