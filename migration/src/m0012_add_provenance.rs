//! Adds what a position's profit was computed from, what the ledger settled on, and which positions are unsettled.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::DeriveMigrationName;

use crate::columns::Columns;
use crate::plan::Plan;
use crate::run::Change;
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

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.add_columns(&columns());
        plan.index("income_by_position", "income", "position_id, at, seq");
        plan.rows(filled_in(plan.backend()));
        // MariaDB has no partial indexes.
        match plan.backend() {
            DbBackend::MySql => plan.index("position_unsettled", "position", "unsettled, id"),
            _ => plan.index_where("position_unsettled", "position", "id", " WHERE unsettled = 1"),
        }
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_index("position_unsettled", "position");
        plan.drop_index("income_by_position", "income");
        plan.drop_columns(&columns());
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
