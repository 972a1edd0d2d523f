//! Adds who acknowledged an alert, the messages about alerts that are to be delivered, and an index by time of close.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::columns::Columns;
use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// Who looks after an alert: all of it or nothing.
fn acknowledged() -> Columns {
    Columns::of("alert")
        .maybe_number("acknowledged_at")
        .maybe_text("acknowledged_by")
        .check("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)")
        .maybe_text("acknowledged_note")
        .check("(acknowledged_at IS NULL) = (acknowledged_note IS NULL)")
}

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.add_columns(&acknowledged());
        // Targets are stored by name: their addresses and tokens are secrets.
        Table::new("alert_delivery")
            .number("id")
            .number("alert_id")
            .name("target")
            .word("event", &["raised", "acknowledged", "resolved"])
            .word("severity", &["info", "warning", "critical"])
            .word("state", &["waiting", "delivered", "summarised", "given_up"])
            .maybe_number("next_at")
            .maybe_number("ended_at")
            .maybe_number("summary_id")
            .number("attempts")
            .number("covers")
            .maybe_text("error")
            .number("created_at")
            .number("version")
            .key("id")
            .unique("alert_id, target, event")
            .references("alert_id", "alert", "id")
            .check("(state = 'waiting') = (next_at IS NOT NULL)")
            .check("(state IN ('delivered', 'given_up')) = (ended_at IS NOT NULL)")
            .check("(state = 'summarised') = (summary_id IS NOT NULL)")
            .check("attempts >= 0 AND covers >= 0")
            .index("alert_delivery_by_state", "state, target, id")
            .create(plan);
        plan.index("position_by_close", "position", "closed_at, id");
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_index("position_by_close", "position");
        plan.drop_tables(&["alert_delivery"]);
        plan.drop_columns(&acknowledged());
    }
}
