//! Creates the orders to close all.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        // `open_key` is the scope while the order stands, so that one stands per scope.
        Table::new("close_all")
            .number("id")
            .name("scope")
            .flag("external")
            .word("state", &["closing", "flat", "called_off"])
            .text("said_by")
            .text("reason")
            .number("asked_at")
            .maybe_number("flat_at")
            .maybe_number("ended_at")
            .maybe_text("ended_by")
            .maybe_name("open_key")
            .number("version")
            .key("id")
            .unique("open_key")
            .check("(state = 'flat') = (flat_at IS NOT NULL)")
            .check("(ended_at IS NULL) = (open_key IS NOT NULL)")
            .check("(ended_at IS NULL) = (ended_by IS NULL)")
            .check("state <> 'called_off' OR ended_at IS NOT NULL")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["close_all"]);
    }
}
