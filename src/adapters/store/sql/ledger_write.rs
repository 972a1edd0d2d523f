//! A group of the ledger's decisions as a few guarded statements for many rows.

use domain::ledger::{BalanceMove, ChangedDebt, Debt, Entry, Hold, LedgerWrite, Refused, SettledPosition};
use sea_orm::IntoActiveModel;

use super::super::failure::Failure;
use super::bulk::{Batch, Bulk, Update};
use super::rows::hold::hold_row;
use super::rows::ledger::{account_row, debt_row, posting_rows};
use super::rows::position::SettlementColumns;
use super::tx::Tx;

/// The balance still is what the decision was made on.
const MOVE: Update = Update {
    table: "ledger_account",
    key: "id",
    set: &[("balance", "v.becomes")],
    guard: &[("balance", "v.was")],
};

/// The debt is still open, by the same user for the same position, and owes what the decision was made on.
const CHANGE_DEBT: Update = Update {
    table: "debt",
    key: "id",
    set: &[
        ("state", "v.becomes"),
        ("owed", "v.owes"),
        ("ended_entry", "v.by_entry"),
        ("ended_at", "v.at_time"),
        ("reason", "v.why"),
    ],
    guard: &[
        ("state", "'owed'"),
        ("position_id", "v.of_position"),
        ("user_id", "v.of_user"),
        ("owed", "v.owed_before"),
    ],
};

/// The hold is still held.
const END_HOLD: Update = Update {
    table: "hold",
    key: "position_id",
    set: &[
        ("state", "v.becomes"),
        ("ended_entry", "v.by_entry"),
        ("ended_at", "v.at_time"),
    ],
    guard: &[("state", "'held'")],
};

/// The position still has the settlement and the profit that the decision was made on. The version rises, or a decision
/// made on the position before would overwrite the settlement.
const SETTLE: Update = Update {
    table: "position",
    key: "id",
    set: &[
        ("settlement", "v.to_settlement"),
        ("power_consumed", "v.to_consumed"),
        ("power_amount", "v.to_amount"),
        ("power_rate", "v.to_rate"),
        ("settled_entry", "v.to_entry"),
        ("debt_id", "v.to_debt"),
        ("settled_profit", "v.to_profit"),
        ("corrections", "v.to_corrections"),
        ("unsettled", "v.to_unsettled"),
        ("version", "version + 1"),
    ],
    guard: &[
        ("settlement", "v.from_settlement"),
        ("profit", "v.from_profit"),
        ("power_amount", "v.from_amount"),
        ("power_rate", "v.from_rate"),
        ("settled_entry", "v.from_entry"),
        ("debt_id", "v.from_debt"),
    ],
};

/// Writes the group, or says which guard did not hold.
pub async fn write(tx: &Tx<'_>, write: &LedgerWrite, what: &str) -> Result<(), Failure> {
    // Their balances move in the batch, so they must be there before.
    let opened = write
        .opened
        .iter()
        .map(|account| account_row(account).into_active_model());
    tx.insert(opened.collect(), &format!("{what}: an opened account"))
        .await?;
    Batch::new(what)
        .insert("entry", entries(&write.entries), "an entry")
        .insert("posting", postings(&write.entries), "a posting")
        .update(&MOVE, moves(&write.balances), "a balance")
        .insert("debt", debts(&write.debts), "a debt")
        .update(&CHANGE_DEBT, changed_debts(&write.changed_debts), "a changed debt")
        .insert("hold", holds(&write.holds), "a hold")
        .update(&END_HOLD, ended_holds(&write.ended_holds), "an ended hold")
        .update(&SETTLE, settled(&write.settled), "a settlement")
        .insert("entry_refusal", refused(&write.refused), "a refused key")
        .write(tx)
        .await
}

fn entries(entries: &[Entry]) -> Bulk {
    let rows = || entries.iter();
    Bulk::new()
        .number("seq", rows().map(|entry| entry.seq.0))
        .text("entry_key", rows().map(|entry| entry.key.as_str().to_owned()))
        .text("kind", rows().map(|entry| entry.kind.as_str().to_owned()))
        .number("at", rows().map(|entry| entry.at.0))
        .text("reference", rows().map(|entry| entry.reference.clone()))
        .text("remark", rows().map(|entry| entry.remark.clone()))
        .maybe_text("asked_by", rows().map(|entry| entry.by.clone()))
        .bytes("previous", rows().map(|entry| entry.previous.0.to_vec()))
        .bytes("digest", rows().map(|entry| entry.digest.0.to_vec()))
}

fn postings(entries: &[Entry]) -> Bulk {
    let rows = || entries.iter().flat_map(posting_rows);
    Bulk::new()
        .number("entry_seq", rows().map(|row| row.entry_seq))
        .number("line", rows().map(|row| row.line))
        .number("account_id", rows().map(|row| row.account_id))
        .number("amount", rows().map(|row| row.amount))
        .number("balance_before", rows().map(|row| row.balance_before))
        .number("balance_after", rows().map(|row| row.balance_after))
}

fn moves(moves: &[BalanceMove]) -> Bulk {
    Bulk::new()
        .number("id", moves.iter().map(|one| one.account.0))
        .number("was", moves.iter().map(|one| one.before.units()))
        .number("becomes", moves.iter().map(|one| one.after.units()))
}

fn debts(debts: &[Debt]) -> Bulk {
    let rows = || debts.iter().map(debt_row);
    Bulk::new()
        .number("id", rows().map(|row| row.id))
        .number("user_id", rows().map(|row| row.user_id))
        .number("position_id", rows().map(|row| row.position_id))
        .number("correction", rows().map(|row| row.correction))
        .number("owed", rows().map(|row| row.owed))
        .number("entry_seq", rows().map(|row| row.entry_seq))
        .text("state", rows().map(|row| row.state))
        .maybe_number("ended_entry", rows().map(|row| row.ended_entry))
        .maybe_number("ended_at", rows().map(|row| row.ended_at))
        .maybe_text("reason", rows().map(|row| row.reason))
        .number("created_at", rows().map(|row| row.created_at))
}

fn changed_debts(debts: &[ChangedDebt]) -> Bulk {
    let rows = || debts.iter().map(|changed| debt_row(&changed.debt));
    Bulk::new()
        .number("id", rows().map(|row| row.id))
        .number("of_position", rows().map(|row| row.position_id))
        .number("of_user", rows().map(|row| row.user_id))
        .number("owed_before", debts.iter().map(|changed| changed.owed_before.units()))
        .number("owes", rows().map(|row| row.owed))
        .text("becomes", rows().map(|row| row.state))
        .maybe_number("by_entry", rows().map(|row| row.ended_entry))
        .maybe_number("at_time", rows().map(|row| row.ended_at))
        .maybe_text("why", rows().map(|row| row.reason))
}

fn holds(holds: &[Hold]) -> Bulk {
    let rows = || holds.iter().map(hold_row);
    Bulk::new()
        .number("position_id", rows().map(|row| row.position_id))
        .number("user_id", rows().map(|row| row.user_id))
        .number("gift", rows().map(|row| row.gift))
        .number("power", rows().map(|row| row.power))
        .number("entry_seq", rows().map(|row| row.entry_seq))
        .number("expires_at", rows().map(|row| row.expires_at))
        .text("state", rows().map(|row| row.state))
        .maybe_number("ended_entry", rows().map(|row| row.ended_entry))
        .maybe_number("ended_at", rows().map(|row| row.ended_at))
        .number("created_at", rows().map(|row| row.created_at))
}

fn ended_holds(holds: &[Hold]) -> Bulk {
    let rows = || holds.iter().map(hold_row);
    Bulk::new()
        .number("position_id", rows().map(|row| row.position_id))
        .text("becomes", rows().map(|row| row.state))
        .maybe_number("by_entry", rows().map(|row| row.ended_entry))
        .maybe_number("at_time", rows().map(|row| row.ended_at))
}

fn settled(settled: &[SettledPosition]) -> Bulk {
    let from = || settled.iter().map(|one| SettlementColumns::of(one.from));
    let to = || settled.iter().map(|one| SettlementColumns::of(one.to));
    Bulk::new()
        .number("id", settled.iter().map(|one| one.position.0))
        .text("from_settlement", from().map(|row| row.settlement.to_owned()))
        .number("from_profit", settled.iter().map(|one| one.profit.units()))
        .maybe_number("from_amount", from().map(|row| row.power_amount))
        .maybe_number("from_rate", from().map(|row| row.power_rate))
        .maybe_number("from_entry", from().map(|row| row.settled_entry))
        .maybe_number("from_debt", from().map(|row| row.debt_id))
        .text("to_settlement", to().map(|row| row.settlement.to_owned()))
        .number("to_consumed", to().map(|row| row.power_consumed))
        .maybe_number("to_amount", to().map(|row| row.power_amount))
        .maybe_number("to_rate", to().map(|row| row.power_rate))
        .maybe_number("to_entry", to().map(|row| row.settled_entry))
        .maybe_number("to_debt", to().map(|row| row.debt_id))
        .number("to_profit", settled.iter().map(|one| one.settled_profit.units()))
        .number("to_corrections", settled.iter().map(|one| one.corrections.into()))
        .number("to_unsettled", settled.iter().map(|one| one.is_unsettled().into()))
}

fn refused(refused: &[Refused]) -> Bulk {
    Bulk::new()
        .text("entry_key", refused.iter().map(|one| one.key.as_str().to_owned()))
        .text("reason", refused.iter().map(|one| one.reason.clone()))
        .number("at", refused.iter().map(|one| one.at.0))
}
