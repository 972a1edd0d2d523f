//! Creates orders.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        orders().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["trade_order"]);
    }
}

fn orders() -> Table {
    Table::new("trade_order")
        .number("id")
        .name("client_id")
        .maybe_name("venue_id")
        .number("position_id")
        .maybe_number("robot_id")
        .number("user_id")
        .number("account_id")
        .name("venue")
        .name("symbol")
        .word("action", &["buy", "sell"])
        .word("position_side", &["long", "short"])
        .word("purpose", &["open", "close"])
        .word("kind", &["market", "limit"])
        .maybe_fixed("limit_price")
        .fixed("quantity")
        .fixed("filled")
        .maybe_fixed("average_price")
        .number("leverage")
        .word("margin_mode", &["isolated", "cross"])
        .word(
            "state",
            &[
                "submitting",
                "in_doubt",
                "open",
                "partly_filled",
                "filled",
                "cancelled",
                "refused",
                "expired",
            ],
        )
        .maybe_text("reason")
        .flag("live")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("id")
        .unique("client_id")
        .unique("account_id, symbol, venue_id")
        .references("position_id", "position", "id")
        .check("(live = 1) = (state IN ('submitting', 'in_doubt', 'open', 'partly_filled'))")
        .check("(kind = 'limit') = (limit_price IS NOT NULL)")
        .check("state <> 'refused' OR reason IS NOT NULL")
        .check("filled BETWEEN 0 AND quantity")
        .index("order_live_by_account", "live, account_id")
        .index("order_by_position", "position_id")
        .index("order_by_robot", "robot_id, created_at")
        .index("order_by_user", "user_id, id")
}
