//! Creates the record of what was taken over from other platforms, and lets positions come from there.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};
use crate::widen::Words;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const BEFORE: &[&str] = &["robot", "external"];
const NOW: &[&str] = &["robot", "external", "imported"];

fn origins(from: &'static [&'static str], to: &'static [&'static str]) -> Words<'static> {
    Words {
        table: "position",
        column: "origin",
        from,
        to,
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        origins(BEFORE, NOW).change(manager).await?;
        Table::new("imported")
            .name("source")
            .word("kind", &["user", "account", "order", "charge"])
            .name("legacy_id")
            .number("ours")
            .text("content")
            .key("source, kind, legacy_id")
            .create(manager)
            .await
    }

    /// Fails, and changes nothing, while there are imported positions: money tables are only added to.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        origins(NOW, BEFORE).change(manager).await?;
        drop_all(manager, &["imported"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
