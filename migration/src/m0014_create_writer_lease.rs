//! Creates the writer's lease: one row that says who may write, with the epoch that every commit proves.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The epoch rises with every writer; released_at is empty while its holder has not ended in order.
        Table::new("writer_lease")
            .number("id")
            .number("epoch")
            .word("errand", &["daemon", "command"])
            .text("host")
            .number("pid")
            .number("since")
            .maybe_number("released_at")
            .key("id")
            .check("id = 1")
            .check("epoch >= 0")
            .create(manager)
            .await?;
        let nobody = "INSERT INTO writer_lease (id, epoch, errand, host, pid, since, released_at) \
                      VALUES (1, 0, 'command', '', 0, 0, 0)";
        manager.get_connection().execute_unprepared(nobody).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["writer_lease"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
