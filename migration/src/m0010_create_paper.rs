//! Creates the rows of the paper venue.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("paper_row")
            .word("part", &["account", "position", "order", "fill", "income", "clock"])
            .number("account_id")
            .name("row_key")
            .number("number")
            .text("content")
            .flag("live")
            .key("part, row_key")
            .index("paper_row_live", "live, part")
            .index("paper_row_by_account", "part, account_id, number")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["paper_row"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
