//! Creates fills, funding payments and the cursors up to which they were read.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("fill")
            .counter("seq")
            .number("account_id")
            .name("venue_fill_id")
            .maybe_number("order_id")
            .maybe_number("position_id")
            .name("venue_order_id")
            .maybe_name("client_id")
            .name("symbol")
            .word("action", &["buy", "sell"])
            .word("position_side", &["long", "short"])
            .flag("reducing")
            .fixed("quantity")
            .fixed("price")
            .fixed("fee")
            .fixed("realised")
            .word("cause", &["order", "liquidation", "venue"])
            .number("at")
            .unique("account_id, venue_fill_id")
            .references("account_id", "venue_account", "id")
            .index("fill_by_position", "position_id, at, seq")
            .create(manager)
            .await?;
        Table::new("income")
            .counter("seq")
            .number("account_id")
            .name("venue_income_id")
            .maybe_number("position_id")
            .name("symbol")
            .maybe_word("position_side", &["long", "short"])
            .fixed("amount")
            .number("at")
            .unique("account_id, venue_income_id")
            .references("account_id", "venue_account", "id")
            .create(manager)
            .await?;
        Table::new("sync_cursor")
            .number("account_id")
            .text("history_cursor")
            .key("account_id")
            .references("account_id", "venue_account", "id")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["sync_cursor", "income", "fill"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
