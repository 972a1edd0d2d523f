//! Creates users, their power rates and their accounts at venues.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("app_user")
            .number("id")
            .name("name")
            .number("created_at")
            .key("id")
            .unique("name")
            .create(manager)
            .await?;
        // The user is zero where the rate is everyone's.
        Table::new("power_rate")
            .number("user_id")
            .fixed("rate")
            .number("effective_from")
            .key("user_id, effective_from")
            .check("rate BETWEEN 0 AND 10000000000")
            .create(manager)
            .await?;
        Table::new("venue_account")
            .number("id")
            .number("user_id")
            .name("venue")
            .name("label")
            .word("mode", &["one_way", "hedge"])
            .number("created_at")
            .key("id")
            .unique("venue, label")
            .references("user_id", "app_user", "id")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["venue_account", "power_rate", "app_user"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
