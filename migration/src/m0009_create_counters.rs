//! Creates the blocks that ids are handed out from, and the installation's tag.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("id_block")
            .name("kind")
            .number("next_id")
            .key("kind")
            .check("next_id > 0")
            .create(manager)
            .await?;
        Table::new("installation")
            .number("id")
            .name("tag")
            .key("id")
            .check("id = 1")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["installation", "id_block"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
