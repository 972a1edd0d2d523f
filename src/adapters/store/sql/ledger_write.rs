//! A group of the ledger's decisions as one multi-row statement per table, all guarded.

use domain::ledger::{BalanceMove, Debt, LedgerWrite, SettledPosition};
use entity::{debt, ledger_account, position};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, Value};

use super::super::failure::Failure;
use super::rows::ledger::{account_row, debt_row, entry_row, posting_rows, refused_row};
use super::rows::position::SettlementColumns;
use super::tx::{ROWS, Tx};

/// Writes the group, or says which guard did not hold.
pub async fn write(tx: &Tx<'_>, write: &LedgerWrite, what: &str) -> Result<(), Failure> {
    let opened = write
        .opened
        .iter()
        .map(|account| account_row(account).into_active_model());
    tx.insert(opened.collect(), &format!("{what}: an opened account"))
        .await?;
    let entries = write.entries.iter().map(|entry| entry_row(entry).into_active_model());
    tx.insert(entries.collect(), what).await?;
    let postings = write
        .entries
        .iter()
        .flat_map(posting_rows)
        .map(IntoActiveModel::into_active_model);
    tx.insert(postings.collect(), &format!("{what}: a posting")).await?;
    for moves in write.balances.chunks(ROWS) {
        move_balances(tx, moves, &format!("{what}: a balance")).await?;
    }
    let debts = write.debts.iter().map(|debt| debt_row(debt).into_active_model());
    tx.insert(debts.collect(), &format!("{what}: a debt")).await?;
    for debts in write.ended_debts.chunks(ROWS) {
        end_debts(tx, debts, &format!("{what}: an ended debt")).await?;
    }
    for settled in write.settled.chunks(ROWS) {
        settle(tx, settled, &format!("{what}: a settlement")).await?;
    }
    let refused = write
        .refused
        .iter()
        .map(|refused| refused_row(refused).into_active_model());
    tx.insert(refused.collect(), &format!("{what}: a refused key")).await
}

async fn move_balances(tx: &Tx<'_>, moves: &[BalanceMove], what: &str) -> Result<(), Failure> {
    use ledger_account::Column;
    let by_account =
        |value: fn(&BalanceMove) -> i64| cases(Column::Id, moves.iter().map(|one| (one.account.0, value(one))));
    let statement = ledger_account::Entity::update_many()
        .col_expr(Column::Balance, by_account(|one| one.after.units()))
        .filter(Column::Id.is_in(moves.iter().map(|one| one.account.0)))
        .filter(Expr::col(Column::Balance).eq(by_account(|one| one.before.units())));
    tx.update(statement, moves.len(), what).await
}

async fn end_debts(tx: &Tx<'_>, debts: &[Debt], what: &str) -> Result<(), Failure> {
    use debt::Column;
    let rows: Vec<debt::Model> = debts.iter().map(debt_row).collect();
    let mut owed = Condition::any();
    for row in &rows {
        owed = owed.add(
            Column::Id
                .eq(row.id)
                .and(Column::PositionId.eq(row.position_id))
                .and(Column::UserId.eq(row.user_id)),
        );
    }
    let statement = debt::Entity::update_many()
        .col_expr(
            Column::State,
            cases(Column::Id, rows.iter().map(|row| (row.id, row.state.clone()))),
        )
        .col_expr(
            Column::CollectedEntry,
            cases(Column::Id, rows.iter().map(|row| (row.id, row.collected_entry))),
        )
        .col_expr(
            Column::EndedAt,
            cases(Column::Id, rows.iter().map(|row| (row.id, row.ended_at))),
        )
        .col_expr(
            Column::Reason,
            cases(Column::Id, rows.iter().map(|row| (row.id, row.reason.clone()))),
        )
        .filter(owed)
        .filter(Column::State.eq("owed"));
    tx.update(statement, rows.len(), what).await
}

async fn settle(tx: &Tx<'_>, settled: &[SettledPosition], what: &str) -> Result<(), Failure> {
    use position::Column;
    let rows: Vec<(i64, SettlementColumns)> = settled
        .iter()
        .map(|one| (one.position.0, SettlementColumns::of(one.to)))
        .collect();
    let mut decided_on = Condition::any();
    for one in settled {
        decided_on = decided_on.add(stands(one));
    }
    // The version rises, or a decision made on the position before would overwrite the settlement.
    let statement = position::Entity::update_many()
        .col_expr(
            Column::Settlement,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.settlement))),
        )
        .col_expr(
            Column::PowerConsumed,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.power_consumed))),
        )
        .col_expr(
            Column::PowerAmount,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.power_amount))),
        )
        .col_expr(
            Column::PowerRate,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.power_rate))),
        )
        .col_expr(
            Column::SettledEntry,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.settled_entry))),
        )
        .col_expr(
            Column::DebtId,
            cases(Column::Id, rows.iter().map(|(id, to)| (*id, to.debt_id))),
        )
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(decided_on);
    tx.update(statement, rows.len(), what).await
}

/// The position still has the settlement that the decision was made on.
fn stands(one: &SettledPosition) -> Condition {
    use position::Column;
    let from = SettlementColumns::of(one.from);
    let same = |column: Column, value: Option<i64>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    Condition::all()
        .add(Column::Id.eq(one.position.0))
        .add(Column::Settlement.eq(from.settlement))
        .add(same(Column::PowerAmount, from.power_amount))
        .add(same(Column::PowerRate, from.power_rate))
        .add(same(Column::SettledEntry, from.settled_entry))
        .add(same(Column::DebtId, from.debt_id))
}

/// `CASE WHEN id = … THEN … END` over rows.
fn cases<C: ColumnTrait, V: Into<Value>>(id: C, rows: impl Iterator<Item = (i64, V)>) -> SimpleExpr {
    rows.fold(CaseStatement::new(), |case, (key, value)| {
        case.case(id.eq(key), Expr::val(value))
    })
    .into()
}
