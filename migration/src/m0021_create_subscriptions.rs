//! Creates what was read from chains: subscriptions, blocks and logs.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        subscriptions().create(plan);
        anchors().create(plan);
        logs().create(plan);
        // MariaDB has no partial indexes.
        match plan.backend() {
            DbBackend::MySql => plan.index("chain_log_malformed", "chain_log", "event, seq"),
            _ => plan.index_where("chain_log_malformed", "chain_log", "seq", " WHERE event IS NULL"),
        }
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["chain_log", "chain_anchor", "chain_subscription"]);
    }
}

/// Hashes and addresses are bytes everywhere: short, and nothing has two spellings.
fn subscriptions() -> Table {
    Table::new("chain_subscription")
        .number("id")
        .name("name")
        .number("chain_id")
        .address("contract")
        .number("start_block")
        .number("cursor_block")
        .maybe_digest("cursor_hash")
        .maybe_digest("genesis")
        .word("state", &["following", "halted"])
        .maybe_text("halted_reason")
        .maybe_number("halted_at")
        .number("reorgs")
        .number("late_logs")
        .number("malformed")
        .number("updated_at")
        .number("version")
        .key("id")
        .unique("name")
        .unique("chain_id, contract")
        .check("start_block >= 0 AND cursor_block >= start_block")
        .check("(state = 'halted') = (halted_at IS NOT NULL)")
        .check("(state = 'halted') = (halted_reason IS NOT NULL)")
        .check("reorgs >= 0 AND late_logs >= 0 AND malformed >= 0")
}

/// A ring: nothing is deleted, because the daemon's role may not. A block's slot is its number modulo the ring's length.
fn anchors() -> Table {
    Table::new("chain_anchor")
        .number("subscription_id")
        .number("slot")
        .number("number")
        .digest("hash")
        .flag("kept")
        .key("subscription_id, slot")
        .without_rowid()
        .references("subscription_id", "chain_subscription", "id")
        .check("number >= 0")
}

/// Raw amounts are decimal digits: they have up to 78 of them, and nothing is computed with them here.
fn logs() -> Table {
    Table::new("chain_log")
        .counter("seq")
        .number("subscription_id")
        .number("chain_id")
        .digest("tx")
        .number("log_index")
        .number("block")
        .digest("block_hash")
        .digest("parent_hash")
        .number("block_at")
        .address("address")
        .bytes("topics")
        .bytes("content")
        .maybe_word("event", &["deposit", "redeem"])
        .maybe_address("event_user")
        .maybe_name("event_raw")
        .maybe_text("problem")
        .maybe_number("trigger_id")
        .number("read_at")
        .flag("orphaned")
        .unique("chain_id, tx, log_index")
        .references("subscription_id", "chain_subscription", "id")
        .check("log_index >= 0 AND block >= 0")
        .check("length(topics) % 32 = 0")
        .check("(event IS NULL) = (problem IS NOT NULL)")
        .check("(event IS NULL) = (event_user IS NULL)")
        .check("(event IS NULL) = (event_raw IS NULL)")
        .check("(event IS NULL) = (trigger_id IS NULL)")
        .index("chain_log_by_block", "subscription_id, block, log_index")
}
