//! Creates the rows of the paper venue.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("paper_row")
            .word("part", &["account", "position", "order", "fill", "income", "clock"])
            .number("account_id")
            .name("row_key")
            .number("number")
            .text("content")
            .flag("live")
            .key("part, row_key")
            .index("paper_row_live", "live, part")
            .index("paper_row_by_account", "part, account_id, number")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["paper_row"]);
    }
}
