//! Lets the ledger hold what triggers gave: accounts of chains and stock venues, and the entries on them.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::m0011_deepen_ledger;
use crate::plan::Plan;
use crate::run::Change;
use crate::widen::{Accepted, Words};

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

/// Accounts that there are besides, since then.
pub(crate) const ACCOUNTS: &[&str] = &[
    "chain_escrow",
    "chain_custody",
    "share_supply",
    "venue_clearing",
    "refund_reserve",
];
/// The floor of what belongs to others (LED-2).
pub(crate) const FLOOR: &str = "(kind NOT IN ('chain_escrow', 'refund_reserve') OR lowest >= 0)";

/// Entries that there are besides, since then.
pub(crate) const ENTRIES: &[&str] = &["contract", "trade", "mint", "payout", "treasury"];

fn accounts() -> Words {
    Words {
        table: "ledger_account",
        column: "kind",
        from: Accepted::of(&[m0011_deepen_ledger::ACCOUNTS]),
        to: Accepted::of(&[m0011_deepen_ledger::ACCOUNTS, ACCOUNTS]).when(FLOOR),
    }
}

fn entries() -> Words {
    Words {
        table: "entry",
        column: "kind",
        from: Accepted::of(&[m0011_deepen_ledger::ENTRIES]),
        to: Accepted::of(&[m0011_deepen_ledger::ENTRIES, ENTRIES]),
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
