//! Creates what leaves by transactions of ours: payouts, and what was signed for them.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        payouts().create(plan);
        attempts().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["payout_attempt", "payout"]);
    }
}

fn payouts() -> Table {
    Table::new("payout")
        .number("id")
        .word("kind", &["mint", "refund", "proceeds", "remint"])
        .number("trigger_id")
        .number("subscription_id")
        .number("chain_id")
        .address("vault")
        .address("recipient")
        .name("raw_amount")
        .fixed("amount")
        .digest("contract_key")
        .number("attempts")
        .word("state", &["queued", "signed", "broadcast", "confirmed", "halted"])
        .maybe_number("nonce")
        .maybe_digest("tx")
        .maybe_number("block")
        .maybe_number("state_at")
        .maybe_text("reason")
        .maybe_text("note")
        .flag("live")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("id")
        .unique("trigger_id, kind")
        .unique("contract_key")
        .references("trigger_id", "chain_trigger", "id")
        .references("subscription_id", "chain_subscription", "id")
        .check("amount >= 0 AND attempts >= 0")
        .check("(state = 'confirmed') = (live = 0)")
        .check("state = 'halted' OR (state IN ('signed', 'broadcast')) = (nonce IS NOT NULL)")
        .check("(state IN ('broadcast', 'confirmed')) = (tx IS NOT NULL)")
        .check("(state = 'confirmed') = (block IS NOT NULL)")
        .check("(state IN ('broadcast', 'confirmed', 'halted')) = (state_at IS NOT NULL)")
        .check("(state = 'halted') = (reason IS NOT NULL)")
        .index("payout_live", "live, chain_id, id")
        .index("payout_by_subscription", "subscription_id, created_at")
}

/// Fees per gas have up to 39 digits: they are decimal text, as raw amounts are.
fn attempts() -> Table {
    Table::new("payout_attempt")
        .number("chain_id")
        .address("payer")
        .number("nonce")
        .number("number")
        .maybe_number("payout_id")
        .digest("hash")
        .bytes("content")
        .number("gas")
        .name("max_fee")
        .name("tip")
        .number("signed_at")
        .key("chain_id, payer, nonce, number")
        .without_rowid()
        .unique("hash")
        .references("payout_id", "payout", "id")
        .check("nonce >= 0 AND number > 0 AND gas >= 0")
        .index("payout_attempt_by_payout", "payout_id, nonce, number")
}
