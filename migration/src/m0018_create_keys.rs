//! Creates the keys of venue accounts, each sealed.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        // A key that was removed has no seals left: nothing is deleted, and nothing is left that could be opened.
        // What a venue does not tell of a key is absent: all of its rights, or the one to come from any address.
        Table::new("venue_key")
            .number("account_id")
            .number("format")
            .name("master")
            .maybe_text("data_key")
            .maybe_text("content")
            .name("fingerprint")
            .name("ending")
            .maybe_number("may_trade")
            .maybe_number("may_withdraw")
            .maybe_number("bound_to_addresses")
            .text("set_by")
            .number("set_at")
            .key("account_id")
            .references("account_id", "venue_account", "id")
            .check("(data_key IS NULL) = (content IS NULL)")
            .check("may_trade IN (0, 1)")
            .check("may_withdraw IN (0, 1)")
            .check("bound_to_addresses IN (0, 1)")
            .check("(may_trade IS NULL) = (may_withdraw IS NULL)")
            .check("may_trade IS NOT NULL OR bound_to_addresses IS NULL")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["venue_key"]);
    }
}
