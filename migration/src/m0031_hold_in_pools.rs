//! Lets the ledger hold what is in pools: their accounts, and the entries on them.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::widen::{Accepted, Words};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const ACCOUNTS_BEFORE: &[&str] = &[
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
    "chain_escrow",
    "chain_custody",
    "share_supply",
    "venue_clearing",
    "refund_reserve",
];
const ACCOUNTS: &[&str] = &[
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
    "chain_escrow",
    "chain_custody",
    "share_supply",
    "venue_clearing",
    "refund_reserve",
    "pool_principal",
    "pool_funding",
];
/// The floor of what belongs to others (LED-2).
const FLOOR_BEFORE: &str = "(kind NOT IN ('chain_escrow', 'refund_reserve') OR lowest >= 0)";
const FLOOR: &str = "(kind NOT IN ('chain_escrow', 'refund_reserve', 'pool_principal', 'pool_funding') OR lowest >= 0)";

const ENTRIES_BEFORE: &[&str] = &[
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
    "contract",
    "trade",
    "mint",
    "payout",
    "treasury",
];
const ENTRIES: &[&str] = &[
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
    "contract",
    "trade",
    "mint",
    "payout",
    "treasury",
    "pool_in",
    "pool_out",
    "pool_yield",
    "pool_penalty",
    "pool_fund",
    "commission",
];

fn accounts() -> Words {
    Words {
        table: "ledger_account",
        column: "kind",
        from: Accepted::of(ACCOUNTS_BEFORE).when(FLOOR_BEFORE),
        to: Accepted::of(ACCOUNTS).when(FLOOR),
    }
}

fn entries() -> Words {
    Words {
        table: "entry",
        column: "kind",
        from: Accepted::of(ENTRIES_BEFORE),
        to: Accepted::of(ENTRIES),
    }
}

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        plan.words(accounts());
        plan.words(entries());
    }

    /// Fails, and changes nothing, while there are such accounts or entries: money tables are only added to.
    fn down(&self, plan: &mut Plan) {
        plan.words(entries().back());
        plan.words(accounts().back());
    }
}
