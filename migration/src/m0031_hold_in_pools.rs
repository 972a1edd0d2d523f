//! Lets the ledger hold what is in pools: their accounts, and the entries on them.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::m0011_deepen_ledger;
use crate::m0024_hold_in_escrow;
use crate::plan::Plan;
use crate::run::Change;
use crate::widen::{Accepted, Words};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const ACCOUNTS: &[&str] = &["pool_principal", "pool_funding"];
/// The floor of what belongs to others (LED-2).
const FLOOR: &str = "(kind NOT IN ('chain_escrow', 'refund_reserve', 'pool_principal', 'pool_funding') OR lowest >= 0)";

const ENTRIES: &[&str] = &[
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
        from: Accepted::of(&[m0011_deepen_ledger::ACCOUNTS, m0024_hold_in_escrow::ACCOUNTS])
            .when(m0024_hold_in_escrow::FLOOR),
        to: Accepted::of(&[m0011_deepen_ledger::ACCOUNTS, m0024_hold_in_escrow::ACCOUNTS, ACCOUNTS]).when(FLOOR),
    }
}

fn entries() -> Words {
    Words {
        table: "entry",
        column: "kind",
        from: Accepted::of(&[m0011_deepen_ledger::ENTRIES, m0024_hold_in_escrow::ENTRIES]),
        to: Accepted::of(&[m0011_deepen_ledger::ENTRIES, m0024_hold_in_escrow::ENTRIES, ENTRIES]),
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
