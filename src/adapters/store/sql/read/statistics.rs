//! Counts and sums over positions.

use domain::fixed::Amount;
use domain::time::Timestamp;
use entity::position::{self, Column};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Select};

use super::super::readers::Readers;
use super::super::rows::Row;
use crate::ports::store::{Settled, StoreError, Unsettled};

/// A sum of units would leave 64 bits after a few rows at the bound: whole and rest are summed apart.
const PART: i64 = 100_000_000;

/// Count, Σ whole and Σ rest.
type Sums = (i64, Option<i64>, Option<i64>);

impl Readers {
    pub async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        let query = self
            .sums("pending", "profit")
            .column_as(Column::ClosedAt.min(), "oldest")
            .into_tuple::<(i64, Option<i64>, Option<i64>, Option<i64>)>();
        let found = self.ask(query.one(self.connection())).await?;
        let (count, whole, rest, oldest) = found.unwrap_or_default();
        let (count, profit) = total("pending", (count, whole, rest))?;
        Ok(Unsettled {
            count,
            profit,
            oldest: oldest.map(Timestamp),
        })
    }

    pub async fn settled(&self) -> Result<Settled, StoreError> {
        let (charged_count, charged_power) = self.power("charged").await?;
        let (owed_count, owed_power) = self.power("owed").await?;
        Ok(Settled {
            charged_count,
            charged_power,
            owed_count,
            owed_power,
        })
    }

    async fn power(&self, settlement: &'static str) -> Result<(u64, Amount), StoreError> {
        let query = self.sums(settlement, "power_amount").into_tuple::<Sums>();
        let found = self.ask(query.one(self.connection())).await?;
        total(settlement, found.unwrap_or_default())
    }

    /// Selects [`Sums`] of a column over the positions with a settlement.
    fn sums(&self, settlement: &'static str, column: &'static str) -> Select<position::Entity> {
        // The three databases divide whole numbers and type sums each in their own way.
        let (divide, whole) = match self.connection().get_database_backend() {
            DbBackend::MySql => ("DIV", "SIGNED"),
            _ => ("/", "BIGINT"),
        };
        let sum = |part: String| Expr::cust(format!("CAST(SUM({part}) AS {whole})"));
        position::Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "number")
            .column_as(sum(format!("{column} {divide} {PART}")), "whole")
            .column_as(sum(format!("{column} % {PART}")), "rest")
            .filter(Column::Settlement.eq(settlement))
    }
}

fn total(settlement: &str, (count, whole, rest): Sums) -> Result<(u64, Amount), StoreError> {
    let name = Row::new("positions", settlement);
    let units = i128::from(whole.unwrap_or(0)) * i128::from(PART) + i128::from(rest.unwrap_or(0));
    let sum = Amount::from_wide(units).map_err(|error| name.corrupt(format!("sum {units}: {error}")))?;
    let count = u64::try_from(count).map_err(|error| name.corrupt(error))?;
    Ok((count, sum))
}
