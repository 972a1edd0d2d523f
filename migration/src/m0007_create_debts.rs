//! Creates debts of power, at most one per position.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        debts().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["debt"]);
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
