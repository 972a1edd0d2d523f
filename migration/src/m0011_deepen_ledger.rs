//! Rebuilds the ledger's tables for holds, corrections and imports, with digests as bytes.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::DeriveMigrationName;

use crate::m0006_create_ledger as before;
use crate::m0007_create_debts as debts_before;
use crate::plan::Plan;
use crate::rebuild::{Rebuilt, drop_indexes, rebuild};
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// What an account may be since then.
pub(crate) const ACCOUNTS: &[&str] = &[
    "user_power",
    "user_gift_power",
    "user_wallet",
    "user_hold",
    "user_debt",
    "issuance",
    "platform_revenue",
    "debt_clearing",
    "adjustment",
    "import_equity",
];

/// What an entry may be since then.
pub(crate) const ENTRIES: &[&str] = &[
    "recharge",
    "withdraw",
    "power_settle",
    "power_correct",
    "debt_collect",
    "debt_waive",
    "power_hold",
    "hold_release",
    "adjust",
    "transfer",
    "refund",
    "import",
];

/// Indexes whose names the new tables take over.
const INDEXES: [(&str, &str); 2] = [("posting_by_account", "posting"), ("debt_by_user", "debt")];

/// Rows that the tables before cannot hold.
const UNFIT: [&str; 3] = [
    "SELECT COUNT(*) FROM ledger_account WHERE kind IN ('user_hold', 'adjustment', 'import_equity')",
    "SELECT COUNT(*) FROM entry WHERE kind NOT IN ('recharge', 'withdraw', 'power_settle', 'debt_collect')",
    "SELECT COUNT(*) FROM debt WHERE correction > 0 OR (ended_entry IS NOT NULL AND state <> 'repaid')",
];

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        drop_indexes(plan, &INDEXES);
        rebuild(plan, &forth(plan.backend()));
        holds().create(plan);
    }

    /// Fails, and changes nothing, while there are rows that the tables before cannot hold.
    fn down(&self, plan: &mut Plan) {
        for question in UNFIT {
            plan.unless(question, "there are rows that the tables before cannot hold");
        }
        plan.drop_tables(&["hold"]);
        drop_indexes(plan, &INDEXES);
        rebuild(plan, &back(plan.backend()));
    }
}

/// Accounts and entries first: postings and debts refer to them.
fn forth(backend: DbBackend) -> Vec<Rebuilt> {
    let bytes = |column: &str| match backend {
        DbBackend::Postgres => format!("decode({column}, 'hex')"),
        _ => format!("unhex({column})"),
    };
    vec![
        Rebuilt::new(accounts(), "id, kind, owner, asset, balance, lowest"),
        Rebuilt::new(entries(), "seq, entry_key, kind, at, reference, remark, asked_by")
            .and("previous", &bytes("previous"))
            .and("digest", &bytes("digest")),
        Rebuilt::new(
            postings(),
            "entry_seq, line, account_id, amount, balance_before, balance_after",
        ),
        Rebuilt::new(
            debts(),
            "id, user_id, position_id, owed, entry_seq, state, ended_at, reason, created_at",
        )
        .and("correction", "0")
        .and("ended_entry", "collected_entry"),
    ]
}

fn back(backend: DbBackend) -> Vec<Rebuilt> {
    let hex = |column: &str| match backend {
        DbBackend::Postgres => format!("encode({column}, 'hex')"),
        _ => format!("lower(hex({column}))"),
    };
    vec![
        Rebuilt::new(before::accounts(), "id, kind, owner, asset, balance, lowest"),
        Rebuilt::new(
            before::entries(),
            "seq, entry_key, kind, at, reference, remark, asked_by",
        )
        .and("previous", &hex("previous"))
        .and("digest", &hex("digest")),
        Rebuilt::new(
            before::postings(),
            "entry_seq, line, account_id, amount, balance_before, balance_after",
        ),
        Rebuilt::new(
            debts_before::debts(),
            "id, user_id, position_id, owed, entry_seq, state, ended_at, reason, created_at",
        )
        .and("collected_entry", "ended_entry"),
    ]
}

fn accounts() -> Table {
    Table::new("ledger_account")
        .number("id")
        .word("kind", ACCOUNTS)
        .number("owner")
        .name("asset")
        .fixed("balance")
        .fixed("lowest")
        .key("id")
        .unique("kind, owner, asset")
        .check("balance >= lowest")
        .check("kind NOT IN ('user_power', 'user_gift_power', 'user_wallet', 'user_hold', 'user_debt') OR lowest >= 0")
}

/// An entry's place is its key, so that the chain cannot fork: each place is taken once.
fn entries() -> Table {
    Table::new("entry")
        .number("seq")
        .name("entry_key")
        .word("kind", ENTRIES)
        .number("at")
        .text("reference")
        .text("remark")
        .maybe_text("asked_by")
        .digest("previous")
        .digest("digest")
        .key("seq")
        .unique("entry_key")
        .check("seq > 0")
}

fn postings() -> Table {
    Table::new("posting")
        .number("entry_seq")
        .number("line")
        .number("account_id")
        .fixed("amount")
        .fixed("balance_before")
        .fixed("balance_after")
        .key("entry_seq, line")
        .without_rowid()
        .references("entry_seq", "entry", "seq")
        .references("account_id", "ledger_account", "id")
        .check("balance_before + amount = balance_after")
        .index("posting_by_account", "account_id, entry_seq")
}

fn debts() -> Table {
    Table::new("debt")
        .number("id")
        .number("user_id")
        .number("position_id")
        .number("correction")
        .fixed("owed")
        .number("entry_seq")
        .word("state", &["owed", "repaid", "waived", "cancelled"])
        .maybe_number("ended_entry")
        .maybe_number("ended_at")
        .maybe_text("reason")
        .number("created_at")
        .key("id")
        .unique("position_id, correction")
        .references("user_id", "app_user", "id")
        .references("position_id", "position", "id")
        .references("entry_seq", "entry", "seq")
        .check("owed > 0")
        .check("correction >= 0")
        .check("(state = 'owed') = (ended_at IS NULL)")
        .check("(state = 'owed') = (ended_entry IS NULL)")
        .check("(state = 'waived') = (reason IS NOT NULL)")
        .index("debt_by_user", "user_id, state, id")
}

/// A hold is made before its position is on record.
fn holds() -> Table {
    Table::new("hold")
        .number("position_id")
        .number("user_id")
        .fixed("gift")
        .fixed("power")
        .number("entry_seq")
        .number("expires_at")
        .word("state", &["held", "posted", "voided", "expired"])
        .maybe_number("ended_entry")
        .maybe_number("ended_at")
        .number("created_at")
        .key("position_id")
        .references("user_id", "app_user", "id")
        .references("entry_seq", "entry", "seq")
        .check("gift >= 0 AND power >= 0 AND (gift > 0 OR power > 0)")
        .check("(state = 'held') = (ended_at IS NULL)")
        .check("(state = 'held') = (ended_entry IS NULL)")
        .index("hold_by_state", "state, position_id")
        .index("hold_by_user", "user_id, position_id")
}
