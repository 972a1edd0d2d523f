//! Creates the ledger: accounts with floors, entries, postings and refused keys.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        accounts().create(plan);
        entries().create(plan);
        postings().create(plan);
        refusals().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["entry_refusal", "posting", "entry", "ledger_account"]);
    }
}

pub(crate) fn accounts() -> Table {
    Table::new("ledger_account")
        .number("id")
        .word(
            "kind",
            &[
                "user_power",
                "user_gift_power",
                "user_wallet",
                "user_debt",
                "issuance",
                "platform_revenue",
                "debt_clearing",
            ],
        )
        .number("owner")
        .name("asset")
        .fixed("balance")
        .fixed("lowest")
        .key("id")
        .unique("kind, owner, asset")
        .check("balance >= lowest")
        .check("kind NOT IN ('user_power', 'user_gift_power', 'user_wallet', 'user_debt') OR lowest >= 0")
}

pub(crate) fn entries() -> Table {
    Table::new("entry")
        .number("seq")
        .name("entry_key")
        .word("kind", &["recharge", "withdraw", "power_settle", "debt_collect"])
        .number("at")
        .text("reference")
        .text("remark")
        .maybe_text("asked_by")
        .name("previous")
        .name("digest")
        .key("seq")
        .unique("entry_key")
        .unique("previous")
        .check("seq > 0")
}

pub(crate) fn postings() -> Table {
    Table::new("posting")
        .number("entry_seq")
        .number("line")
        .number("account_id")
        .fixed("amount")
        .fixed("balance_before")
        .fixed("balance_after")
        .key("entry_seq, line")
        .references("entry_seq", "entry", "seq")
        .references("account_id", "ledger_account", "id")
        .check("balance_before + amount = balance_after")
        .index("posting_by_account", "account_id, entry_seq")
}

fn refusals() -> Table {
    Table::new("entry_refusal")
        .name("entry_key")
        .text("reason")
        .number("at")
        .key("entry_key")
}
