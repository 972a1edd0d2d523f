//! Creates robots.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("robot")
            .number("id")
            .number("user_id")
            .number("account_id")
            .name("symbol")
            .text("strategy")
            .word("risk", &["conservative", "balanced", "aggressive"])
            .fixed("stake")
            .number("leverage")
            .word("margin_mode", &["isolated", "cross"])
            .flag("auto_open")
            .flag("auto_close")
            .text("limits")
            .word("wanted", &["running", "stopped"])
            .maybe_number("run_started_at")
            .maybe_number("quarantined_at")
            .number("created_at")
            .number("updated_at")
            .number("version")
            .key("id")
            .references("user_id", "app_user", "id")
            .references("account_id", "venue_account", "id")
            .index("robot_by_account", "account_id")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["robot"]);
    }
}
