//! The statements of pools: products, holdings, what they earn, and what days come to.

use domain::pool::{Accrual, DayState, DayTally, Holding, PoolChange, PoolDayRow, Product};
use entity::{pool_day, pool_holding, pool_product};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IdenStatic, IntoActiveModel, QueryFilter};

use super::super::failure::Failure;
use super::bulk::{Batch, Bulk, Update};
use super::rows::pool as rows;
use super::tx::Tx;

/// The holding is still what the decision was made on; whose it is never changes.
const CHANGE: Update = Update {
    table: "pool_holding",
    key: "id",
    set: &[
        ("state", "v.new_state"),
        ("ended_at", "v.new_ended_at"),
        ("live", "v.new_live"),
        ("subscribed", "v.new_subscribed"),
        ("earning", "v.new_earning"),
        ("pending", "v.new_pending"),
        ("opened_on", "v.new_opened_on"),
        ("last_day", "v.new_last_day"),
        ("accrued_through", "v.new_accrued_through"),
        ("residue", "v.new_residue"),
        ("earned", "v.new_earned"),
        ("unpaid", "v.new_unpaid"),
        ("paid", "v.new_paid"),
        ("forfeited", "v.new_forfeited"),
        ("commissioned", "v.new_commissioned"),
        ("updated_at", "v.new_updated_at"),
        ("version", "v.new_version"),
    ],
    guard: &[
        ("version", "v.was"),
        ("product_id", "v.of_product"),
        ("user_id", "v.of_user"),
    ],
};

/// Writes one change, or says which guard did not hold.
pub async fn apply(tx: &Tx<'_>, change: &PoolChange, what: &str) -> Result<(), Failure> {
    match change {
        PoolChange::AddProduct(product) => {
            tx.insert(vec![rows::product_row(product).into_active_model()], what)
                .await
        }
        PoolChange::UpdateProduct(product) => update_product(tx, product, what).await,
        PoolChange::AddRate(rate) => tx.insert(vec![rows::rate_row(rate).into_active_model()], what).await,
        PoolChange::AddHolding(holding) => {
            tx.insert(vec![rows::holding_row(holding).into_active_model()], what)
                .await
        }
        PoolChange::UpdateHoldings(holdings) => update_holdings(tx, holdings, what).await,
        PoolChange::AddAccruals(lines) => add_accruals(tx, lines, what).await,
        PoolChange::TallyDays(tallies) => {
            for one in tallies {
                tally(tx, one, what).await?;
            }
            Ok(())
        }
        PoolChange::CloseDay(day) => close_day(tx, day, what).await,
    }
}

/// Asset, zone and term never change: what holdings were promised.
async fn update_product(tx: &Tx<'_>, product: &Product, what: &str) -> Result<(), Failure> {
    use pool_product::Column;
    let mut row = rows::product_row(product).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(product.version) + 1);
    let guard = Condition::all()
        .add(Column::Id.eq(product.id.0))
        .add(Column::Version.eq(i64::from(product.version)))
        .add(Column::Asset.eq(product.asset.as_str()))
        .add(Column::Zone.eq(product.calendar.zone()));
    tx.replace(row, guard, what).await
}

async fn update_holdings(tx: &Tx<'_>, holdings: &[Holding], what: &str) -> Result<(), Failure> {
    let rows: Vec<pool_holding::Model> = holdings.iter().map(rows::holding_row).collect();
    Batch::new(what)
        .update(&CHANGE, columns(&rows), "a holding")
        .write(tx)
        .await
}

fn columns(holdings: &[pool_holding::Model]) -> Bulk {
    let rows = || holdings.iter();
    Bulk::new()
        .number("id", rows().map(|row| row.id))
        .number("was", rows().map(|row| row.version))
        .number("of_product", rows().map(|row| row.product_id))
        .number("of_user", rows().map(|row| row.user_id))
        .text("new_state", rows().map(|row| row.state.clone()))
        .maybe_number("new_ended_at", rows().map(|row| row.ended_at))
        .number("new_live", rows().map(|row| row.live))
        .number("new_subscribed", rows().map(|row| row.subscribed))
        .number("new_earning", rows().map(|row| row.earning))
        .number("new_pending", rows().map(|row| row.pending))
        .number("new_opened_on", rows().map(|row| row.opened_on))
        .maybe_number("new_last_day", rows().map(|row| row.last_day))
        .number("new_accrued_through", rows().map(|row| row.accrued_through))
        .number("new_residue", rows().map(|row| row.residue))
        .number("new_earned", rows().map(|row| row.earned))
        .number("new_unpaid", rows().map(|row| row.unpaid))
        .number("new_paid", rows().map(|row| row.paid))
        .number("new_forfeited", rows().map(|row| row.forfeited))
        .number("new_commissioned", rows().map(|row| row.commissioned))
        .number("new_updated_at", rows().map(|row| row.updated_at))
        .number("new_version", rows().map(|row| row.version + 1))
}

async fn add_accruals(tx: &Tx<'_>, lines: &[Accrual], what: &str) -> Result<(), Failure> {
    let rows = || lines.iter();
    let columns = Bulk::new()
        .number("product_id", rows().map(|line| line.product.0))
        .number("day", rows().map(|line| line.day.number()))
        .number("holding_id", rows().map(|line| line.holding.0))
        .number("number", rows().map(|line| i64::from(line.number)))
        .number("principal", rows().map(|line| line.principal.units()))
        .number("rate", rows().map(|line| line.rate.units()))
        .number("earned", rows().map(|line| line.earned.units()))
        .number("residue", rows().map(|line| line.residue));
    Batch::new(what)
        .insert("pool_accrual", columns, "an accrual")
        .write(tx)
        .await
}

/// All that is written goes through one writer, so that nobody adds the row between the two statements.
async fn tally(tx: &Tx<'_>, tally: &DayTally, what: &str) -> Result<(), Failure> {
    use pool_day::Column;
    let added = &tally.added;
    let sums = [
        (Column::Holdings, added.holdings),
        (Column::Principal, added.principal.units()),
        (Column::Earned, added.earned.units()),
        (Column::Payments, added.payments),
        (Column::Paid, added.paid.units()),
        (Column::Commission, added.commission.units()),
    ];
    let mut more = pool_day::Entity::update_many()
        .filter(Column::ProductId.eq(tally.product.0))
        .filter(Column::Day.eq(tally.day.number()));
    for (column, units) in sums {
        // A number of ours, not a text of anybody's.
        more = more.col_expr(column, Expr::cust(format!("{} + {units}", column.as_str())));
    }
    match tx.run(more.exec(tx.connection()), what).await?.rows_affected {
        0 => {
            let first = PoolDayRow {
                product: tally.product,
                day: tally.day,
                figures: *added,
                state: DayState::Open,
            };
            tx.insert(vec![rows::day_row(&first).into_active_model()], what).await
        }
        _ => Ok(()),
    }
}

/// What the day comes to is not changed by comparing it.
async fn close_day(tx: &Tx<'_>, day: &PoolDayRow, what: &str) -> Result<(), Failure> {
    use pool_day::Column;
    let row = rows::day_row(day);
    let compared = pool_day::Entity::update_many()
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::ComparedAt, Expr::val(row.compared_at))
        .col_expr(Column::Note, Expr::val(row.note.clone()))
        .filter(Column::ProductId.eq(row.product_id))
        .filter(Column::Day.eq(row.day));
    match tx.run(compared.exec(tx.connection()), what).await?.rows_affected {
        0 => tx.insert(vec![row.into_active_model()], what).await,
        _ => Ok(()),
    }
}
