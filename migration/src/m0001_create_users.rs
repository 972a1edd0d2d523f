//! Creates users, their power rates and their accounts at venues.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("app_user")
            .number("id")
            .name("name")
            .number("created_at")
            .key("id")
            .unique("name")
            .create(plan);
        // The user is zero where the rate is everyone's.
        Table::new("power_rate")
            .number("user_id")
            .fixed("rate")
            .number("effective_from")
            .key("user_id, effective_from")
            .check("rate BETWEEN 0 AND 10000000000")
            .create(plan);
        Table::new("venue_account")
            .number("id")
            .number("user_id")
            .name("venue")
            .name("label")
            .word("mode", &["one_way", "hedge"])
            .number("created_at")
            .key("id")
            .unique("venue, label")
            .references("user_id", "app_user", "id")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["venue_account", "power_rate", "app_user"]);
    }
}
