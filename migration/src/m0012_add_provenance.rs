//! Adds what a position's profit was computed from, what the ledger settled on, and which positions are unsettled.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::columns::Columns;
use crate::table::quoted;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// The word in the rows that exist is set below; `unsettled` begins as one, because a settled position that the
/// sweep looks at is harmless, and an unsettled one that it overlooks is not.
fn columns() -> Columns {
    Columns::of("position")
        .word("profit_source", "'venue'", &["venue", "inferred", "imported"])
        .number("fill_count", "0")
        .check("fill_count >= 0")
        .number("income_count", "0")
        .check("income_count >= 0")
        .maybe_name("newest_fill")
        .maybe_number("newest_fill_at")
        .maybe_fixed("settled_profit")
        .number("corrections", "0")
        .check("corrections >= 0")
        .flag("unsettled", "1")
        .check("unsettled = 1 OR settlement <> 'pending'")
        .check("unsettled = 1 OR settlement NOT IN ('nothing_due', 'charged', 'owed') OR settled_profit = profit")
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let run = async |statement: String| manager.get_connection().execute_unprepared(&statement).await;
        columns().add(manager).await?;
        let income = quoted("income", backend);
        run(format!(
            "CREATE INDEX income_by_position ON {income} (position_id, at, seq)"
        ))
        .await?;
        run(filled_in(backend)).await?;
        let position = quoted("position", backend);
        // MariaDB has no partial indexes.
        run(match backend {
            DbBackend::MySql => format!("CREATE INDEX position_unsettled ON {position} (unsettled, id)"),
            _ => format!("CREATE INDEX position_unsettled ON {position} (id) WHERE unsettled = 1"),
        })
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (index, table) in [("position_unsettled", "position"), ("income_by_position", "income")] {
            let table = quoted(table, backend);
            let statement = match backend {
                DbBackend::MySql => format!("DROP INDEX {index} ON {table}"),
                _ => format!("DROP INDEX {index}"),
            };
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        columns().drop(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// What the rows that exist hold: fills and payments are counted; what was settled was settled on the stored profit;
/// of an external position nobody remembers whether some of it was only seen.
fn filled_in(backend: DbBackend) -> String {
    let (position, fill, income) = (
        quoted("position", backend),
        quoted("fill", backend),
        quoted("income", backend),
    );
    let newest = |column: &str| {
        format!(
            "(SELECT {fill}.{column} FROM {fill} WHERE {fill}.position_id = {position}.id \
             ORDER BY {fill}.at DESC, {fill}.seq DESC LIMIT 1)"
        )
    };
    format!(
        "UPDATE {position} SET \
         profit_source = CASE WHEN origin = 'external' THEN 'inferred' ELSE 'venue' END, \
         fill_count = (SELECT COUNT(*) FROM {fill} WHERE {fill}.position_id = {position}.id), \
         income_count = (SELECT COUNT(*) FROM {income} WHERE {income}.position_id = {position}.id), \
         newest_fill = {}, newest_fill_at = {}, \
         settled_profit = CASE WHEN {DECIDED} THEN profit END, \
         unsettled = CASE WHEN settlement = 'pending' THEN 1 ELSE 0 END",
        newest("venue_fill_id"),
        newest("at"),
    )
}

/// The ledger decided what was charged, owed or waived, and found nothing due where power was rounded away; a loss was
/// never brought before it.
const DECIDED: &str = "settlement IN ('charged', 'owed', 'waived') OR (settlement = 'nothing_due' AND profit > 0)";
