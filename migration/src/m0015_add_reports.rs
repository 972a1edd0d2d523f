//! Adds what reports are found by, and from where each line of the audit trail came.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// Orders of a day, and debts that ended since; each with its table and column. Closes are found by the index that
/// the alerts need.
const INDEXES: [(&str, &str, &str); 2] = [
    ("order_by_time", "trade_order", "created_at"),
    ("debt_by_end", "debt", "ended_at"),
];

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        // Absent in the lines that are there: what was recorded is not written again.
        plan.column("ALTER TABLE audit ADD COLUMN origin TEXT", "audit", "origin", true);
        for (name, table, column) in INDEXES {
            plan.index(name, table, column);
        }
    }

    fn down(&self, plan: &mut Plan) {
        for (name, table, _) in INDEXES {
            plan.drop_index(name, table);
        }
        plan.column("ALTER TABLE audit DROP COLUMN origin", "audit", "origin", false);
    }
}
