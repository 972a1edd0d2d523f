//! Creates what operators see and do: pauses, alerts, tokens and the audit trail.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("pause")
            .name("scope")
            .flag("paused")
            .text("said_by")
            .text("reason")
            .number("at")
            .key("scope")
            .create(plan);
        // `open_key` is kind and subject while the alert is unresolved, so that it is raised once.
        Table::new("alert")
            .number("id")
            .name("kind")
            .name("subject")
            .text("message")
            .number("raised_at")
            .maybe_number("resolved_at")
            .maybe_name("open_key")
            .key("id")
            .unique("open_key")
            .check("(resolved_at IS NULL) = (open_key IS NOT NULL)")
            .create(plan);
        // `valid_name` is the name while the token is not revoked, so that a name is taken once.
        Table::new("access_token")
            .number("id")
            .name("name")
            .word("role", &["viewer", "operator", "admin"])
            .name("digest")
            .number("created_at")
            .maybe_number("revoked_at")
            .maybe_name("valid_name")
            .key("id")
            .unique("digest")
            .unique("valid_name")
            .check("(revoked_at IS NULL) = (valid_name IS NOT NULL)")
            .create(plan);
        Table::new("audit")
            .number("id")
            .number("at")
            .text("said_by")
            .text("action")
            .text("subject")
            .text("reason")
            .key("id")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["audit", "access_token", "alert", "pause"]);
    }
}
