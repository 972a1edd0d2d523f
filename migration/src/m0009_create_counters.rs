//! Creates the blocks that ids are handed out from, and the installation's tag.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("id_block")
            .name("kind")
            .number("next_id")
            .key("kind")
            .check("next_id > 0")
            .create(plan);
        Table::new("installation")
            .number("id")
            .name("tag")
            .key("id")
            .check("id = 1")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["installation", "id_block"]);
    }
}
