//! Creates what logs set off: triggers, their histories, and orders for them at stock venues.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        triggers().create(plan);
        moves().create(plan);
        orders().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["stock_order", "trigger_move", "chain_trigger"]);
    }
}

/// `trigger` is a word of SQL. The log is named as it was when it acted; where it is now is on the log.
fn triggers() -> Table {
    let table = Table::new("chain_trigger")
        .number("id")
        .number("chain_id")
        .digest("tx")
        .number("log_index")
        .number("subscription_id")
        .word("kind", &["deposit", "redeem"])
        .address("user_address")
        .name("symbol")
        .number("block")
        .digest("block_hash")
        .number("block_at")
        .name("raw_amount")
        .fixed("amount")
        .name("dust")
        .maybe_fixed("price")
        .maybe_number("price_at")
        .maybe_word("price_source", &["venue", "feed"])
        .fixed("filled")
        .fixed("money")
        .fixed("fee")
        .number("orders")
        .word(
            "state",
            &[
                "held",
                "ready",
                "ordering",
                "paying",
                "returning",
                "settled",
                "returned",
            ],
        )
        .maybe_number("order_id")
        .maybe_number("ended_at")
        .maybe_text("error")
        .maybe_number("next_at")
        .number("expires_at")
        .flag("live")
        .number("created_at")
        .number("updated_at")
        .number("version");
    ruled(table)
        .key("id")
        .unique("chain_id, tx, log_index")
        .references("subscription_id", "chain_subscription", "id")
        .index("chain_trigger_live", "live, subscription_id, state, next_at")
        .index("chain_trigger_by_subscription", "subscription_id, id")
        .index("chain_trigger_by_user", "user_address, id")
}

/// A trigger ends settled or returned: with something executed or with nothing (TRG-1).
fn ruled(table: Table) -> Table {
    table
        .check("log_index >= 0 AND block >= 0 AND orders >= 0")
        .check("amount >= 0 AND filled >= 0 AND money >= 0 AND fee >= 0")
        .check("(price IS NULL) = (price_at IS NULL)")
        .check("(price IS NULL) = (price_source IS NULL)")
        .check("(state = 'ordering') = (order_id IS NOT NULL)")
        .check("(state IN ('settled', 'returned')) = (ended_at IS NOT NULL)")
        .check("(state IN ('settled', 'returned')) = (live = 0)")
        .check("state NOT IN ('paying', 'settled') OR filled > 0")
        .check("state NOT IN ('returning', 'returned') OR filled = 0")
}

fn moves() -> Table {
    Table::new("trigger_move")
        .number("trigger_id")
        .number("number")
        .name("what")
        .text("note")
        .number("at")
        .maybe_text("said_by")
        .key("trigger_id, number")
        .without_rowid()
        .references("trigger_id", "chain_trigger", "id")
        .check("number > 0")
}

/// `open_trigger` is the trigger while the order has not ended, so that a trigger has one such order.
fn orders() -> Table {
    Table::new("stock_order")
        .number("id")
        .number("trigger_id")
        .name("venue")
        .name("mark")
        .maybe_name("venue_id")
        .name("symbol")
        .word("action", &["buy", "sell"])
        .fixed("quantity")
        .fixed("limit_price")
        .fixed("filled")
        .maybe_fixed("average_price")
        .fixed("fee")
        .word(
            "state",
            &[
                "submitting",
                "in_doubt",
                "open",
                "cancelling",
                "ended",
                "fill_cancelled",
            ],
        )
        .maybe_text("why")
        .maybe_number("since")
        .maybe_number("open_trigger")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("id")
        .unique("mark")
        .unique("venue, venue_id")
        .unique("open_trigger")
        .references("trigger_id", "chain_trigger", "id")
        .check("quantity > 0 AND filled BETWEEN 0 AND quantity")
        .check("(state IN ('in_doubt', 'ended')) = (why IS NOT NULL)")
        .check("(state = 'in_doubt') = (since IS NOT NULL)")
        .check("(state = 'ended') = (open_trigger IS NULL)")
        .check("open_trigger = trigger_id")
        .index("stock_order_by_trigger", "trigger_id, id")
}
