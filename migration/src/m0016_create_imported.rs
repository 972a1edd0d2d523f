//! Creates the record of what was taken over from other platforms, and lets positions come from there.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;
use crate::widen::{Accepted, Words};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const BEFORE: &[&str] = &["robot", "external"];
const ADDED: &[&str] = &["imported"];

fn origins() -> Words {
    Words {
        table: "position",
        column: "origin",
        from: Accepted::of(&[BEFORE]),
        to: Accepted::of(&[BEFORE, ADDED]),
    }
}

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.words(origins());
        Table::new("imported")
            .name("source")
            .word("kind", &["user", "account", "order", "charge"])
            .name("legacy_id")
            .number("ours")
            .text("content")
            .key("source, kind, legacy_id")
            .create(plan);
    }

    /// Fails, and changes nothing, while there are imported positions: money tables are only added to.
    fn down(&self, plan: &mut Plan) {
        plan.words(origins().back());
        plan.drop_tables(&["imported"]);
    }
}
