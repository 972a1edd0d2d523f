//! Creates debts of power, at most one per position.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        debts().create(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["debt"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

pub(crate) fn debts() -> Table {
    Table::new("debt")
        .number("id")
        .number("user_id")
        .number("position_id")
        .fixed("owed")
        .number("entry_seq")
        .word("state", &["owed", "repaid", "waived"])
        .maybe_number("collected_entry")
        .maybe_number("ended_at")
        .maybe_text("reason")
        .number("created_at")
        .key("id")
        .unique("position_id")
        .references("user_id", "app_user", "id")
        .references("position_id", "position", "id")
        .references("entry_seq", "entry", "seq")
        .check("owed > 0")
        .check("(state = 'owed') = (ended_at IS NULL)")
        .check("(state = 'repaid') = (collected_entry IS NOT NULL)")
        .check("(state = 'waived') = (reason IS NOT NULL)")
        .index("debt_by_user", "user_id, state, id")
}
