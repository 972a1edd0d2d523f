//! Creates positions, with the settlement of each beside it.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        let table = Table::new("position")
            .number("id")
            .maybe_number("robot_id")
            .number("user_id")
            .number("account_id")
            .name("venue")
            .name("symbol")
            .word("side", &["long", "short"])
            .word("origin", &["robot", "external"])
            .word("state", &["opening", "open", "closing", "closed", "abandoned"])
            .flag("live")
            .fixed("quantity")
            .fixed("entered")
            .fixed("entry_notional")
            .fixed("exit_notional")
            .fixed("realised")
            .fixed("fees")
            .fixed("funding")
            .number("leverage")
            .word("margin_mode", &["isolated", "cross"])
            .maybe_fixed("stop_loss")
            .maybe_fixed("arm")
            .maybe_fixed("give_back")
            .maybe_fixed("peak")
            .word("profit_basis", &["net", "gross"]);
        let table = settled(table)
            .maybe_number("opened_at")
            .maybe_number("closed_at")
            .maybe_name("close_reason")
            .maybe_fixed("profit")
            .number("created_at")
            .number("updated_at")
            .number("version");
        closed(table)
            .key("id")
            .references("user_id", "app_user", "id")
            .references("account_id", "venue_account", "id")
            .references("robot_id", "robot", "id")
            .index("position_by_settlement", "settlement, id, power_amount")
            .index("position_live_by_account", "live, account_id")
            .index("position_by_robot", "robot_id, live, closed_at")
            .index("position_by_user", "user_id, id")
            .create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["position"]);
    }
}

/// `power_consumed` is a projection of the settlement and cannot disagree with it.
fn settled(table: Table) -> Table {
    table
        .word(
            "settlement",
            &[
                "not_yet",
                "pending",
                "nothing_due",
                "exempt",
                "charged",
                "owed",
                "waived",
            ],
        )
        .flag("power_consumed")
        .maybe_fixed("power_amount")
        .maybe_fixed("power_rate")
        .maybe_number("settled_entry")
        .maybe_number("debt_id")
        .check("(settlement = 'charged') = (power_consumed = 1)")
        .check(
            "settlement NOT IN ('charged', 'owed', 'waived') OR (power_amount IS NOT NULL AND power_rate IS NOT NULL)",
        )
        .check("settlement <> 'charged' OR settled_entry IS NOT NULL")
        .check("settlement <> 'owed' OR debt_id IS NOT NULL")
}

/// A closed position without a close time would be invisible to whoever looks by time.
fn closed(table: Table) -> Table {
    table
        .check("(live = 1) = (state IN ('opening', 'open', 'closing'))")
        .check("state <> 'closed' OR (closed_at IS NOT NULL AND close_reason IS NOT NULL AND profit IS NOT NULL)")
        .check("state <> 'abandoned' OR closed_at IS NOT NULL")
        .check("state <> 'closing' OR close_reason IS NOT NULL")
        .check("(state = 'closed') = (settlement <> 'not_yet')")
        .check("quantity >= 0")
}
