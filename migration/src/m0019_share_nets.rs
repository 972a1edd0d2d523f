//! Adds what positions carry of a net that they share at the venue, and whether an order was held to shrinking.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::columns::Columns;
use crate::plan::Plan;
use crate::run::Change;
use crate::table::quoted;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// No position that exists ever shared a net: one robot had a market of its account to itself.
fn carried() -> Columns {
    Columns::of("position").maybe_fixed("carry")
}

/// Until now every close was held to shrinking, and no open.
fn held() -> Columns {
    Columns::of("trade_order")
        .flag("reduce_only", "0")
        .check("reduce_only = 0 OR purpose = 'close'")
}

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.add_columns(&carried());
        plan.add_columns(&held());
        let orders = quoted("trade_order", plan.backend());
        plan.rows(format!("UPDATE {orders} SET reduce_only = 1 WHERE purpose = 'close'"));
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_columns(&held());
        plan.drop_columns(&carried());
    }
}
