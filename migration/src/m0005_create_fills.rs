//! Creates fills, funding payments and the cursors up to which they were read.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        Table::new("fill")
            .counter("seq")
            .number("account_id")
            .name("venue_fill_id")
            .maybe_number("order_id")
            .maybe_number("position_id")
            .name("venue_order_id")
            .maybe_name("client_id")
            .name("symbol")
            .word("action", &["buy", "sell"])
            .word("position_side", &["long", "short"])
            .flag("reducing")
            .fixed("quantity")
            .fixed("price")
            .fixed("fee")
            .fixed("realised")
            .word("cause", &["order", "liquidation", "venue"])
            .number("at")
            .unique("account_id, venue_fill_id")
            .references("account_id", "venue_account", "id")
            .index("fill_by_position", "position_id, at, seq")
            .create(plan);
        Table::new("income")
            .counter("seq")
            .number("account_id")
            .name("venue_income_id")
            .maybe_number("position_id")
            .name("symbol")
            .maybe_word("position_side", &["long", "short"])
            .fixed("amount")
            .number("at")
            .unique("account_id, venue_income_id")
            .references("account_id", "venue_account", "id")
            .create(plan);
        Table::new("sync_cursor")
            .number("account_id")
            .text("history_cursor")
            .key("account_id")
            .references("account_id", "venue_account", "id")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["sync_cursor", "income", "fill"]);
    }
}
