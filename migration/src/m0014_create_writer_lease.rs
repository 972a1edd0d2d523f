//! Creates the writer's lease: one row that says who may write, with the epoch that every commit proves.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        // The epoch rises with every writer; released_at is empty while its holder has not ended in order.
        Table::new("writer_lease")
            .number("id")
            .number("epoch")
            .word("errand", &["daemon", "command"])
            .text("host")
            .number("pid")
            .number("since")
            .maybe_number("released_at")
            .key("id")
            .check("id = 1")
            .check("epoch >= 0")
            .create(plan);
        let nobody = "INSERT INTO writer_lease (id, epoch, errand, host, pid, since, released_at) \
                      VALUES (1, 0, 'command', '', 0, 0, 0)";
        plan.rows(nobody);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["writer_lease"]);
    }
}
