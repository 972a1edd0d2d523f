//! Adds what reports are found by, and from where each line of the audit trail came.

use sea_orm_migration::prelude::*;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// Orders of a day, and debts that ended since; each with its table and column. Closes are found by the index that
/// the alerts need.
const INDEXES: [(&str, &str, &str); 2] = [
    ("order_by_time", "trade_order", "created_at"),
    ("debt_by_end", "debt", "ended_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        // Absent in the lines that are there: what was recorded is not written again.
        connection
            .execute_unprepared("ALTER TABLE audit ADD COLUMN origin TEXT")
            .await?;
        for (name, table, column) in INDEXES {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            manager
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        let connection = manager.get_connection();
        connection
            .execute_unprepared("ALTER TABLE audit DROP COLUMN origin")
            .await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
