//! Counts and sums over positions.

use domain::fixed::Amount;
use domain::time::Timestamp;
use entity::position::{self, Column};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::Row;
use crate::ports::store::{Settled, StoreError, Unsettled};

/// A sum of units would leave 64 bits after a few rows at the bound: whole and rest are summed apart.
const PART: i64 = 100_000_000;

/// Count, Σ whole, Σ rest, and the earliest close.
type Summary = (i64, Option<i64>, Option<i64>, Option<i64>);

impl Readers {
    pub async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        let (count, profit, oldest) = self.summary("pending", "profit").await?;
        Ok(Unsettled {
            count,
            profit,
            oldest: oldest.map(Timestamp),
        })
    }

    pub async fn settled(&self) -> Result<Settled, StoreError> {
        let (charged_count, charged_power, _) = self.summary("charged", "power_amount").await?;
        let (owed_count, owed_power, _) = self.summary("owed", "power_amount").await?;
        Ok(Settled {
            charged_count,
            charged_power,
            owed_count,
            owed_power,
        })
    }

    async fn summary(&self, settlement: &str, column: &'static str) -> Result<(u64, Amount, Option<i64>), StoreError> {
        // The three databases divide whole numbers and type sums each in their own way.
        let (divide, whole) = match self.connection().get_database_backend() {
            DbBackend::MySql => ("DIV", "SIGNED"),
            _ => ("/", "BIGINT"),
        };
        let query = position::Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "number")
            .column_as(
                Expr::cust(format!("CAST(SUM({column} {divide} {PART}) AS {whole})")),
                "whole",
            )
            .column_as(Expr::cust(format!("CAST(SUM({column} % {PART}) AS {whole})")), "rest")
            .column_as(Column::ClosedAt.min(), "oldest")
            .filter(Column::Settlement.eq(settlement))
            .into_tuple::<Summary>();
        let found = self.ask(query.one(self.connection())).await?;
        let (count, whole, rest, oldest) = found.unwrap_or_default();
        let name = Row::new("positions", settlement);
        let units = i128::from(whole.unwrap_or(0)) * i128::from(PART) + i128::from(rest.unwrap_or(0));
        let sum = Amount::from_wide(units).map_err(|error| name.corrupt(format!("sum {units}: {error}")))?;
        let count = u64::try_from(count).map_err(|error| name.corrupt(error))?;
        Ok((count, sum, oldest))
    }
}
